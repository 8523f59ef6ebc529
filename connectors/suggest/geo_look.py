"""Look at an Open311 GeoReport service: its list of services and one page of requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.json_text import NoJson, decode
from connectors.settings_reader import LEFT_OPEN
from connectors.suggest import toml_text as toml
from connectors.suggest.asked import Asked
from connectors.suggest.column import Column, columns_of
from connectors.suggest.found import CannotLook, Found
from connectors.web import Absent, Web

_ROWS = 1000
_SERVICE = "service_code"


async def look_at_georeport(asked: Asked) -> Found:
    """Ask for `services.json` and for the latest `requests.json`; two requests."""
    address = asked.resolved().rstrip("/")
    web = asked.web(address)
    try:
        services = await _services(web)
        rows = (await _list(web, "/requests.json"))[:_ROWS]
    finally:
        await web.aclose()
    columns = [_with_services(each, services) for each in columns_of(rows)]
    known = {each.path for each in columns}
    columns += [Column(path=each) for each in _SPECIFIED if each not in known and not rows]
    return Found(
        kind="open311",
        looked_at=f"services.json ({len(services)}) and requests.json ({len(rows)})",
        title=asked.source.title(),
        columns=columns,
        rows=len(rows),
        source=[
            *asked.web_lines(address),
            toml.line("since", toml.text(LEFT_OPEN), "left to you: the first request's day"),
            toml.line(
                "page",
                '{ param = "page", size_param = "page_size", max_size = 50 }',
                "if it has pages; the specification knows none",
                off=True,
            ),
        ],
        time_needed=True,
    )


_SPECIFIED = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "requested_datetime", "updated_datetime", "address", "lat", "long",
)  # fmt: skip


async def _services(web: Web) -> Mapping[str, str]:
    try:
        found = await _list(web, "/services.json")
    except Absent:
        return {}
    return {
        str(each[_SERVICE]): str(each.get("service_name", "")) for each in found if _SERVICE in each
    }


async def _list(web: Web, path: str) -> list[dict[str, Any]]:
    try:
        found = decode(await web.get(path, ()))
    except NoJson:
        raise CannotLook(f"{path} is no JSON", "give the address under which it stands") from None
    if not isinstance(found, list):
        raise CannotLook(f"{path} is no list", "is it a GeoReport service?")
    return [each for each in found if isinstance(each, dict)]


def _with_services(column: Column, services: Mapping[str, str]) -> Column:
    if column.path != _SERVICE or not services:
        return column
    return replace(column, words=list(services), called=services)
