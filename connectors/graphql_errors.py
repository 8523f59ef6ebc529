"""What a GraphQL answer's `errors` mean: the whole of it failed, or some of its rows.

A row that an error reaches into is no row: a null in it may stand for anything.  The server's own
words may repeat a row's contents and are never passed on; its code is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)

Make = Callable[[str, str], SourceError]

MEANINGS: Mapping[str, Make] = {
    "REFUSED": Refused,
    "UNAVAILABLE": Unavailable,
    "RATE_LIMITED": RateLimited,
    "TIMED_OUT": TimedOut,
    "MALFORMED": Malformed,
}
_USUAL = {
    "UNAUTHENTICATED": "REFUSED",
    "UNAUTHORIZED": "REFUSED",
    "FORBIDDEN": "REFUSED",
    "ACCESS_DENIED": "REFUSED",
    "PERMISSION_DENIED": "REFUSED",
    "BAD_USER_INPUT": "REFUSED",
    "BAD_REQUEST": "REFUSED",
    "GRAPHQL_PARSE_FAILED": "REFUSED",
    "GRAPHQL_VALIDATION_FAILED": "REFUSED",
    "PERSISTED_QUERY_NOT_FOUND": "REFUSED",
    "RATE_LIMITED": "RATE_LIMITED",
    "RATE_LIMIT_EXCEEDED": "RATE_LIMITED",
    "TOO_MANY_REQUESTS": "RATE_LIMITED",
    "THROTTLED": "RATE_LIMITED",
    "TIMEOUT": "TIMED_OUT",
    "TIMED_OUT": "TIMED_OUT",
    "GATEWAY_TIMEOUT": "TIMED_OUT",
}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)


def rows_lost(
    source: str, document: Any, rows: str, own: Mapping[str, str], *, single: bool = False
) -> tuple[Any, frozenset[int]]:
    """Give the data of *document* and the positions of rows that an error reaches into.

    *rows* is the path of the list, or of a *single* row; *own* gives the meanings of the source's
    own codes.  Raises the `SourceError` that an error of the whole stands for.
    """
    if not isinstance(document, dict):
        raise Malformed(source, "its answer is no GraphQL")
    errors, data = document.get("errors"), document.get("data")
    if errors is not None and not isinstance(errors, list):
        raise Malformed(source, "its errors are no list")
    lost: set[int] = set()
    steps = tuple(rows.split("."))
    for error in errors or ():
        at = _row_of(error, steps, single=single) if data is not None else None
        if at is not None and _code(error) == "NOT_FOUND":
            continue  # Its entry is null, and truly so.
        if at is None:
            raise _meaning(source, error, own, executed="data" in document)
        lost.add(at)
    if not isinstance(data, dict):
        raise Malformed(source, "its answer holds neither data nor errors")
    return data, frozenset(lost)


def _row_of(error: Any, rows: tuple[str, ...], *, single: bool) -> int | None:
    path = error.get("path") if isinstance(error, dict) else None
    if single and isinstance(path, list):
        return 0 if tuple(path[: len(rows)]) == rows else None
    if not isinstance(path, list) or len(path) <= len(rows):
        return None
    at = path[len(rows)]
    inside = tuple(path[: len(rows)]) == rows and isinstance(at, int) and not isinstance(at, bool)
    return int(at) if inside and at >= 0 else None


def _meaning(source: str, error: Any, own: Mapping[str, str], *, executed: bool) -> SourceError:
    code = _code(error)
    # Without data the question itself was rejected; with null data, answering it failed.
    meaning = own.get(code) or _USUAL.get(code) or ("UNAVAILABLE" if executed else "REFUSED")
    if _CODE.fullmatch(code):
        return MEANINGS[meaning](source, f"answered with the error {code}")
    return MEANINGS[meaning](source, _WORDS[meaning])


def _code(error: Any) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    told = extensions.get("code") if isinstance(extensions, dict) else None
    return told.strip().upper() if isinstance(told, str) else ""


_WORDS = {
    "REFUSED": "rejects the question with an error that has no code",
    "UNAVAILABLE": "failed with an error that has no code",
}
