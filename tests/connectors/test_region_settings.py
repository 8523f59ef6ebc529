"""Whatever the settings say, a complaint's region is a code that masks can cut, or none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.problems import ConfigurationError
from connectors.registry import load

SETTINGS = """
[sources.a]
kind = "sheet"
path = "."
[sources.a.codes.region]
version = "1"
words = {{ Samarinda = "{meaning}" }}
[sources.a.collections.complaints]
files = "aduan.csv"
[sources.a.collections.complaints.mapping]
local_id = "nomor"
submitted_at = "masuk"
region = {rule}
"""
RULE = "sources.a.collections.complaints.mapping.region"


def regions(folder: Path, rule: str, *written: str, meaning: str = "64.72") -> list[str | None]:
    rows = "".join(f"{at},2026-01-01,{each}\n" for at, each in enumerate(written))
    (folder / "aduan.csv").write_text(f"nomor,masuk,wilayah\n{rows}", "utf-8")
    (source,) = load(SETTINGS.format(rule=rule, meaning=meaning), {}, folder=folder)
    page = asyncio.run(source.connector.fetch(SourceQuery()))
    found = {row.local_id: row.region for row in page.rows if isinstance(row, ComplaintRecord)}
    return [found[at] for at in sorted(found)]


@pytest.mark.parametrize(
    "rule", ['"wilayah"', '{ path = "wilayah" }', '{ path = "wilayah", form = "region" }']
)
def test_a_region_is_read_as_a_code_whether_or_not_its_form_is_told(
    tmp_path: Path, rule: str
) -> None:
    """A code without dots gets them, what is none is none: nothing stays as it stands."""
    found = regions(tmp_path, rule, "6472011001", "64.72.01", "64-72-01", "Kel. Sidodadi", "")

    assert found == ["64.72.01.1001", "64.72.01", None, None, None]


@pytest.mark.parametrize(
    ("rule", "meaning", "path"),
    [
        ('{ path = "wilayah", codes = "region" }', "6472011001", f"{RULE}.codes"),
        ('{ path = "wilayah", codes = "region" }', "Kota Samarinda", f"{RULE}.codes"),
        ('{ path = "wilayah", codes = "region", form = "region" }', "Samarinda", f"{RULE}.codes"),
        ('{ value = "6472011001" }', "64.72", f"{RULE}.value"),
        ('{ value = "Samarinda" }', "64.72", f"{RULE}.value"),
    ],
)
def test_what_settings_call_a_region_is_its_code(
    tmp_path: Path, rule: str, meaning: str, path: str
) -> None:
    """Meanings of tables and what all rows have in common are checked when settings are read."""
    with pytest.raises(ConfigurationError) as raised:
        regions(tmp_path, rule, meaning=meaning)

    (problem,) = raised.value.problems
    assert (problem.path, problem.hint) == (path, 'write it like "64" or "64.72"')
    assert "no region code" in problem.message


def test_tables_and_values_that_are_codes_pass(tmp_path: Path) -> None:
    """With the form, also the meanings of tables get their dots."""
    table = '{ path = "wilayah", codes = "region" }'
    formed = '{ path = "wilayah", codes = "region", form = "region" }'

    assert regions(tmp_path, table, "Samarinda", "Bontang") == ["64.72", None]
    assert regions(tmp_path, formed, "Samarinda", meaning="6472") == ["64.72"]
    assert regions(tmp_path, '{ value = "64.72" }', "x") == ["64.72"]
