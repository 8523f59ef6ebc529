"""Servers that lie about their pages are found out, each with a reason, and not believed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from connectors.contract.errors import Malformed
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from tests.connectors.serving import NUMBERED, connector, row, serving
from tests.connectors.suite import read_pages

OFFSET = """
page = { style = "offset", param = "mulai", size_param = "batas", max_size = 100 }
"""
LINKED = """
page = { style = "link", size_param = "per", max_size = 10 }
"""
CHAINED = """
total = "total"
page = { style = "cursor", param = "kursor", next = "berikut", size_param = "per", max_size = 10 }
"""
UNCOUNTED = NUMBERED.replace('total = "total"', "")
Serve = Callable[[web.Request], web.Response]


def answer(rows: list[dict[str, object]], **more: object) -> web.Response:
    return web.json_response({"data": rows, **more})


def read(serve: Serve, collection: str) -> tuple[list[str], list[dict[str, str]]]:
    """Read all rows of a source that answers as *serve* does; gives what it was asked, too."""
    log: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        log.append(dict(request.query))
        return serve(request)

    async def run() -> list[Page]:
        async with serving(handler) as address:
            guarded = connector(address, collection)
            try:
                return await read_pages(guarded, SourceQuery())
            finally:
                await guarded.aclose()

    pages = asyncio.run(run())
    rows = [each for page in pages for each in page.rows if isinstance(each, ComplaintRecord)]
    return [each.local_id for each in rows], log


def capped(count: int, cap: int, reach: int | None = None, **more: object) -> Serve:
    """Serve *count* rows by offset, never more than *cap* at once nor any beyond *reach*."""

    def serve(request: web.Request) -> web.Response:
        start = int(request.query.get("mulai", 0))
        end = min(start + min(int(request.query["batas"]), cap), count, reach or count)
        return answer([row(n) for n in range(start, end)], **more)

    return serve


# ── By offset ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 230])
def test_a_cap_on_what_is_asked_loses_no_row(count: int) -> None:
    """A first page shorter than asked for is not taken for the end, whatever the server means."""
    found, log = read(capped(count, 50), OFFSET)

    assert found == [f"r{n:05}" for n in range(count)]
    assert len(log) <= count // 50 + 2
    assert all(
        asked["batas"] == ("100" if not at else log[1]["batas"]) for at, asked in enumerate(log)
    )


def test_offsets_are_counted_in_rows() -> None:
    """A server that gives what it is asked for is asked once for each page, and not again."""
    found, log = read(capped(230, 100), OFFSET)

    assert len(found) == 230
    assert [each["mulai"] for each in log] == ["0", "100", "200"]


def test_with_a_total_all_offsets_are_known_after_the_first() -> None:
    """Also where the server cuts smaller pages than asked for."""
    found, log = read(capped(120, 50, total=120), OFFSET + 'total = "total"')

    assert len(set(found)) == 120
    assert sorted(int(each["mulai"]) for each in log) == [0, 50, 100]


def test_fewer_rows_than_its_own_total_are_a_silent_cap() -> None:
    """It says that there are 300 and has no more than 120, at whatever offset."""
    with pytest.raises(Malformed, match="300 rows match") as broken:
        read(capped(300, 50, 120, total=300), OFFSET + 'total = "total"')

    assert broken.value.reason == "SILENT_CAP"


def test_an_ignored_offset_is_a_repeated_page() -> None:
    """The first rows again and again are not all there is."""
    with pytest.raises(Malformed, match="same page") as broken:
        read(lambda _: answer([row(n) for n in range(100)]), OFFSET)

    assert broken.value.reason == "REPEATED_PAGE"


# ── By number ─────────────────────────────────────────────────────────────────────────────────


def numbered(stride: int, cap: int, count: int, **more: object) -> Serve:
    """Serve pages of *stride* rows, cut to *cap* when they are sent."""

    def serve(request: web.Request) -> web.Response:
        start = (int(request.query["halaman"]) - 1) * stride
        return answer([row(n) for n in range(start, min(start + stride, count))][:cap], **more)

    return serve


def test_pages_cut_when_sent_are_a_silent_cap() -> None:
    """Rows 6 to 10 of each page are lost between two pages: without a total, the second tells."""
    with pytest.raises(Malformed, match="fewer rows on a page") as broken:
        read(numbered(10, 5, 40), UNCOUNTED)

    assert broken.value.reason == "SILENT_CAP"


def test_a_short_list_is_no_cap() -> None:
    """One short page with nothing after it is the end."""
    found, log = read(numbered(10, 10, 7), UNCOUNTED)

    assert len(found) == 7
    assert len(log) == 2


def test_pages_that_end_before_their_total_are_a_silent_cap() -> None:
    """It counts 100 rows and gives 30."""
    with pytest.raises(Malformed) as broken:
        read(numbered(10, 10, 30, total=100), NUMBERED)

    assert broken.value.reason == "SILENT_CAP"


def test_a_look_up_that_is_cut_is_a_silent_cap() -> None:
    """What was left out would pass for complaints that do not exist."""

    async def handler(request: web.Request) -> web.Response:
        wanted = request.query["id"].split(",")
        return answer([{**row(1), "id": each} for each in wanted[:2]], total=len(wanted))

    async def get(count: int) -> int:
        async with serving(handler) as address:
            by_id = 'by_id = { path = "/laporan/{id}" }'
            guarded = connector(address, NUMBERED.replace(by_id, 'by_id = { param = "id" }'))
            try:
                found = await guarded.get([f"r{n}" for n in range(count)])
                return sum(each is not None for each in found)
            finally:
                await guarded.aclose()

    assert asyncio.run(get(2)) == 2
    with pytest.raises(Malformed) as broken:
        asyncio.run(get(3))
    assert broken.value.reason == "SILENT_CAP"


# ── By cursor and by link ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("period", [1, 2, 3, 7, 30])
def test_an_endless_circle_of_pages_is_found_out(period: int) -> None:
    """Ever new cursors to pages that come round again, however many there are."""

    def serve(request: web.Request) -> web.Response:
        at = int(request.query.get("kursor", 0))
        page = at % period
        return answer([row(n) for n in range(page * 10, page * 10 + 10)], berikut=str(at + 1))

    with pytest.raises(Malformed, match="same page") as broken:
        read(serve, CHAINED)

    assert broken.value.reason == "REPEATED_PAGE"


def test_a_chain_that_ends_long_before_its_total_is_a_silent_cap() -> None:
    """A window over the first rows, as search engines have it."""

    def serve(request: web.Request) -> web.Response:
        at = int(request.query.get("kursor", 0))
        following = str(at + 10) if at < 40 else None
        return answer([row(n) for n in range(at, at + 10)], berikut=following, total=1000)

    with pytest.raises(Malformed) as broken:
        read(serve, CHAINED)

    assert broken.value.reason == "SILENT_CAP"


def test_a_chain_of_nothing_is_endless() -> None:
    """Twenty empty pages, each with a further one, are enough."""

    def serve(request: web.Request) -> web.Response:
        return answer([], berikut=request.query.get("kursor", "") + "x")

    with pytest.raises(Malformed, match="empty pages") as broken:
        read(serve, CHAINED)

    assert broken.value.reason == "ENDLESS_PAGES"


def linked(count: int, form: str, more: str = "") -> Serve:
    def serve(request: web.Request) -> web.Response:
        at, size = int(request.query.get("sesudah", 0)), int(request.query["per"])
        end = min(at + size, count)
        answered = answer([row(n) for n in range(at, end)])
        if end < count:
            answered.headers["Link"] = form.format(query=f"sesudah={end}&per={size}") + more
        return answered

    return serve


@pytest.mark.parametrize(
    "form",
    [
        '<https://dalam.go.id/api/laporan?{query}>; rel="next"',
        "</laporan?{query}>; rel=next",
        '<?{query}>; title="a, b"; rel="last next"',
        '<?per=1>; rel="prev", <?{query}>; rel="next", <?per=9>; rel="last"',
    ],
)
def test_links_are_followed_to_the_end(form: str) -> None:
    """In every way to write them; the host that they name is never asked."""
    found, log = read(linked(35, form), LINKED)

    assert found == [f"r{n:05}" for n in range(35)]
    assert [each.get("sesudah") for each in log] == [None, "10", "20", "30"]


@pytest.mark.parametrize(
    "form",
    [
        '<http://169.254.169.254/rahasia?{query}>; rel="next"',
        '<?{query}>; rel="next", <?per=2>; rel="next"',
        '</laporan>; rel="next"',
        '<http://[x?{query}>; rel="next"',
    ],
)
def test_a_link_that_leads_astray_is_not_followed(form: str) -> None:
    """Another path, two next pages, no page at all: the answer breaks its rules."""
    with pytest.raises(Malformed):
        read(linked(35, form), LINKED)


def test_a_link_to_itself_is_found_out() -> None:
    """The same page, named by the page itself."""

    def serve(_: web.Request) -> Any:
        answered = answer([row(1)])
        answered.headers["Link"] = '<?halaman=2>; rel="next"'
        return answered

    with pytest.raises(Malformed, match="same page"):
        read(serve, LINKED)
