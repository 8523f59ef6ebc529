"""Every agency that may have to answer: national, provincial, local, and their units."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.world.categories import categories, top_of
from sandbox.world.moments import CABINET_OF_2024
from sandbox.world.places import KALTIM, atlas

_HERE = Path(__file__).parent
_LOCAL_AFFAIRS = (
    2,
    3,
    4,
    7,
    8,
    9,
    10,
    11,
    15,
    16,
    17,
    19,
    22,
    24,
    25,
    26,
    27,
    28,
    30,
    31,
    35,
    36,
    37,
)
"""Top categories that any government of a province, regency or city answers."""

_YOUNG = {"93": "2022-07-25", "94": "2022-07-25", "95": "2022-07-25", "96": "2022-12-08"}
"""The provinces made in 2022 and since when they are; the Ombudsman has no office there."""

_NODE_UNITS = {
    "diskominfo": ("Dinas Komunikasi dan Informatika", "Diskominfo"),
    "inspektorat": ("Inspektorat Daerah", "Inspektorat"),
    "biro-organisasi": ("Biro Organisasi Sekretariat Daerah", "Biro Organisasi"),
}


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency as the registry would describe it, with its code in the national system."""

    code: str
    name: str
    short_name: str
    level: str
    parent: str
    region: str
    sp4n: str
    valid_from: str = ""
    valid_to: str = ""
    successors: str = ""
    predecessor: str = ""
    head_title: str = ""
    accepts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opd:
    """A provincial unit of Kalimantan Timur and the top categories it answers."""

    code: str
    kaltim_word: str
    categories: tuple[int, ...]


@cache
def opd() -> tuple[Opd, ...]:
    """List the provincial units of Kalimantan Timur."""
    return tuple(
        Opd(
            code=f"pemprov-{KALTIM}-{row['unit']}",
            kaltim_word=row["kaltim_word"],
            categories=tuple(int(top) for top in row["categories"].split(";")),
        )
        for row in _rows("opd.csv")
    )


@cache
def agencies() -> dict[str, Agency]:
    """List every agency by canonical code."""
    found = [*_national(), *_ombudsman_offices(), *_provincial(), *_local()]
    return {agency.code: agency for agency in found}


@cache
def sp4n_codes() -> dict[str, str]:
    """Give the national system's word for each canonical code."""
    return {agency.code: agency.sp4n for agency in agencies().values()}


def at_the_time(code: str, moment: int) -> str:
    """Name the agency that stood where *code* stands, as of *moment*."""
    agency = agencies()[code]
    if moment < CABINET_OF_2024 and agency.predecessor:
        return agency.predecessor
    return code


def local_government(regency: str) -> str:
    """Give the code of the government of *regency*."""
    kind = "pemkot" if atlas().regions[regency].level == "CITY" else "pemkab"
    return f"{kind}-{regency}"


@cache
def opd_for(top: int) -> str:
    """Give the provincial unit of Kalimantan Timur for a top category."""
    for unit in opd():
        if top in unit.categories:
            return unit.code
    return f"pemprov-{KALTIM}-biro-organisasi"


def is_public_works(code: str) -> bool:
    """Tell whether *code* belongs to the ministry whose tickets the `pu` system holds."""
    return code == "kempupr" or code.startswith("kemenpu")


def is_kaltim(code: str) -> bool:
    """Tell whether *code* works in the province system of Kalimantan Timur."""
    return code.startswith(("pemprov-64", "pemkab-64.", "pemkot-64."))


def ombudsman_office(province: str) -> str:
    """Give the Ombudsman's office for *province*; young provinces, and none, have the centre."""
    code = f"ombudsman-{province}"
    return code if code in agencies() else "ombudsman"


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _national() -> list[Agency]:
    charged: dict[str, set[int]] = {}
    for category in categories().values():
        charged.setdefault(category.ministry, set()).add(top_of(category.id))
    return [
        Agency(region="", accepts=tuple(sorted(charged.get(row["code"], ()))), **row)
        for row in _rows("agencies.csv")
    ]


def _ombudsman_offices() -> list[Agency]:
    return [
        Agency(
            code=f"ombudsman-{province.code}",
            name=f"Perwakilan Ombudsman RI Provinsi {province.name}",
            short_name=f"ORI {province.name}",
            level="UNIT",
            parent="ombudsman",
            region=province.code,
            sp4n=f"LN-001-{province.code}",
            head_title="Kepala Perwakilan",
        )
        for province in atlas().provinces()
        if province.code not in _YOUNG
    ]


def _provincial() -> list[Agency]:
    found = []
    for province in atlas().provinces():
        code = f"pemprov-{province.code}"
        young = _YOUNG.get(province.code, "")
        found.append(
            Agency(
                code=code,
                name=f"Pemerintah Provinsi {province.name}",
                short_name=f"Pemprov {province.name}",
                level="PROVINCE",
                parent="",
                region=province.code,
                sp4n=f"PD-{province.code}",
                valid_from=young,
                head_title="Gubernur",
                accepts=_LOCAL_AFFAIRS,
            )
        )
        units = dict(_NODE_UNITS)
        accepts: dict[str, tuple[int, ...]] = {}
        if province.code == KALTIM:
            for row in _rows("opd.csv"):
                units[row["unit"]] = (row["name"], row["short_name"])
                accepts[row["unit"]] = tuple(int(top) for top in row["categories"].split(";"))
        found.extend(
            Agency(
                code=f"{code}-{unit}",
                name=f"{name} Provinsi {province.name}",
                short_name=f"{short_name} {province.name}",
                level="UNIT",
                parent=code,
                region=province.code,
                sp4n=f"PD-{province.code}-{unit.upper()}",
                valid_from=young,
                head_title="Inspektur" if unit == "inspektorat" else "Kepala",
                accepts=accepts.get(unit, ()),
            )
            for unit, (name, short_name) in units.items()
        )
    return found


def _local() -> list[Agency]:
    found = []
    for region in atlas().regencies():
        city = region.level == "CITY"
        bare = region.name.removeprefix("Kabupaten ").removeprefix("Kota ")
        found.append(
            Agency(
                code=local_government(region.code),
                name=f"Pemerintah {region.name}",
                short_name=f"{'Pemkot' if city else 'Pemkab'} {bare}",
                level=region.level,
                parent="",
                region=region.code,
                sp4n=f"PD-{region.code}",
                head_title="Wali Kota" if city else "Bupati",
                accepts=_LOCAL_AFFAIRS,
            )
        )
    return found
