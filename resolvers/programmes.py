"""Which complaints a priority programme is about: those whose category it covered on the day of
their submission, in Jakarta.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connectors.contract.filters import Filter, all_of, any_of, between, one_of
from connectors.contract.records import ComplaintRecord, ProgrammeRecord
from resolvers.directory import Directory
from resolvers.sla.bounds import with_bounds

_JAKARTA = ZoneInfo("Asia/Jakarta")
_UTC = ZoneInfo("UTC")


def of_programmes(directory: Directory, programmes: Iterable[str]) -> Filter:
    """Give "one of *programmes* covered its category on the day it was submitted"."""
    wanted = frozenset(programmes)
    return with_bounds(
        any_of(
            all_of(
                (
                    one_of("category", directory.branch((each.category,))),
                    between("submitted_at", _start(each.valid_from), _end(each.valid_to)),
                )
            )
            for each in directory.covered
            if each.programme in wanted
        )
    )


def programmes_of(directory: Directory, record: ComplaintRecord) -> list[ProgrammeRecord]:
    """Give the programmes that *record* belongs to, by id."""
    day = record.submitted_at.astimezone(_JAKARTA).date()
    return directory.programmes_of(record.category, day)


def _start(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), _JAKARTA).astimezone(_UTC)


def _end(day: date | None) -> datetime | None:
    return None if day is None else _start(day + timedelta(days=1))
