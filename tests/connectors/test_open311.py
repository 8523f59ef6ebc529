"""Open311: windows, silent cuts, sources that ignore what they are asked, XML traps, Chicago."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed, Refused, SourceError
from connectors.contract.filters import Op, Term, all_of
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import CategoryRecord, ComplaintRecord
from connectors.open311_windows import Span, spans
from connectors.problems import ConfigurationError
from connectors.registry import load
from tests.connectors.outside import DEMO
from tests.connectors.serving import serving
from tests.connectors.suite import Broken, Subject, conform, read_pages

START = datetime(2026, 1, 1, tzinfo=UTC)
WIDEST = timedelta(days=90)
SETTINGS = """
[sources.g]
kind = "open311"
base_url = "{address}"
since = "2025-06-01"
time_limit = "5s"
{source}
[sources.g.collections.complaints.mapping]
local_id = "service_request_id"
title = "service_name"
category = {{ path = "service_code", codes = "category" }}
status = {{ path = "status", codes = "status" }}
submitted_at = {{ path = "requested_datetime", required = true }}
updated_at = {{ path = "requested_datetime", required = true }}
[sources.g.collections.categories.mapping]
id = "service_code"
name = "service_name"
[sources.g.codes.status]
version = "1"
words = {{ open = "SUBMITTED", closed = "CLOSED_BY_ADMIN" }}
[sources.g.codes.category]
version = "1"
words = {{ A = "1501", B = "1502" }}
"""

Row = dict[str, Any]


def row(number: int, at: datetime | None = None) -> Row:
    return {
        "service_request_id": f"r{number:04}",
        "service_name": f"Laporan {number}",
        "service_code": "AB"[number % 2],
        "status": ("open", "closed")[number % 3 == 0],
        "requested_datetime": (at or START + timedelta(hours=number)).isoformat(),
    }


class Server:
    """An honest GeoReport server; what others do wrong stands in their own methods."""

    cap = 1000
    size = 0
    """Rows a page, if it has pages."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        path = request.path.rpartition(".")[0]
        if path == "/services":
            codes = sorted({each["service_code"] for each in self.rows})
            return web.json_response(
                [{"service_code": code, "service_name": f"Layanan {code}"} for code in codes]
            )
        if path.startswith("/requests/"):
            found = [each for each in self.rows if path.endswith(each["service_request_id"])]
            return web.json_response(found) if found else web.json_response([], status=404)
        self.asked.append(query)
        found = self.filtered(query)
        if self.size:
            start = (int(query["page"]) - 1) * self.size
            return web.json_response(found[start : start + self.size])
        return web.json_response(found[: self.cap])

    def filtered(self, query: dict[str, str]) -> list[Row]:
        found = self.between(query)
        for name in ("status", "service_code"):
            if name in query:
                words = query[name].split(",")
                found = [each for each in found if each[name] in words]
        return found

    def between(self, query: dict[str, str]) -> list[Row]:
        start = datetime.fromisoformat(query["start_date"])
        end = datetime.fromisoformat(query["end_date"])
        assert end - start <= timedelta(days=90)
        return [
            each
            for each in self.rows
            if start <= datetime.fromisoformat(each["requested_datetime"]) <= end
        ]


def over(
    server: Callable[[web.Request], Awaitable[web.StreamResponse]],
    use: Callable[[Connector], Awaitable[Any]],
    source: str = "",
) -> Any:
    """Use a connector over *server*."""

    async def run() -> Any:
        async with serving(server) as address:
            (found,) = load(SETTINGS.format(address=address, source=source), {})
            try:
                return await use(found.connector)
            finally:
                await found.connector.aclose()

    return asyncio.run(run())


def reading(**query: Any) -> Callable[[Connector], Awaitable[list[str]]]:
    async def use(connector: Connector) -> list[str]:
        pages = await read_pages(connector, SourceQuery(**query))
        return [r.local_id for p in pages for r in p.rows if isinstance(r, ComplaintRecord)]

    return use


def ids(rows: list[Row]) -> list[str]:
    return [each["service_request_id"] for each in rows]


# ── Windows ───────────────────────────────────────────────────────────────────────────────────


