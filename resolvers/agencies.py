"""Which agencies a filter means: answered from the reference data alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Protocol

from connectors.contract.records import AgencyRecord
from resolvers.asked import AgencyFilter
from resolvers.directory import Directory
from resolvers.errors import BadFilter
from resolvers.reference import JAKARTA
from resolvers.stretches import aware

LONGEST_TEXT = 100
IDLE = timedelta(days=30)
"""Whose administrator was not active for longer does not count as active (*keaktifan*)."""


class Checks(Protocol):
    """Checks the codes that a filter names."""

    def regions(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Give *codes*, or raise `BadFilter`."""
        ...

    def categories(self, ids: tuple[str, ...], name: str) -> frozenset[str]:
        """Give *ids*, which the client calls *name*, and all below them, or raise `BadFilter`."""
        ...


Test = Callable[[AgencyRecord], bool]


def select(
    directory: Directory, asked: AgencyFilter, checks: Checks, today: date
) -> list[AgencyRecord]:
    """Give the agencies that exist *today* and match *asked*, by code."""
    tests = _tests(directory, asked, checks, today)
    return [each for each in directory.agencies_on(today) if all(test(each) for test in tests)]


def _tests(directory: Directory, asked: AgencyFilter, checks: Checks, today: date) -> list[Test]:
    tests: list[Test] = []
    if asked.levels is not None:
        levels = frozenset(asked.levels)
        tests.append(lambda agency: agency.level in levels)
    if asked.regions is not None:
        tests.append(_in_regions(checks.regions(asked.regions)))
    if asked.text is not None:
        tests.append(_named(asked.text))
    if asked.connected is not None:
        tests.append(lambda agency: agency.connected is asked.connected)
    if asked.decree_valid is not None:
        tests.append(
            lambda agency: (
                (agency.decree_valid_until is not None and agency.decree_valid_until >= today)
                is asked.decree_valid
            )
        )
    since = aware(asked.active_since, "activeSince")
    if since is not None:
        tests.append(
            lambda agency: agency.last_active_at is not None and agency.last_active_at >= since
        )
    idle_since = aware(asked.inactive_since, "inactiveSince")
    if idle_since is not None:
        # Who was never active was not active since then either.
        tests.append(
            lambda agency: agency.last_active_at is None or agency.last_active_at < idle_since
        )
    if asked.not_ready is not None:
        tests.append(lambda agency: is_ready(agency, today) is not asked.not_ready)
    if asked.accepts_categories is not None:
        tests.append(
            _accepting(directory, checks.categories(asked.accepts_categories, "acceptsCategories"))
        )
    return tests


def is_ready(agency: AgencyRecord, today: date) -> bool:
    """Say whether *agency* can be expected to answer: connected, with a valid decree of its team,
    its administrator active within the last thirty days in Jakarta.  Unknown counts as no.
    """
    if not agency.connected or agency.last_active_at is None:
        return False
    decree = agency.decree_valid_until
    active = agency.last_active_at.astimezone(JAKARTA).date()
    return decree is not None and decree >= today and today - active <= IDLE


def _in_regions(codes: tuple[str, ...]) -> Test:
    below = tuple(f"{code}." for code in codes)
    return lambda agency: (
        agency.region is not None and (agency.region in codes or agency.region.startswith(below))
    )


def _named(text: str) -> Test:
    if len(text) > LONGEST_TEXT:
        raise BadFilter(
            "FILTER_TOO_LARGE",
            f"`text` has more than {LONGEST_TEXT} characters",
            hint="give a part of the name",
        )
    wanted = text.casefold()
    return lambda agency: any(
        wanted in name.casefold()
        for name in (agency.name, agency.short_name, agency.code)
        if name is not None
    )


def _accepting(directory: Directory, wanted: frozenset[str]) -> Test:
    # Who accepts a branch accepts all below it.
    return lambda agency: not wanted.isdisjoint(directory.branch(agency.accepts_categories))
