"""Read an OpenAPI document: which question gives a list, and what its rows are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.suggest.column import MOST_DEEP, Column, Declared
from connectors.suggest.dates import written

_FORMATS: Mapping[str, Declared] = {"date-time": "moment", "date": "day"}
_TYPES: Mapping[str, Declared] = {"boolean": "flag", "integer": "number", "number": "number"}
_MOST_REFERENCES = 20

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A question that gives a list of objects."""

    path: str
    rows: str
    """Where the list stands in the answer; empty: the answer is the list."""
    total: str | None
    next: str | None
    """Where the next cursor stands."""
    columns: Sequence[Column]
    params: Mapping[str, Json]
    """The parameters of its query."""


def listings(document: Json) -> Iterator[Listing]:
    """Give every GET of *document* that needs no id and answers a list."""
    for path, item in _mapping(document.get("paths")).items():
        operation = _mapping(_mapping(item).get("get"))
        if not operation or "{" in path:
            continue
        declared = [*_list(_mapping(item).get("parameters")), *_list(operation.get("parameters"))]
        params = [_resolved(document, each) for each in declared]
        answer = _answer(document, operation)
        found = _rows(document, answer, "", 1)
        if found is None:
            continue
        rows, row = found
        yield Listing(
            path=path,
            rows=rows,
            total=_named(document, answer, _TOTALS),
            next=_named(document, answer, _NEXTS),
            columns=list(_columns(document, row, "", 1)),
            params={str(each.get("name")): each for each in params if each.get("in") == "query"},
        )


_TOTALS = frozenset({"total", "jumlah", "total_count", "totalcount", "count", "total_data"})
_NEXTS = frozenset(
    {"next", "next_cursor", "nextcursor", "cursor", "berikut", "kursor_berikut", "lanjut"}
)


def _answer(document: Json, operation: Json) -> Json:
    answers = _mapping(operation.get("responses"))
    good = _resolved(document, answers.get("200") or answers.get("default"))
    if "schema" in good:
        return _resolved(document, good["schema"])
    content = _mapping(good.get("content"))
    media = next((each for kind, each in content.items() if "json" in kind), None)
    return _resolved(document, _mapping(media).get("schema"))


def _rows(document: Json, schema: Json, before: str, depth: int) -> tuple[str, Json] | None:
    if "items" in schema:
        row = _resolved(document, schema["items"])
        return (before, row) if _properties(document, row) else None
    if depth < MOST_DEEP:
        for name, each in _properties(document, schema).items():
            path = f"{before}.{name}" if before else name
            found = _rows(document, _resolved(document, each), path, depth + 1)
            if found is not None:
                return found
    return None


def _named(document: Json, schema: Json, names: frozenset[str], before: str = "") -> str | None:
    for name, each in _properties(document, schema).items():
        path = f"{before}{name}"
        if name.casefold() in names:
            return path
        inner = _resolved(document, each)
        if not before and "items" not in inner:
            found = _named(document, inner, names, f"{path}.")
            if found is not None:
                return found
    return None


def _columns(document: Json, schema: Json, before: str, depth: int) -> Iterator[Column]:
    for name, each in _properties(document, schema).items():
        inner = _resolved(document, each)
        path = f"{before}{name}"
        if "items" in inner:
            continue
        if _properties(document, inner):
            if depth < MOST_DEEP:
                yield from _columns(document, inner, f"{path}.", depth + 1)
            continue
        kinds = inner.get("type")
        kind = next((k for k in kinds if k != "null"), "") if isinstance(kinds, list) else kinds
        declared = _FORMATS.get(str(inner.get("format"))) or _TYPES.get(str(kind))
        words = [str(word) for word in _list(inner.get("enum")) if word is not None]
        # Of examples only how a date is written is taken: they are no rows.
        example = inner.get("example")
        values = [example] if isinstance(example, str) and written([example]) else []
        yield Column(path=path, declared=declared, words=words, values=values)


def _properties(document: Json, schema: Json) -> dict[str, Any]:
    found = dict(_mapping(schema.get("properties")))
    for each in _list(schema.get("allOf")):
        found |= _mapping(_resolved(document, each).get("properties"))
    return found


def _resolved(document: Json, schema: Any) -> Json:
    """Follow references within the document; one that leads elsewhere gives nothing."""
    for _ in range(_MOST_REFERENCES):
        found = _mapping(schema)
        reference = found.get("$ref")
        if not isinstance(reference, str):
            return found
        schema = document
        for step in reference.removeprefix("#/").split("/"):
            schema = _mapping(schema).get(step.replace("~1", "/").replace("~0", "~"))
    return {}


def _mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
