"""Lines of JSON: with and without a record, the same."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.contract.ticks import TICK
from gateway.log_lines import HELD_SECONDS, LineHandler, tell

LOGGER = logging.getLogger("simpul.request")
TOLD = {"traceId": "ab" * 16, "status": 200, "ms": 1.5, "sources": {}}


@contextmanager
def alone(level: int = logging.INFO) -> Iterator[io.StringIO]:
    """Give what our own handler writes while it is the only one, pytest's own left out."""
    written = io.StringIO()
    handlers, before = logging.root.handlers, LOGGER.level
    logging.root.handlers = [LineHandler(written)]
    LOGGER.setLevel(level)
    try:
        yield written
    finally:
        logging.root.handlers = handlers
        LOGGER.setLevel(before)


class Kept(logging.Handler):
    """Somebody else's handler."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_a_line_without_a_record_is_that_of_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways give the same keys in the same order, to the same moment."""
    monkeypatch.setattr(time, "time", lambda: 1_795_555_555.0625)
    with alone() as stream:
        tell(LOGGER, "request", TOLD)
        LOGGER.info("request", extra={"told": TOLD})
    plain, recorded = stream.getvalue().splitlines()
    assert plain == recorded
    line = json.loads(plain)
    assert line.pop("at") == "2026-11-24T21:25:55.062+00:00"
    assert line == {"level": "info", "logger": "simpul.request", "event": "request", **TOLD}


@pytest.mark.parametrize("where", ["root", "logger"])
def test_handlers_that_others_added_get_records(where: str) -> None:
    """Nobody who listens misses a line, and our own is written once."""
    kept = Kept()
    with alone() as stream:
        holder = logging.root if where == "root" else LOGGER
        holder.addHandler(kept)
        try:
            tell(LOGGER, "request", TOLD)
        finally:
            holder.removeHandler(kept)
    assert [record.getMessage() for record in kept.records] == ["request"]
    assert len(stream.getvalue().splitlines()) == 1


def test_a_filter_is_asked() -> None:
    """A line that a filter of somebody's holds back is not written."""

    def nothing(_record: logging.LogRecord) -> bool:
        return False

    with alone() as stream:
        LOGGER.addFilter(nothing)
        try:
            tell(LOGGER, "request", TOLD)
        finally:
            LOGGER.removeFilter(nothing)
    assert stream.getvalue() == ""


def test_a_level_above_keeps_silent() -> None:
    """Commands that write no lines of requests write none."""
    with alone(logging.WARNING) as stream:
        tell(LOGGER, "request", TOLD)
    assert stream.getvalue() == ""


def test_nobody_to_tell_is_no_error() -> None:
    """A stream that was closed costs the line, not the request."""
    with alone() as stream:
        stream.close()
        tell(LOGGER, "request", TOLD)


def test_lines_of_a_loop_are_written_together_and_soon() -> None:
    """One write for those that come at about the same time."""

    async def run() -> None:
        with alone() as stream:
            tell(LOGGER, "request", TOLD)
            tell(LOGGER, "request", TOLD)
            assert stream.getvalue() == ""
            await asyncio.sleep(HELD_SECONDS + 3 * TICK)
            assert len(stream.getvalue().splitlines()) == 2
            tell(LOGGER, "request", TOLD)
            await asyncio.sleep(HELD_SECONDS + 3 * TICK)
            assert len(stream.getvalue().splitlines()) == 3

    asyncio.run(run())


def test_what_is_held_comes_before_what_is_told_later() -> None:
    """A warning is written at once, and behind the requests before it."""

    async def run() -> None:
        with alone() as stream:
            tell(LOGGER, "request", TOLD)
            logging.getLogger("simpul.gateway").warning("later")
            events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
            assert events == ["request", "later"]

    asyncio.run(run())


def test_nothing_is_held_back_at_the_end() -> None:
    """A process that ends, whatever its loop still waited for, has written all."""

    async def run() -> None:
        tell(LOGGER, "request", TOLD)

    with alone() as stream:
        asyncio.run(run())
        assert stream.getvalue() == ""
        logging.root.handlers[0].flush()
    assert len(stream.getvalue().splitlines()) == 1
