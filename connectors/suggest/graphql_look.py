"""Look at a GraphQL endpoint: its types, and one small page of the likeliest list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.json_text import NoJson, decode
from connectors.suggest import toml_text as toml
from connectors.suggest.asked import Asked
from connectors.suggest.column import Column, columns_of
from connectors.suggest.found import CannotLook, Found
from connectors.suggest.graphql_types import INTROSPECTION, Field, Types, read_types
from connectors.suggest.tables_look import readable
from connectors.suggest.wanted import by_name
from connectors.web import Web

_DEEP = 2
_PAGE = 20
_MOST_FIELDS = 120
_SCALARS: Mapping[str, Any] = {"Boolean": "flag", "DateTime": "moment", "Date": "day"}


@dataclass(frozen=True, slots=True)
class _List:
    """A field of the query that gives a list of objects."""

    field: Field
    row: str
    """The type of its rows."""
    relay: bool
    """It has edges, nodes and a page's info."""

    @property
    def size(self) -> str | None:
        """The argument that says how many rows are wanted."""
        names = ("first", "limit", "size", "pageSize", "perPage", "batas", "jumlah")
        return next((each for each in names if each in self.field.arguments), None)

    @property
    def cursor(self) -> str | None:
        """The argument that takes a cursor."""
        return "after" if self.relay and "after" in self.field.arguments else None


async def look_at_graphql(asked: Asked) -> Found:
    """Ask for the types, then for one page without what is of persons; two requests."""
    address = asked.resolved().rstrip("/")
    web = asked.web(address)
    try:
        schema = (await _post(web, INTROSPECTION)).get("__schema")
        types = _types(schema)
        chosen = _choose(types)
        columns = list(_columns(types, chosen.row, "", 1))[:_MOST_FIELDS]
        asking = [each.path for each in readable(columns)]
        answer = await _post(web, _query(chosen, asking), {"size": _PAGE} if chosen.size else {})
    finally:
        await web.aclose()
    rows = _rows(answer.get(chosen.field.name), chosen)
    seen = {each.path: each for each in columns_of(rows)}
    return Found(
        kind="graphql",
        looked_at=f"its types, and {len(rows)} rows of `{chosen.field.name}`; what is of persons "
        "was not asked for",
        title=asked.source.replace("-", " ").title(),
        columns=[_filled(each, seen.get(each.path)) for each in columns],
        rows=len(rows),
        source=asked.web_lines(address),
        tables=_page(chosen),
        asks=lambda paths: _collection(chosen, paths),
    )


async def _post(
    web: Web, query: str, variables: Mapping[str, object] | None = None
) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    try:
        answer = decode(await web.post("", body))
    except NoJson:
        raise CannotLook("its answer is no JSON", "give the address of the endpoint") from None
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise CannotLook(
            "it does not answer an introspection query, or not this list",
            "ask its owner to switch introspection on for you, or write the table by hand",
        )
    return data


def _types(schema: object) -> Types:
    try:
        return read_types(schema)  # type: ignore[arg-type] # foreign data; what it lacks is told below
    except (KeyError, TypeError, AttributeError):
        raise CannotLook("it does not describe its types", "is it a GraphQL endpoint?") from None


def _choose(types: Types) -> _List:
    found = [
        each
        for field in types.objects.get(types.query, {}).values()
        for each in _lists(types, field)
    ]
    if not found:
        raise CannotLook("its query has no list of objects that needs no argument")
    return max(found, key=lambda each: _score(types, each))


def _lists(types: Types, field: Field) -> Iterator[_List]:
    if not field.is_free and not set(field.arguments) <= {"first", "after"}:
        return
    of = types.objects.get(field.kind.name)
    if of is None:
        return
    if field.kind.is_list:
        yield _List(field, field.kind.name, relay=False)
        return
    edge = types.objects.get(of["edges"].kind.name, {}) if "edges" in of else {}
    if "node" in edge and "pageInfo" in of:
        yield _List(field, edge["node"].kind.name, relay=True)


def _score(types: Types, listed: _List) -> float:
    fields: dict[str, float] = {}
    for column in _columns(types, listed.row, "", 1):
        for name, sure in by_name(column.path).items():
            fields[name] = max(fields.get(name, 0.0), sure)
    return sum(fields.values()) + (0.5 if listed.relay else 0)


def _columns(types: Types, kind: str, before: str, depth: int) -> Iterator[Column]:
    for field in types.objects.get(kind, {}).values():
        if field.kind.is_list or not field.is_free:
            continue
        path = f"{before}{field.name}"
        if field.kind.name in types.objects:
            if depth < _DEEP:
                yield from _columns(types, field.kind.name, f"{path}.", depth + 1)
            continue
        words = types.enums.get(field.kind.name, [])
        yield Column(path=path, declared=_SCALARS.get(field.kind.name), words=words)


def _filled(column: Column, seen: Column | None) -> Column:
    return column if seen is None else replace(column, values=seen.values)


def _query(listed: _List, paths: Sequence[str]) -> str:
    variables, given = [], []
    if listed.size:
        variables.append("$size: Int")
        given.append(f"{listed.size}: $size")
    if listed.cursor:
        kind = listed.field.arguments[listed.cursor].kind.name
        variables.append(f"$cursor: {kind}")
        given.append(f"{listed.cursor}: $cursor")
    head = f"query Simpul({', '.join(variables)})" if variables else "query Simpul"
    called = f"{listed.field.name}({', '.join(given)})" if given else listed.field.name
    chosen = _selection(paths)
    if listed.relay:
        chosen = f"edges {{ node {{ {chosen} }} }} pageInfo {{ hasNextPage endCursor }}"
    return f"{head} {{\n  {called} {{\n    {chosen}\n  }}\n}}"


def _selection(paths: Sequence[str]) -> str:
    nested: dict[str, list[str]] = {}
    for path in paths:
        first, _, rest = path.partition(".")
        nested.setdefault(first, []).extend([rest] if rest else [])
    return " ".join(
        f"{name} {{ {_selection(inner)} }}" if inner else name for name, inner in nested.items()
    )


def _rows(found: Any, listed: _List) -> list[dict[str, Any]]:
    if listed.relay and isinstance(found, dict):
        edges = found.get("edges")
        found = [each.get("node") for each in edges if isinstance(each, dict)] if edges else []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _collection(listed: _List, paths: Sequence[str]) -> list[str]:
    name = listed.field.name
    lines = ['query = """', *_query(listed, paths).splitlines(), '"""']
    lines.append(toml.line("rows", toml.text(f"{name}.edges" if listed.relay else name)))
    if listed.relay:
        lines.append(toml.line("row", '"node"'))
    return lines


def _page(listed: _List) -> list[str]:
    lines = []
    if listed.size:
        lines.append(toml.line("size", '"size"'))
        why = "a guess: what it gives at once; a larger page costs fewer requests"
        lines.append(toml.line("max_size", str(_PAGE), why))
    if listed.cursor:
        info = f"{listed.field.name}.pageInfo"
        lines.append(toml.line("cursor", '"cursor"'))
        lines.append(toml.line("next", toml.text(f"{info}.endCursor")))
        lines.append(toml.line("more", toml.text(f"{info}.hasNextPage")))
    return ["", "[page]", *lines] if lines else []
