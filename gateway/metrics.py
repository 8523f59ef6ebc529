"""What is counted of requests and sources, for Prometheus: names of ours alone, never a client's.

Labels hold statuses, codes, transports and the ids of sources: few, and known beforehand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import start_http_server
from prometheus_client.registry import Collector

from connectors.contract.events import Event
from gateway.metric_settings import MetricSettings

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0)

_BOUNDS = (*map(str, _SECONDS), "+Inf")

Reading = Callable[[], Mapping[str, int]]


class Metrics:
    """The counters of one process: plain numbers, put into Prometheus' words when it asks.

    Its own counters lock for each step, which every request would pay several times.
    """

    def __init__(self) -> None:
        """Start at nought."""
        self.registry = CollectorRegistry()
        self._requests = Counts(
            "simpul_requests", "Requests by HTTP status and transport.", ("status", "transport")
        )
        self._seconds = Durations("simpul_request_seconds", "How long requests took.", "transport")
        self._errors = Counts(
            "simpul_request_errors",
            "Requests that told an error, by its code (docs/errors.md).",
            ("code",),
        )
        self._calls = Counts(
            "simpul_source_calls",
            "Calls to sources, by how they ended: OK or the code of the failure.",
            ("source", "operation", "outcome"),
        )
        self._source_seconds = Durations(
            "simpul_source_seconds", "How long calls to sources took.", "source"
        )
        self._rows = Counts(
            "simpul_source_rows",
            "Rows that sources sent, by what became of them: read or rejected.",
            ("source", "outcome"),
        )
        for each in (self._requests, self._errors, self._calls, self._rows):
            self.registry.register(each)
        for durations in (self._seconds, self._source_seconds):
            self.registry.register(durations)

    def answered(self, status: int, transport: str, seconds: float, codes: Iterable[str]) -> None:
        """Count one request that is over."""
        self._requests.add((str(status), transport))
        self._seconds.add(transport, seconds)
        for code in codes:
            self._errors.add((code,))

    def called(self, event: Event) -> None:
        """Count one call to a source."""
        self._calls.add((event.source, event.operation, event.error or "OK"))
        self._source_seconds.add(event.source, event.seconds)
        if event.rows:
            self._rows.add((event.source, "read"), event.rows)
        if event.rejected:
            self._rows.add((event.source, "rejected"), sum(event.rejected.values()))


class Counts(Collector):
    """A counter with labels."""

    def __init__(self, name: str, words: str, labels: Sequence[str]) -> None:
        """Count under *name*, by *labels*."""
        self._name, self._words, self._labels = name, words, labels
        self._known: dict[tuple[str, ...], int] = {}

    def add(self, labels: tuple[str, ...], number: int = 1) -> None:
        """Count *number* more."""
        known = self._known
        known[labels] = known.get(labels, 0) + number

    def collect(self) -> Iterable[CounterMetricFamily]:
        """Give the counts as they are now."""
        family = CounterMetricFamily(self._name, self._words, labels=self._labels)
        for labels, count in sorted(self._known.copy().items()):
            family.add_metric(labels, count)
        yield family


class Durations(Collector):
    """A histogram of seconds with one label."""

    def __init__(self, name: str, words: str, label: str) -> None:
        """Count under *name*, by *label*."""
        self._name, self._words, self._label = name, words, label
        self._known: dict[str, tuple[list[int], list[float]]] = {}

    def add(self, label: str, seconds: float) -> None:
        """Count one that took so long."""
        known = self._known.get(label)
        if known is None:
            known = self._known[label] = ([0] * (len(_SECONDS) + 1), [0.0])
        counts, total = known
        # A bucket holds what took as long as its bound says, or less.
        counts[bisect_left(_SECONDS, seconds)] += 1
        total[0] += seconds

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """Give the buckets as they are now."""
        family = HistogramMetricFamily(self._name, self._words, labels=(self._label,))
        for label, (counts, total) in sorted(self._known.copy().items()):
            sums = accumulate(counts)
            buckets = list(zip(_BOUNDS, sums, strict=True))
            family.add_metric((label,), buckets, total[0])
        yield family


class Fallbacks(Collector):
    """How many operations took graphql-core's executor instead of compiled code, by the reason."""

    def __init__(self, counts: Reading) -> None:
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


def expose(settings: MetricSettings, fallbacks: Reading) -> Callable[[], None]:
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
