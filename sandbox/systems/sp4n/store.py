"""What the national system remembers, in the order in which it lists."""

import sys
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from sandbox.world.dirt import lot

_REMEMBERED = 128


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows are wanted; None means any."""

    statuses: frozenset[str] | None
    categories: frozenset[int] | None
    numbers: frozenset[str] | None
    since: float | None
    lost_share: float


def folded(word: object) -> str:
    """Write a status word as it is compared: no outer blanks, single inner ones, no case."""
    return " ".join(str(word).split()).casefold()


class Store:
    """All rows of the national system, read once, answered as the bytes they were read as."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._raw = (folder / "sp4n-laporan.jsonl").read_bytes().splitlines()
        self._moments: list[float] = []
        self._statuses: list[str] = []
        self._categories: list[int | None] = []
        self._lots: list[float] = []
        self._at: dict[str, int] = {}
        for at, line in enumerate(self._raw):
            row = orjson.loads(line)
            self._moments.append(datetime.fromisoformat(row["diubah"]).timestamp())
            self._statuses.append(sys.intern(folded(row["status"])))
            self._categories.append(row["kategori_id"])
            self._lots.append(lot(seed, row["nomor"]))
            self._at[row["nomor"]] = at
        self._history: dict[str, bytes] = {}
        for line in (folder / "sp4n-riwayat.jsonl").read_bytes().splitlines():
            number = line[2 : line.index(b'"', 2)].decode()
            self._history[number] = line[len(number) + 4 : -1]
        self._changes = [
            orjson.loads(line)
            for line in (folder / "sp4n-perubahan.jsonl").read_bytes().splitlines()
        ]
        self._change_moments = [
            datetime.fromisoformat(change[0]).timestamp() for change in self._changes
        ]
        self._remembered: dict[tuple[object, ...], list[int]] = {}

    def select(self, wish: Wish) -> list[int]:
        """Give the positions of the rows that match, oldest change first."""
        key = (wish.statuses, wish.categories, wish.numbers, wish.lost_share)
        found = self._remembered.get(key)
        if found is None:
            found = self._scan(wish)
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        if wish.since is None:
            return found
        first = bisect_left(found, wish.since, key=self._moments.__getitem__)
        return found[first:]

    def rows(self, positions: Iterable[int]) -> bytes:
        """Give rows as the inside of a JSON list."""
        return b",".join(map(self._raw.__getitem__, positions))

    def row(self, number: str, lost_share: float) -> bytes | None:
        """Give one row."""
        at = self._at.get(number)
        if at is None or self._lots[at] < lost_share:
            return None
        return self._raw[at]

    def history(self, number: str, lost_share: float) -> bytes | None:
        """Give one row's history as a JSON list."""
        at = self._at.get(number)
        if at is None or self._lots[at] < lost_share:
            return None
        return self._history.get(number, b"[]")

    def changes(self, since: float, at_most: int, lost_share: float) -> tuple[list[object], str]:
        """Give what changed at or after *since*, and the moment of the last of it."""
        first = bisect_left(self._change_moments, since)
        chosen = self._changes[first : first + at_most]
        until = chosen[-1][0] if chosen else ""
        shown: list[object] = [
            {"nomor": number, "jenis": kind, "waktu": moment}
            for moment, number, kind in chosen
            if not lost_share or self._lot_of(number) >= lost_share
        ]
        return shown, until

    def _lot_of(self, number: str) -> float:
        at = self._at.get(number)
        return 1.0 if at is None else self._lots[at]

    def _scan(self, wish: Wish) -> list[int]:
        found: Iterable[int] = range(len(self._raw))
        if wish.numbers is not None:
            found = sorted(self._at[number] for number in wish.numbers if number in self._at)
        if wish.statuses is not None:
            statuses, words = wish.statuses, self._statuses
            found = [at for at in found if words[at] in statuses]
        if wish.categories is not None:
            categories, ids = wish.categories, self._categories
            found = [at for at in found if ids[at] in categories]
        if wish.lost_share:
            found = [at for at in found if self._lots[at] >= wish.lost_share]
        return list(found)
