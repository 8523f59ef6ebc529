"""Read one sheet of an XLSX workbook: blocking, off the event loop, within bounds.

The reader lays a sheet out as a full rectangle, so one cell far away would cost all memory: how
far cells reach is looked at first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from connectors.contract.errors import Malformed, Unavailable

SUFFIXES: Final = frozenset({".xlsx", ".xlsm"})
MOST_COLUMNS: Final = 1_000

_CHUNK = 1 << 20
_LONGEST = 4096

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet, row by row, and which of them are one."""

    rows: list[list[Any]]
    merged: Merged
    names: Sequence[str] = ()
    """Of all sheets of the workbook."""


def grid(source: str, path: Path, sheet: str | None, max_rows: int, max_bytes: int) -> Grid:
    """Give the cells of *sheet* (the first, if None) of the workbook at *path*."""
    try:
        _insist_on_bounds(source, path, max_rows, max_bytes)
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            if not names or (sheet is not None and sheet not in names):
                told = ", ".join(names[:10])
                raise Malformed(source, f"{path.name} has no sheet `{sheet}`; hint: it has {told}")
            opened = book.get_sheet_by_name(sheet or names[0])
            rows = opened.to_python(skip_empty_area=False)
            return Grid(rows, opened.merged_cell_ranges or (), names)
    except (CalamineError, zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        raise Malformed(source, f"{path.name} is no workbook that can be read") from None
    except OSError as error:
        raise Unavailable(source, f"{path.name} cannot be read ({type(error).__name__})") from None


def _insist_on_bounds(source: str, path: Path, max_rows: int, max_bytes: int) -> None:
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        if sum(part.file_size for part in parts) > max_bytes:
            raise Malformed(source, f"{path.name} unpacks to more than {max_bytes} bytes")
        for part in parts:
            if not part.filename.startswith("xl/worksheets/"):
                continue
            for column, row in _far_cells(packed, part, len(str(max_rows))):
                if row > max_rows or column > MOST_COLUMNS:
                    raise Malformed(
                        source,
                        f"{path.name} holds cells beyond row {max_rows} or column {MOST_COLUMNS}",
                    )


def _far_cells(
    packed: zipfile.ZipFile, part: zipfile.ZipInfo, digits: int
) -> Iterator[tuple[int, int]]:
    """Yield places of cells and rows that may lie too far: three letters, or so many *digits*."""
    far = re.compile(
        rb"""\br\s*=\s*["'](?=[A-Z]{3}|[A-Z]*[0-9]{%d})([A-Z]{0,3})([0-9]{1,7})["']""" % digits
    )
    with packed.open(part) as opened:
        before = b""
        while chunk := opened.read(_CHUNK):
            text = before + chunk
            for letters, number in far.findall(text):
                yield _column(letters), int(number)
            before = text[-_LONGEST:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
