"""Coarsen a record to what its viewer is shown: compiled once per set of rights."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter

import msgspec

from connectors.contract.records import ComplaintRecord
from resolvers.policy import REGION_PARTS, Access, Mask
from resolvers.redaction import redact


def district(code: str) -> str:
    """Cut a region code to its district: `64.72.01.1001` becomes `64.72.01`."""
    return ".".join(code.split(".")[: REGION_PARTS[Mask.DISTRICT]])


def regency(code: str) -> str:
    """Cut a region code to its regency: `64.72.01` becomes `64.72`."""
    return ".".join(code.split(".")[: REGION_PARTS[Mask.REGENCY]])


_APPLY: dict[Mask, Callable[[str], str]] = {
    Mask.REDACTED: redact,
    Mask.DISTRICT: district,
    Mask.REGENCY: regency,
}


def mask(access: Access, record: ComplaintRecord) -> ComplaintRecord:
    """Give *record* as *access* shows it: unreadable fields at their default, masked ones coarse.

    Pruning has already kept unreadable fields from being fetched; this holds also for a source
    that sent them all the same.
    """
    return masker(access)(record)


def masker(access: Access) -> Callable[[ComplaintRecord], ComplaintRecord]:
    """Give the function that shows a record as *access* does, for many records."""
    return _masker(access.readable, tuple(sorted(access.masks.items())))


@lru_cache(maxsize=64)
def _masker(
    readable: frozenset[str], masks: tuple[tuple[str, Mask], ...]
) -> Callable[[ComplaintRecord], ComplaintRecord]:
    hidden = {
        field.name: field.default
        for field in msgspec.structs.fields(ComplaintRecord)
        if field.name not in readable and not field.required
    }
    # With a name in front that is always there, several are read and come as a tuple.
    read_hidden = attrgetter("source", *hidden) if hidden else None
    nothing = tuple(hidden.values())
    coarse = tuple((name, attrgetter(name), _APPLY[how]) for name, how in masks)

    def shown(record: ComplaintRecord) -> ComplaintRecord:
        changes: dict[str, object] = {}
        if read_hidden is not None and read_hidden(record)[1:] != nothing:
            changes.update(hidden)
        for name, read, coarsen in coarse:
            value = read(record)
            if value is not None:
                kept = coarsen(value)
                if kept != value:
                    changes[name] = kept
        return msgspec.structs.replace(record, **changes) if changes else record

    return shown
