"""The category tree, with the published shares as weights."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Category:
    """One entry of the tree; `parent` is 0 at the top."""

    id: int
    parent: int
    name: str
    weight: int
    ministry: str


@cache
def categories() -> dict[int, Category]:
    """Read the tree once, by id."""
    path = Path(__file__).parent / "categories.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            int(row["id"]): Category(
                id=int(row["id"]),
                parent=int(row["parent"] or 0),
                name=row["name"],
                weight=int(row["weight"]),
                ministry=row["ministry"],
            )
            for row in csv.DictReader(lines)
        }


@cache
def top_of(category: int) -> int:
    """Give the top category above *category*."""
    tree = categories()
    while tree[category].parent:
        category = tree[category].parent
    return category


@cache
def leaves_of(top: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """List what lies below *top*, with weights."""
    below = [entry for entry in categories().values() if entry.parent and top_of(entry.id) == top]
    return tuple(entry.id for entry in below), tuple(entry.weight for entry in below)


@cache
def tops() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """List the top categories, with weights."""
    above = [entry for entry in categories().values() if not entry.parent]
    return tuple(entry.id for entry in above), tuple(entry.weight for entry in above)
