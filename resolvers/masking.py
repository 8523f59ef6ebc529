"""Coarsen a record to what its viewer is shown: compiled once per set of rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from connectors.contract.records import ComplaintRecord
from resolvers.policy import REGION_PARTS, Access, Mask
from resolvers.redaction import redact


def district(code: str) -> str:
    """Cut a region code to its district: `64.72.01.1001` becomes `64.72.01`."""
    return _cut(code, REGION_PARTS[Mask.DISTRICT])


def regency(code: str) -> str:
    """Cut a region code to its regency: `64.72.01` becomes `64.72`."""
    return _cut(code, REGION_PARTS[Mask.REGENCY])


def _cut(code: str, parts: int) -> str:
    return code if code.count(".") < parts else ".".join(code.split(".")[:parts])


Coarsen = Callable[[str], str]
"""Gives a value as it is shown: the very same where nothing is taken from it."""
Show = Callable[[ComplaintRecord], ComplaintRecord]

_APPLY: dict[Mask, Coarsen] = {
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


def masker(access: Access) -> Show:
    """Give the function that shows a record as *access* does, for many records."""
    return _masker(access.readable, tuple(sorted(access.masks.items())))


@lru_cache(maxsize=64)
def _masker(readable: frozenset[str], masks: tuple[tuple[str, Mask], ...]) -> Show:
    hidden = {
        field.name: field.default
        for field in msgspec.structs.fields(ComplaintRecord)
        if field.name not in readable and not field.required
    }
    coarsen = {name: _APPLY[how] for name, how in masks}

    def slowly(record: ComplaintRecord) -> ComplaintRecord:
        changes: dict[str, object] = {
            name: default for name, default in hidden.items() if getattr(record, name) != default
        }
        for name, coarse in coarsen.items():
            value = getattr(record, name)
            if value is not None and (kept := coarse(value)) != value:
                changes[name] = kept
        return msgspec.structs.replace(record, **changes) if changes else record

    return _passing(hidden, coarsen, slowly)


def _passing(hidden: Mapping[str, object], coarsen: Mapping[str, Coarsen], slowly: Show) -> Show:
    """Write the function that lets pass what has nothing to hide, and gives the rest to *slowly*.

    Only names of record fields become part of its code.
    """
    names: dict[str, Any] = {"slowly": slowly}
    odd = []
    for index, (name, default) in enumerate(hidden.items()):
        names[f"default_{index}"] = default
        odd.append(
            f"record.{name} != default_{index}"
            if default is not None
            else f"record.{name} is not None"
        )
    for index, (name, coarse) in enumerate(coarsen.items()):
        names[f"coarse_{index}"] = coarse
        odd.append(f"(value := record.{name}) is not None and coarse_{index}(value) is not value")
    if not odd:
        return lambda record: record
    tests = " or ".join(f"({test})" for test in odd)
    made: Show = eval(f"lambda record: slowly(record) if {tests} else record", names)  # noqa: S307 - see above
    return made
