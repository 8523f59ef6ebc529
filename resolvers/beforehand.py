"""What a filter asks that no complaint's own record tells: read before the list is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from resolvers.asked import ComplaintFilter
from resolvers.bounced import Bounces
from resolvers.discrepant import Discrepancies
from resolvers.errors import NotAnswering
from resolvers.ombudsman.linked import Linked
from resolvers.overlapping import Overlaps
from resolvers.planner.plan import AnswerState, SourceAnswer
from resolvers.semi_joins import Handled, names_handlers

Names = Callable[[ComplaintFilter], bool]
"""Says whether a filter itself, not what is nested in it, asks for such a thing."""

_DEEPEST = 12


class Beforehand(msgspec.Struct, frozen=True, kw_only=True):
    """What was read for a filter before its list; None where the filter does not ask for it."""

    handled: Handled | None = None
    bounced: Bounces | None = None
    linked: Linked | None = None
    discrepant: Discrepancies | None = None
    overlapping: Overlaps | None = None
    decides: bool = False
    """Whether anything can match depends on it: the rest of the filter rules nothing out."""

    @property
    def answers(self) -> tuple[tuple[SourceAnswer, ...], ...]:
        """Give how the sources took part, one tuple for each kind of reading."""
        return tuple(each.answers for each in self._told() if each is not None)

    def _told(self) -> tuple[Handled | Bounces | Linked | Discrepancies | Overlaps | None, ...]:
        return (self.handled, self.bounced, self.linked, self.discrepant, self.overlapping)

    @property
    def absent(self) -> list[str]:
        """Name the sources that were not read whole."""
        if self is NOTHING_READ:
            return []
        return [
            each.source
            for answers in self.answers
            for each in answers
            if each.state is not AnswerState.ANSWERED
        ]


NOTHING_READ = Beforehand()


def names_bounces(asked: ComplaintFilter) -> bool:
    """Say whether *asked* itself, not what is nested in it, asks how often it was handed back."""
    return asked.bounced_at_least is not None


def names_cases(asked: ComplaintFilter) -> bool:
    """Say whether *asked* itself, not what is nested in it, asks for cases of the Ombudsman."""
    return asked.has_ombudsman_case is not None


def names_discrepancies(asked: ComplaintFilter) -> bool:
    """Say whether *asked* itself, not what is nested in it, asks whether sources disagree."""
    return asked.has_discrepancy is not None


def names_overlaps(asked: ComplaintFilter) -> bool:
    """Say whether *asked* itself, not what is nested in it, asks what other sources have too."""
    return asked.overlaps_sources is not None


def overlaps_named(asked: ComplaintFilter) -> frozenset[str]:
    """Name every source of which *asked* wants to know whether it has a complaint too."""
    return frozenset(name for each in every(asked) for name in each.overlaps_sources or ())


READ_BEFOREHAND: tuple[Names, ...] = (
    names_handlers,
    names_bounces,
    names_cases,
    names_discrepancies,
    names_overlaps,
)
"""What other systems have to be read for."""


def names_programmes(asked: ComplaintFilter) -> bool:
    """Say whether *asked* itself, not what is nested in it, asks for priority programmes."""
    return asked.priority_programmes is not None


def asks_for(asked: ComplaintFilter, names: Names) -> bool:
    """Say whether *asked* asks for it anywhere; nested as deep as it may be, and no deeper."""
    return any(map(names, every(asked)))


def insist_on_the_whole(asked: ComplaintFilter, read: Beforehand) -> None:
    """Raise `NotAnswering` if *asked* leaves out what was read, and a source was not read whole.

    Rows would be listed that do not match, for want of knowing it.
    """
    denied = any(
        each.has_ombudsman_case is False
        or each.has_discrepancy is False
        or (
            each.none_of is not None
            and any(asks_for(each.none_of, names) for names in READ_BEFOREHAND)
        )
        for each in every(asked)
    )
    if denied and read.absent:
        raise NotAnswering(
            "SOURCE_UNAVAILABLE",
            f"{read.absent[0]} did not answer, so nothing can be said of what it does not have",
            hint="ask again in a moment, or without `not` around handlers, bounces and cases",
        )


def apart(asked: ComplaintFilter) -> Iterable[ComplaintFilter]:
    """Give every part of *asked* by itself, without what other systems have to be read for.

    Together one part that lets nothing through would hide what another one names.
    """
    for each in every(asked):
        yield msgspec.structs.replace(
            each,
            all_of=None,
            any_of=None,
            none_of=None,
            handled_by=None,
            open_handling_at=None,
            handled_by_levels=None,
            handled_by_at_least=None,
            bounced_at_least=None,
            has_ombudsman_case=None,
            has_discrepancy=None,
            overlaps_sources=None,
        )


def every(asked: ComplaintFilter, depth: int = 1) -> Iterable[ComplaintFilter]:
    """Yield *asked* and all that is nested in it, as deep as it may be."""
    yield asked
    if depth < _DEEPEST:
        for each in (*(asked.all_of or ()), *(asked.any_of or ()), *filter(None, (asked.none_of,))):
            yield from every(each, depth + 1)
