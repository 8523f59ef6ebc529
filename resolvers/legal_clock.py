"""Deadlines as questions meet them: rules and calendars loaded once, seats from the directory.

A complaint follows the calendar of its agency's region; one of no known agency follows Jakarta's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import msgspec

from connectors.contract.records import ComplaintRecord, OmbudsmanCaseRecord
from resolvers.directory import Directory
from resolvers.sla.comparisons import Comparisons, places
from resolvers.sla.deadline import Deadline, Facts, corrective_action, deadlines, facts_of
from resolvers.sla.rules import Rules
from resolvers.sla.working_days import Calendars
from resolvers.sla.zones import Zone

DEADLINE_FIELDS = frozenset({"agency"}) | frozenset(
    each.name for each in msgspec.structs.fields(Facts)
).intersection(ComplaintRecord.__struct_fields__)
"""The record fields that deadlines depend on."""


class LegalClock:
    """Tells deadlines, and translates questions about them."""

    def __init__(self, rules: Rules, calendars: Calendars, clock: Callable[[], datetime]) -> None:
        """Follow *rules* and *calendars*; *clock* gives the moment, aware."""
        self._rules = rules
        self._calendars = calendars
        self.now = clock
        self._comparisons: tuple[Directory, date, Comparisons] | None = None

    def deadlines(
        self, record: ComplaintRecord, directory: Directory, today: date, now: datetime
    ) -> tuple[Deadline, ...]:
        """Give every deadline of *record* whose clock has started, as it stands at *now*.

        *today* is the day as of which *directory* is asked where the agency sits.
        """
        agency = directory.agency(record.agency, today)
        calendar = self._calendars.of(None if agency is None else agency.region)
        return deadlines(facts_of(record), self._rules, calendar, now)

    def zone(self, region: str | None) -> Zone:
        """Give the time zone of *region*."""
        return self._calendars.of(region).zone

    def corrective_action(
        self, case: OmbudsmanCaseRecord, directory: Directory, today: date, now: datetime
    ) -> Deadline | None:
        """Give the deadline of the *tindakan korektif*, by the calendar of who is reported."""
        if case.findings_reported_at is None:
            return None
        agency = directory.agency(case.agency, today)
        calendar = self._calendars.of(None if agency is None else agency.region)
        return corrective_action(
            case.findings_reported_at, case.corrective_action_done_at, self._rules, calendar, now
        )

    def working_days(
        self,
        since: datetime,
        until: datetime,
        agency: str | None,
        directory: Directory,
        today: date,
    ) -> int | None:
        """Count the working days after the day of *since* up to that of *until*, where *agency*
        sits; None if *until* comes first, or a day lies outside the calendar's years.
        """
        known = directory.agency(agency, today)
        calendar = self._calendars.of(None if known is None else known.region)
        begun, ended = calendar.zone.day_of(since), calendar.zone.day_of(until)
        if until < since or begun < calendar.first or ended > calendar.last:
            return None
        return calendar.count(ended) - calendar.count(begun)

    def comparisons(self, directory: Directory, today: date) -> Comparisons:
        """Give the translator of questions over *directory*, kept while both stay the same."""
        known = self._comparisons
        if known is not None and known[0] is directory and known[1] == today:
            return known[2]
        seats = {
            code: None if agency is None else agency.region
            for code in directory.agencies
            for agency in (directory.agency(code, today),)
        }
        made = Comparisons(self._rules, places(self._calendars, seats))
        self._comparisons = (directory, today, made)
        return made
