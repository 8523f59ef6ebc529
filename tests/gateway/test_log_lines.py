"""Lines of JSON: with and without a record, the same."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator

import pytest

from gateway.log_lines import LineHandler, tell

LOGGER = logging.getLogger("simpul.request")
TOLD = {"traceId": "ab" * 16, "status": 200, "ms": 1.5, "sources": {}}


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What our own handler, the only one, has written."""
    written = io.StringIO()
    monkeypatch.setattr(logging.root, "handlers", [LineHandler(written)])
    monkeypatch.setattr(LOGGER, "level", logging.INFO)
    LOGGER.manager._clear_cache()  # type: ignore[attr-defined] # levels set by hand are remembered
    yield written
    LOGGER.manager._clear_cache()  # type: ignore[attr-defined]


class Kept(logging.Handler):
    """Somebody else's handler."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_a_line_without_a_record_is_that_of_a_record(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways give the same keys in the same order, to the same moment."""
    monkeypatch.setattr(time, "time", lambda: 1_795_555_555.0625)
    tell(LOGGER, "request", TOLD)
    LOGGER.info("request", extra={"told": TOLD})
    plain, recorded = stream.getvalue().splitlines()
    assert plain == recorded
    line = json.loads(plain)
    assert line.pop("at") == "2026-11-24T21:25:55.062+00:00"
    assert line == {"level": "info", "logger": "simpul.request", "event": "request", **TOLD}


@pytest.mark.parametrize("where", ["root", "logger"])
def test_handlers_that_others_added_get_records(stream: io.StringIO, where: str) -> None:
    """Nobody who listens misses a line, and our own is written once."""
    kept = Kept()
    holder = logging.root if where == "root" else LOGGER
    holder.addHandler(kept)
    try:
        tell(LOGGER, "request", TOLD)
    finally:
        holder.removeHandler(kept)
    assert [record.getMessage() for record in kept.records] == ["request"]
    assert len(stream.getvalue().splitlines()) == 1


def test_a_filter_is_asked(stream: io.StringIO) -> None:
    """A line that a filter of somebody's holds back is not written."""

    def nothing(_record: logging.LogRecord) -> bool:
        return False

    LOGGER.addFilter(nothing)
    try:
        tell(LOGGER, "request", TOLD)
    finally:
        LOGGER.removeFilter(nothing)
    assert stream.getvalue() == ""


def test_a_level_above_keeps_silent(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that write no lines of requests write none."""
    monkeypatch.setattr(LOGGER, "level", logging.WARNING)
    LOGGER.manager._clear_cache()  # type: ignore[attr-defined]
    tell(LOGGER, "request", TOLD)
    assert stream.getvalue() == ""


def test_nobody_to_tell_is_no_error(stream: io.StringIO) -> None:
    """A stream that was closed costs the line, not the request."""
    stream.close()
    tell(LOGGER, "request", TOLD)
