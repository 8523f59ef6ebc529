"""A file of rows and one of their steps, and what a fault hides of both."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
from aiohttp import web

from sandbox.world.dirt import lot

Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """Read a file of one row a line."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def shuffled(rows: list[Row], key: str, seed: int) -> list[Row]:
    """Give *rows* in an order that means nothing, and is always the same."""
    return sorted(rows, key=lambda row: crc32(f"{seed}:{row[key]}".encode()))


class RowStore:
    """Rows in the order in which they are listed."""

    def __init__(self, rows: list[Row], key: str, seed: int) -> None:
        self._key = key
        self._rows = rows
        self._by_id = {row[key]: row for row in rows}
        self._lots = {row_id: lot(seed, row_id) for row_id in self._by_id}

    def shown(self, lost_share: float, *tests: Callable[[Row], bool] | None) -> list[Row]:
        """List the rows that pass all *tests* and that the fault in force does not hide."""
        asked = [test for test in tests if test is not None]
        return [
            row
            for row in self._rows
            if self._lots[row[self._key]] >= lost_share and all(test(row) for test in asked)
        ]

    def has(self, row_id: str, lost_share: float) -> bool:
        """Tell whether there is such a row, as far as the fault in force lets one see."""
        return self._lots.get(row_id, -1.0) >= lost_share

    def one(self, row_id: str, lost_share: float) -> Row:
        """Give one row; raise 404 where there is none."""
        if not self.has(row_id, lost_share):
            raise web.HTTPNotFound(reason="aduan tidak ditemukan")
        return self._by_id[row_id]


class StepStore:
    """Steps by the row they belong to."""

    def __init__(self, steps: list[Row], key: str) -> None:
        self._steps: dict[str, list[Row]] = {}
        for step in steps:
            self._steps.setdefault(step.pop(key), []).append(step)

    def of(self, row_id: str) -> list[Row]:
        """Give the steps of one row, oldest first."""
        return self._steps.get(row_id, [])
