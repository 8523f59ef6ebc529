"""Log records as lines of JSON on standard error."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

import orjson

from connectors.contract.ticks import end_after

_OURS = "simpul"
"""All loggers of the gateway are children of this one."""
_LEVELS = {getattr(logging, name): name.lower() for name in ("INFO", "WARNING", "ERROR")}


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        level = _LEVELS.get(record.levelno) or record.levelname.lower()
        event = record.getMessage() if record.args else record.msg
        line = _begun(record.created, level, record.name, event)
        told: Mapping[str, Any] | None = getattr(record, "told", None)
        if told is not None:
            line |= told
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__qualname__
        return orjson.dumps(line, default=str).decode()


HELD_SECONDS = 0.02
"""How long a request's line may wait for others, to be written with them."""


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes records as `JsonLines`, and lines for which no record was made, in order."""

    def __init__(self, stream: TextIO) -> None:
        """Write to *stream*."""
        super().__init__(stream)
        self.setFormatter(JsonLines())
        self._held: list[str] = []

    def hold(self, logger: str, event: str, told: Mapping[str, Any]) -> None:
        """Write the line of a record at INFO, made now, at a fraction of a record's cost.

        Inside a loop it is written within `HELD_SECONDS`, with all that come until then; a process
        that is killed takes these with it.
        """
        line = _begun(time.time(), "info", logger, event)
        line |= told
        self._held.append(orjson.dumps(line, default=str).decode())
        if len(self._held) > 1:
            return  # The first of them has seen to it.
        try:
            end_after(asyncio.get_running_loop(), HELD_SECONDS, self)
        except RuntimeError:
            self.end()

    def end(self) -> None:
        """Write what is held."""
        held = self._held
        if not held:
            return
        self.acquire()
        try:
            # What comes meanwhile, from whatever thread, stays for the next time.
            lines = held[:]
            del held[: len(lines)]
            # Where nothing can be told any more, requests are answered all the same.
            with suppress(OSError, ValueError):
                self.stream.write("".join([f"{line}{self.terminator}" for line in lines]))
                super().flush()
        finally:
            self.release()

    def emit(self, record: logging.LogRecord) -> None:
        """Write *record* at once, behind what was told before it."""
        self.end()
        super().emit(record)

    def flush(self) -> None:
        """Write what is held, and see to it that all is written."""
        self.end()
        super().flush()


def tell(logger: logging.Logger, event: str, told: Mapping[str, Any]) -> None:
    """Tell *event* at INFO.

    As nearly all lines are requests', no record is made where none but our own handler would see
    it: handlers and filters that others have added get records.
    """
    if not logger.isEnabledFor(logging.INFO):
        return
    handlers = logging.root.handlers
    if logger.handlers or logger.filters or len(handlers) != 1:
        logger.info(event, extra={"told": told})
        return
    handler = handlers[0]
    if type(handler) is LineHandler and not handler.filters:
        handler.hold(logger.name, event, told)
    else:
        logger.info(event, extra={"told": told})


def write_logs(level: int = logging.INFO) -> None:
    """Send every log record to standard error as a line of JSON; others' from WARNING on."""
    # No line names a thread or a process, so none has to be asked for them.
    # Nor the place in the code, which is looked for on every call unless this is None.
    logging._srcfile = None  # noqa: SLF001 - documented as the way to say so
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [LineHandler(sys.stderr)]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level)


def _begun(moment: float, level: str, logger: str, event: str) -> dict[str, Any]:
    second, fraction = divmod(moment, 1)
    at = f"{_written(second)}.{int(fraction * 1000):03d}+00:00"
    return {"at": at, "level": level, "logger": logger, "event": event}


@lru_cache(maxsize=4)
def _written(second: float) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]
