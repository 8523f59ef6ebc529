"""Read how a REST source cuts its lists into pages."""

from __future__ import annotations

from typing import Literal

from connectors.rest_settings import PageStyle
from connectors.settings_reader import SettingsReader


def read_page(reader: SettingsReader) -> PageStyle:
    """Read how a list is cut; without a table, it is not."""
    table = reader.section("page")
    if table is None:
        return PageStyle(style="none")
    style: Literal["number", "offset", "cursor", "link"] = "number"
    match table.choice("style", ("number", "offset", "cursor", "link")):
        case "offset" | "cursor" | "link" as other:
            style = other
    found = PageStyle(
        style=style,
        param=table.text("param") if style != "link" else "",
        size_param=table.optional_text("size_param"),
        max_size=table.whole("max_size", 100, most=100_000),
        next=table.text("next") if style == "cursor" else "",
        first=_first(table) if style == "number" else 0,
    )
    table.finish()
    return found


def _first(table: SettingsReader) -> int:
    value = table.raw("first")
    if value in (None, 0, 1) and not isinstance(value, bool):
        return 1 if value is None else int(str(value))
    table.problem("first", "the first page has number 0 or 1")
    return 1
