from pathlib import Path

from sandbox.vocabulary import TABLES, rows, write_generated
from sandbox.world.agencies import agencies
from sandbox.world.categories import categories
from sandbox.world.places import atlas


def test_generated_tables_are_up_to_date(tmp_path: Path) -> None:
    """The committed tables are what `python -m sandbox tables` writes."""
    write_generated(tmp_path)

    for path in tmp_path.iterdir():
        assert path.read_bytes() == (TABLES / path.name).read_bytes()


def test_every_word_means_something_that_exists() -> None:
    """Agencies, regions and categories named in the tables are in the world."""
    for table in (
        "sp4n-agencies",
        "pu-units",
        "kaltim-opd",
        "dki-units",
        "atrbpn-units",
        "kemensos-units",
        "surabaya-units",
        "pln-units",
        "jateng-agencies",
    ):
        assert {row["canonical"] for row in rows(table)} <= set(agencies())
    for table in (
        "pu-problems",
        "kaltim-categories",
        "dki-categories",
        "atrbpn-services",
        "jateng-services",
        "kupang-fields",
        "simda-fields",
        "kemensos-services",
        "surabaya-topics",
        "pln-services",
    ):
        assert {int(row["category"]) for row in rows(table)} <= set(categories())
    assert {row["canonical"] for row in rows("kaltim-regions")} <= set(atlas().regions)


def test_national_codes_are_unambiguous() -> None:
    """No two agencies share a code in the national system."""
    codes = [agency.sp4n for agency in agencies().values()]

    assert len(codes) == len(set(codes))


def test_links_between_agencies_lead_somewhere() -> None:
    """Parents, predecessors and successors exist, and ministries of charge are agencies."""
    known = agencies()
    for agency in known.values():
        named = {agency.parent, agency.predecessor, *agency.successors.split(";")} - {""}
        assert named <= set(known), agency.code
    assert {category.ministry for category in categories().values()} <= set(known)
    assert len([category for category in categories().values() if not category.parent]) == 38
