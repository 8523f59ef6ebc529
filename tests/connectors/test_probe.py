"""`simpul sources probe`: honest systems hold, lying ones are told, and no row is told of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance.paced import Paced, Spent
from connectors.conformance.probe import Bounds, Probed, probe
from connectors.conformance.report import written
from connectors.contract.connector import Connector
from connectors.contract.query import SourceQuery
from connectors.contract.source import Source
from connectors.memory import Memory
from connectors.registry import load
from tests.connectors.further import SYSTEMS, Further
from tests.connectors.outside import DEMO, Outside
from tests.connectors.people import complaints
from tests.connectors.serving import CHAINED, NUMBERED, connector, row, serving
from tests.connectors.test_liars import LIARS, Liar

QUICK = Bounds(questions=2_000, rows=5_000, pause=0)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALSO = {
    "times are UTC": "rows are sound",
    "codomains hold": "rows are sound",
    "updated covers submitted": "rows are sound",
}


def over(of: Connector) -> Source:
    """Make a source of a connector."""
    return Source(connector=of, title="Aduan", kind="memory")


def probed(of: Connector, bounds: Bounds = QUICK) -> Probed:
    """Probe it."""
    return asyncio.run(probe(over(of), bounds))


@pytest.mark.parametrize("name", ["sp4n", "kaltim", "pu"])
def test_honest_systems_hold(name: str, calm: Outside) -> None:
    """REST by number, REST by cursor, PostgreSQL: of a part of their rows nothing is broken."""

    async def run() -> Probed:
        source = calm.sources()[name]
        try:
            return await probe(source, Bounds(questions=3_000, rows=150, pause=0))
        finally:
            await source.connector.aclose()

    found = asyncio.run(run())

    broken = [each.promise for each in found.outcomes if each.state not in ("kept", "refuses")]
    twice = bool(calm.planted(name, "duplicate_delivery"))

    # What the world's dirt puts into a system is found, and nothing else.
    assert broken in ([], ["no row comes twice"] if twice else []), written(found, NOW)
    assert len(found.outcomes) == 13


@pytest.mark.parametrize("name", SYSTEMS)
def test_honest_further_systems_hold(name: str, further: Further) -> None:
    """Open311, sheets, REST by offset and GraphQL."""

    async def use(source: Source) -> Probed:
        return await probe(source, QUICK)

    found: Probed = further.ask(name, use)

    assert found.holds, written(found, NOW)


@pytest.mark.parametrize(("liar", "promise"), LIARS, ids=[liar.__name__ for liar, _ in LIARS])
def test_a_liar_is_told(liar: type[Liar], promise: str) -> None:
    """Each lie breaks a promise in the report, and the report names no row."""
    found = probed(liar())
    text = written(found, NOW)
    broken = {each.promise for each in found.outcomes if each.state == "broken"}
    kind = "orders are true" if promise.startswith("order ") else ALSO.get(promise, promise)

    assert not found.holds
    assert kind in broken or "combinations agree" in broken
    for each in complaints("liar"):
        assert each.local_id not in text
        assert each.title is None or each.title not in text


def told(handler: Callable[[web.Request], Awaitable[web.Response]], collection: str) -> str:
    """Write the report on a server that answers as *handler* does."""

    async def run() -> str:
        async with serving(handler) as address:
            guarded = connector(address, collection)
            try:
                return written(await probe(over(guarded), QUICK), NOW)
            finally:
                await guarded.aclose()

    return asyncio.run(run())


def test_a_server_that_caps_silently_is_told_what_to_do() -> None:
    """It says that there are 100 and gives 30."""

    async def answer(request: web.Request) -> web.Response:
        start = (int(request.query["halaman"]) - 1) * 10
        rows = [row(number) for number in range(start, min(start + 10, 30))]
        return web.json_response({"data": rows, "total": 100})

    text = told(answer, NUMBERED)

    assert "SILENT_CAP" in text
    assert "Say in the answer how many rows there are" in text


@pytest.mark.parametrize(("collection", "param"), [(NUMBERED, "halaman"), (CHAINED, "kursor")])
def test_a_page_that_is_not_turned_may_be_our_mistake(collection: str, param: str) -> None:
    """The parameter is ignored, or it is called otherwise: both are said, and what came so far."""

    async def answer(_: web.Request) -> web.Response:
        rows = [row(number) for number in range(10)]
        return web.json_response({"data": rows, "total": 60, "berikut": "2"})

    text = told(answer, collection)

    assert f"REPEATED_PAGE: it answers the same page again, whatever `{param}` says." in text
    assert "or our setting of it (`page.param = …`) is the wrong one" in text
    assert "* 10 rows came, 10 can be used, 0 were rejected." in text


@pytest.mark.parametrize(
    "page", ["", 'page = { style = "number", param = "halaman", max_size = 30 }\n']
)
def test_a_source_that_is_asked_for_no_size_breaks_none(page: str) -> None:
    """A list in one piece, or in pages as long as their source likes: that was not promised."""

    async def answer(request: web.Request) -> web.Response:
        start = (int(request.query.get("halaman", 1)) - 1) * 30
        rows = [row(number) for number in range(60)]
        return web.json_response({"data": rows[start : start + 30] if page else rows, "total": 60})

    text = told(answer, page + 'total = "total"')

    assert "| no page is longer than asked for | nothing declared |" in text
    assert "**" not in text


def test_one_filter_cannot_be_joined() -> None:
    """Where nothing is declared that could be joined, nothing is said to hold."""

    async def answer(request: web.Request) -> web.Response:
        size, start = 10, (int(request.query["halaman"]) - 1) * 10
        rows = [row(number) for number in range(60)]
        if "judul" in request.query:
            rows = [each for each in rows if each["ubah"] >= request.query["judul"]]
        return web.json_response({"data": rows[start : start + size], "total": len(rows)})

    filters = 'filters.updated_at = { op = "from", param = "judul", format = "%Y-%m-%d" }'
    text = told(answer, NUMBERED + filters)

    assert "| a filter gives the rows that match it, all of them and no others | kept |" in text
    assert "several filters at once give the rows that match all of them | nothing declared" in text


def test_a_server_that_ignores_a_filter_is_told() -> None:
    """The bound on the last change is not heeded: the report says at which question it showed."""

    async def answer(request: web.Request) -> web.Response:
        start = (int(request.query["halaman"]) - 1) * 10
        rows: list[dict[str, Any]] = [row(number) for number in range(start, min(start + 10, 60))]
        return web.json_response({"data": rows, "total": 60})

    filters = 'filters.updated_at = { op = "from", param = "x" }'
    text = told(answer, NUMBERED + filters)
    promise = "a filter gives the rows that match it, all of them and no others"

    assert f"| {promise} | **broken** |" in text
    assert f"### {promise}: broken" in text
    assert "| several filters at once give the rows that match all of them | not checked: " in text
    assert "updated_at FROM (1 of its values)" in text
    assert "r00001" not in text


def test_no_more_is_asked_than_allowed() -> None:
    """At the bound it stops, and says what was not checked; a little source is not judged."""
    found = probed(Memory("m", complaints("m")), Bounds(questions=12, rows=5_000, pause=0))
    few = probed(Memory("m", complaints("m")[:5]))

    assert len(found.milliseconds) == 12
    assert {each.state for each in found.outcomes} >= {"kept", "not checked"}
    assert [each.state for each in few.outcomes] == ["not checked"]


def test_it_asks_slowly_and_one_at_a_time() -> None:
    """There is a pause before each question, also where several are asked at once."""

    async def run() -> tuple[float, int]:
        heard: list[int] = []
        paced = Paced(Memory("m", complaints("m")), questions=3, pause=0.02, told=heard.append)
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(paced.fetch(SourceQuery(limit=1)) for _ in range(3)))
        with pytest.raises(Spent):
            await paced.fetch(SourceQuery())
        return asyncio.get_running_loop().time() - began, len(heard)

    seconds, heard = asyncio.run(run())

    assert seconds >= 0.06
    assert heard == 3


def heard_of(
    handler: Callable[[web.Request], Awaitable[web.Response]], collection: str, bounds: Bounds
) -> tuple[list[float], Probed]:
    """Probe a server; gives the moments of its requests too."""
    moments: list[float] = []

    async def answer(request: web.Request) -> web.Response:
        moments.append(asyncio.get_running_loop().time())
        return await handler(request)

    async def run() -> Probed:
        async with serving(answer) as address:
            guarded = connector(address, collection)
            try:
                return await probe(over(guarded), bounds)
            finally:
                await guarded.aclose()

    found = asyncio.run(run())
    return moments, found


def assert_paced(moments: list[float], found: Probed, bounds: Bounds) -> None:
    """Each request was a question, with the pause before it; what is refused here is not sent."""
    assert len(moments) <= len(found.milliseconds) <= bounds.questions
    # A request is not heard of in the very moment in which it is sent.
    assert all(late - early > 0.8 * bounds.pause for early, late in pairwise(moments))


def test_a_total_is_not_looked_for_beside_the_questions() -> None:
    """A source that counts only when it is asked to is not asked to on the way."""
    total = 'total = "total"\ncount = { param = "hitung" }\n'
    bounds = Bounds(questions=12, rows=5_000, pause=0.05)

    async def answer(request: web.Request) -> web.Response:
        counted = {"total": 30} if "hitung" in request.query else {}
        return web.json_response({"data": [row(number) for number in range(30)]} | counted)

    moments, found = heard_of(answer, total, bounds)

    assert moments
    assert_paced(moments, found, bounds)


@pytest.mark.parametrize("questions", [1, 12])
def test_second_tries_are_questions_too(questions: int) -> None:
    """Of a source that fails at every other request; what is asked again is paced and counted."""
    bounds = Bounds(questions=questions, rows=5_000, pause=0.4)
    count = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal count
        count += 1
        if count % 2:
            return web.json_response({}, status=503)
        return web.json_response({"data": [row(number) for number in range(30)]})

    moments, found = heard_of(answer, "", bounds)

    assert_paced(moments, found, bounds)
    assert [each.state for each in found.outcomes][:1] == ["failed" if questions == 1 else "kept"]


def test_a_source_that_is_down_is_told() -> None:
    """It answers nothing: that is the report."""
    (source,) = load(DEMO / "chicago.toml", {"CHICAGO_URL": "http://127.0.0.1:9"})
    found = asyncio.run(probe(source, QUICK))

    assert not found.holds
    assert "### it answers questions: failed" in written(found, NOW)
