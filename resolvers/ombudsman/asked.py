"""What the client asked of the Ombudsman's cases, and what that means in the sources' words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.contract.filters import (
    Filter,
    all_of,
    has_one_of,
    is_null,
    negate,
    one_of,
    under,
)
from resolvers.asked import DateTimeRange
from resolvers.errors import BadFilter
from resolvers.sla.comparisons import Comparisons
from resolvers.stretches import moments
from resolvers.translation import not_too_many


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """A filter as the client wrote it; what is not named is None and asks nothing."""

    stages: tuple[str, ...] | None = None
    agencies: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    maladministration: tuple[str, ...] | None = None
    received: DateTimeRange | None = None
    corrective_action_overdue: bool | None = None
    corrective_action_overdue_by_working_days: int | None = None
    case_numbers: tuple[str, ...] | None = None
    has_complaint: bool | None = None

    @property
    def needs_reference(self) -> bool:
        """Say whether the reference data have to explain any of it."""
        named = (
            self.agencies,
            self.regions,
            self.corrective_action_overdue,
            self.corrective_action_overdue_by_working_days,
        )
        return any(each is not None for each in named)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesAsked:
    """One page of cases as the client asked for it."""

    where: CaseFilter = CaseFilter()
    first: int | None = None
    after: str | None = None


class Names(Protocol):
    """Checks and opens the names that a filter gives."""

    def agencies(self, codes: tuple[str, ...]) -> frozenset[str]:
        """Give *codes* with their units and successors, or raise `BadFilter`."""
        ...

    def regions(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Give *codes*, or raise `BadFilter`."""
        ...


def translate(
    asked: CaseFilter, names: Names, comparisons: Comparisons | None, now: datetime
) -> Filter:
    """Give the filter that *asked* means; *comparisons* is needed for what is overdue.

    A *tindakan korektif* is overdue while it is not done and the case not closed.
    """
    parts: list[Filter] = []
    if asked.stages is not None:
        parts.append(one_of("stage", asked.stages))
    if asked.agencies is not None:
        parts.append(one_of("agency", names.agencies(asked.agencies)))
    if asked.regions is not None:
        parts.append(under("region", names.regions(asked.regions)))
    if asked.maladministration is not None:
        parts.append(has_one_of("maladministration", asked.maladministration))
    if asked.received is not None:
        parts.append(moments("received_at", asked.received, "received"))
    if asked.case_numbers is not None:
        parts.append(one_of("case_number", _numbers(asked.case_numbers)))
    if asked.has_complaint is not None:
        none = is_null("tracking_ids")
        parts.append(negate(none) if asked.has_complaint else none)
    overdue, days = asked.corrective_action_overdue, asked.corrective_action_overdue_by_working_days
    if days is not None and days < 0:
        raise BadFilter(
            "DAYS_NEGATIVE",
            "correctiveActionOverdueByWorkingDays counts working days and cannot be negative",
            hint="0 asks for whatever became due before today or on it",
        )
    if comparisons is not None and overdue is not None:
        late = all_of([is_null("closed_at"), comparisons.corrective_action_overdue(now)])
        parts.append(late if overdue else negate(late))
    if comparisons is not None and days is not None:
        parts.append(is_null("closed_at"))
        parts.append(comparisons.corrective_action_overdue(now, days))
    return all_of(parts)


def _numbers(texts: tuple[str, ...]) -> list[str]:
    not_too_many("caseNumbers", texts)
    return [text.strip() for text in texts]
