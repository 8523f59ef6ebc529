"""Coarsen a record to what its viewer is shown: compiled once per set of rights."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from connectors.contract.records import ComplaintRecord
from resolvers.policy import Access, Mask
from resolvers.redaction import redact

_DISTRICT_PARTS = 3


def district(code: str) -> str:
    """Cut a region code to its district: `64.72.01.1001` becomes `64.72.01`."""
    return ".".join(code.split(".")[:_DISTRICT_PARTS])


_APPLY: dict[Mask, Callable[[str], str]] = {Mask.REDACTED: redact, Mask.DISTRICT: district}


def mask(access: Access, record: ComplaintRecord) -> ComplaintRecord:
    """Give *record* as *access* shows it: unreadable fields at their default, masked ones coarse.

    Pruning has already kept unreadable fields from being fetched; this holds also for a source
    that sent them all the same.
    """
    changes: dict[str, object] = {
        name: default
        for name, default in _hidden(access.readable)
        if getattr(record, name) != default
    }
    for name, how in access.masks.items():
        value = getattr(record, name)
        if value is not None:
            shown = _APPLY[how](value)
            if shown != value:
                changes[name] = shown
    return msgspec.structs.replace(record, **changes) if changes else record


@lru_cache(maxsize=64)
def _hidden(readable: frozenset[str]) -> tuple[tuple[str, object], ...]:
    return tuple(
        (field.name, field.default)
        for field in msgspec.structs.fields(ComplaintRecord)
        if field.name not in readable and not field.required
    )
