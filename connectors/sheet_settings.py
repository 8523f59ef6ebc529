"""What the settings say of a source that is a folder of sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from connectors.contract.capabilities import Collection
from connectors.rules import Rules
from connectors.sheet_header import HeadRule


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCollection:
    """One collection, in one or several files."""

    rules: Rules
    can: Collection
    files: str | None = None
    """A pattern within the folder; None if the source is one file."""
    pick: Literal["newest", "all"] = "newest"
    """The edition with the latest date in its name, or all files together."""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    sheet: str | None = None
    """Of a workbook: the sheet's name; None for the first."""
    head: HeadRule = field(default_factory=HeadRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSettings:
    """A folder of sheets, or one sheet."""

    name: str
    path: Path
    collections: Mapping[str, SheetCollection]
    max_rows: int = 200_000
    max_bytes: int = 256 * 1024 * 1024
