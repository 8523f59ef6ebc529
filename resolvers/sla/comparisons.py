"""Questions about deadlines as filters: plain comparisons that sources and SQL can do.

The filters see records: what only the merged complaint knows (the moment of reopening) does not
take part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from connectors.contract.filters import Filter, all_of, any_of, is_null, negate, one_of
from resolvers.sla.asked import SlaFilter
from resolvers.sla.bounds import with_bounds
from resolvers.sla.rules import Rules, Step
from resolvers.sla.standing import Standing, at_least_ago, known_between
from resolvers.sla.steps import OPEN
from resolvers.sla.windows import Window, starts_for
from resolvers.sla.working_days import Calendars, WorkingCalendar

Places = Mapping[WorkingCalendar, Filter]
"""Each calendar with the filter for the records that follow it.  Together they hold every record,
and none twice."""


class Comparisons:
    """Translates questions about deadlines into filters over records.

    What a question means changes with the day only, so the latest translations are kept.
    """

    def __init__(self, rules: Rules, places: Places) -> None:
        """Follow *rules*, and at each of *places* its calendar."""
        self._rules = rules
        self._places = places
        self._translated = lru_cache(maxsize=256)(self._translate)

    def sla(self, asked: SlaFilter, now: datetime) -> Filter:
        """Give the filter for the records whose deadlines, at *now*, are as *asked*."""
        return self._translated(asked, self._days(now))

    def open_for(self, days: int, now: datetime) -> Filter:
        """Give the filter for what is open, submitted at least *days* working days ago."""

        def here(calendar: WorkingCalendar, today: int) -> Filter:
            return at_least_ago("submitted_at", days, calendar, today)

        return all_of([one_of("status", OPEN), self._everywhere(here, self._days(now))])

    def without_follow_up_for(self, days: int, now: datetime) -> Filter:
        """Give the filter for what is open and handed on, its last follow-up, or if there was none
        its disposition, at least *days* working days ago.

        Where the first follow-up only is known, the last cannot lie behind the last change.
        """

        def here(calendar: WorkingCalendar, today: int) -> Filter:
            first_only = negate(is_null("first_followed_up_at"))
            last_unknown = any_of(
                [
                    all_of([first_only, at_least_ago("updated_at", days, calendar, today)]),
                    all_of(
                        [negate(first_only), at_least_ago("disposed_at", days, calendar, today)]
                    ),
                ]
            )
            return any_of(
                [
                    at_least_ago("followed_up_at", days, calendar, today),
                    all_of([is_null("followed_up_at"), last_unknown]),
                ]
            )

        return all_of([one_of("status", OPEN), self._everywhere(here, self._days(now))])

    def corrective_action_overdue(self, now: datetime, by_working_days: int = 0) -> Filter:
        """Give the filter for Ombudsman cases whose *tindakan korektif* is not done and overdue."""

        def here(calendar: WorkingCalendar, today: int) -> Filter:
            ends = Standing(self._rules, calendar, today).overdue_by(by_working_days)
            return any_of(
                known_between(
                    "findings_reported_at",
                    starts_for(calendar, segment.lengths, ends).both(
                        Window(segment.since, segment.until)
                    ),
                    calendar,
                )
                for segment in self._rules.segments(Step.CORRECTIVE_ACTION, None, None)
            )

        undone = is_null("corrective_action_done_at")
        return all_of([undone, self._everywhere(here, self._days(now))])

    def _days(self, now: datetime) -> tuple[int, ...]:
        return tuple(calendar.zone.day_of(now) for calendar in self._places)

    def _translate(self, asked: SlaFilter, days: tuple[int, ...]) -> Filter:
        return self._everywhere(
            lambda calendar, today: Standing(self._rules, calendar, today).sla(asked), days
        )

    def _everywhere(
        self, here: Callable[[WorkingCalendar, int], Filter], days: tuple[int, ...]
    ) -> Filter:
        return with_bounds(
            any_of(
                all_of([those, here(calendar, today)])
                for (calendar, those), today in zip(self._places.items(), days, strict=True)
            )
        )


def places(calendars: Calendars, seats: Mapping[str, str | None]) -> Places:
    """Divide all records by their agency's calendar; *seats* gives each agency's region.

    Records of no known agency follow the default calendar.
    """
    codes: dict[WorkingCalendar, list[str]] = {}
    for agency, region in seats.items():
        codes.setdefault(calendars.of(region), []).append(agency)
    codes.pop(calendars.default, None)
    elsewhere = [agency for some in codes.values() for agency in some]
    return {
        calendars.default: negate(one_of("agency", elsewhere)),
        **{calendar: one_of("agency", some) for calendar, some in codes.items()},
    }
