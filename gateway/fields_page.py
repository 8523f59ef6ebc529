"""`docs/fields.md`: what a mapping can give, and which words it may mean, written from the code."""

from __future__ import annotations

import ast
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Final

from connectors.contract import records, vocabulary
from connectors.contract.records import RECORDS
from connectors.fields import (
    FIELDS,
    PERSONAL,
    REQUIRED,
    SAYS_UNKNOWN,
    UNKNOWN_WORD,
    VOCABULARIES,
    Shape,
)

_HOLDS: Final = {
    Shape.ID: "an id, as it stands",
    Shape.TRACKING: "a national tracking number",
    Shape.CODE: "a code",
    Shape.CODES: "several codes in a list or text",
    Shape.TRACKINGS: "several tracking numbers in a list or text",
    Shape.PERIODS: "a list of what held when",
    Shape.TEXT: "text",
    Shape.FLAG: "yes or no",
    Shape.NUMBER: "a number",
    Shape.MOMENT: "a date with its time",
    Shape.DAY: "a day",
}
"""Shape to what stands in such a field."""


def documented() -> str:
    """Give the page as `docs/fields.md` keeps it."""
    lines = [
        "# Fields and words",
        "",
        "Written from `connectors/fields.py` and what it names; `make docs` renews it.",
        "Which fields a `mapping` can give for each collection, and which words codes may mean.",
        "`docs/connectors.md` tells how both are written.",
        "A row without a field that is *needed* is rejected.",
        "",
        "## Fields",
    ]
    unknown = ", ".join(f"`{each}`" for each in sorted(SAYS_UNKNOWN))
    notes = _notes(records)
    for collection, fields in FIELDS.items():
        lines += ["", f"### `{collection}`", "", "| field | holds | |", "|---|---|---|"]
        told = notes[RECORDS[collection].__name__]
        lines += [
            f"| `{name}` | {_held(collection, name, shape)} | {_noted(collection, name, told)} |"
            for name, shape in fields.items()
        ]
    lines += [
        "",
        "## Words",
        "",
        "A word of a source that no table has is counted, and told by `simpul sources check`.",
        f"It becomes `UNKNOWN` ({unknown}), a `NOTE` (what happened), else null.",
        "Codes of agencies, regions, categories and channels are those of the reference data.",
    ]
    meanings = _notes(vocabulary)
    for words in dict.fromkeys(VOCABULARIES.values()):
        lines += ["", f"### {_title(words)}", "", "| word | |", "|---|---|"]
        told = meanings[words.__name__]
        lines += [
            f"| `{each}` | {told.get(each.name, '')} |" for each in words if each != UNKNOWN_WORD
        ]
    return "\n".join(lines) + "\n"


def _title(words: type[StrEnum]) -> str:
    where = [
        f"`{field}` of {name}" for (name, field), held in VOCABULARIES.items() if held is words
    ]
    return ", ".join(where)


def _held(collection: str, name: str, shape: Shape) -> str:
    words = VOCABULARIES.get((collection, name))
    if words is None:
        return _HOLDS[shape]
    return f"{_HOLDS[shape]}, of the words below"


def _noted(collection: str, name: str, told: dict[str, str]) -> str:
    parts = ["needed"] if name in REQUIRED[collection] else []
    if name in PERSONAL:
        parts.append("of a person")
    if name in told:
        parts.append(told[name])
    return "; ".join(parts)


def _notes(module: ModuleType) -> dict[str, dict[str, str]]:
    """Give what stands below each attribute of each class of *module*."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    return {each.name: _notes_of(each.body) for each in tree.body if isinstance(each, ast.ClassDef)}


def _notes_of(body: list[ast.stmt]) -> dict[str, str]:
    found = {}
    for stated, below in pairwise(body):
        match stated, below:
            case (
                (ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found
