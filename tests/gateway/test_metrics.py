"""What is counted, and that nothing of a client's stands in it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from gateway.metric_settings import MetricSettings
from gateway.metrics import expose
from tests.gateway.serving import Client, talk
from tests.gateway.world import World


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def exposed(fallbacks: dict[str, int]) -> Iterator[str]:
    """Serve the metrics, and give their address."""
    port = free_port()
    end = expose(MetricSettings(port=port), lambda: fallbacks)
    try:
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        end()


def read(address: str) -> dict[str, float]:
    """Read every sample."""
    with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own loopback address
        lines = answer.read().decode().splitlines()
    samples = [line.rpartition(" ") for line in lines if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


def test_requests_and_calls_are_counted() -> None:
    """One request more, by status; the calls that it made; its error by code."""
    with exposed({}) as address:
        before = read(address)

        async def two(client: Client) -> None:
            await client.data("{ complaints(first: 2) { nodes { title } } }")
            await client.code("{ nothing }")

        talk(World(), two)
        after = read(address)

    def more(sample: str) -> float:
        return after.get(sample, 0) - before.get(sample, 0)

    assert more('simpul_requests_total{status="200",transport="http"}') == 2
    assert more('simpul_request_seconds_count{transport="http"}') == 2
    assert more('simpul_request_errors_total{code="GRAPHQL_VALIDATION_FAILED"}') == 1


def test_no_word_of_a_client_is_a_label() -> None:
    """Operation names, literals and paths stand in no metric."""
    with exposed({}) as address:

        async def ask(client: Client) -> None:
            await client.ask('query Rahasia { complaint(trackingId: "9000001") { title } }')
            async with client.session.get(f"{client.url}/Rahasia?q=9000001") as response:
                assert response.status == 404

        talk(World(), ask)
        names = " ".join(read(address))

    assert "Rahasia" not in names
    assert "9000001" not in names


def test_fallbacks_are_read_when_they_are_asked_for() -> None:
    """The count is the executor's own at that moment."""
    fallbacks = {"subscription": 2}
    with exposed(fallbacks) as address:
        first = read(address)
        fallbacks["subscription"] = 5
        second = read(address)

    name = 'simpul_fallback_operations_total{reason="subscription"}'
    assert (first[name], second[name]) == (2, 5)


def test_without_a_port_nothing_is_served() -> None:
    """Metrics are off unless a port is named."""
    end = expose(MetricSettings(), dict)

    end()


def test_a_port_that_is_taken_is_told() -> None:
    """The gateway does not start with a port that somebody else has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            expose(MetricSettings(port=taken.getsockname()[1]), dict)


def test_counting_does_not_wait_for_a_reader() -> None:
    """What is counted before anybody reads is there when somebody does."""

    async def ask(client: Client) -> None:
        await client.data("{ viewer { subject } }")

    talk(World(), ask)
    with exposed({}) as address:
        assert read(address)['simpul_requests_total{status="200",transport="http"}'] >= 1