def test_windows_meet_without_gap_or_overlap() -> None:
    """The latest first; none is wider, with what is asked around it, than allowed."""
    found = list(spans(START, START + timedelta(days=400), timedelta(days=90)))

    assert found[0].end == START + timedelta(days=400)
    assert found[-1].start == START
    assert all(one.start == other.end for one, other in pairwise(found))
    for each in found:
        start, end = map(datetime.fromisoformat, each.asked())
        assert start <= each.start - timedelta(seconds=1)
        assert each.end <= end
        assert end - start <= timedelta(days=90)
    assert list(spans(START, START, timedelta(days=90))) == []


def test_a_span_of_a_second_has_no_halves() -> None:
    """Wider ones have two that meet."""
    span = Span(START, START + timedelta(seconds=5))
    halves = span.halves()

    assert halves is not None
    assert (halves[0].start, halves[0].end, halves[1].end) == (START, halves[1].start, span.end)
    assert Span(START, START + timedelta(seconds=1)).halves() is None


def test_all_windows_are_walked_and_bounds_cut_them() -> None:
    """Without bounds back to `since`; with bounds no further than needed, exact to the tick."""
    server = Server([row(n) for n in range(400)])
    everything = over(server.answer, reading())
    walked = len(server.asked)
    server.asked.clear()
    at = START + timedelta(hours=7)
    where = all_of(
        (
            Term("submitted_at", Op.FROM, (at,)),
            Term("submitted_at", Op.UNTIL, (at + timedelta(hours=3),)),
        )
    )
    few = over(server.answer, reading(where=where))

    assert sorted(everything) == ids(server.rows)
    assert walked > 6
    assert sorted(few) == ["r0007", "r0008", "r0009"]
    assert len(server.asked) == 1
    outside = Term("submitted_at", Op.UNTIL, (datetime(2020, 1, 1, tzinfo=UTC),))
    assert over(server.answer, reading(where=outside)) == []
    assert len(server.asked) == 1


def test_whoever_includes_no_bound_loses_no_row() -> None:
    """Rows at the very edge of windows come, and once, from servers that exclude their bounds."""

    class Excludes(Server):
        def between(self, query: dict[str, str]) -> list[Row]:
            start = datetime.fromisoformat(query["start_date"])
            end = datetime.fromisoformat(query["end_date"])
            return [
                each
                for each in self.rows
                if start < datetime.fromisoformat(each["requested_datetime"]) < end
            ]

    edges = [Span(START, START + timedelta(days=60))]
    while (halves := edges[-1].halves()) and len(edges) < 12:
        edges.append(halves[0])
    rows = [row(n, edge.end) for n, edge in enumerate(edges)]
    rows += [row(100 + n, START + timedelta(hours=n)) for n in range(60)]
    found = {
        kind: over(kind(rows).answer, reading(), "answers_at_most = 12")
        for kind in (Server, Excludes)
    }

    for each in found.values():
        assert sorted(each) == sorted(ids(rows))


# ── Silent cuts ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("source", ["", "answers_at_most = 37"])
def test_a_silent_cut_is_found_out(source: str) -> None:
    """Told of it or not: where an answer may have been cut, its halves are asked for."""

    class Cuts(Server):
        cap = 37

    server = Cuts([row(n) for n in range(700)])

    assert sorted(over(server.answer, reading(), source)) == ids(server.rows)


def test_an_answer_smaller_than_another_is_believed() -> None:
    """Only the largest so far are doubted: a second reading asks hardly more than its windows."""
    server = Server([row(n, START + timedelta(days=n % 290)) for n in range(580)])

    async def use(connector: Connector) -> tuple[int, int, list[str]]:
        await reading()(connector)
        first = len(server.asked)
        found = await reading()(connector)
        return first, len(server.asked) - first, found

    first, second, found = over(server.answer, use)
    windows = len(list(spans(datetime(2025, 6, 1, tzinfo=UTC), datetime.now(UTC), WIDEST)))

    assert sorted(found) == ids(server.rows)
    assert windows < first <= windows + 10
    assert windows <= second <= windows + 4


def test_more_rows_in_one_second_than_an_answer_holds_are_told() -> None:
    """Nobody can ask for the rest."""

    class Cuts(Server):
        cap = 37

    server = Cuts([row(n, START) for n in range(50)])

    with pytest.raises(Malformed, match="within one second") as caught:
        over(server.answer, reading(), "answers_at_most = 37")
    assert caught.value.reason == "SILENT_CAP"


