"""What was asked: an operation out of bytes or an address, whatever brought it here."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
from starlette.datastructures import QueryParams

from gateway.errors import CODES

DEEPEST_VARIABLES = 64


class Asked(msgspec.Struct, frozen=True):
    """One operation as it came in."""

    query: str
    """Empty where it was asked by id, until it is found."""
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    document_id: str | None = None
    """The id of a trusted document."""
    digest: str | None = None
    """The text's SHA-256, as Apollo's clients send it."""
    wants_plan: bool = False
    """The answer should tell its plan, if the viewer may see plans."""


class BadRequest(Exception):
    """The bytes are no GraphQL request; holds the status and the code."""

    def __init__(self, status: int, code: str, message: str | None = None) -> None:
        """Keep *status* and *code*; the words are the code's own unless *message* is given."""
        super().__init__(message or " hint: ".join(CODES[code]))
        self.status = status
        self.code = code


def decoded(body: bytes) -> object:
    """Read a POSTed body; raises `BadRequest`."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        words = f"the body is {_broken(body, error)}"
    raise BadRequest(400, "BAD_REQUEST", words)


def _broken(text: bytes | str, error: orjson.JSONDecodeError) -> str:
    """Say why *text* is no JSON, and where; nothing of it is repeated, for it may hold anything."""
    if not text.strip():
        return "empty; hint: send an object with `query`"
    if isinstance(text, bytes):
        try:
            text.decode()
        except UnicodeDecodeError as broken:
            return f"not UTF-8 at byte {broken.start + 1}; hint: encode the JSON as UTF-8"
        if text.startswith(BOM_UTF8):
            return "not JSON at byte 1, a byte order mark; hint: leave it out"
    return f"not JSON at line {error.lineno}, column {error.colno}; hint: check it there"


def from_decoded(held: object) -> Asked:
    """Read an operation out of a decoded body; raises `BadRequest`."""
    if isinstance(held, list):
        raise BadRequest(
            400,
            "BAD_REQUEST",
            "the body is an array: batches of operations are not taken here; hint: send each "
            "operation in a request of its own, as an object; `batch` in [gateway.http] allows "
            "arrays",
        )
    if not isinstance(held, dict):
        raise BadRequest(400, "BAD_REQUEST", "the body is not an object; hint: send one operation")
    return from_object(held)


def from_object(held: Mapping[str, Any]) -> Asked:
    """Read an operation out of a decoded object; raises `BadRequest`."""
    return _asked(
        held.get("query"),
        held.get("variables"),
        held.get("operationName"),
        held.get("documentId"),
        held.get("extensions"),
    )


def from_address(params: QueryParams) -> Asked:
    """Read an operation out of the address; raises `BadRequest`."""
    return _asked(
        params.get("query"),
        _decoded(params, "variables"),
        params.get("operationName") or None,
        params.get("documentId") or None,
        _decoded(params, "extensions"),
    )


def _decoded(params: QueryParams, name: str) -> object:
    if not params.get(name):
        return None
    try:
        return orjson.loads(params[name])
    except orjson.JSONDecodeError as error:
        words = f"`{name}` is {_broken(params[name], error)}"
    raise BadRequest(400, "BAD_REQUEST", words)


def _asked(
    query: object, variables: object, name: object, document_id: object, extensions: object
) -> Asked:
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(400, "BAD_REQUEST", "`extensions` is not an object; hint: leave it out")
    if document_id is not None and not isinstance(document_id, str):
        raise BadRequest(400, "BAD_REQUEST", "`documentId` is not a text; hint: write it in quotes")
    digest = _digest_of(extensions) if extensions else None
    if query is None and (document_id or digest):
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "BAD_REQUEST", "`query` is missing; hint: send it as a text")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(
            400,
            "BAD_REQUEST",
            '`variables` is not an object; hint: send names to values, as in {"first": 3}',
        )
    if variables and deeper_than(variables, DEEPEST_VARIABLES):
        raise BadRequest(400, "QUERY_TOO_DEEP")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "BAD_REQUEST", "`operationName` is not a text; hint: leave it out")
    # Whatever else stands there asks for nothing, and is answered as if it were not there.
    wants_plan = extensions is not None and extensions.get("plan") is True
    return Asked(query, variables, name, document_id, digest, wants_plan)


def _digest_of(extensions: Mapping[str, Any]) -> str | None:
    held = extensions.get("persistedQuery")
    if held is None:
        return None
    digest = held.get("sha256Hash") if isinstance(held, dict) else None
    if not isinstance(digest, str) or not digest or held.get("version") != 1:
        raise BadRequest(
            400, "BAD_REQUEST", "`persistedQuery` is not of version 1, with a `sha256Hash`"
        )
    return digest


def deeper_than(value: object, most: int) -> bool:
    """Say whether *value* is nested more than *most* deep; takes no stack of its own."""
    layer = [value]
    for _ in range(most):
        inner: list[object] = []
        for each in layer:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        if not inner:
            return False
        layer = inner
    return True
