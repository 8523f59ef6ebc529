"""Find the current edition of a sheet and read its rows: plain, blocking, off the event loop."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.contract.errors import Malformed, Unavailable
from connectors.did_you_mean import did_you_mean
from connectors.moments import to_utc
from connectors.sheet_header import LOOKED_AT, Merged, head_of
from connectors.sheet_settings import SheetCollection, SheetSettings
from connectors.tally import Tally
from connectors.workbook import SUFFIXES, grid

_EDITION = re.compile(r"\.(\d{4}-\d{2}-\d{2})\.[^.]+$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Edition:
    """One file as it stood when it was looked at."""

    path: Path
    changed: int
    """Modification time in nanoseconds."""
    size: int

    def dated(self) -> date | None:
        """Give the date in the file's name: `name.2026-11-01.csv`."""
        found = _EDITION.search(self.path.name)
        try:
            return date.fromisoformat(found[1]) if found else None
        except ValueError:
            return None

    def as_of(self, zone: ZoneInfo) -> datetime:
        """Give when its data stood like this: the date in its name, else when it was written."""
        day = self.dated()
        if day is None:
            return datetime.fromtimestamp(self.changed / 1e9, UTC)
        return to_utc(datetime.combine(day, time()), zone)


def current(settings: SheetSettings, collection: SheetCollection) -> tuple[Edition, ...]:
    """Give the files that hold *collection* now; raises `Unavailable` if there are none."""
    try:
        found = sorted(_editions(settings, collection), key=_age)
    except OSError as error:
        raise Unavailable(
            settings.name, f"its folder cannot be read ({type(error).__name__})"
        ) from None
    if not found:
        wanted = collection.files or settings.path.name
        folder = settings.path if collection.files else settings.path.parent
        if not folder.is_dir():
            raise Unavailable(settings.name, f"there is no folder {folder}")
        raise Unavailable(settings.name, f"there is no file {wanted} in {folder}")
    picked = found if collection.pick == "all" else found[-1:]
    if sum(edition.size for edition in picked) > settings.max_bytes:
        raise Malformed(settings.name, f"its files are larger than {settings.max_bytes} bytes")
    return tuple(picked)


def read(
    settings: SheetSettings, collection: SheetCollection, editions: Sequence[Edition], tally: Tally
) -> list[dict[str, Any]]:
    """Read all rows of *editions*, each as column name to cell."""
    rows: list[dict[str, Any]] = []
    missing: set[str] | None = None
    mapped = {rule.path for rule in collection.rules.rules.values() if rule.path is not None}
    names: list[str] = []
    for edition in editions:
        with _lines(settings, collection, edition) as (lines, merged):
            first = list(islice(lines, LOOKED_AT if collection.head.find else collection.head.rows))
            head = head_of(first, collection.head, mapped, merged)
            names = head.names
            absent = mapped.difference(names)
            missing = absent if missing is None else missing & absent
            data = chain(first[head.rows :], lines)
            rows.extend(_rows(data, names, tally, settings, len(rows)))
    if missing:
        column = min(missing)
        hint = did_you_mean(column, names)
        told = f"it has no column `{column}`"
        raise Malformed(settings.name, told if hint is None else f"{told}; hint: {hint}")
    return rows


@contextmanager
def _lines(
    settings: SheetSettings, collection: SheetCollection, edition: Edition
) -> Iterator[tuple[Iterator[list[Any]], Merged | None]]:
    """Open a file; give its rows, and the cells that are one, where the file tells."""
    path = edition.path
    if path.suffix.casefold() in SUFFIXES:
        most = settings.max_rows + LOOKED_AT
        found = grid(settings.name, path, collection.sheet, most, settings.max_bytes)
        yield iter(found.rows), found.merged
        return
    try:
        with path.open(encoding=collection.encoding, errors="replace", newline="") as opened:
            yield csv.reader(opened, delimiter=collection.delimiter), None
    except csv.Error:
        raise Malformed(settings.name, f"{path.name} is no CSV") from None
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            settings.name, f"{path.name} cannot be read ({type(error).__name__})"
        ) from None


def _rows(
    lines: Iterable[list[Any]], names: list[str], tally: Tally, settings: SheetSettings, before: int
) -> Iterator[dict[str, Any]]:
    width = len(names)
    for number, cells in enumerate(lines, before):
        if not any(cell != "" for cell in cells):
            continue
        if number >= settings.max_rows:
            raise Malformed(settings.name, f"it holds more than {settings.max_rows} rows")
        if len(cells) > width:
            tally.reject("TOO_MANY_CELLS")
            continue
        yield dict(zip(names, cells, strict=False))


def _editions(settings: SheetSettings, collection: SheetCollection) -> Iterator[Edition]:
    base = settings.path
    paths = [base] if collection.files is None else base.glob(collection.files)
    for path in paths:
        if path.is_file() and not path.name.startswith((".", "~$")):
            facts = path.stat()
            yield Edition(path, facts.st_mtime_ns, facts.st_size)


def _age(edition: Edition) -> tuple[date, int, str]:
    return (edition.dated() or date.min, edition.changed, edition.path.name)
