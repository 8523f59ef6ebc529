"""What is told of each request: one JSON line, without anything that a client or a source wrote.

Variables, literals, query texts, ids and rows never come here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import getrandbits
from time import perf_counter
from typing import Any

from connectors.contract.events import Event
from connectors.contract.records import ComplaintRecord
from gateway.log_lines import tell
from gateway.metrics import METRICS
from resolvers.identity import complaint_id
from resolvers.policy import Viewer
from resolvers.sources import Took

REQUESTS = logging.getLogger("simpul.request")
SOURCES = logging.getLogger("simpul.source")
DISCLOSURES = logging.getLogger("simpul.disclosure")
GATEWAY = logging.getLogger("simpul.gateway")

_SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_MANY_DIGITS = re.compile(r"\d{5,}", re.ASCII)


@dataclass(slots=True)
class Trace:
    """What is learnt of one request until its line is written."""

    trace_id: str = field(default_factory=lambda: f"{getrandbits(128):032x}")
    """Tells requests apart; it opens nothing, so chance is enough."""
    began: float = field(default_factory=perf_counter)
    operation: str | None = None
    status: int = 0
    codes: list[str] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: int = 0
    transport: str | None = None
    """What carried an operation that may have more than one answer; None for plain HTTP."""
    parts: int = 0
    """How many answers went out."""
    cost: int | None = None
    """What its operation costs; None if it could not be priced."""

    def name(self, operation_name: str | None) -> None:
        """Keep the operation's name if it can hold nothing but a name."""
        if (
            operation_name is not None
            and _SAFE_NAME.fullmatch(operation_name)
            and not _MANY_DIGITS.search(operation_name)
        ):
            self.operation = operation_name

    def coded(self, code: str) -> None:
        """Keep *code* of an error that was told; of a long stream's each but once."""
        if code not in self.codes:
            self.codes.append(code)

    def answered(self, answers: Sequence[Took]) -> None:
        """Keep how each source took part."""
        for source, state, ms in answers:
            told = None if ms is None else round(ms, 1)
            self.sources[source] = {"state": str(state), "ms": told}

    def line(self) -> dict[str, Any]:
        """Give the request's line."""
        return {
            "traceId": self.trace_id,
            "operation": self.operation,
            "status": self.status,
            "ms": round((perf_counter() - self.began) * 1000, 1),
            "codes": sorted(set(self.codes)) if self.codes else [],
            "sources": self.sources,
            "calls": self.calls,
            **({"cost": self.cost} if self.cost is not None else {}),
            **({"transport": self.transport, "parts": self.parts} if self.transport else {}),
        }


_CURRENT: ContextVar[Trace | None] = ContextVar("simpul_trace", default=None)


class tracing:  # noqa: N801 - used as a function is, and cheaper than a generator for every request
    """Follow one request; its line is written at the end, however it ends."""

    __slots__ = ("_token", "_trace")

    def __enter__(self) -> Trace:
        """Begin, and give what is learnt."""
        trace = self._trace = Trace()
        self._token = _CURRENT.set(trace)
        return trace

    def __exit__(self, *_: object) -> None:
        """Count the request and write its line."""
        trace = self._trace
        _CURRENT.reset(self._token)
        transport = trace.transport or "http"
        METRICS.answered(trace.status, transport, perf_counter() - trace.began, trace.codes)
        tell(REQUESTS, "request", trace.line())


def listen(event: Event) -> None:
    """Take note of a call to a source: counted in its request, and a line if it failed."""
    METRICS.called(event)
    trace = _CURRENT.get()
    if trace is not None:
        trace.calls += 1
    if event.error is None and not event.rejected and not event.unknown:
        return
    # Words that no table knows are the source's own and may hold anything: only their number.
    told = {
        "traceId": None if trace is None else trace.trace_id,
        "source": event.source,
        "operation": event.operation,
        "collection": event.collection,
        "ms": round(event.seconds * 1000, 1),
        "attempt": event.attempt,
        "error": event.error,
        "rows": event.rows,
        "rejected": sum(event.rejected.values()),
        "unknown": sum(event.unknown.values()),
    }
    SOURCES.log(logging.WARNING if event.error else logging.INFO, "source", extra={"told": told})


def disclosed(viewer: Viewer, records: Sequence[ComplaintRecord]) -> None:
    """Record whose reporter was shown to whom, and what for."""
    trace = _CURRENT.get()
    told = {
        "traceId": None if trace is None else trace.trace_id,
        "subject": viewer.subject,
        "roles": sorted(viewer.roles),
        "purpose": viewer.purpose,
        "complaints": [complaint_id(record) for record in records],
    }
    DISCLOSURES.warning("disclosure", extra={"told": told})


def failed(error: BaseException, trace_id: str) -> None:
    """Write what must not be told to the client: the class and the place, not the words.

    An exception's words may repeat a row or a literal; its class and traceback find the line.
    """
    frames = []
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{frame.tb_lineno} {code.co_name}")
        frame = frame.tb_next
    told = {"traceId": trace_id, "exception": type(error).__qualname__, "at": frames[-12:]}
    GATEWAY.error("unexpected", extra={"told": told})
