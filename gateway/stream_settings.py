"""Bounds of what stays open: the table `[gateway.streams]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.settings_reader import SettingsReader

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """Bounds of what stays open: WebSockets and answers in parts."""

    connections: int = 1000
    """How many WebSockets and HTTP answers in parts may be open at once."""
    operations: int = 50
    """How many operations may run on one WebSocket at once."""
    message_max: int = 64 * 1024
    """How large a WebSocket message may be."""
    init: float = 3.0
    """What a client gets to send `connection_init`."""
    idle: float = 60.0
    """After this long without an operation a WebSocket is closed."""
    heartbeat: float = 15.0
    """How often a sign of life is sent where nothing else is."""
    stalled: float = 10.0
    """What a client that does not read, or answers no ping, gets until its connection is ended."""
    origins: tuple[str, ...] = ()
    """Origins of other sites, such as `https://portal.example.go.id`, whose pages may open
    WebSockets and answers in parts; our own pages always may."""


def read_streams(read: SettingsReader, before: StreamSettings) -> StreamSettings:
    """Read the table `streams` of *read* over what is known from *before*."""
    table = read.section("streams")
    if table is None:
        return before
    settings = StreamSettings(
        connections=table.whole("connections", before.connections),
        operations=table.whole("operations", before.operations),
        message_max=table.size("message_max", before.message_max),
        init=table.seconds("init", before.init),
        idle=table.seconds("idle", before.idle),
        heartbeat=table.seconds("heartbeat", before.heartbeat),
        stalled=table.seconds("stalled", before.stalled),
        origins=(*before.origins, *read_origins(table)),
    )
    table.finish()
    return settings


def read_origins(table: SettingsReader) -> tuple[str, ...]:
    """Read the setting `origins` of *table*."""
    origins = table.texts("origins")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            table.problem("origins", f"holds no origin: {origin[:80]}", "write https://HOST[:PORT]")
    return tuple(each.lower() for each in origins)
