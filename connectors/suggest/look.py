"""Look at a system, whatever it is: find its kind, look, and write the draft."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from connectors.contract.errors import SourceError
from connectors.suggest.answer_look import BY_HAND, kind_by_answer
from connectors.suggest.asked import SECONDS, Asked
from connectors.suggest.draft import draft
from connectors.suggest.found import CannotLook, Found
from connectors.suggest.geo_look import look_at_georeport
from connectors.suggest.graphql_look import look_at_graphql
from connectors.suggest.mysql_look import look_at_mysql
from connectors.suggest.openapi_look import look_at_openapi
from connectors.suggest.postgres_look import look_at_postgres
from connectors.suggest.sheet_look import look_at_sheets
from connectors.web_addresses import INSIDE

Look = Callable[[Asked], Awaitable[Found]]


class NotTold(CannotLook):
    """An address of the web does not tell what stands there."""


async def _sheets(asked: Asked) -> Found:
    return await asyncio.to_thread(look_at_sheets, Path(asked.resolved()), asked.base)


KINDS: Mapping[str, Look] = {
    "sheet": _sheets,
    "postgres": look_at_postgres,
    "mysql": look_at_mysql,
    "openapi": look_at_openapi,
    "graphql": look_at_graphql,
    "open311": look_at_georeport,
}


async def suggest(asked: Asked, today: date) -> str:
    """Give a first source table for what was *asked*, as TOML; raises `CannotLook`.

    It reads only, a bounded sample, within half a minute.
    """
    try:
        async with asyncio.timeout(SECONDS):
            found = await KINDS[await _kind(asked)](asked)
    except SourceError as error:
        raise _untold(error) from None
    except TimeoutError:
        raise CannotLook(f"it did not answer within {SECONDS:g} s") from None
    if not found.columns:
        raise CannotLook("it has no columns that can be read", "is it the right list or table?")
    return draft(found, asked.source, today)


async def _kind(asked: Asked) -> str:
    if asked.kind is not None:
        return asked.kind
    try:
        return kind_of(asked.resolved())
    except NotTold as untold:
        return await kind_by_answer(asked, untold)


def _untold(error: SourceError) -> CannotLook:
    """Say why a system cannot be looked at, and which option of the command helps."""
    message, _, hint = error.message.partition("; hint: ")
    if message == INSIDE:
        hint = "if you mean it to, add the network: --network 127.0.0.0/8 is this machine"
    hint = hint or "is the address right? see --token"
    return CannotLook(f"it cannot be looked at: {message}", hint)


def kind_of(where: str) -> str:
    """Tell the kind of a system by its address or path; raises `NotTold`."""
    scheme = urlsplit(where).scheme
    if scheme in ("postgres", "postgresql"):
        return "postgres"
    if scheme in ("mysql", "mariadb"):
        return "mysql"
    if scheme not in ("http", "https"):
        return "openapi" if where.casefold().endswith(".json") else "sheet"
    path = urlsplit(where).path.casefold()
    if "graphql" in path:
        return "graphql"
    if path.endswith(".json") or "openapi" in path or "swagger" in path:
        return "openapi"
    raise NotTold(
        "its address does not tell what it is",
        "add --kind open311, --kind graphql or --kind openapi; if it answers a plain JSON list, "
        f"{BY_HAND}",
    )
