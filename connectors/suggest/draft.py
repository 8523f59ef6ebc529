"""Write a first source table out of what was found, every guess marked."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from connectors.settings_reader import LEFT_OPEN
from connectors.suggest import toml_text as toml
from connectors.suggest.assign import assign
from connectors.suggest.code_tables import table
from connectors.suggest.found import Found
from connectors.suggest.mapping_lines import Mapping, mapping_lines
from connectors.suggest.meanings import NULLS
from connectors.words import fold

_HEAD = """\
# A first draft by `simpul sources suggest`, of {day}, for a person to finish.
# Looked at: {looked_at}.
#
# Each line says how sure it is: sure, likely or a guess.  "?" is left to you, and what begins with
# `#` is off.  Then: simpul sources check --config THIS-FILE
"""


def draft(found: Found, source: str, today: date) -> str:
    """Write the table of *source*, as TOML."""
    assigned = assign(found.columns)
    mapping = mapping_lines(assigned, time_needed=found.time_needed)
    here = f"sources.{source}.collections.complaints"
    lines = [
        *_HEAD.format(day=today, looked_at=toml.comment(found.looked_at)).splitlines(),
        "",
        f"[sources.{source}]",
        toml.line("kind", toml.text(found.kind)),
        toml.line("name", toml.text(found.title), "a guess: what people call it"),
        toml.line("agency", '"…"', "code of the agency that runs it, as in the registry", off=True),
        *found.source,
        *_clock(mapping),
        *_nulls(found, assigned.personal),
    ]
    if "secret" not in assigned.guesses:
        why = "no column says which rows are secret: all are. true: its owner says that none is"
        lines.append(toml.line("public_only", "false", why))
    collection = [*found.collection]
    if found.asks is not None:
        collection += found.asks([each.column.path for each in assigned.guesses.values()])
    if collection:
        lines += ["", f"[{here}]", *collection]
    for each in found.tables:
        lines.append(each.replace("[", f"[{here}.", 1) if each.startswith("[") else each)
    lines += ["", f"[{here}.mapping]", *mapping.lines]
    edition = f"{today:%Y-%m}"
    for field, guess in mapping.coded.items():
        lines += table(source, field, guess.column, edition)
    return "\n".join(lines) + "\n"


def _clock(mapping: Mapping) -> list[str]:
    if not mapping.needs_zone:
        return []
    zones = "WIB Asia/Jakarta, WITA Asia/Makassar, WIT Asia/Jayapura"
    some = ", ".join(mapping.without_zone)
    dates = f"the dates of {some}" if some else "its dates"
    why = f"left to you: whose clock do {dates} follow? {zones}"
    return [toml.line("time_zone", toml.text(LEFT_OPEN), why)]


def _nulls(found: Found, withheld: Container[str]) -> list[str]:
    seen = {
        text
        for column in found.columns
        if column.path not in withheld
        for text in column.counted
        if fold(text) in NULLS
    }
    if not seen:
        return []
    return [toml.line("nulls", toml.texts(sorted(seen)), "likely: what stands there for nothing")]
