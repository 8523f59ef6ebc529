"""Look at an OpenAPI document, in a file or at an address; the system itself is not asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.json_text import NoJson, decode
from connectors.references import is_reference
from connectors.settings_reader import LEFT_OPEN
from connectors.suggest import toml_text as toml
from connectors.suggest.asked import MOST_BYTES, Asked
from connectors.suggest.found import CannotLook, Found
from connectors.suggest.openapi_schema import Listing, listings
from connectors.suggest.wanted import by_name

_PAGES = ("page", "halaman", "p", "pagenumber", "page_number", "nomor_halaman")
_OFFSETS = ("offset", "skip", "mulai", "start")
_CURSORS = ("cursor", "kursor", "after", "page_token", "sesudah")
_SIZES = ("limit", "size", "per_page", "page_size", "pagesize", "per_halaman", "batas", "jumlah")


async def look_at_openapi(asked: Asked) -> Found:
    """Read the document and choose the list whose rows most look like complaints."""
    where = asked.resolved()
    document = await _document(asked, where)
    found = list(listings(document))
    if not found:
        raise CannotLook("no GET in it answers a list", "write the table by hand")
    best = max(found, key=_score)
    base = _base(document, where)
    return Found(
        kind="rest",
        looked_at=f"an OpenAPI document: {best.path}, of {len(found)} lists; no row was read",
        title=str(_mapping(document.get("info")).get("title") or asked.source.title()),
        columns=best.columns,
        rows=0,
        source=_source(asked, base),
        collection=_collection(best),
        tables=_page(best),
    )


async def _document(asked: Asked, where: str) -> Mapping[str, Any]:
    if urlsplit(where).scheme in ("http", "https"):
        web = asked.web(where)
        try:
            body = await web.get("", ())
        finally:
            await web.aclose()
    else:
        body = await asyncio.to_thread(_file, Path(where))
    try:
        document = decode(body)
    except NoJson:
        raise CannotLook(
            "the document is no JSON", "most systems give openapi.json beside openapi.yaml"
        ) from None
    if not isinstance(document, dict) or not document.keys() & {"openapi", "swagger"}:
        raise CannotLook(
            'the document is no OpenAPI document: it has no "openapi" in it',
            "if it is the list itself, write the table by hand, as **REST** in docs/connectors.md",
        )
    return document


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CannotLook(f"{path.name} is larger than {MOST_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise CannotLook(f"{path} cannot be read ({type(error).__name__})") from None


def _score(listing: Listing) -> float:
    fields: dict[str, float] = {}
    for column in listing.columns:
        for field, sure in by_name(column.path).items():
            fields[field] = max(fields.get(field, 0.0), sure)
    return sum(fields.values())


def _base(document: Mapping[str, Any], where: str) -> str:
    servers = document.get("servers")
    url = ""
    if isinstance(servers, list) and servers and isinstance(servers[0], dict):
        url = str(servers[0].get("url") or "")
    if urlsplit(where).scheme in ("http", "https"):
        # An address of its own, or one as seen from the document.
        url = urljoin(where, url or "/")
    return url.rstrip("/") if urlsplit(url).scheme in ("http", "https") else ""


def _source(asked: Asked, base: str) -> list[str]:
    lines = [each for each in asked.web_lines(base) if not each.startswith("base_url")]
    if not base:
        why = "left to you: the document does not say where the system is"
        return [toml.line("base_url", toml.text(LEFT_OPEN), why), *lines]
    why = (
        "likely: the document says so" if not is_reference(asked.where) else "the document says so"
    )
    return [toml.line("base_url", toml.text(base), why), *lines]


def _collection(listing: Listing) -> list[str]:
    lines = [
        toml.line("path", toml.text(listing.path), "likely: its rows look most like complaints")
    ]
    if listing.rows:
        lines.append(toml.line("rows", toml.text(listing.rows)))
    if listing.total:
        why = "likely: its name; switch it off if it counts a page only"
        lines.append(toml.line("total", toml.text(listing.total), why))
    known = {*_PAGES, *_OFFSETS, *_CURSORS, *_SIZES}
    filters = [toml.comment(name) for name in listing.params if name.casefold() not in known]
    if filters:
        lines.append(
            f"# it takes {', '.join(filters)}: filters, once `simpul sources probe` agrees"
        )
    return lines


def _page(listing: Listing) -> list[str]:
    found = {each.casefold(): each for each in listing.params}
    first = {
        style: next((found[each] for each in names if each in found), None)
        for style, names in (("cursor", _CURSORS), ("number", _PAGES), ("offset", _OFFSETS))
    }
    style = next((each for each, name in first.items() if name), None)
    if style is None or (style == "cursor" and listing.next is None):
        return []
    lines = ["", "[page]", toml.line("style", toml.text(style), "likely: its parameters")]
    lines.append(toml.line("param", toml.text(first[style] or "")))
    if style == "cursor":
        lines.append(toml.line("next", toml.text(listing.next or "")))
    size = next((found[each] for each in _SIZES if each in found), None)
    if size is not None:
        lines.append(toml.line("size_param", toml.text(size)))
        schema = _mapping(listing.params[size].get("schema")) or listing.params[size]
        most = schema.get("maximum")
        if isinstance(most, int) and most > 0:
            lines.append(toml.line("max_size", str(most), "sure: the document says so"))
        else:
            lines.append(toml.line("max_size", "50", "a guess: the document names no maximum"))
    return lines


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
