"""Drop the registry's dated CSV files: agencies, regions, categories, channels, nodes."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from zlib import crc32

from sandbox.vocabulary import rows
from sandbox.world.agencies import Agency, agencies
from sandbox.world.categories import categories
from sandbox.world.places import KALTIM, atlas

_ROLES = {"VERIFIER": "diskominfo", "SUPERVISOR": "inspektorat", "COORDINATOR": "biro-organisasi"}


def editions(as_of: date) -> tuple[date, date]:
    """Give the dates of the older and the current edition; neither is after *as_of*."""
    current = as_of.replace(day=1)
    older = date(2024, 1, 1)
    return (older if older < current else current - timedelta(days=365)), current


def publish(as_of: date, folder: Path) -> None:
    """Write both editions into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    older, current = editions(as_of)
    _agencies(folder, older)
    _agencies(folder, current)
    _write(folder / f"regions.{current}.csv", "code,name,level,parent,time_zone", _regions())
    _write(
        folder / f"categories.{current}.csv",
        "id,parent,name",
        ((it.id, it.parent or "", it.name) for it in categories().values()),
    )
    _write(
        folder / f"channels.{current}.csv",
        "code,name,valid_from",
        ((row["code"], row["name"], row["valid_from"]) for row in rows("channels")),
    )
    _write(
        folder / f"nodes.{current}.csv", "province,role,agency,valid_from,valid_to", _nodes(current)
    )


def _agencies(folder: Path, edition: date) -> None:
    head = (
        "code,name,short_name,level,parent,region,valid_from,valid_to,successors,"
        "accepts_categories,decree_valid_until,head_title,connected,last_active_at"
    )
    day = edition.isoformat()
    standing = [it for it in agencies().values() if it.valid_from <= day]
    names = {it.code for it in standing}
    found = [_agency(it, edition, names) for it in standing]
    _write(folder / f"agencies.{day}.csv", head, found)


def _agency(agency: Agency, edition: date, standing: set[str]) -> tuple[object, ...]:
    dice = crc32(agency.code.encode())
    parent = agency.parent
    if parent and parent not in standing:
        parent = agencies()[parent].predecessor  # the ministry as it was called then
    ended = bool(agency.valid_to) and agency.valid_to < edition.isoformat()
    pemda = agency.level in {"PROVINCE", "REGENCY", "CITY"}
    decree = ""
    if pemda and dice % 10 < 8:
        decree = (edition + timedelta(days=dice % 900 - 150)).isoformat()
    idle = dice // 7 % 20 if dice % 9 else 30 + dice // 7 % 200
    connected = not ended and (not pemda or dice % 14 != 0)
    active = f"{edition - timedelta(days=idle + 1)}T{8 + dice % 9:02d}:00:00+07:00"
    return (
        agency.code,
        agency.name,
        agency.short_name,
        agency.level,
        parent,
        agency.region,
        agency.valid_from,
        agency.valid_to if ended else "",
        agency.successors if ended else "",
        ";".join(map(str, agency.accepts)),
        decree,
        agency.head_title,
        "true" if connected else "false",
        active if connected else "",
    )


def _regions() -> Iterable[tuple[object, ...]]:
    for region in atlas().regions.values():
        yield region.code, region.name, region.level, region.parent, region.time_zone
    for regency, districts in atlas().districts.items():
        zone = atlas().regions[regency].time_zone
        for district in districts:
            yield district.code, district.name, "DISTRICT", district.parent, zone


def _nodes(edition: date) -> Iterable[tuple[object, ...]]:
    known = agencies()
    for province in atlas().provinces():
        home = f"pemprov-{province.code}"
        start = known[home].valid_from or "2021-01-29"
        if start > edition.isoformat():
            continue
        for role, unit in _ROLES.items():
            yield province.code, role, f"{home}-{unit}", start, ""
        for region in atlas().regencies(province.code):
            kind = "pemkot" if region.level == "CITY" else "pemkab"
            yield province.code, "MEMBER", f"{kind}-{region.code}", start, ""
    for agency in known.values():
        unit = agency.code.removeprefix(f"pemprov-{KALTIM}-")
        if agency.parent == f"pemprov-{KALTIM}" and unit not in _ROLES.values():
            yield KALTIM, "MEMBER", agency.code, "2021-01-29", ""


def _write(path: Path, head: str, lines: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(head.split(","))
        table.writerows(lines)
