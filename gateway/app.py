"""The composition root: the only place that builds connectors, reader, schema and server."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from connectors import registry
from connectors.contract.source import Source
from gateway.answering import Answering
from gateway.asked import BadRequest
from gateway.configuration import Configuration, read_files
from gateway.console import Console
from gateway.document_manifest import load_manifests
from gateway.document_settings import DocumentSettings
from gateway.endpoint import Endpoint, refusal
from gateway.examples import FIRST
from gateway.hosts import Hosts, hosts_of
from gateway.open_streams import OpenStreams
from gateway.operation import Operations
from gateway.parted import PartedAnswers
from gateway.plans import note_plan
from gateway.settings import GatewaySettings
from gateway.telemetry import GATEWAY, disclosed, listen
from gateway.trusted_documents import AutomaticDocuments, TrustedDocuments
from gateway.websocket import WebSocketEndpoint, deny
from resolvers.legal_clock import LegalClock
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.planner import Planner
from resolvers.policy import Viewer
from resolvers.reader import Reader
from resolvers.reference import Reference
from resolvers.sla.days_off import load_days_off
from resolvers.sla.rules import load_rules
from resolvers.sla.working_days import Calendars
from schema.build import build_schema
from schema.costs import COSTS

Clock = Callable[[], datetime]

_KEPT_FOR_MERGING = 0.3
_FIRST_PHASE = 5.0
_ASKED_BY_ADDRESS = ("/health", "/ready")
"""Balancers ask these of each machine; they tell nothing."""


def now() -> datetime:
    """Give the moment in UTC."""
    return datetime.now(UTC)


def load(paths: Sequence[Path], environ: Mapping[str, str]) -> Configuration:
    """Build the settings and sources that *paths* describe; asks no source.

    Raises `ConfigurationError` with every mistake of every file.
    """
    return read_files(
        paths,
        environ,
        lambda table, folder: registry.load(table, environ, listener=listen, folder=folder),
    )


def build_reader(
    sources: Sequence[Source],
    settings: GatewaySettings,
    clock: Clock = now,
    *,
    pushdown: bool = True,
) -> Reader:
    """Build what answers questions over *sources*; asks none of them yet.

    With *pushdown* off sources are read whole and everything is done here.
    """
    keys: Mapping[str, bytes] = settings.cursor_keys
    if not keys:
        keys = {"process": secrets.token_bytes(32)}
    seal = CursorSeal(
        keys,
        settings.cursor_key or max(keys),
        lifetime=timedelta(seconds=settings.cursor_lifetime),
        clock=clock,
    )
    planner = Planner(
        sources,
        seal,
        clock,
        pushdown=pushdown,
        planned=note_plan,
        phase_seconds=min(_FIRST_PHASE, max(0.1, settings.deadline - _KEPT_FOR_MERGING)),
    )
    reference = Reference(sources, clock, look_again=settings.reference_interval)
    legal = LegalClock(
        load_rules(*settings.sla.rules), Calendars(load_days_off(*settings.sla.days_off)), clock
    )
    return Reader(planner, reference, sources, disclosed, legal)


def build_endpoint(reader: Reader, settings: GatewaySettings) -> Endpoint:
    """Build what answers operations over HTTP with *reader*."""
    answering = build_answering(reader, settings)
    parted = PartedAnswers(answering, build_open_streams(settings), settings.streams)
    return Endpoint(answering, parted, settings.body_max, settings.http)


def build_open_streams(settings: GatewaySettings) -> OpenStreams:
    """Build what counts the connections that stay open."""
    origins = (*settings.streams.origins, *settings.http.origins)
    return OpenStreams(settings.streams.connections, origins)


def build_answering(
    reader: Reader, settings: GatewaySettings, schema: strawberry.Schema | None = None
) -> Answering:
    """Build what answers operations with *reader*, whatever transport carries them."""
    limits = settings.limits.limits(
        introspection=settings.introspection, validation_errors=settings.validation_errors
    )
    costs = COSTS if schema is None else None
    operations = Operations(schema or build_schema(), limits, costs, settings.limits.budget_of)
    show_cost = settings.limits.show_cost
    documents = build_documents(settings.documents)
    for document_id, code in operations.mistaken(documents.known):
        GATEWAY.warning("document cannot run", extra={"told": {"id": document_id, "code": code}})
    return Answering(
        operations, reader, settings.deadline, show_cost=show_cost, documents=documents
    )


def build_documents(settings: DocumentSettings) -> TrustedDocuments:
    """Build what finds operations by id; raises `BadManifest`."""
    automatic = AutomaticDocuments(settings.automatic_max) if settings.automatic else None
    known = load_manifests(*settings.manifests)
    return TrustedDocuments(known, is_required=settings.require, automatic=automatic)


def build_app(
    sources: Sequence[Source],
    settings: GatewaySettings,
    *,
    clock: Clock = now,
    examples: Sequence[str] = (FIRST,),
    schema: strawberry.Schema | None = None,
) -> Starlette:
    """Build the server over *sources*; it starts also if none of them answers.

    Another *schema* than the contract's is served the same way.
    """
    hosts = hosts_of(settings.http.hosts, settings.host)
    reader = build_reader(sources, settings, clock)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if not settings.cursor_keys:
            GATEWAY.warning("no cursor key is set: cursors end with this process")
        if hosts is None and not settings.http.hosts:
            GATEWAY.warning("no host is named: pages of other sites may ask under their own names")
        await reader.reference.directory(wait=False)
        app.state.accepting = True
        yield
        app.state.accepting = False
        await close(reader, sources)

    answering = build_answering(reader, settings, schema)
    open_streams = build_open_streams(settings)
    parted = PartedAnswers(answering, open_streams, settings.streams)
    endpoint = Endpoint(answering, parted, settings.body_max, settings.http, hosts)
    routes: list[BaseRoute] = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", WebSocketEndpoint(answering, open_streams, settings.streams)),
        Route("/health", _health),
        Route("/ready", _ready),
    ]
    if settings.console:
        routes.extend(Console(examples).routes())
    app = _App(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _not_served})
    app.graphql = endpoint
    app.hosts = hosts
    app.state.accepting = False
    app.state.open_streams = open_streams
    app.state.fallbacks = answering.fallbacks
    return app


class _App(Starlette):
    """The application; operations over HTTP, nearly all there is, go straight to their endpoint."""

    graphql: Endpoint
    """Looks at the host itself: it reads the headers anyway."""
    hosts: Hosts | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self.graphql(scope, receive, send)
            return
        if (
            self.hosts is not None
            and scope["type"] != "lifespan"
            and scope["path"] not in _ASKED_BY_ADDRESS
        ):
            try:
                self.hosts.check(dict(scope["headers"]), scope["headers"])
            except BadRequest as error:
                if scope["type"] == "websocket":
                    await deny(WebSocket(scope, receive, send), error)
                else:
                    await refusal(error)(scope, receive, send)
                return
        await super().__call__(scope, receive, send)


async def ask(
    configuration: Configuration,
    viewer: Viewer,
    query: str,
    variables: Mapping[str, Any] | None,
    *,
    plan: bool = False,
) -> dict[str, Any]:
    """Answer one *query* of *viewer* in process, and close the sources.

    With *plan* the answer tells it, if the viewer may see plans.
    """
    settings = configuration.gateway
    reader = build_reader(configuration.sources, settings)
    endpoint = build_endpoint(reader, replace(settings, introspection=True))
    try:
        return await endpoint.ask(viewer, query, variables, plan=plan)
    finally:
        await close(reader, configuration.sources)


async def close(reader: Reader, sources: Sequence[Source]) -> None:
    """Give back everything that was opened; one source's failure does not keep the others open."""
    await reader.reference.aclose()
    for source in sources:
        try:
            await source.connector.aclose()
        except Exception as error:  # noqa: BLE001 - closing goes on
            logging.getLogger(__name__).warning("closing failed: %s", type(error).__qualname__)


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _ready(request: Request) -> Response:
    accepting: bool = request.app.state.accepting
    return JSONResponse(
        {"status": "accepting" if accepting else "stopping"}, 200 if accepting else 503
    )


async def _not_served(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = "METHOD_NOT_ALLOWED" if status == 405 else "NOT_FOUND"
    return refusal(BadRequest(status, code))
