"""Give each column to one record field at most, the surest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.suggest.column import Column
from connectors.suggest.evidence import weigh
from connectors.suggest.meanings import known_share
from connectors.suggest.personal import Personal, personal
from connectors.suggest.wanted import by_name

_LEAST = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One field, the column that may hold it, and why."""

    field: str
    column: Column
    sure: float
    why: str

    @property
    def mark(self) -> str:
        """Say in words how sure it is."""
        return "sure" if self.sure >= 0.8 else "likely" if self.sure >= 0.6 else "a guess"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What became of the columns."""

    guesses: Mapping[str, Guess]
    personal: Mapping[str, Personal]
    """Path to what of a person may stand there."""
    left: Sequence[Column]
    """What no field was found for."""


def assign(columns: Sequence[Column]) -> Assigned:
    """Find the field of each of *columns*."""
    withheld = {each.path: found for each in columns if (found := personal(each)) is not None}
    open_columns = [each for each in columns if each.path not in withheld]
    candidates = [guess for each in open_columns for guess in _candidates(each)]
    candidates.sort(key=lambda guess: -guess.sure)
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for guess in candidates:
        if guess.field not in taken and guess.column.path not in used:
            taken[guess.field] = guess
            used.add(guess.column.path)
    if "local_id" not in taken:
        _take_any_id(open_columns, taken, used)
    left = [each for each in open_columns if each.path not in used]
    return Assigned(guesses=taken, personal=withheld, left=left)


def _candidates(column: Column) -> list[Guess]:
    found = []
    for field, by_words in by_name(column.path).items():
        share, told = weigh(field, column)
        sure = by_words * share
        if sure >= _LEAST:
            found.append(Guess(field=field, column=column, sure=sure, why=f"its name; {told}"))
    words = column.listed() if column.has_few_words else []
    if 2 <= len(words) <= 40 and known_share("status", words) >= 0.7:
        why = "its words are those of statuses"
        found.append(Guess(field="status", column=column, sure=0.65, why=why))
    return found


def _take_any_id(columns: Sequence[Column], taken: dict[str, Guess], used: set[str]) -> None:
    for column in columns:
        if column.is_unique and column.path not in used and len(column.values) > 1:
            why = "nothing is called a number; here no two rows are alike"
            taken["local_id"] = Guess(field="local_id", column=column, sure=0.5, why=why)
            used.add(column.path)
            return
