"""Plant dirt in published rows, and keep the ledger of what was planted where."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

Row = dict[str, Any]
Spoil = Callable[[Row, Random], str]
"""Spoils one row and names the field it spoiled."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One piece of dirt."""

    system: str
    id: str
    kind: str
    field: str


class Ledger:
    """All dirt planted in one world."""

    def __init__(self) -> None:
        self.planted: list[Planted] = []

    def note(self, system: str, row_id: str, kind: str, field: str) -> None:
        """Remember one piece of dirt."""
        self.planted.append(Planted(system, row_id, kind, field))

    def by_row(self) -> dict[tuple[str, str], list[Planted]]:
        """Group by system and row."""
        found: dict[tuple[str, str], list[Planted]] = {}
        for planted in self.planted:
            found.setdefault((planted.system, planted.id), []).append(planted)
        return found


class Spade:
    """Plants dirt in rows of one system, each row at most once, in those *spared* never."""

    def __init__(
        self,
        system: str,
        id_field: str,
        chance: Random,
        ledger: Ledger,
        spared: frozenset[str] = frozenset(),
    ) -> None:
        self._system = system
        self._id_field = id_field
        self._chance = chance
        self._ledger = ledger
        self._spared = spared
        self._touched: set[int] = set()

    def plant(
        self,
        kind: str,
        rows: Sequence[Row],
        amount: float,
        spoil: Spoil,
        suits: Callable[[Row], bool] = lambda _: True,
    ) -> None:
        """Spoil *amount* rows (a share if below 1, else a number) of those that *suits*."""
        free = [at for at, row in enumerate(rows) if at not in self._touched and suits(row)]
        wanted = int(amount) if amount >= 1 else max(1, round(amount * len(rows)))
        for at in sorted(self._chance.sample(free, min(wanted, len(free)))):
            self._touched.add(at)
            row_id = str(rows[at][self._id_field])
            if row_id in self._spared:
                # What is drawn for it is drawn all the same: no other row is to change.
                spoil(dict(rows[at]), self._chance)
                continue
            field = spoil(rows[at], self._chance)
            self._ledger.note(self._system, row_id, kind, field)


def put(field: str, *values: object) -> Spoil:
    """Give a spoiler that writes one of *values* into *field*."""

    def spoil(row: Row, chance: Random) -> str:
        row[field] = values[int(chance.random() * len(values))]
        return field

    return spoil


def vary(field: str) -> Spoil:
    """Give a spoiler that changes case or adds blanks to the word in *field*."""

    def spoil(row: Row, chance: Random) -> str:
        word = str(row[field])
        choices = (word.upper(), f" {word}", f"{word} ", word.lower(), word.replace(" ", "  "))
        different = [choice for choice in choices if choice != word]
        row[field] = different[int(chance.random() * len(different))]
        return field

    return spoil


def mojibake(field: str) -> Spoil:
    """Give a spoiler that reads UTF-8 as if it were Windows-1252."""

    def spoil(row: Row, _: Random) -> str:
        text = f"“{row[field]}” mohon bantuan…"
        row[field] = text.encode().decode("cp1252", "replace")
        return field

    return spoil


def entities(field: str) -> Spoil:
    """Give a spoiler that leaves HTML entities in the text."""

    def spoil(row: Row, _: Random) -> str:
        row[field] = html.escape(f'{row[field]} & "sekitarnya"') + "&nbsp;"
        return field

    return spoil


def hashed(field: str) -> Spoil:
    """Give a spoiler that writes a number as people do, with a `#` before it."""

    def spoil(row: Row, _: Random) -> str:
        row[field] = f"#{row[field]}"
        return field

    return spoil


def lot(seed: int, row_id: str) -> float:
    """Give the row's lot, from 0 to 1: the fault `lose` leaves out the rows below its share."""
    return crc32(f"{seed}:{row_id}".encode()) / 0x1_0000_0000
