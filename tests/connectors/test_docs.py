"""The examples in the documentation work."""

from __future__ import annotations

import re

import pytest

from connectors.fields import FIELDS, UNKNOWN_WORD, VOCABULARIES
from connectors.registry import load
from tests.connectors.outside import ROOT

TEXT = (ROOT / "docs" / "connectors.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
ENVIRON = {
    "KOTA_URL": "https://aduan.example.go.id/api",
    "KOTA_TOKEN": "x",
    "SIMDA_DSN": "mysql://x@127.0.0.1/x",
    "KEMENTERIAN_DSN": "postgresql://x@127.0.0.1/x",
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_well_configured(example: str) -> None:
    """It loads without a mistake, with the variables that it names."""
    assert len(load(example, ENVIRON)) == 1


def test_there_are_examples_of_every_kind() -> None:
    """REST, PostgreSQL, MariaDB, sheets and Open311; and every collection is named."""
    assert {re.findall(r'kind = "(\w+)"', each)[0] for each in EXAMPLES} == {
        "rest", "postgres", "mysql", "sheet", "graphql",
        "open311",
    }  # fmt: skip
    assert all(f"`{collection}`" in TEXT for collection in FIELDS)


def test_every_field_and_word_is_listed() -> None:
    """Whoever writes a mapping finds each of them on one page, and the way to it."""
    page = (ROOT / "docs" / "fields.md").read_text("utf-8")
    words = {word for held in VOCABULARIES.values() for word in held} - {UNKNOWN_WORD}

    assert "](fields.md)" in TEXT
    for collection, fields in FIELDS.items():
        _, _, section = page.partition(f"### `{collection}`\n")
        assert re.findall(r"^\| `(\w+)`", section.partition("\n#")[0], re.MULTILINE) == [*fields]
    assert {each for each in words if f"| `{each}` |" not in page} == set()
