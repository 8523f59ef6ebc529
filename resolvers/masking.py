"""Coarsen a record to what its viewer is shown: compiled once per set of rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from connectors.contract.filters import Places
from connectors.contract.records import ComplaintRecord
from resolvers.policy import REGION_PARTS, Access, Mask
from resolvers.redaction import redact
from resolvers.region_codes import cut
from resolvers.suspicion import suspects

_REMEMBERED: Final = 20_000
"""Region codes remembered as shown as they are; there are under 8,000 districts."""


def district(code: str) -> str | None:
    """Cut a region code to its district: `64.72.01.1001` becomes `64.72.01`; None if it is none."""
    return cut(code, REGION_PARTS[Mask.DISTRICT])


def regency(code: str) -> str | None:
    """Cut a region code to its regency: `64.72.01` becomes `64.72`; None if it is none."""
    return cut(code, REGION_PARTS[Mask.REGENCY])


Coarsen = Callable[[str], str | None]
"""Gives a value as it is shown: the very same where nothing is taken from it, None for nothing."""
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
    codes = {name: _APPLY[how] for name, how in masks if how in REGION_PARTS}
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


def _odd(hidden: Mapping[str, object], codes: Mapping[str, Coarsen]) -> Places:
    """Write what finds the rows with something to hide, or with a code not shown as it is.

    For a hidden `body`, a hidden `anonymous` and regions cut to three parts:

        [place for place, record in enumerate(records) if record.body is not None
         or record.anonymous != default_0 or record.region is not None
         and record.region not in whole_1 and coarser_1(record.region)]

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
    for name, coarse in codes.items():
        at = len(names)
        names[f"whole_{at}"], names[f"coarser_{at}"] = _whole(coarse)
        tests.append(
            f"record.{name} is not None and record.{name} not in whole_{at} and "
            f"coarser_{at}(record.{name})"
        )
    found = f"[place for place, record in enumerate(records) if {' or '.join(tests) or 'False'}]"
    made: Places = eval(f"lambda records: {found}", names)  # noqa: S307 - see above
    return made


def _whole(coarse: Coarsen) -> tuple[set[str | None], Callable[[str], bool]]:
    """Make the set of codes known to be shown as they are, and what tells of the others.

    A look into a set costs less than any look at a code, and lets through what was looked at.
    """
    whole: set[str | None] = {None}

    def coarser(code: str) -> bool:
        if coarse(code) != code:
            return True
        if len(whole) < _REMEMBERED:
            whole.add(code)
        return False

    return whole, coarser


def _texts(name: str) -> Callable[[Records], list[str]]:
    """Write what reads the field *name* of the rows that have it."""
    made: Callable[[Records], list[str]] = eval(  # noqa: S307 - the name of a record's field
        f"lambda records: [text for record in records if (text := record.{name}) is not None]"
    )
    return made
