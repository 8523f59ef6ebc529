"""Ask an address that does not tell what it is, once: an OpenAPI document, or a plain list."""

from __future__ import annotations

from connectors.contract.errors import SourceError
from connectors.json_lists import lists_in
from connectors.json_text import NoJson, decode
from connectors.suggest import toml_text as toml
from connectors.suggest.asked import Asked
from connectors.suggest.found import CannotLook
from connectors.web import NotAccepted
from connectors.web_addresses import INSIDE

BY_HAND = "write the table by hand, as **REST** in docs/connectors.md"


async def kind_by_answer(asked: Asked, untold: CannotLook) -> str:
    """Give the kind of what *asked* for answers as; raises *untold*, or what says more.

    Of a list the keys are named at which it stands, nothing that stands in its rows.
    """
    web = asked.web(asked.resolved())
    try:
        document = decode(await web.get("", ()))
    except SourceError as error:
        message = error.message.partition("; hint: ")[0]
        if message == INSIDE:
            raise
        # What stands below another address, or is asked with POST, refuses this.
        hint = f"{untold.hint}; or see --token" if isinstance(error, NotAccepted) else untold.hint
        raise CannotLook(f"{untold.message}, nor does its answer: {message}", hint) from None
    except NoJson:
        raise untold from None
    finally:
        await web.aclose()
    if isinstance(document, dict) and document.keys() & {"openapi", "swagger"}:
        return "openapi"
    if isinstance(document, list) and document and isinstance(document[0], dict):
        raise CannotLook("it answers a plain JSON list of objects", f"{BY_HAND}, without `rows`")
    found = lists_in(document)
    if not found:
        raise untold
    where = ", ".join(f"`{each}`" for each in found)
    hint = f"{BY_HAND}, with `rows = {toml.text(found[0])}`"
    raise CannotLook(f"it answers plain JSON with a list of objects at {where}", hint)
