"""`simpul sources suggest`: look at a system, write a first table, say what is left to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from connectors.problems import ConfigurationError, Problem
from connectors.registry import load
from connectors.suggest.asked import Asked
from connectors.suggest.look import suggest

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first source table, and what a person has still to say."""

    text: str
    left: Sequence[Problem]


async def suggestion(asked: Asked, today: date) -> Suggestion:
    """Look at what was *asked*; raises `CannotLook`."""
    text = await suggest(asked, today)
    return Suggestion(text, _left(text, asked.environ, asked.base))


def id_of(where: str) -> str:
    """Make an id for a source out of its address or path."""
    if where.startswith("env:"):
        words = re.sub(r"^SIMPUL_|_(?:URL|DSN|PATH)$", "", where.removeprefix("env:"))
    else:
        parts = urlsplit(where)
        words = parts.hostname or "" if parts.scheme else Path(where).stem
    slug = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")[:_LONGEST].strip("-")
    return slug if re.match(r"[a-z]", slug) else f"source-{slug}".strip("-")[:_LONGEST]


def _left(text: str, environ: Mapping[str, str], folder: Path) -> Sequence[Problem]:
    try:
        load(text, environ, folder=folder)
    except ConfigurationError as error:
        return error.problems
    return ()
