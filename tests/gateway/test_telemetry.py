"""One line a request, and nothing in it that a client or a source wrote."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.contract.events import SourceCalled
from connectors.contract.query import Page, SourceQuery
from connectors.memory import Memory
from gateway import telemetry
from gateway.app import build_endpoint, build_reader, close
from gateway.log_lines import JsonLines
from gateway.settings import GatewaySettings
from resolvers.policy import NATIONAL_ADMIN, PUBLIC
from tests.gateway.serving import Client, talk
from tests.gateway.world import CONTACT, NATIONAL, REPORTER, World, clock


class Lines(logging.Handler):
    """Keeps each record as its line of JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, Any]]:
        """Give the lines of one logger."""
        lines = [json.loads(text) for text in self.texts]
        return [line for line in lines if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """All log lines of a test."""
    handler = Lines()
    root = logging.getLogger()
    root.addHandler(handler)
    for logger in (telemetry.REQUESTS, telemetry.SOURCES, telemetry.DISCLOSURES, telemetry.GATEWAY):
        logger.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)


def test_a_request_is_one_line(lines: Lines) -> None:
    """The line has a trace id, the operation's name, status, duration, codes and every source."""
    world = World()
    world.kaltim.mode = "down"

    async def conversation(client: Client) -> None:
        await client.data("query Terbaru { complaints(first: 3) { nodes { title } } }")

    talk(world, conversation)
    (line,) = lines.of("simpul.request")
    assert len(line["traceId"]) == 32
    assert line["operation"] is None
    assert line["status"] == 200
    assert line["ms"] > 0
    assert line["codes"] == []
    assert line["cost"] == 14
    assert {name: each["state"] for name, each in line["sources"].items()} == {
        "sp4n": "ANSWERED",
        "kaltim": "UNAVAILABLE",
        "kota": "ANSWERED",
    }
    assert all(each["ms"] >= 0 for each in line["sources"].values())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Terbaru", "Terbaru"),
        ("a" * 65, None),
        ("laporan 9165816", None),
        ("laporan_9165816", None),
        ("Bapak Budi", None),
    ],
)
def test_only_a_safe_operation_name_is_kept(lines: Lines, sent: str, kept: str | None) -> None:
    """A name that could hold more than a name is left out."""

    async def conversation(client: Client) -> None:
        body = {"query": "query Terbaru { viewer { subject } }", "operationName": sent}
        async with client.session.post(f"{client.url}/graphql", json=body) as response:
            await response.read()

    talk(World(), conversation)
    assert [line["operation"] for line in lines.of("simpul.request")] == [kept]


def test_no_line_holds_what_a_client_sent(lines: Lines) -> None:
    """Literals, variables, query texts, addresses and bad values are in no line."""
    mark = "Rahmawati9165816"

    async def conversation(client: Client) -> None:
        literal = f'{{ complaint(trackingId: "{mark}") {{ title }} }}'
        await client.ask(literal)
        await client.ask("query($n: String!) { complaint(trackingId: $n) { title } }", n=mark)
        await client.ask(f'{{ complaints(filter: {{agencies: ["{mark}"]}}) {{ complete }} }}')
        await client.ask(f'{{ complaints(after: "{mark}") {{ complete }} }}')
        await client.ask(f"{{ {mark} }}")
        await client.ask(f"{{ {mark}(")
        await client.ask("query($n: Int) { complaints(first: $n) { complete } }", n=mark)
        for path in (f"/{mark}", f"/graphql?query={{{mark}}}"):
            async with client.session.get(client.url + path) as response:
                await response.read()
        async with client.session.post(f"{client.url}/graphql", data=mark) as response:
            await response.read()

    talk(World(), conversation)
    assert len(lines.of("simpul.request")) == 9
    assert not [text for text in lines.texts if mark in text or "9165816" in text]


class Broken(Memory):
    """Fails in a way that nobody foresaw, with a row's contents in its words."""

    async def fetch(self, query: SourceQuery) -> Page:
        raise KeyError(REPORTER, CONTACT)


def test_what_nobody_foresaw_is_internal(lines: Lines) -> None:
    """A client reads generic words and the trace id under which the log has class and place."""
    world = World()
    world.sp4n.inner = Broken("sp4n", NATIONAL)
    answers: list[dict[str, Any]] = []

    async def conversation(client: Client) -> None:
        answers.append(await client.ask('{ complaint(trackingId: "9000001") { title } }'))

    talk(world, conversation)
    (error,) = answers[0]["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "KeyError" not in json.dumps(error)
    (line,) = lines.of("simpul.gateway")[1:]
    assert line["traceId"] == error["extensions"]["traceId"]
    assert line["exception"] == "KeyError"
    assert any("fetch" in place for place in line["at"])
    assert not [text for text in lines.texts if REPORTER in text or CONTACT in text]
    assert lines.of("simpul.request")[0]["codes"] == ["INTERNAL"]


def test_each_disclosure_is_recorded(lines: Lines) -> None:
    """When a reporter is shown, it is recorded to whom, what for and of which complaint."""

    async def run() -> None:
        world = World()
        reader = build_reader(world.sources, GatewaySettings(), clock)
        endpoint = build_endpoint(reader, GatewaySettings())
        query = '{ complaint(trackingId: "9000001") { id reporter { name contact } } }'
        shown = await endpoint.ask(NATIONAL_ADMIN, query, None)
        assert shown["data"]["complaint"]["reporter"] == {"name": REPORTER, "contact": CONTACT}
        nobody = await endpoint.ask(NATIONAL_ADMIN, query.replace("9000001", "9000006"), None)
        assert nobody["data"]["complaint"]["reporter"] is None
        hidden = await endpoint.ask(PUBLIC, query, None)
        assert hidden["data"]["complaint"]["reporter"] is None
        many = "{ complaints(first: 21) { nodes { reporter { name } } } }"
        refused = await endpoint.ask(NATIONAL_ADMIN, many, None)
        assert refused["errors"][0]["extensions"]["code"] == "REPORTER_PAGE_TOO_LARGE"
        allowed = await endpoint.ask(PUBLIC, many, None)
        assert len(allowed["data"]["complaints"]["nodes"]) == 21
        await close(reader, world.sources)
        (line,) = lines.of("simpul.disclosure")
        assert line["subject"] == "national-admin"
        assert line["purpose"] == "COORDINATION"
        assert line["complaints"] == [shown["data"]["complaint"]["id"]]

    asyncio.run(run())
    assert not [text for text in lines.texts if REPORTER in text or CONTACT in text]


def test_calls_to_sources_are_counted_and_failures_told(lines: Lines) -> None:
    """An event in a request belongs to it; of unknown words only the number is told."""
    with telemetry.tracing() as trace:
        event = SourceCalled(
            source="sp4n", operation="fetch", collection="complaints", seconds=0.2, attempt=2
        )
        telemetry.listen(event)
        telemetry.listen(
            SourceCalled(
                source="sp4n",
                operation="fetch",
                collection="complaints",
                seconds=0.2,
                attempt=1,
                error="TIMED_OUT",
                unknown={f"status: {REPORTER}": 3},
            )
        )

    assert trace.calls == 2
    (line,) = lines.of("simpul.source")
    assert line["traceId"] == trace.trace_id
    assert line["error"] == "TIMED_OUT"
    assert line["unknown"] == 3
    assert line["level"] == "warning"
    assert not [text for text in lines.texts if REPORTER in text]
