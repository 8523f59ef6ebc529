import csv
from pathlib import Path

from sandbox.systems.registry.publish import editions, publish
from tests.sandbox.conftest import AS_OF
from tests.sandbox.running import Sandbox


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_both_editions_know_the_ministries_of_their_day(sandbox: Sandbox) -> None:
    """The older edition has the ministries before the cabinet of 2024, the current one both."""
    folder = Path(sandbox.manifest["systems"]["registry"]["path"])
    older = {row["code"]: row for row in _rows(folder, "agencies.2024-01-01")}
    current = {row["code"]: row for row in _rows(folder, "agencies.2026-11-01")}

    assert "kempupr" in older
    assert not older["kempupr"]["valid_to"]
    assert "kemenpu" not in older
    assert current["kempupr"]["valid_to"] == "2024-10-20"
    assert current["kempupr"]["successors"] == "kemenpu;kemenpkp"
    assert current["kemenpu"]["valid_from"] == "2024-10-21"


def test_every_parent_stands_in_its_edition(sandbox: Sandbox) -> None:
    """No edition names a parent that did not exist on its day."""
    folder = Path(sandbox.manifest["systems"]["registry"]["path"])
    for name in ("agencies.2024-01-01", "agencies.2026-11-01"):
        rows = _rows(folder, name)
        assert {row["parent"] for row in rows} - {""} <= {row["code"] for row in rows}


def test_every_province_has_its_nodes(sandbox: Sandbox) -> None:
    """Each of 38 provinces has a verifier, a supervisor and a coordinator that exist."""
    folder = Path(sandbox.manifest["systems"]["registry"]["path"])
    agencies = {row["code"] for row in _rows(folder, "agencies.2026-11-01")}
    nodes = _rows(folder, "nodes.2026-11-01")

    for role in ("VERIFIER", "SUPERVISOR", "COORDINATOR"):
        assert len({node["province"] for node in nodes if node["role"] == role}) == 38
    assert {node["agency"] for node in nodes} <= agencies


def test_regions_form_a_tree(sandbox: Sandbox) -> None:
    """38 provinces, 514 regencies and cities, and districts below them."""
    folder = Path(sandbox.manifest["systems"]["registry"]["path"])
    regions = _rows(folder, "regions.2026-11-01")
    codes = {row["code"] for row in regions}

    assert sum(row["level"] == "PROVINCE" for row in regions) == 38
    assert sum(row["level"] in {"REGENCY", "CITY"} for row in regions) == 514
    assert all(row["parent"] in codes for row in regions if row["parent"])


def test_no_edition_is_later_than_the_day(tmp_path: Path) -> None:
    """Whatever the day, file dates are not after it, and nothing in them was active later."""
    day = AS_OF.replace(year=2023, day=15)
    publish(day, tmp_path)

    assert all(edition <= day for edition in editions(day))
    for row in _rows(tmp_path, "agencies.2023-11-01"):
        assert row["last_active_at"][:10] < "2023-11-01"
