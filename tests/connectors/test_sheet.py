"""Sheets: the newest edition, read off the event loop, kept until it changes."""

from __future__ import annotations

import asyncio
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors import sheet_files
from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed, Refused, TimedOut, Unavailable
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.registry import load
from connectors.sheet import Sheet
from tests.connectors.suite import Broken, Subject, conform

SETTINGS = """
[sources.a]
kind = "sheet"
path = "."
time_zone = "Asia/Makassar"
nulls = ["N/A"]
max_rows = 50
{source}
[sources.a.collections.complaints]
files = "aduan.*csv"
{collection}
[sources.a.collections.complaints.mapping]
local_id = "nomor"
title = "judul"
submitted_at = "masuk"
channel = "kanal"
reporter_name = "pelapor"
"""
HEAD = "nomor,judul,masuk,kanal,pelapor\n"


def connector(folder: Path, collection: str = "", source: str = "") -> Connector:
    text = SETTINGS.format(collection=collection, source=source)
    (found,) = load(text, {}, folder=folder)
    return found.connector


def write(folder: Path, name: str, *lines: str, head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(f"{line}\n" for line in lines), "utf-8")
    return path


def fetch(asked: Connector, **query: Any) -> Page:
    return asyncio.run(asked.fetch(SourceQuery(**query)))


def ids(page: Page) -> list[str]:
    return [row.local_id for row in page.rows if isinstance(row, ComplaintRecord)]


def test_the_newest_dated_edition_counts(tmp_path: Path) -> None:
    """By the date in its name, whenever it was written; its data stand as of that day."""
    write(tmp_path, "aduan.2026-11-01.csv", "1,a,2026-01-01,web,B")
    write(tmp_path, "aduan.2024-01-01.csv", "2,a,2026-01-01,web,B")
    write(tmp_path, "aduan.csv", "3,a,2026-01-01,web,B")
    page = fetch(connector(tmp_path))

    assert ids(page) == ["1"]
    assert page.as_of == datetime(2026, 10, 31, 16, tzinfo=UTC)


def test_a_file_without_a_date_is_as_old_as_it_was_written(tmp_path: Path) -> None:
    """Its time of change stands for the data's."""
    path = write(tmp_path, "aduan.csv", "3,a,2026-01-01,web,B")
    os.utime(path, (1_700_000_000, 1_700_000_000))

    assert fetch(connector(tmp_path)).as_of == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    """One connector, two states of the folder."""
    asked = connector(tmp_path)
    path = write(tmp_path, "aduan.csv", "1,a,2026-01-01,web,B")
    first = fetch(asked, fields=frozenset({"title"}))
    again = fetch(asked, fields=frozenset())
    write(tmp_path, "aduan.csv", "1,a,2026-01-01,web,B", "2,a,2026-01-01,web,B")
    os.utime(path, (1_700_000_000, 1_700_000_000))

    assert (ids(first), ids(again), ids(fetch(asked))) == (["1"], ["1"], ["1", "2"])
    write(tmp_path, "aduan.2026-01-01.csv", "9,a,2026-01-01,web,B")
    assert ids(fetch(asked)) == ["9"]


def test_names_of_reporters_are_not_kept(tmp_path: Path) -> None:
    """They are read for the request that wants them, and by no other."""
    write(tmp_path, "aduan.csv", "1,a,2026-01-01,web,Budi")
    guarded = connector(tmp_path)
    inner = guarded.inner  # type: ignore[attr-defined] # guarded, as every source
    (row,) = fetch(guarded, fields=frozenset({"title"})).rows
    (whole,) = fetch(guarded, fields=frozenset({"reporter_name"})).rows

    assert isinstance(row, ComplaintRecord)
    assert isinstance(whole, ComplaintRecord)
    assert (row.reporter_name, whole.reporter_name) == (None, "Budi")
    assert "Budi" not in repr(inner._known)


