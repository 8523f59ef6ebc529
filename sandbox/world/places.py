"""Provinces, regencies, cities and districts, by Kemendagri code."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

_HERE = Path(__file__).parent

KALTIM = "64"

_CENTRES = {
    "64.01": (-1.8900, 116.2000), "64.02": (-0.4400, 116.9800), "64.03": (2.1500, 117.4900),
    "64.07": (-0.2300, 115.7000), "64.08": (0.5100, 117.5400), "64.09": (-1.2900, 116.7200),
    "64.11": (0.5000, 115.2000), "64.71": (-1.2400, 116.8600), "64.72": (-0.5000, 117.1500),
    "64.74": (0.1300, 117.4800),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """A province, regency or city."""

    code: str
    name: str
    level: str
    parent: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every place the world knows."""

    regions: dict[str, Region]
    districts: dict[str, list[District]]

    def provinces(self) -> list[Region]:
        """List the provinces, by code."""
        return [region for region in self.regions.values() if region.level == "PROVINCE"]

    def regencies(self, province: str | None = None) -> list[Region]:
        """List regencies and cities, of one *province* or all, by code."""
        return [
            region
            for region in self.regions.values()
            if region.parent and province in {None, region.parent}
        ]


@cache
def atlas() -> Atlas:
    """Read the places once."""
    with (_HERE / "regions.csv").open(encoding="utf-8", newline="") as lines:
        regions = {row["code"]: Region(**row) for row in csv.DictReader(lines)}
    districts: dict[str, list[District]] = {}
    with (_HERE / "districts.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            districts.setdefault(row["parent"], []).append(District(**row))
    return Atlas(regions, districts)


@cache
def centre(regency: str) -> tuple[float, float]:
    """Give a latitude and longitude for *regency*: near the truth in Kaltim, invented elsewhere."""
    if regency in _CENTRES:
        return _CENTRES[regency]
    dice = crc32(regency.encode())
    return (round((dice % 1_300) / 100 - 9.0, 4), round(95.5 + (dice // 1_300 % 4_400) / 100, 4))