def test_many_rows_in_one_second_are_no_cut() -> None:
    """A batch that came at once is read whole where nothing says that answers are cut."""
    server = Server([row(n, START) for n in range(50)])

    assert sorted(over(server.answer, reading())) == ids(server.rows)


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────

PAGED = 'page = { param = "page", size_param = "page_size", max_size = 100 }'


def test_pages_are_read_until_one_is_empty() -> None:
    """A page shorter than asked for may have been cut by the server: it is not the last."""

    class Paged(Server):
        size = 15

    server = Paged([row(n) for n in range(100)])

    assert sorted(over(server.answer, reading(), PAGED)) == ids(server.rows)
    assert {each["page_size"] for each in server.asked} == {"100"}


def test_a_server_that_knows_no_pages_is_found_out() -> None:
    """It gives the same answer whatever page is asked for."""
    server = Server([row(n) for n in range(30)])

    with pytest.raises(Malformed, match="same page again") as caught:
        over(server.answer, reading(), PAGED)
    assert caught.value.reason == "REPEATED_PAGE"


def test_endless_pages_end_with_the_budget() -> None:
    """Ever new rows are too many at some point."""

    class Endless(Server):
        async def answer(self, request: web.Request) -> web.Response:
            first = 100 * int(request.query["page"])
            end = datetime.fromisoformat(request.query["end_date"])
            return web.json_response([row(n, end) for n in range(first, first + 100)])

    with pytest.raises(Malformed, match="narrower window"):
        over(Endless([]).answer, reading(), f"row_budget = 1000\n{PAGED}")


# ── Servers that ignore what they are asked ───────────────────────────────────────────────────


class IgnoresWindows(Server):
    """Answers everything, whatever the window."""

    def between(self, query: dict[str, str]) -> list[Row]:
        return self.rows


class IgnoresStatus(Server):
    """Answers all states."""

    def filtered(self, query: dict[str, str]) -> list[Row]:
        return super().filtered({k: v for k, v in query.items() if k != "status"})


class IgnoresServices(Server):
    """Answers all services."""

    def filtered(self, query: dict[str, str]) -> list[Row]:
        return super().filtered({k: v for k, v in query.items() if k != "service_code"})


class HidesOnFilter(Server):
    """Leaves a match out as soon as a filter is asked: only a comparison of answers can tell."""

    def filtered(self, query: dict[str, str]) -> list[Row]:
        found = super().filtered(query)
        return found[1:] if "service_code" in query else found


class AnswersAnother(Server):
    """Looks up another request than the one asked for."""

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.startswith("/requests/"):
            return web.json_response(self.rows[:1])
        return await super().answer(request)


LIARS: list[tuple[type[Server], str]] = [
    (IgnoresWindows, "MALFORMED"),
    (IgnoresStatus, "MALFORMED"),
    (IgnoresServices, "MALFORMED"),
    (HidesOnFilter, "operators agree"),
    (AnswersAnother, "MALFORMED"),
]


@pytest.mark.parametrize(("liar", "told"), LIARS, ids=[liar.__name__ for liar, _ in LIARS])
def test_the_suite_rejects_a_server_that_lies(liar: type[Server], told: str) -> None:
    """By the connector's own doubts where a row shows the lie, by the suite's else."""

    async def use(connector: Connector) -> None:
        await conform(Subject(connector=connector))

    with pytest.raises((Broken, SourceError)) as caught:
        over(liar([row(n) for n in range(60)]).answer, use)

    assert told in str(caught.value)


def test_the_liars_are_honest_but_for_their_lie() -> None:
    """Their base keeps every promise."""

    async def use(connector: Connector) -> None:
        await conform(Subject(connector=connector))

    over(Server([row(n) for n in range(60)]).answer, use)


# ── Look-ups, services, refusals ──────────────────────────────────────────────────────────────


def test_requests_are_looked_up_one_by_one() -> None:
    """In the order asked; what is not there is None."""

    async def use(connector: Connector) -> list[str | None]:
        found = await connector.get(["r0003", "zzz", "..", "r0001", "r0003"])
        return [None if each is None else each.local_id for each in found]

    assert over(Server([row(n) for n in range(5)]).answer, use) == [
        "r0003",
        None,
        None,
        "r0001",
        "r0003",
    ]