def test_reading_does_not_block_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are parsed in another thread."""
    write(tmp_path, "aduan.csv", "1,a,2026-01-01,web,B")
    threads = []
    real = sheet_files.read

    def watched(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        return real(*arguments)

    monkeypatch.setattr("connectors.sheet.read", watched)
    fetch(connector(tmp_path))

    assert threads
    assert threading.main_thread() not in threads


def test_a_folder_that_hangs_holds_up_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question times out; after a few, further ones fail at once, until it answers again."""
    write(tmp_path, "aduan.csv", "1,a,2026-01-01,web,B")
    gate = threading.Event()
    real = sheet_files.current

    def stuck(*arguments: Any) -> Any:
        gate.wait()
        return real(*arguments)

    monkeypatch.setattr("connectors.sheet.current", stuck)

    async def use() -> Page:
        asked = connector(tmp_path, source='time_limit = "50ms"')
        for _ in range(4):
            with pytest.raises(TimedOut):
                await asked.fetch(SourceQuery())
        async with asyncio.timeout(0.04):
            with pytest.raises(Unavailable, match="still hang"):
                await asked.inner.fetch(SourceQuery())  # type: ignore[attr-defined] # guarded
        assert await asyncio.to_thread(lambda: 7) == 7
        gate.set()
        for hanging in [each for each in threading.enumerate() if each.name == "files of a"]:
            await asyncio.to_thread(hanging.join, 5)
        return await asked.fetch(SourceQuery())

    assert ids(asyncio.run(use())) == ["1"]


def test_columns_go_by_name(tmp_path: Path) -> None:
    """In any order, with others between; a column that one of several files lacks is null there."""
    write(tmp_path, "aduan.b.csv", "x,2026-01-01,7", head="lain,masuk,nomor\n")
    write(tmp_path, "aduan.c.csv", "8,J,2026-01-02,web,B")
    page = fetch(connector(tmp_path, 'pick = "all"'))

    assert sorted(ids(page)) == ["7", "8"]
    assert {row.title for row in page.rows if isinstance(row, ComplaintRecord)} == {None, "J"}


def test_a_column_that_no_file_has_is_told(tmp_path: Path) -> None:
    """With what was probably meant."""
    write(tmp_path, "aduan.csv", "8,J,2026-01-02,web,B", head="nomer,judul,masuk,kanal,pelapor\n")

    with pytest.raises(Malformed, match="no column `nomor`; hint: did you mean `nomer`"):
        fetch(connector(tmp_path))


def test_ragged_rows_cost_themselves(tmp_path: Path) -> None:
    """Too many cells: nobody knows which is which.  Too few: the rest is null.  Blank: no row."""
    write(
        tmp_path,
        "aduan.csv",
        "1,a,2026-01-01,web,B,extra",
        "",
        "2,b,2026-01-01",
        "3,N/A,2026-01-01,N/A,",
    )
    page = fetch(connector(tmp_path))

    assert ids(page) == ["2", "3"]
    assert page.rejected == {"TOO_MANY_CELLS": 1}
    assert [(row.title, row.channel) for row in page.rows if isinstance(row, ComplaintRecord)] == [
        ("b", None),
        (None, None),
    ]


def test_of_two_rows_with_one_id_the_later_counts(tmp_path: Path) -> None:
    """And the other is counted."""
    write(tmp_path, "aduan.csv", "1,new,2026-01-02,web,B", "1,old,2026-01-01,web,B")
    page = fetch(connector(tmp_path))

    assert [row.title for row in page.rows if isinstance(row, ComplaintRecord)] == ["new"]
    assert page.rejected == {"DUPLICATE_ID": 1}


