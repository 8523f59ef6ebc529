"""What a person does with a suggestion: edits a few lines, checks it, lists its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.check import Checked, check_sources
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.problems import ConfigurationError
from connectors.registry import load
from connectors.suggest.asked import Asked
from connectors.suggest.look import suggest
from tests.connectors.suite import read_pages

DAY = date(2026, 11, 24)


def suggestion(where: str, environ: Mapping[str, str], **more: Any) -> str:
    """Look at *where* as `simpul sources suggest` does."""
    asked = Asked(where=where, source="x", environ=environ, **more)
    return asyncio.run(suggest(asked, DAY))


def edited(text: str, diff: str) -> tuple[str, int]:
    """Apply *diff*: each `-` names the one line that begins so, `+` what stands there instead.

    Gives the text, and how many lines a person had to touch.
    """
    lines = text.splitlines()
    touched = 0
    at = -1
    pending = False
    for change in diff.strip().splitlines():
        mark, written = change[0], change[1:].strip()
        if mark == "-":
            found = [n for n, line in enumerate(lines) if line.startswith(written)]
            assert len(found) == 1, f"{len(found)} lines begin with {written}"
            at = found[0]
            del lines[at]
            touched += 1
            pending = True
        else:
            lines.insert(at, written)
            at += 1
            touched += not pending
            pending = False
    return "\n".join(lines) + "\n", touched


@dataclass(frozen=True)
class Listed:
    """What a configuration gave."""

    checked: tuple[Checked, ...]
    rows: list[ComplaintRecord]


async def listing(text: str, environ: Mapping[str, str], folder: Path | None = None) -> Listed:
    """Check every source of *text*, then read all its complaints."""
    (source,) = load(text, environ, folder=folder)
    try:
        checked = await check_sources([source])
        pages = await read_pages(source.connector, SourceQuery())
    finally:
        await source.connector.aclose()
    rows = [row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)]
    return Listed(checked, rows)


def listed(text: str, environ: Mapping[str, str], folder: Path | None = None) -> Listed:
    """Do so within a loop of its own."""
    return asyncio.run(listing(text, environ, folder))


def left_words(text: str, environ: Mapping[str, str]) -> list[str]:
    """Give the words of code tables that are left to a person."""
    with pytest.raises(ConfigurationError) as told:
        load(text, environ)
    return [
        each.path.partition(".words.")[2] for each in told.value.problems if ".words." in each.path
    ]


def filled(text: str, words: list[str]) -> str:
    """Say of each of *words* what a person might."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line.partition(" = ")[0].strip('"') in words and '"?"' in line:
            lines[at] = line.replace('"?"', '"IN_PROGRESS"', 1)
    return "\n".join(lines) + "\n"
