"""Where metrics are served: the table `[gateway.metrics]`."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.settings_reader import SettingsReader


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSettings:
    """Where Prometheus finds what is counted: on a port of its own, apart from the clients."""

    port: int | None = None
    """The port to serve metrics on; without it they are not served."""
    host: str = "127.0.0.1"
    """The address to serve them on; whoever reaches it can read them."""


def read_metrics(read: SettingsReader, before: MetricSettings) -> MetricSettings:
    """Read the table `metrics` of *read* over what is known from *before*."""
    table = read.section("metrics")
    if table is None:
        return before
    settings = MetricSettings(
        port=table.optional_whole("port", most=65535) or before.port,
        host=table.text("host", before.host),
    )
    table.finish()
    return settings
