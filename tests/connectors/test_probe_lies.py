"""`simpul sources probe` tells servers that lie, of the kinds that speak protocols of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.conformance.probe import Bounds, Probed, probe
from connectors.conformance.report import written
from connectors.contract.connector import Connector
from connectors.contract.source import Source
from tests.connectors import graphql_server, test_open311

QUICK = Bounds(questions=2_000, rows=5_000, pause=0)


async def probed(connector: Connector) -> Probed:
    return await probe(Source(connector=connector, title="Aduan", kind="any"), QUICK)


def report(found: Probed) -> str:
    return written(found, datetime(2026, 11, 24, tzinfo=UTC))


def test_a_graphql_server_that_ignores_a_filter_is_told() -> None:
    """The honest one holds; the one that answers every status does not."""
    honest, _ = graphql_server.over(graphql_server.honest, probed)
    lying, _ = graphql_server.over(
        lambda asked: graphql_server.honest({**asked, "s": None} if "s" in asked else asked), probed
    )

    assert honest.holds, report(honest)
    assert not lying.holds
    assert "where status IN (1 of its values)" in report(lying)


@pytest.mark.parametrize("server", [each for each, _ in test_open311.LIARS])
def test_an_open311_server_that_lies_is_told(server: type[test_open311.Server]) -> None:
    """Windows, states or services that are ignored, matches that are hidden, wrong look-ups."""
    rows = [test_open311.row(number) for number in range(60)]
    found = test_open311.over(server(rows).answer, probed)

    assert not found.holds
    assert "r0001" not in report(found)
