import csv
import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from sandbox.systems.kupang.publish import MONTHS
from tests.sandbox.conftest import AS_OF
from tests.sandbox.running import Sandbox


@pytest.fixture
def folder(further: Sandbox) -> Path:
    return Path(further.manifest["systems"]["kupang"]["path"])


def test_every_year_is_a_file_of_its_own_make(folder: Path) -> None:
    """CSV of two kinds, then a workbook with a sheet of sums before the table."""
    names = sorted(path.name for path in folder.iterdir())
    with (folder / f"aduan-{AS_OF.year - 1}.csv").open(encoding="utf-8-sig") as lines:
        middle = list(csv.reader(lines))
    with (folder / f"aduan-{AS_OF.year - 2}.csv").open(encoding="utf-8-sig") as lines:
        early = list(csv.reader(lines))

    assert names == [f"aduan-{AS_OF.year - back}.csv" for back in (3, 2, 1)] + [
        f"aduan-{AS_OF.year}.xlsx"
    ]
    assert early[0][0] == "No. Register"
    assert [len(line) for line in middle[:3]] == [1, 1, 0]
    assert set(middle[3]) - set(early[0])
    with CalamineWorkbook.from_path(folder / names[-1]) as book:
        assert book.sheet_names == ["Rekap", "Aduan"]
        assert len(book.get_sheet_by_name("Aduan").merged_cell_ranges or ()) > 5


def test_days_are_words(folder: Path) -> None:
    """`3 Februari 2026`, in every row."""
    pattern = re.compile(rf"[1-9]\d? ({'|'.join(MONTHS)}) 20\d\d")
    with (folder / f"aduan-{AS_OF.year - 2}.csv").open(encoding="utf-8-sig") as lines:
        days = [row["Tanggal Masuk"] for row in csv.DictReader(lines)]

    assert days
    assert all(pattern.fullmatch(day) for day in days)


def test_the_files_hold_what_the_truth_knows(further: Sandbox, folder: Path) -> None:
    """Every row of the truth is in one of them, and no other."""
    known = {row["id"] for it in further.truth() for row in it["rows"] if row["system"] == "kupang"}
    found: list[str] = []
    for path in folder.iterdir():
        if path.suffix == ".csv":
            found += re.findall(
                r"^(?:.*,)?(\d{3}/ADUAN/\d{4}),", path.read_text("utf-8-sig"), re.MULTILINE
            )
        else:
            with CalamineWorkbook.from_path(path) as book:
                cells = [row[0] for row in book.get_sheet_by_name("Aduan").to_python()]
            found += [cell for cell in cells if isinstance(cell, str) and "/ADUAN/" in cell]

    assert sorted(found) == sorted(known)
    assert len(known) > 100
