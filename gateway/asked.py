"""What was asked: an operation out of bytes or an address, whatever brought it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import QueryParams

from gateway.errors import CODES

DEEPEST_VARIABLES = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation as it came in."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class BadRequest(Exception):
    """The bytes are no GraphQL request; holds the status and the code."""

    def __init__(self, status: int, code: str, message: str | None = None) -> None:
        """Keep *status* and *code*; the words are the code's own unless *message* is given."""
        super().__init__(message or " hint: ".join(CODES[code]))
        self.status = status
        self.code = code


def from_body(body: bytes) -> Asked:
    """Read a POSTed operation; raises `BadRequest`."""
    try:
        held = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(400, "BAD_REQUEST", "the body is not JSON; hint: check it") from None
    if not isinstance(held, dict):
        raise BadRequest(400, "BAD_REQUEST", "the body is not an object; hint: send one operation")
    return from_object(held)


def from_object(held: Mapping[str, Any]) -> Asked:
    """Read an operation out of a decoded object; raises `BadRequest`."""
    extensions = held.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(400, "BAD_REQUEST", "`extensions` is not an object")
    return _asked(held.get("query"), held.get("variables"), held.get("operationName"))


def from_address(params: QueryParams) -> Asked:
    """Read an operation out of the address; raises `BadRequest`."""
    variables: object = None
    if params.get("variables"):
        try:
            variables = orjson.loads(params["variables"])
        except orjson.JSONDecodeError:
            raise BadRequest(
                400, "BAD_REQUEST", "`variables` is not JSON; hint: encode it"
            ) from None
    return _asked(params.get("query"), variables, params.get("operationName") or None)


def _asked(query: object, variables: object, name: object) -> Asked:
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "BAD_REQUEST", "`query` is missing; hint: send it as a text")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(400, "BAD_REQUEST", "`variables` is not an object")
    if variables is not None and deeper_than(variables, DEEPEST_VARIABLES):
        raise BadRequest(400, "QUERY_TOO_DEEP")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "BAD_REQUEST", "`operationName` is not a text")
    return Asked(query, variables, name)


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
