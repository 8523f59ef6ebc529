"""Serve until told to stop; running requests are finished first."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Sequence
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette

from gateway.app import build_app
from gateway.configuration import Configuration
from gateway.examples import FIRST
from gateway.metrics import expose
from gateway.open_streams import OpenStreams
from gateway.settings import GatewaySettings
from gateway.telemetry import GATEWAY
from gateway.wire.one_write import OneWrite

_YOUNG = 20_000
"""New objects before the youngest are looked through; Python's own number is 700."""


_BACKLOG = 2048


class CannotListen(Exception):
    """The address cannot be listened on; the words say what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Take the address, before anything slow is done; port 0 takes any that is free.

    Raises `CannotListen`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        # From here on clients wait instead of being turned away; two cannot have the address.
        taken.listen(_BACKLOG)
    except OverflowError:
        taken.close()
        raise CannotListen(f"{port} is no port; hint: choose one from 0 to 65535") from None
    except OSError as error:
        taken.close()
        told = error.strerror or type(error).__name__
        raise CannotListen(
            f"cannot listen on {host}:{port} ({told}); hint: choose another with --port"
        ) from None
    return taken


def address_of(listening: socket.socket) -> str:
    """Give the address of *listening* as a client writes it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    configuration: Configuration,
    listening: socket.socket,
    examples: Sequence[str] = (FIRST,),
) -> int:
    """Serve *configuration* and give the exit status; SIGTERM and SIGINT stop it gracefully."""
    # What the command names comes before what the settings say.
    settings = replace(configuration.gateway, host=listening.getsockname()[0])
    app = build_app(configuration.sources, settings, examples=examples)
    try:
        end_metrics = expose(settings.metrics, app.state.fallbacks)
    except OSError as error:
        listening.close()
        where = f"{settings.metrics.host}:{settings.metrics.port}"
        raise CannotListen(
            f"cannot serve metrics on {where} ({error.strerror}); hint: choose another "
            "`gateway.metrics.port`"
        ) from None
    server = build_server(app, settings)
    told = {"address": address_of(listening), "sources": len(configuration.sources)}
    GATEWAY.info("serving", extra={"told": told})
    # uvicorn stops gracefully on either signal, and then passes it on: we end by ourselves.

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    _spare_the_collector()
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
        end_metrics()
        for each, handler in before.items():
            signal.signal(each, handler)
    GATEWAY.info("stopped")
    return 0 if server.started else 1


def build_server(app: Starlette, settings: GatewaySettings) -> uvicorn.Server:
    """Build the server of *app*; it writes no access log, for addresses may hold queries."""
    return _Server(
        app.state.open_streams,
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http=OneWrite,
            ws="websockets-sansio",
            ws_max_size=settings.streams.message_max,
            ws_ping_interval=settings.streams.heartbeat,
            ws_ping_timeout=settings.streams.stalled,
            # Compressed messages cost memory for each connection, and can be bombs.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=max(1, round(settings.drain)),
        ),
    )


class _Server(uvicorn.Server):
    """Ends answers in parts when it stops: they would not end by themselves."""

    def __init__(self, open_streams: OpenStreams, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._open_streams = open_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop gracefully."""
        self._open_streams.stopping.set()
        await super().shutdown(sockets)


def _spare_the_collector() -> None:
    """Let the collector of circles leave alone what stays, and run more rarely.

    Requests leave hardly any circles, and without this it costs up to a fifth of their time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 100)
