"""Hold a live source against its promises: read only, slowly, and no further than a bound."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

import msgspec

from connectors.conformance.came import Came, came
from connectors.conformance.paced import Paced, Spent, shape_of
from connectors.conformance.promises import (
    PROMISES,
    Promise,
    combinations_agree,
    operators_agree,
    rows_are_sound,
)
from connectors.conformance.subject import Broken, Subject, complaints_of, take_reference
from connectors.contract.errors import Refused, SourceError
from connectors.contract.query import Page, SourceQuery
from connectors.contract.source import Source

_LEAST_ROWS = 20
_SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a source may be asked."""

    questions: int = 1_000
    rows: int = 2_000
    """Rows that are read as the reference; of a larger source some are all there is to go by."""
    pause: float = 0.1
    """Seconds before each question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one promise."""

    promise: str
    state: str
    """kept, broken, refuses (nothing is declared), failed, not checked"""
    question: str = ""
    """The question at which it showed, without values."""
    why: str = ""
    hint: str = ""
    """For whoever writes the settings: it may name keys of the answer, which can be data."""


@dataclass(slots=True, kw_only=True)
class Probed:
    """What was found out about a source."""

    source: Source
    outcomes: list[Outcome] = field(default_factory=list)
    rows: int = 0
    whole: bool = False
    came: Came | None = None
    """What came of the rows that were read to compare with; None if none could be read."""
    milliseconds: Sequence[float] = ()
    pages: Sequence[int] = ()
    zoneless: int = 0
    """Dates on the first page that name no zone, and were read as UTC for want of a clock."""

    @property
    def holds(self) -> bool:
        """Say whether nothing was broken and nothing failed."""
        return not any(each.state in ("broken", "failed") for each in self.outcomes)


async def probe(
    source: Source, bounds: Bounds, told: Callable[[int], None] = lambda _: None
) -> Probed:
    """Ask *source* within *bounds*; raises nothing that the source does wrong."""
    paced = Paced(source.connector, questions=bounds.questions, pause=bounds.pause, told=told)
    found = Probed(source=source, milliseconds=paced.milliseconds, pages=paced.pages)
    pages: list[Page] = []
    try:
        whole = await _some(paced, bounds.rows, pages)
        found.zoneless = sum(page.survey.zoneless for page in pages if page.survey is not None)
        repeats = _repeats(pages)
        subject = Subject(connector=paced, samples=1, whole=whole, repeats=repeats)
        take_reference(subject, pages)
    except Broken:
        found.outcomes.append(_unchecked("any", f"fewer than {_LEAST_ROWS} rows: too few to tell"))
        return found
    except SourceError as error:
        found.outcomes.append(_missed("it answers", "failed", error, paced))
        return found
    finally:
        found.came = came(pages) if pages else None
    found.rows, found.whole = len(subject.rows), whole
    twice = "broken" if repeats else "kept"
    why = f"{len(repeats)} of {found.rows} rows come more than once" if repeats else ""
    found.outcomes.append(Outcome(promise="no row comes twice", state=twice, why=why))
    broken: set[Promise] = set()
    for promise in PROMISES:
        outcome = _in_vain(promise, broken) or await _tried(promise, subject, paced)
        found.outcomes.append(outcome)
        if outcome.state == "broken":
            broken.add(promise)
    return found


def _in_vain(promise: Promise, broken: Container[Promise]) -> Outcome | None:
    """Say why *promise* need not be tried beside what is *broken*, None if it may hold."""
    if rows_are_sound in broken:
        # Rows without ids or with naked dates are nothing to compare with.
        return _unchecked(_name(promise), "its rows are not sound")
    if promise is combinations_agree and operators_agree in broken:
        return _unchecked(_name(promise), "a filter by itself is broken already")
    return None


def _repeats(pages: Sequence[Page]) -> frozenset[str]:
    """Give the ids that come more than once: they are told of, and held against nothing else."""
    counted = Counter(row.local_id for row in complaints_of(pages))
    return frozenset(each for each, count in counted.items() if count > 1)


async def _some(paced: Paced, most: int, pages: list[Page]) -> bool:
    """Read up to *most* rows into *pages*; say whether that was all."""
    waiting, count = [SourceQuery(survey=True)], 0
    while waiting and count < most:
        query = waiting.pop(0)
        page = await paced.fetch(query)
        pages.append(page)
        count += len(page.rows)
        onward = msgspec.structs.replace(query, survey=False)
        waiting.extend(msgspec.structs.replace(onward, token=token) for token in page.next)
    return not waiting


async def _tried(promise: Promise, subject: Subject, paced: Paced) -> Outcome:
    name = _name(promise)
    try:
        await promise(subject, random.Random(_SEED))  # noqa: S311 - to choose samples
    except Broken as broken:
        where = shape_of(broken.where)
        question = f"complaints, {where}" if where else paced.last
        return Outcome(promise=name, state="broken", question=question)
    except Spent:
        return _unchecked(name, "the bound on questions was reached")
    except SourceError as error:
        state = "broken" if isinstance(error, Refused) else "failed"
        return _missed(name, state, error, paced)
    return Outcome(promise=name, state=_kept(name, subject))


def _kept(name: str, subject: Subject) -> str:
    """Say `refuses` where keeping a promise means to refuse what is not declared."""
    can = subject.can
    declared: dict[str, object] = {
        "limits are kept": can.sized,
        "orders are true": can.orders,
        "operators agree": can.operators,
        # Of one filter there is nothing to join.
        "combinations agree": sum(map(len, can.operators.values())) > 1,
        "counts are exact": can.counts,
        "lookup is faithful": can.get_max,
    }
    return "kept" if declared.get(name, True) else "refuses"


def _name(promise: Promise) -> str:
    return promise.__name__.replace("_", " ")


def _missed(name: str, state: str, error: SourceError, paced: Paced) -> Outcome:
    message, _, hint = error.message.partition("; hint: ")
    why = f"{error.reason or error.code}: {message}"
    return Outcome(promise=name, state=state, question=paced.last, why=why, hint=hint)


def _unchecked(name: str, why: str) -> Outcome:
    return Outcome(promise=name, state="not checked", why=why)
