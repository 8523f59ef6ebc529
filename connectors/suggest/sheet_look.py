"""Look at CSV files and workbooks: encoding, delimiter, where the head is, what columns hold."""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from connectors.contract.errors import SourceError
from connectors.sheet_header import LOOKED_AT, Merged, names_of
from connectors.suggest import toml_text as toml
from connectors.suggest.column import Column
from connectors.suggest.found import CannotLook, Found
from connectors.suggest.sheet_names import same_columns
from connectors.suggest.wanted import by_name
from connectors.workbook import SUFFIXES, grid

ROWS: Final = 1000
"""Rows of each file that are looked at."""
_READ: Final = 4 * 1024 * 1024
_MOST_ROWS, _MOST_BYTES = 200_000, 256 * 1024 * 1024
_TABLES = frozenset({".csv", ".tsv", ".txt"}) | SUFFIXES
_EDITION = re.compile(r"\.\d{4}-\d{2}-\d{2}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file as a grid, and how it was read."""

    path: Path
    rows: Sequence[Sequence[Any]]
    merged: Merged | None
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Headed:
    """A grid whose head was found."""

    names: Sequence[str]
    at: int
    depth: int
    data: Sequence[Sequence[Any]]


def look_at_sheets(path: Path, base: Path) -> Found:
    """Look at the file or the folder *path*; paths are written as seen from *base*."""
    files = _files(path)
    sheets = [_sheet(each) for each in files]
    headed = [_headed(each) for each in sheets]
    same = same_columns([[name for name in each.names if name] for each in headed])
    called = {other: name for name, others in same.items() for other in others}
    columns: dict[str, list[object]] = {}
    count = 0
    for each in headed:
        for at, own in enumerate(each.names):
            if name := called.get(own, own):
                cells = [row[at] if at < len(row) else None for row in each.data]
                # A column that one file lacks is looked at where it is.
                columns.setdefault(name, []).extend(None if cell == "" else cell for cell in cells)
        count += len(each.data)
    told = [f"{path.name}: {len(files)} files, {count} rows" if path.is_dir() else path.name]
    collection = [*_which(path, files), *dict.fromkeys(h for each in sheets for h in each.how)]
    if any(each.at > 0 for each in headed):
        collection.append(toml.line("find_header", "true", "sure: rows stand above the head"))
    depth = max(each.depth for each in headed)
    if depth > 1:
        collection.append(toml.line("header_rows", str(depth), "likely: the head has two rows"))
    shown = os.path.relpath(path, base)
    tables = []
    if same:
        tables = ["", "[same_columns]  # a guess: what else columns are called"]
        tables += [toml.line(name, toml.texts(others)) for name, others in same.items()]
    return Found(
        kind="sheet",
        looked_at=f"{told[0]}, at most {ROWS} rows a file",
        title=_title(path),
        columns=[Column(path=name, values=values) for name, values in columns.items()],
        rows=count,
        source=[toml.line("path", toml.text(shown))],
        collection=collection,
        tables=tables,
    )


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CannotLook(f"there is no file or folder {path}", "name one that exists")
    found = sorted(
        each
        for each in path.iterdir()
        if each.suffix.casefold() in _TABLES and each.is_file() and each.name[0] not in ".~"
    )
    if not found:
        raise CannotLook(f"there is no table in {path}", "CSV, TSV and XLSX are read")
    return found


def _which(path: Path, files: Sequence[Path]) -> list[str]:
    if path.is_file():
        return []
    stems = [_EDITION.sub("", each.stem) for each in files]
    if len(set(stems)) == 1 and len(files) > 1:
        pattern = f"{stems[0]}.*{files[0].suffix}"
        return [toml.line("files", toml.text(pattern), "likely: editions; the newest counts")]
    start = _common_start([each.name for each in files])
    suffixes = {each.suffix for each in files}
    pattern = f"{start}*{suffixes.pop() if len(suffixes) == 1 else ''}"
    if len(files) == 1:
        pattern = files[0].name
    return [
        toml.line("files", toml.text(pattern)),
        toml.line("pick", '"all"', "likely: the files are parts of one table"),
    ]


def _common_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same).rstrip("0123456789")


def _title(path: Path) -> str:
    words = re.findall(r"[A-Za-z]+", path.stem)
    return " ".join(words).title() or "Sheet"


def _sheet(path: Path) -> _Sheet:
    if path.suffix.casefold() in SUFFIXES:
        return _workbook(path)
    raw = _start_of(path)
    encoding = _encoding(raw)
    text = raw.decode(encoding, "replace")
    delimiter = _delimiter(text)
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    how = []
    if encoding != "utf-8-sig":
        how.append(toml.line("encoding", toml.text(encoding), "likely: it is no UTF-8"))
    if delimiter != ",":
        how.append(toml.line("delimiter", toml.text(delimiter), "sure: it parts the head"))
    return _Sheet(path, rows[: ROWS + LOOKED_AT], None, tuple(how))


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            raw = opened.read(_READ)
    except OSError as error:
        raise CannotLook(f"{path.name} cannot be read ({type(error).__name__})") from None
    # A row that was cut off is no row.
    return raw if len(raw) < _READ else raw[: raw.rfind(b"\n") + 1]


def _encoding(raw: bytes) -> str:
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(raw)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:LOOKED_AT]
    counts = {each: sum(line.count(each) for line in lines) for each in (",", ";", "\t", "|")}
    return max(counts, key=counts.__getitem__)


def _workbook(path: Path) -> _Sheet:
    """Read the sheet whose head says most."""
    try:
        first = grid(path.name, path, None, _MOST_ROWS, _MOST_BYTES)
        found = _Sheet(path, first.rows[: ROWS + LOOKED_AT], first.merged)
        best = _headed(found)
        for name in first.names[1:]:
            other = grid(path.name, path, name, _MOST_ROWS, _MOST_BYTES)
            how = (toml.line("sheet", toml.text(name), "likely: its head says most"),)
            sheet = _Sheet(path, other.rows[: ROWS + LOOKED_AT], other.merged, how)
            headed = _headed(sheet)
            if _score(headed.names) > _score(best.names):
                found, best = sheet, headed
    except SourceError as error:
        raise CannotLook(error.message) from None
    return found


def _headed(sheet: _Sheet) -> _Headed:
    """Find the head: the rows whose words say most of what a record has."""
    first = sheet.rows[:LOOKED_AT]
    best = _Headed(_distinct(names_of(first[:1], sheet.merged, 0)), 0, 1, sheet.rows[1:])
    for at in range(len(first)):
        for depth in (1, 2):
            names = names_of(first[at : at + depth], sheet.merged, at)
            if _score(names) > _score(best.names):
                best = _Headed(_distinct(names), at, depth, sheet.rows[at + depth :])
    data = [row for row in best.data if any(cell not in ("", None) for cell in row)]
    return _Headed(best.names, best.at, best.depth, data)


def _score(names: Sequence[str]) -> float:
    """Say how much *names* look like a head: fields that they name, each once."""
    fields: dict[str, float] = {}
    for name in names:
        if len(name) <= 60:
            for field, sure in by_name(name).items():
                fields[field] = max(fields.get(field, 0.0), sure)
    return sum(fields.values())


def _distinct(names: Sequence[str]) -> list[str]:
    """Blank a name that comes again: only one column can be called so."""
    seen: set[str] = set()
    return ["" if each in seen or seen.add(each) else each for each in names]  # type: ignore[func-returns-value] # the usual trick
