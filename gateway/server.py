"""Serve until told to stop; running requests are finished first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette

from gateway.app import build_app
from gateway.configuration import Configuration
from gateway.settings import GatewaySettings


def run(
    configuration: Configuration,
    *,
    host: str | None = None,
    port: int | None = None,
    examples: Mapping[str, str] | None = None,
) -> int:
    """Serve *configuration* and give the exit status; SIGTERM and SIGINT stop it gracefully."""
    settings = replace(
        configuration.gateway,
        host=configuration.gateway.host if host is None else host,
        port=configuration.gateway.port if port is None else port,
    )
    server = build_server(build_app(configuration.sources, settings, examples=examples), settings)
    server.run()
    return 0 if server.started else 1


def build_server(app: Starlette, settings: GatewaySettings) -> uvicorn.Server:
    """Build the server of *app*; it writes no access log, for addresses may hold queries."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=max(1, round(settings.drain)),
        )
    )
