"""Coarsen a record to what its viewer is shown: compiled once per set of rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import msgspec

from connectors.contract.filters import Places
from connectors.contract.records import ComplaintRecord
from resolvers.policy import REGION_PARTS, Access, Mask
from resolvers.redaction import redact
from resolvers.suspicion import suspects


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
Records = Sequence[ComplaintRecord]
Show = Callable[[Records], Records]

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
    return masked(access, (record,))[0]


def masked(access: Access, records: Records) -> Records:
    """Give *records* as *access* shows them, each as `mask` would.

    They are anchors: of what was handed over to the viewer more is shown, by the anchor's word.
    """
    if access.full is not None:
        return [_shown(access.towards(each), (each,))[0] for each in records]
    return _shown(access, records)


def _shown(access: Access, records: Records) -> Records:
    return _masker(access.readable, tuple(sorted(access.masks.items())))(records)


@lru_cache(maxsize=64)
def _masker(readable: frozenset[str], masks: tuple[tuple[str, Mask], ...]) -> Show:
    """Make the function that masks pages: what it changes is looked for in all rows at once."""
    hidden = {
        field.name: field.default
        for field in msgspec.structs.fields(ComplaintRecord)
        if field.name not in readable and not field.required
    }
    coarsen = {name: _APPLY[how] for name, how in masks if name not in hidden}
    codes = {name: REGION_PARTS[how] for name, how in masks if how in REGION_PARTS}
    odd = _odd(hidden, codes)
    columns = {name: _texts(name) for name in coarsen if name not in codes}

    def apart(record: ComplaintRecord) -> ComplaintRecord:
        changes: dict[str, object] = {
            name: default for name, default in hidden.items() if getattr(record, name) != default
        }
        for name, coarse in coarsen.items():
            value = getattr(record, name)
            if value is not None and (kept := coarse(value)) != value:
                changes[name] = kept
        return msgspec.structs.replace(record, **changes) if changes else record

    def show(records: Records) -> Records:
        places = set(odd(records))
        for name, texts in columns.items():
            found = suspects(texts(records))
            if found:
                holders = [at for at, each in enumerate(records) if getattr(each, name) is not None]
                places.update([holders[each] for each in found])
        if not places:
            return records
        return [apart(each) if at in places else each for at, each in enumerate(records)]

    return show


def _odd(hidden: Mapping[str, object], codes: Mapping[str, int]) -> Places:
    """Write what finds the rows with something to hide, or with a code finer than so many parts.

    For a hidden `body`, a hidden `anonymous` and regions cut to three parts:

        [place for place, record in enumerate(records) if record.body is not None
         or record.anonymous != default_0 or record.region is not None
         and record.region.count(".") >= 3]

    Only names of record fields, and names made here, become part of its code.
    """
    names: dict[str, object] = {}
    tests: list[str] = []
    for name, default in hidden.items():
        if default is None:
            tests.append(f"record.{name} is not None")
        else:
            tests.append(f"record.{name} != default_{len(names)}")
            names[f"default_{len(names)}"] = default
    for name, parts in codes.items():
        tests.append(f'record.{name} is not None and record.{name}.count(".") >= {parts}')
    found = f"[place for place, record in enumerate(records) if {' or '.join(tests) or 'False'}]"
    made: Places = eval(f"lambda records: {found}", names)  # noqa: S307 - see above
    return made


def _texts(name: str) -> Callable[[Records], list[str]]:
    """Write what reads the field *name* of the rows that have it."""
    made: Callable[[Records], list[str]] = eval(  # noqa: S307 - the name of a record's field
        f"lambda records: [text for record in records if (text := record.{name}) is not None]"
    )
    return made
