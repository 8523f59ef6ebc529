"""The sources and their answers, as a viewer is shown them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from connectors.contract.health import Health, HealthState
from connectors.contract.source import Source
from resolvers.planner.plan import AnswerMode, AnswerState, SourceAnswer
from resolvers.policy import Access


@runtime_checkable
class Watched(Protocol):
    """A connector that keeps its source's health."""

    def health(self) -> Health:
        """Give the source's health now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShown:
    """A source; what tells of its workings is null to those who may not see it."""

    id: str
    name: str
    agency: str | None
    state: HealthState = HealthState.UNKNOWN
    state_since: datetime | None = None
    last_success_at: datetime | None = None
    connector: str | None = None
    reason: str | None = None
    capabilities: tuple[str, ...] | None = None
    error_rate: float | None = None
    p95_latency_ms: float | None = None
    rejected: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    """How one source took part in an answer."""

    source: SourceShown
    state: AnswerState
    mode: AnswerMode
    as_of: datetime | None
    latency_ms: float | None
    took_ms: float | None
    """The same for the log, whoever asks: no schema type reads it."""
    fetched: int | None
    kept: int | None
    code: str | None
    message: str | None


class Took(NamedTuple):
    """How one source took part, as the log tells it."""

    source: str
    state: AnswerState
    ms: float | None


def took(answers: Iterable[AnswerShown]) -> tuple[Took, ...]:
    """Give what the log tells of *answers*."""
    return tuple(Took(each.source.id, each.state, each.took_ms) for each in answers)


WORDS: Mapping[AnswerState, str] = {
    AnswerState.TRUNCATED: "it holds more than one request may read; narrow the filter",
    AnswerState.STALE: "it did not answer; these are its last known rows",
    AnswerState.TIMED_OUT: "it did not answer in time; its rows are missing",
    AnswerState.UNAVAILABLE: "it could not be reached; its rows are missing",
    AnswerState.REFUSED: "it refused the question; its rows are missing",
    AnswerState.MALFORMED: "its answer could not be read; its rows are missing",
    AnswerState.RATE_LIMITED: "it asked to be asked later; its rows are missing",
    AnswerState.SKIPPED: "it was not asked; its rows are missing",
}
"""What everybody may read of a source that did not answer."""


def show_source(source: Source, access: Access) -> SourceShown:
    """Give *source* as *access* shows it."""
    connector: object = source.connector
    health = connector.health() if isinstance(connector, Watched) else None
    shown = SourceShown(id=source.name, name=source.title, agency=source.agency)
    if health is not None:
        shown = replace(
            shown,
            state=health.state,
            state_since=health.since,
            last_success_at=health.last_success_at,
        )
    if not access.operations:
        return shown
    shown = replace(shown, connector=source.kind, capabilities=_told(source))
    if health is None:
        return shown
    return replace(
        shown,
        reason=health.reason,
        error_rate=health.error_rate,
        p95_latency_ms=health.p95_ms,
        rejected=health.rejected,
    )


def show_answers(
    answers: Sequence[SourceAnswer], sources: Mapping[str, Source], access: Access
) -> tuple[AnswerShown, ...]:
    """Give *answers* as *access* shows them: to insiders alone the row counts, the time
    taken (it grows with rows that are not shown) and the source's own words.
    """
    return tuple(
        AnswerShown(
            source=show_source(sources[answer.source], access),
            state=answer.state,
            mode=answer.mode,
            as_of=answer.as_of,
            latency_ms=answer.latency_ms if access.operations else None,
            took_ms=answer.latency_ms,
            fetched=answer.fetched if access.operations else None,
            kept=answer.kept if access.operations else None,
            code=answer.code,
            message=answer.message if access.operations else WORDS.get(answer.state),
        )
        for answer in answers
    )


def joined(
    listed: Sequence[AnswerShown], gathered: Sequence[AnswerShown]
) -> tuple[AnswerShown, ...]:
    """Give one answer a source: of a source asked twice, what went wrong counts.

    *listed* tells of the list's own rows, *gathered* of what was put together with them.
    """
    found = {answer.source.id: answer for answer in listed}
    for answer in gathered:
        known = found.get(answer.source.id)
        if known is None or known.state is AnswerState.ANSWERED:
            found[answer.source.id] = answer if known is None else _with_effort(answer, known)
    return tuple(found.values())


def missing_of(answers: Sequence[Took]) -> list[dict[str, str]]:
    """Name the sources that did not answer whole anywhere in one operation, by id: what the answer
    lacks also where no field of it can say so.
    """
    lacking = {
        answer.source: {"source": answer.source, "state": str(answer.state)}
        for answer in reversed(answers)
        if answer.state is not AnswerState.ANSWERED
    }
    return [lacking[source] for source in sorted(lacking)]


def _with_effort(answer: AnswerShown, listed: AnswerShown) -> AnswerShown:
    fetched = None
    if answer.fetched is not None and listed.fetched is not None:
        fetched = answer.fetched + listed.fetched
    as_of = answer.as_of
    if as_of is not None and listed.as_of is not None:
        as_of = min(as_of, listed.as_of)
    return replace(
        answer,
        fetched=fetched,
        kept=listed.kept,
        as_of=as_of,
        latency_ms=_together(answer.latency_ms, listed.latency_ms),
        took_ms=_together(answer.took_ms, listed.took_ms),
    )


def _told(source: Source) -> tuple[str, ...]:
    told: list[str] = []
    for name, can in sorted(source.connector.capabilities.collections.items()):
        told.append(name)
        told.extend(
            f"{name}: {'not ' if each.negated else ''}{field} {each.op}"
            for field, operators in sorted(can.operators.items())
            for each in operators
        )
        told.extend(
            f"{name}: by {order.field} {'descending' if order.descending else 'ascending'}"
            for order in can.orders
        )
        if can.counts:
            told.append(f"{name}: counts")
    return tuple(told)


def _together(*parts: float | None) -> float | None:
    known = [each for each in parts if each is not None]
    return round(sum(known), 1) if known else None