def test_broken_characters_do_not_break_the_file(tmp_path: Path) -> None:
    """A byte that is no UTF-8 costs itself."""
    (tmp_path / "aduan.csv").write_bytes(HEAD.encode() + b"1,a\xff\x00b,2026-01-01,web,B\n")

    (row,) = fetch(connector(tmp_path)).rows
    assert isinstance(row, ComplaintRecord)
    assert row.title == "a\ufffdb"


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    """As spreadsheets write it."""
    (tmp_path / "aduan.csv").write_bytes(
        b"\xef\xbb\xbf" + HEAD.encode() + b"1,a,2026-01-01,web,B\n"
    )

    assert ids(fetch(connector(tmp_path))) == ["1"]


def test_a_sheet_has_a_largest_size(tmp_path: Path) -> None:
    """In rows and in bytes."""
    write(tmp_path, "aduan.csv", *[f"{n},a,2026-01-01,web,B" for n in range(60)])

    with pytest.raises(Malformed, match="more than 50 rows"):
        fetch(connector(tmp_path))
    with pytest.raises(Malformed, match="larger than 1024 bytes"):
        fetch(connector(tmp_path, source='max_bytes = "1KiB"'))


def test_a_folder_without_the_file_is_unavailable(tmp_path: Path) -> None:
    """Nothing there, no folder, or an empty file: each in its own words."""
    with pytest.raises(Unavailable, match="no file"):
        fetch(connector(tmp_path))
    with pytest.raises(Unavailable):
        fetch(connector(tmp_path / "nowhere"))
    (tmp_path / "aduan.csv").write_bytes(b"")
    with pytest.raises(Malformed, match="no column"):
        fetch(connector(tmp_path))


def test_what_is_not_declared_is_refused(tmp_path: Path) -> None:
    """Another collection, and more ids than one look-up takes."""
    write(tmp_path, "aduan.csv", "1,a,2026-01-01,web,B")
    asked = connector(tmp_path)

    with pytest.raises(Refused):
        fetch(asked, collection="agencies")
    with pytest.raises(Refused):
        asyncio.run(asked.get(["x"] * 2000))


class Miscounts(Sheet):
    """Counts the rows of the file, whatever is asked."""

    async def count(self, query: SourceQuery) -> int:
        return await super().count(SourceQuery(collection=query.collection))


class KeepsItsOrder(Sheet):
    """Answers in the order of the file, whatever order is asked."""

    async def fetch(self, query: SourceQuery) -> Page:
        self._insist(query)
        return await super().fetch(msgspec.structs.replace(query, order=None))


class ForgetsTheLimit(Sheet):
    """Answers everything at once, whatever limit is asked."""

    async def fetch(self, query: SourceQuery) -> Page:
        return await super().fetch(msgspec.structs.replace(query, limit=None))


@pytest.mark.parametrize(
    ("lie", "promise"),
    [
        (Miscounts, "counts are exact"),
        (KeepsItsOrder, "order submitted_at"),
        (ForgetsTheLimit, "limits are kept"),
    ],
)
def test_the_suite_rejects_a_sheet_that_lies(
    lie: type[Sheet], promise: str, tmp_path: Path
) -> None:
    """It claims a count, an order or a limit that it does not keep."""
    lines = [f"{n},a,2026-01-{n * 7 % 28 + 1:02},web,B" for n in range(40)]
    write(tmp_path, "aduan.csv", *lines)
    guarded = connector(tmp_path)
    guarded.inner.__class__ = lie  # type: ignore[attr-defined] # guarded, as every source

    with pytest.raises(Broken) as caught:
        asyncio.run(conform(Subject(connector=guarded, page=50, samples=1)))
    assert caught.value.promise.startswith(promise)


def test_a_sheet_that_tells_the_truth_passes(tmp_path: Path) -> None:
    """What the liars are rejected for is their lie."""
    lines = [f"{n},a,2026-01-{n * 7 % 28 + 1:02},web,B" for n in range(40)]
    write(tmp_path, "aduan.csv", *lines)

    asyncio.run(conform(Subject(connector=connector(tmp_path), page=50, samples=1)))
