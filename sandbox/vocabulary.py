"""The systems' own words, read from the tables in `codes/` that are published beside the code."""

import csv
from functools import cache
from pathlib import Path

from sandbox.world.agencies import agencies
from sandbox.world.categories import categories

TABLES = Path(__file__).parent / "codes"


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """Read one table."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def words(table: str, *, key: str = "canonical", word: str = "word") -> dict[str, str]:
    """Give a table as canonical code to word; the first word wins."""
    found: dict[str, str] = {}
    for row in rows(table):
        if row[word]:
            found.setdefault(row[key], row[word])
    return found


def by_category(table: str, word: str) -> dict[int, tuple[str, int]]:
    """Give, for every category, the word used for it and what that word means."""
    own = {int(row["category"]): row[word] for row in reversed(rows(table))}
    tree = categories()
    found = {}
    for category in tree:
        at = category
        while at not in own and tree[at].parent:
            at = tree[at].parent
        at = at if at in own else 25
        found[category] = (own[at], at)
    return found


def write_generated(folder: Path) -> None:
    """Write the tables that follow from the world's agencies and categories."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sp4n-agencies.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("code", "canonical", "name"))
        for agency in agencies().values():
            table.writerow((agency.sp4n, agency.code, agency.name))
    with (folder / "jateng-agencies.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("word", "canonical"))
        for agency in agencies().values():
            if agency.code.startswith(("pemprov-33", "pemkab-33.", "pemkot-33.")):
                table.writerow((agency.name, agency.code))
    with (folder / "sp4n-categories.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("id", "parent", "name"))
        for category in categories().values():
            table.writerow((category.id, category.parent or "", category.name))
