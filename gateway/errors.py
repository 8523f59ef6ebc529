"""Every failure in two kinds: what a client may read, and what only the log may.

One table says for each exception class under which code it is told, and whether in its own words.
An exception that is in no table is `INTERNAL`: generic words, a trace id, and the rest in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graphql import GraphQLError

from connectors.contract import errors as source
from resolvers import errors as client

LONGEST_MESSAGE = 500


class Phase(StrEnum):
    """Where an operation stood when it failed."""

    PARSE = "parse"
    VALIDATE = "validate"
    EXECUTE = "execute"


@dataclass(frozen=True, slots=True)
class Told:
    """How an exception is told to the client."""

    code: str | None = None
    """None: the exception carries a code of its own."""
    words: str | None = None
    """None: its own words are readable."""


_NOT_ANSWERING = "a source that this needs did not answer; ask again in a moment"

RULES: Mapping[type[Exception], Told] = {
    client.ClientError: Told(),
    client.BadFilter: Told(),
    client.BadPage: Told(),
    client.BadCursor: Told(),
    client.NeedsIndex: Told(),
    client.Missing: Told(),
    client.NotAnswering: Told(),
    client.NotConfigured: Told(),
    source.SourceError: Told("SOURCE_UNAVAILABLE", _NOT_ANSWERING),
    source.Unavailable: Told("SOURCE_UNAVAILABLE", _NOT_ANSWERING),
    source.TimedOut: Told("SOURCE_UNAVAILABLE", _NOT_ANSWERING),
    source.RateLimited: Told("SOURCE_UNAVAILABLE", _NOT_ANSWERING),
    source.Refused: Told("SOURCE_UNAVAILABLE", _NOT_ANSWERING),
    source.Malformed: Told("SOURCE_UNAVAILABLE", _NOT_ANSWERING),
    TimeoutError: Told(
        "DEADLINE_EXCEEDED", "the answer took too long; ask for less, or again in a moment"
    ),
    RecursionError: Told(
        "QUERY_TOO_DEEP", "the question is nested too deep; hint: ask for less at a time"
    ),
}
"""Exception class to how it is told; a subclass is told like its nearest ancestor here."""

AT_START = frozenset({"BadLegalFile", "BadManifest"})
"""Exceptions that can only keep the gateway from starting: no client ever meets them."""

INTERNAL = Told("INTERNAL", "something went wrong here; the trace id helps us to find it")

CODES: Mapping[str, tuple[str, str]] = {
    "BAD_REQUEST": (
        "The request is no GraphQL request.",
        "Send JSON with `query`, and `variables` as an object.",
    ),
    "BAD_USER_INPUT": (
        "A variable or argument does not fit its type.",
        "Compare it with the schema; the message names it.",
    ),
    "BATCH_TOO_LARGE": (
        "The request holds more operations than one may.",
        "Send several requests.",
    ),
    "BODY_TOO_LARGE": (
        "The request body is over the limit, which the message tells.",
        "Ask for less at a time, or allow more by `gateway.body_max`.",
    ),
    "BODY_TOO_SLOW": (
        "The request body did not come whole within the gateway's deadline.",
        "Send it at once.",
    ),
    "CSRF_PREVENTED": (
        "A page of another site could have sent this request.",
        "Send the header `Apollo-Require-Preflight: 1`, or POST JSON; pages: `docs/http.md`.",
    ),
    "CURSOR_EXPIRED": ("The cursor is too old.", "Start again from the first page."),
    "CURSOR_FOREIGN": (
        "The cursor belongs to another list.",
        "Use a cursor only with the filter, order and viewer that it came from.",
    ),
    "CURSOR_INVALID": (
        "This is no cursor of ours, was altered, or is of before the gateway was started anew.",
        "Start again from the first page; with `gateway.cursor_keys` cursors outlive a start.",
    ),
    "CURSOR_NOT_REVERSIBLE": (
        "A source was missing before this cursor, so the pages before it are not settled.",
        "Page forward until the late rows have come, or start again.",
    ),
    "NUMBER_OUT_OF_RANGE": (
        "`handledByAtLeast` is negative, or larger than any complaint's handlers are many.",
        "Ask for 0 to 20 agencies.",
    ),
    "DAYS_NEGATIVE": (
        "A number of working days in the filter is negative.",
        "0 asks for whatever lies before today or on it.",
    ),
    "DEADLINE_EXCEEDED": (
        "The answer took longer than a request may.",
        "Ask for less, or again in a moment.",
    ),
    "FILTER_NOT_ALLOWED": (
        "The filter names a field that this viewer may not read; the message says which.",
        "Leave it out; `docs/queries.md` tells what the public may filter by.",
    ),
    "FILTER_TOO_DEEP": (
        "The filter is nested too deep.",
        "Name several values in one list instead of nesting `or`.",
    ),
    "FILTER_TOO_LARGE": (
        "The filter has too many terms, or a field of it too many values; the message names it.",
        "Ask in several requests, or name the branch, parent or region above them.",
    ),
    "GATEWAY_STOPPING": (
        "This process was stopped before the answer was there.",
        "Ask again: others answer, or it does when it is back.",
    ),
    "GRAPHQL_PARSE_FAILED": ("The query is not GraphQL.", "The message says where it breaks."),
    "GRAPHQL_VALIDATION_FAILED": (
        "The query does not fit the schema.",
        "Compare it with `simpul sdl`.",
    ),
    "HOST_NOT_SERVED": (
        "The gateway is not asked under this name.",
        "Ask under one of its own, or name this one in `gateway.http.hosts`.",
    ),
    "INTERNAL": (
        "Something went wrong in the gateway.",
        "Tell the operator the trace id in `extensions.traceId`.",
    ),
    "INTROSPECTION_DISABLED": (
        "Introspection is turned off.",
        "Read the published schema, or print it with `simpul sdl`.",
    ),
    "METHOD_NOT_ALLOWED": (
        "The HTTP method is not served here, or not for this operation.",
        "Use POST; queries may come by GET.",
    ),
    "MOMENT_OUT_OF_RANGE": (
        "A moment lies outside the years 1 to 9999; the message names it.",
        "Leave the bound out if there is none.",
    ),
    "NEEDS_INDEX": (
        "Only a store of our own could answer this, and there is none yet.",
        "Ask with `freshness: AUTO` or `LIVE`.",
    ),
    "NOT_ACCEPTABLE": (
        "None of the accepted media types can be given.",
        (
            "Accept `application/json` or `application/graphql-response+json`; "
            "for a subscription `text/event-stream`, or ask it over WebSocket."
        ),
    ),
    "NOT_FOUND": ("Nothing is served at this address.", "GraphQL is at `/graphql`."),
    "ORIGIN_NOT_ALLOWED": (
        "The page that asks is of another site.",
        "Name its origin in `gateway.http.origins`.",
    ),
    "PAGE_ARGUMENTS": (
        "The paging arguments do not fit together.",
        "Use `first` with `after`, or `last` with `before`.",
    ),
    "ORDER_NOT_ALLOWED": (
        "The order depends on fields that this viewer may not read.",
        "Order by SUBMITTED_AT or UPDATED_AT.",
    ),
    "PAGE_TOO_LARGE": ("The page is over 100.", "Ask for less and page on with the cursor."),
    "PERSISTED_DOCUMENT_NOT_FOUND": (
        "There is no trusted document with this id.",
        "Send an id of the manifest that the gateway was started with.",
    ),
    "PERSISTED_DOCUMENT_REQUIRED": (
        "Only trusted documents are answered here.",
        "Send `documentId` instead of `query`.",
    ),
    "PERSISTED_QUERY_NOT_FOUND": (
        "The query of this hash is not kept, or no longer.",
        "Send it together with its hash.",
    ),
    "PERSISTED_QUERY_NOT_SUPPORTED": (
        "Queries are not kept by their hash here.",
        "Send the query itself.",
    ),
    "QUERY_TOO_COSTLY": (
        "The query asks for more than one request may; the message names its dearest fields.",
        "Ask for smaller pages, for fewer of them, or for less below the dearest.",
    ),
    "QUERY_TOO_DEEP": ("The query is nested too deep.", "Ask for less at a time."),
    "QUERY_TOO_LONG": ("The query's text is too long.", "Pass values as variables."),
    "QUERY_TOO_REPETITIVE": (
        "The query asks for the same fields too many times.",
        "Ask for each field once.",
    ),
    "QUERY_TOO_MANY_TOKENS": ("The query has too many tokens.", "Ask for less at a time."),
    "RANGE_REVERSED": (
        "A range ends before it begins; the message names it.",
        "`from` is the earlier moment, `until` the later one.",
    ),
    "REFERENCE_NOT_CONFIGURED": (
        "No source of the reference data that this needs is configured: it stays so.",
        "Ask without them, or add a source of them (`docs/connecting.md`).",
    ),
    "REFERENCE_UNAVAILABLE": (
        "The reference data cannot be had now.",
        "Ask again in a moment, or without agencies, levels and categories.",
    ),
    "REGION_TOO_FINE": (
        "The filter names a village, and this viewer is shown no more than the district.",
        "Use the district's code, the first three parts.",
    ),
    "REPRESENTATION_INVALID": (
        "A representation asked of `_entities` names no type of this graph, or none of its keys.",
        "Give `__typename` and the fields of one key, as `_service` shows them.",
    ),
    "RELATED_PAGE_TOO_LARGE": (
        "Related complaints were asked for more than 20 complaints.",
        "Ask for 20 or less, or leave `related` out of lists.",
    ),
    "REPORTER_PAGE_TOO_LARGE": (
        "Reporters are shown for at most 20 complaints at a time.",
        "Ask for a smaller page, or leave `reporter` out.",
    ),
    "SOURCES_MISSING": (
        "`onMissing: FAIL` was asked, and a source did not answer.",
        "Ask again later, or with `onMissing: OMIT`.",
    ),
    "SOURCE_UNAVAILABLE": (
        "The one source that could answer did not.",
        "Ask again in a moment.",
    ),
    "STALE_UNAVAILABLE": (
        "Last known rows are not kept yet.",
        "Ask with `onMissing: OMIT` or `FAIL`.",
    ),
    "SUBSCRIPTION_NEEDS_STREAM": (
        "A subscription was asked where only one answer can be given.",
        "Ask over WebSocket (`graphql-transport-ws`), or accept `text/event-stream`.",
    ),
    "TIME_ZONE_MISSING": (
        "A moment has no offset; the message names it.",
        "Write it like 2026-10-31T08:00:00+07:00.",
    ),
    "TOO_MANY_ALIASES": ("The query has too many aliases.", "Send several requests."),
    "TOO_MANY_DIRECTIVES": ("The query has too many directives.", "Leave some out."),
    "TOO_MANY_OPERATIONS": (
        "As many operations run on this connection as one may have.",
        "End one, or open another connection.",
    ),
    "TOO_MANY_ROOT_FIELDS": ("The query has too many root fields.", "Send several requests."),
    "TOO_MANY_STREAMS": (
        "As many connections are open as the gateway holds.",
        "Try again in a moment.",
    ),
    "TRACKING_ID_MALFORMED": ("A tracking number has digits only.", "Write it as given."),
    "UNKNOWN_AGENCY": (
        "There is no agency with this code.",
        'Find it by a part of its name: `agencies(filter: { text: "…" })`.',
    ),
    "UNKNOWN_CATEGORY": ("There is no category with this id.", "List `categories`."),
    "UNKNOWN_CHANNEL": ("There is no channel with this id.", "List `channels`."),
    "UNKNOWN_REGION": (
        "There is no region with this code.",
        "Write Kemendagri's code with dots, as in 64.72; the query `regions` finds it.",
    ),
    "UNKNOWN_PROGRAMME": (
        "There is no priority programme with this id.",
        "List `priorityProgrammes`.",
    ),
    "UNKNOWN_SOURCE": ("There is no source with this id.", "List `sources`."),
    "UNSUPPORTED_MEDIA_TYPE": (
        "The request's headers do not say that the body is JSON, or say that it is compressed.",
        "Send `Content-Type: application/json`, and no `Content-Encoding`.",
    ),
}
"""Every code a client can meet: what it means, and what to do."""

_PHASE_CODES = {
    Phase.PARSE: "GRAPHQL_PARSE_FAILED",
    Phase.VALIDATE: "GRAPHQL_VALIDATION_FAILED",
    Phase.EXECUTE: "BAD_USER_INPUT",
}


def rule_of(error: Exception) -> Told:
    """Find how *error* is told: by its class or its nearest ancestor in the table."""
    for ancestor in type(error).__mro__:
        rule = RULES.get(ancestor)
        if rule is not None:
            return rule
    return INTERNAL


@dataclass(frozen=True, slots=True)
class Shown:
    """An error as the client reads it, and the exception that only the log may name."""

    body: dict[str, Any]
    code: str
    hidden: Exception | None = None


def show(error: GraphQLError, phase: Phase, trace_id: str) -> Shown:
    """Give *error* as the client may read it."""
    told, cause = _judged(error, phase)
    code = told.code or _own_code(error, cause)
    message = told.words or str(cause if cause is not None else error.message)
    body: dict[str, Any] = {"message": capped(message)}
    if error.locations:
        body["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        body["path"] = list(error.path)
    body["extensions"] = {"code": code}
    if told is not INTERNAL:
        return Shown(body, code)
    body["extensions"]["traceId"] = trace_id
    return Shown(body, code, hidden=cause or error)


def capped(message: str) -> str:
    """Cut *message*, which may repeat what the client sent, to a bearable length."""
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def _judged(error: GraphQLError, phase: Phase) -> tuple[Told, Exception | None]:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is not None and not isinstance(cause, GraphQLError):
        # Before execution a cause is a scalar that refused the client's own value.
        refused = error.path is None and error.nodes and isinstance(cause, ValueError)
        if phase is not Phase.EXECUTE or refused:
            return Told(_PHASE_CODES[phase], error.message), None
        return rule_of(cause), cause
    if error.path is not None and (cause is None or not cause.nodes):
        # graphql-core could not write what a resolver gave: our mistake, and it names the value.
        return INTERNAL, cause
    return Told(_own_code(error, None) or _PHASE_CODES[phase], error.message), None


def _own_code(error: GraphQLError, cause: Exception | None) -> str:
    code = getattr(cause, "code", None) or (error.extensions or {}).get("code")
    return code if isinstance(code, str) else ""


def documented() -> str:
    """Give the table of codes as `docs/errors.md` keeps it."""
    lines = [
        "# Error codes",
        "",
        "Written from `gateway/errors.py`; `make docs` renews it.",
        "Each entry of `errors` has a stable `extensions.code` and plain words.",
        "Ours say after `hint:` what to do where this table cannot tell it as well.",
        "Those of GraphQL itself (a query that does not parse or fit, a variable) have no hint.",
        "`locations` says where they are.",
        "What went wrong inside is never told: the code is then `INTERNAL`, with a trace id.",
        "",
        "| code | what it means | what to do |",
        "|---|---|---|",
    ]
    lines.extend(
        f"| `{code}` | {means} | {todo} |" for code, (means, todo) in sorted(CODES.items())
    )
    return "\n".join(lines) + "\n"
