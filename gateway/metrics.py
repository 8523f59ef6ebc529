"""What is counted of requests and sources, for Prometheus: names of ours alone, never a client's.

Labels hold statuses, codes, transports and the ids of sources: few, and known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import start_http_server
from prometheus_client.registry import Collector

from connectors.contract.events import Event
from gateway.metric_settings import MetricSettings

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0)

Counts = Callable[[], Mapping[str, int]]


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        """Start at nought."""
        self.registry = CollectorRegistry()
        requests = Counter(
            "simpul_requests",
            "Requests by HTTP status and transport.",
            ("status", "transport"),
            registry=self.registry,
        )
        seconds = Histogram(
            "simpul_request_seconds",
            "How long requests took.",
            ("transport",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        errors = Counter(
            "simpul_request_errors",
            "Requests that told an error, by its code (docs/errors.md).",
            ("code",),
            registry=self.registry,
        )
        calls = Counter(
            "simpul_source_calls",
            "Calls to sources, by how they ended: OK or the code of the failure.",
            ("source", "operation", "outcome"),
            registry=self.registry,
        )
        source_seconds = Histogram(
            "simpul_source_seconds",
            "How long calls to sources took.",
            ("source",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        rows = Counter(
            "simpul_source_rows",
            "Rows that sources sent, by what became of them: read or rejected.",
            ("source", "outcome"),
            registry=self.registry,
        )
        self._requests = _Children(requests.labels)
        self._seconds = _Children(seconds.labels)
        self._errors = _Children(errors.labels)
        self._calls = _Children(calls.labels)
        self._source_seconds = _Children(source_seconds.labels)
        self._rows = _Children(rows.labels)

    def answered(self, status: int, transport: str, seconds: float, codes: Iterable[str]) -> None:
        """Count one request that is over."""
        self._requests.of(str(status), transport).inc()
        self._seconds.of(transport).observe(seconds)
        for code in codes:
            self._errors.of(code).inc()

    def called(self, event: Event) -> None:
        """Count one call to a source."""
        self._calls.of(event.source, event.operation, event.error or "OK").inc()
        self._source_seconds.of(event.source).observe(event.seconds)
        if event.rows:
            self._rows.of(event.source, "read").inc(event.rows)
        if event.rejected:
            self._rows.of(event.source, "rejected").inc(sum(event.rejected.values()))


class _Children:
    """Labelled parts of one metric, looked up once each: the library locks at every look-up."""

    __slots__ = ("_known", "_make")

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._known: dict[tuple[str, ...], Any] = {}

    def of(self, *labels: str) -> Any:
        child = self._known.get(labels)
        if child is None:
            child = self._known[labels] = self._make(*labels)
        return child


class Fallbacks(Collector):
    """How many operations took graphql-core's executor instead of compiled code, by the reason."""

    def __init__(self, counts: Counts) -> None:
        """Read *counts* whenever they are asked for."""
        self._counts = counts

    def collect(self) -> Iterable[CounterMetricFamily]:
        """Give the counts as they are now."""
        family = CounterMetricFamily(
            "simpul_fallback_operations",
            "Operations that were not compiled, by the reason.",
            labels=("reason",),
        )
        for reason, count in sorted(self._counts().items()):
            family.add_metric((reason,), count)
        yield family


METRICS = Metrics()


def expose(settings: MetricSettings, fallbacks: Counts) -> Callable[[], None]:
    """Serve what is counted as *settings* say, and give what ends that.

    Raises `OSError` if the address cannot be listened on.
    """
    if settings.port is None:
        return lambda: None
    collector = Fallbacks(fallbacks)
    METRICS.registry.register(collector)
    server, thread = start_http_server(settings.port, settings.host, METRICS.registry)

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()
        METRICS.registry.unregister(collector)

    return end