def test_services_are_categories() -> None:
    """With their codes as ids, in pages if asked so."""

    async def use(connector: Connector) -> list[Page]:
        await connector.check()
        return await read_pages(connector, SourceQuery(collection="categories", limit=1))

    pages = over(Server([row(n) for n in range(4)]).answer, use)

    assert [each for page in pages for each in page.rows] == [
        CategoryRecord(source="g", id="A", name="Layanan A"),
        CategoryRecord(source="g", id="B", name="Layanan B"),
    ]


def test_what_it_does_not_know_is_refused() -> None:
    """Orders, counts, other collections."""
    asked: list[Callable[[Connector], Awaitable[Any]]] = [
        lambda connector: connector.count(SourceQuery()),
        lambda connector: connector.fetch(SourceQuery(collection="agencies")),
        lambda connector: connector.get(["x"] * 30),
    ]
    for use in asked:
        with pytest.raises(Refused):
            over(Server([]).answer, use)


def test_an_answer_that_is_no_list_is_malformed() -> None:
    """An object, or no JSON at all."""
    for text in ('{"requests": []}', "<html>", '"x"'):

        async def handler(_: web.Request, text: str = text) -> web.Response:
            return web.Response(text=text)

        with pytest.raises(Malformed):
            over(handler, reading())


def test_a_broken_character_in_an_id_costs_its_row() -> None:
    """The others stay."""
    whole = json.dumps([row(1), row(2)])
    text = whole.replace('"r0002"', '"r\\ud800"')

    async def handler(request: web.Request) -> web.Response:
        inside = request.query["start_date"] < "2026-01-01" < request.query["end_date"]
        return web.Response(text=text if inside else "[]")

    assert over(handler, reading()) == ["r0001"]


BOTH = 'states = { open = ["X", "SUBMITTED"], closed = ["SUBMITTED"] }'
MISTAKES = [
    ('since = "2025-06-01"', 'since = "kemarin"', "is no day"),
    ('since = "2025-06-01"', "", "windows must begin somewhere"),
    ("required = true }\nupdated_at", "required = false }\nupdated_at", "is what windows go by"),
    ('since = "2025-06-01"', 'since = "2025-06-01"\nwindow_days = 91', "out of range"),
    ("complaints.mapping", "events.mapping", "not part of the GeoReport"),
    (
        "[sources.g.collections.complaints.mapping]",
        f"[sources.g.collections.complaints]\n{BOTH}\n[sources.g.collections.complaints.mapping]",
        "is both open and closed",
    ),
]


@pytest.mark.parametrize(("before", "after", "told"), MISTAKES)
def test_mistakes_are_told(before: str, after: str, told: str) -> None:
    """With the path and what would be right."""
    text = SETTINGS.format(address="http://127.0.0.1:9", source="").replace(before, after)

    with pytest.raises(ConfigurationError, match=told):
        load(text, {})


def test_xml_that_is_none_is_malformed() -> None:
    """In the contract's words."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=b"<!DOCTYPE r><r/>", content_type="application/xml")

    with pytest.raises(Malformed, match="no XML"):
        over(handler, reading(), 'format = "xml"')


# ── Chicago ───────────────────────────────────────────────────────────────────────────────────


def test_chicago_keeps_every_promise_and_says_what_the_city_said() -> None:
    """Real records, mapped by configuration alone, from a server with the city's habits."""
    published: list[Row] = json.loads((DEMO / "chicago" / "requests.json").read_text("utf-8"))

    class Chicago(Server):
        size = 50

    async def use(address: str) -> dict[str, ComplaintRecord]:
        (source,) = load(DEMO / "chicago.toml", {"CHICAGO_URL": address})
        subject = Subject(connector=source.connector, samples=2)
        try:
            await conform(subject)
        finally:
            await source.connector.aclose()
        return subject.by_id

    async def run() -> dict[str, ComplaintRecord]:
        async with serving(Chicago(published).answer) as address:
            return await use(address)

    found = asyncio.run(run())

    assert set(found) == set(ids(published))
    old = found["14-01100669"]
    assert (old.title, old.status, old.category) == ("Alley Light Out", "SUBMITTED", "1504")
    assert old.submitted_at == datetime(2014, 7, 12, 15, 58, 43, tzinfo=UTC)
    assert (old.latitude, old.longitude) == (41.859, -87.665)
    new = found["SR26-01886021"]
    assert (new.status, new.source_status, new.secret) == ("CLOSED_BY_ADMIN", "closed", False)
    assert new.place == "N Christiana Ave"
    assert sum(each.category is not None for each in found.values()) > 15
