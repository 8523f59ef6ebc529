"""Draw the traits of one complaint: when, where, about what, by whom, and who must answer."""

from bisect import bisect
from functools import cache
from itertools import accumulate
from random import Random
from zlib import crc32

from sandbox.world import prose
from sandbox.world.agencies import at_the_time, local_government, opd_for
from sandbox.world.categories import categories, leaves_of, top_of, tops
from sandbox.world.complaint import Place
from sandbox.world.moments import DAY, weekday
from sandbox.world.places import KALTIM, atlas, centre

YEARS = 3
KALTIM_SHARE = 0.08
_KALTIM_ROADS = 0.22
_PROVINCE_WEIGHTS = {
    "32": 160, "35": 140, "33": 130, "31": 90, "36": 60, "12": 60, "73": 40, "16": 35, "18": 35,
    "14": 28, "13": 24, "11": 22, "61": 22, "51": 22, "34": 22, "52": 22, "53": 22, "63": 20,
}  # fmt: skip
_KALTIM_WEIGHTS = {
    "64.72": 36, "64.71": 20, "64.02": 15, "64.08": 8, "64.74": 6, "64.03": 5, "64.01": 4,
    "64.09": 3, "64.07": 2, "64.11": 1,
}  # fmt: skip
_HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 10, 11, 11, 10, 8, 9, 9, 8, 8, 7, 7, 8, 8, 6, 4, 2)
_WEEK = (1.15, 1.1, 1.05, 1.0, 0.9, 0.45, 0.35)


class Weighted:
    """A choice with weights, prepared once."""

    def __init__(self, choices: tuple[object, ...], weights: tuple[float, ...]) -> None:
        self._choices = choices
        self._bounds = list(accumulate(weights))

    def pick(self, chance: Random) -> object:
        """Pick one."""
        return self._choices[bisect(self._bounds, chance.random() * self._bounds[-1])]


class Arrivals:
    """Moments at which complaints arrive: quiet weekends, slow growth, plenty in the last weeks."""

    def __init__(self, now: int) -> None:
        days = [now - DAY * back for back in range(365 * YEARS, 0, -1)]
        span = len(days)
        weights = [
            _WEEK[weekday(day)] * (0.7 + 0.6 * at / span) * (1.6 if span - at <= 42 else 1.0)
            for at, day in enumerate(days)
        ]
        self._days = Weighted(tuple(days), tuple(weights))
        self._hours = Weighted(tuple(range(24)), _HOURS)

    def draw(self, chance: Random) -> int:
        """Draw one moment before the world's now."""
        day = self._days.pick(chance)
        hour = self._hours.pick(chance)
        assert isinstance(day, int)  # noqa: S101 - narrows what was prepared above
        assert isinstance(hour, int)  # noqa: S101 - same
        return day + hour * 3_600 + int(chance.random() * 3_600)


@cache
def _provinces() -> Weighted:
    others = [region.code for region in atlas().provinces() if region.code != KALTIM]
    weights = [float(_PROVINCE_WEIGHTS.get(code, 14)) for code in others]
    kaltim = sum(weights) * KALTIM_SHARE / (1 - KALTIM_SHARE)
    return Weighted((*others, KALTIM), (*weights, kaltim))


@cache
def _regencies(province: str) -> Weighted:
    codes = tuple(region.code for region in atlas().regencies(province))
    return Weighted(codes, tuple(float(_KALTIM_WEIGHTS.get(code, 3)) for code in codes))


@cache
def _tops() -> Weighted:
    choices, weights = tops()
    return Weighted(choices, tuple(map(float, weights)))


@cache
def _leaves(top: int) -> Weighted | None:
    choices, weights = leaves_of(top)
    return Weighted(choices, tuple(map(float, weights))) if choices else None


def province(chance: Random) -> str:
    """Draw a province; Kalimantan Timur more often than its people would."""
    return str(_provinces().pick(chance))


def place(chance: Random, of_province: str) -> Place:
    """Draw a place within *of_province*."""
    return place_in(chance, str(_regencies(of_province).pick(chance)))


def place_in(chance: Random, regency: str) -> Place:
    """Draw a place within *regency*."""
    districts = atlas().districts[regency]
    district = districts[int(chance.random() * len(districts))]
    latitude, longitude = centre(regency)
    street = prose.street(chance)
    return Place(
        regency=regency,
        district=district.code,
        district_name=district.name,
        address=f"{street} RT {1 + int(chance.random() * 40):02d}, Kec. {district.name}",
        latitude=round(latitude + (chance.random() - 0.5) / 6, 6),
        longitude=round(longitude + (chance.random() - 0.5) / 6, 6),
    )


def category(chance: Random, of_province: str) -> int:
    """Draw a category after the published shares; roads more often in Kalimantan Timur."""
    if of_province == KALTIM and chance.random() < _KALTIM_ROADS:
        return 1501 if chance.random() < 0.4 else 1502
    top = _tops().pick(chance)
    assert isinstance(top, int)  # noqa: S101 - narrows what was prepared above
    leaves = _leaves(top)
    if leaves is None or chance.random() < 0.3:
        return top
    leaf = leaves.pick(chance)
    assert isinstance(leaf, int)  # noqa: S101 - same
    return leaf


def route(chance: Random, of_category: int, where: Place, submitted: int) -> list[str]:
    """Draw the agencies that get it, one after the other; only the last keeps it."""
    right = _responsible(chance, of_category, where, submitted)
    hops = [right]
    share = 0.3 if categories()[of_category].ministry == "kemenpu" else 0.14
    while chance.random() < share:
        wrong = _responsible(chance, of_category, where, submitted)
        if wrong != hops[0]:
            hops.insert(0, wrong)
            share = 0.33
    return hops


def _responsible(chance: Random, of_category: int, where: Place, submitted: int) -> str:
    ministry = categories()[of_category].ministry
    home = where.regency[:2]
    dice = chance.random()
    central = 0.72 if ministry == "kemenpu" else 0.22 if home == KALTIM else 0.36
    if dice < central:
        code = at_the_time(ministry, submitted)
        if code == "kemenpu" and chance.random() < 0.35:
            return public_works_unit(of_category, home)
        return code
    local = central + (1 - central) * (0.5 if home == KALTIM else 0.75)
    if dice < local:
        return local_government(where.regency)
    if home == KALTIM and chance.random() < 0.75:
        return opd_for(top_of(of_category))
    return f"pemprov-{home}" if chance.random() < 0.7 else f"pemprov-{home}-diskominfo"


def public_works_unit(of_category: int, home: str) -> str:
    """Name the unit of the public works ministry for a category; balai in Kalimantan Timur."""
    if of_category in {1501, 1502, 1503, 1504, 1507, 1511}:
        return "kemenpu-bbpjn-kaltim" if home == KALTIM else "kemenpu-binamarga"
    if of_category in {1506, 1516, 1903, 3701}:
        return "kemenpu-bws-kalimantan-iv" if home == KALTIM else "kemenpu-sda"
    if top_of(of_category) == 15:
        return "kemenpu-bpbpk-kaltim" if home == KALTIM else "kemenpu-ciptakarya"
    return "kemenpu-bina-konstruksi" if top_of(of_category) == 38 else "kemenpu-setjen"


@cache
def speed(agency: str) -> float:
    """Tell how slow *agency* is: 0.5 is twice as fast as usual, 2 half as fast."""
    return float(0.5 + (crc32(agency.encode()) % 1_000) / 1_000 * 1.2)
