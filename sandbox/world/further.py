"""What an optional system holds: drawn after the world, which stays as it is without it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sandbox.world import draw, prose
from sandbox.world.complaint import Complaint, Handling, Place
from sandbox.world.lifecycle import PROVINCE, Habits, Life
from sandbox.world.moments import iso
from sandbox.world.population import World
from sandbox.world.retelling import retold

_SERIALS = 10_000_000
"""Each optional system counts its own complaints from a multiple of this, so none meets another."""


@dataclass(frozen=True, slots=True)
class Holding:
    """How one optional system comes to hold complaints."""

    system: str
    rank: int
    """Tells the systems' serial numbers apart: 1 and up, each once."""
    works_in: Callable[[str], bool]
    """Whether an agency works in the system."""
    charged: Callable[[Random, int, Place], str]
    """Draws the agency that gets what is reported here, by category and place."""
    own: int
    """How many complaints it alone has, for every thousand of the world."""
    at_least: int
    identity: str
    """Its rows' ids, with `{year}` and `{number}`."""
    province: str = ""
    """Where its own complaints lie; empty: anywhere."""
    regency: str = ""
    habits: Habits = PROVINCE
    linked: float = 0.9
    """Share of the national complaints that came to one of its agencies."""
    twice: float = 0.05
    """Complaints reported here too, without a number, for each of its own."""
    categories: tuple[int, ...] = ()
    """What its own complaints are about; empty: anything."""
    kinds: tuple[str, ...] = ("COMPLAINT", "ASPIRATION", "INFORMATION_REQUEST")


def settle(world: World, size: int, holding: Holding) -> list[Handling]:
    """Give what the system holds in a *world* of *size*, by arrival, and note it in the world."""
    chance = Random(f"{holding.system}:{world.seed}:{world.as_of}:{size}")
    count = max(holding.at_least, size * holding.own // 1_000)
    found = _linked(world, holding, chance)
    found += _own(world, holding, chance, count)
    found += _twice(world, holding, chance, round(count * holding.twice))
    found.sort(key=lambda it: (it.story.submitted, it.complaint.serial, it.link))
    counters: dict[str, int] = {}
    for handling in found:
        year = iso(handling.story.submitted)[:4]
        counters[year] = counters.get(year, 0) + 1
        handling.local_id = holding.identity.format(year=year, number=counters[year])
    world.further[holding.system] = found
    return found


def _linked(world: World, holding: Holding, chance: Random) -> list[Handling]:
    found = []
    for complaint in world.national:
        held = [
            at
            for at, event in enumerate(complaint.story.events)
            if event.kind == "disposed" and holding.works_in(event.target)
        ]
        if held and chance.random() < holding.linked:
            found.append(retold(complaint, held, chance, world.now, system=holding.system))
    return found


def _own(world: World, holding: Holding, chance: Random, count: int) -> list[Handling]:
    arrivals, life = draw.Arrivals(world.now), Life(chance, world.now)
    found = []
    for number in range(count):
        serial = holding.rank * _SERIALS + number
        complaint = _complaint(holding, chance, serial, arrivals.draw(chance), life)
        found.append(Handling(complaint, complaint.story, "own", complaint.story.agency))
    return found


def _twice(world: World, holding: Holding, chance: Random, count: int) -> list[Handling]:
    life = Life(chance, world.now)
    home = holding.regency or holding.province
    suitable = [
        it
        for it in world.national
        if it.place.regency.startswith(home)
        and (not holding.categories or it.category in holding.categories)
    ]
    found = []
    for complaint in chance.sample(suitable, min(count, len(suitable))):
        moment = complaint.story.submitted + int((chance.random() - 0.4) * 30 * 3_600)
        moment = min(max(moment, 0), world.now - 60)
        agency = holding.charged(chance, complaint.category, complaint.place)
        story = life.live(moment, [agency], holding.habits, draw.speed(agency))
        found.append(Handling(complaint, story, "unlinked", story.agency))
    return found


def _complaint(holding: Holding, chance: Random, serial: int, moment: int, life: Life) -> Complaint:
    if holding.regency:
        where = draw.place_in(chance, holding.regency)
    else:
        where = draw.place(chance, holding.province or draw.province(chance))
    if holding.categories:
        category = chance.choice(holding.categories)
    else:
        category = draw.category(chance, where.regency[:2])
    agency = holding.charged(chance, category, where)
    story = life.live(moment, [agency], holding.habits, draw.speed(agency))
    title, body, personal = prose.write(chance, category, where)
    dice = chance.random()
    kind = holding.kinds[0 if dice < 0.8 else 1 if dice < 0.88 else 2]
    anonymous = chance.random() < 0.2
    return Complaint(
        serial=serial,
        kind=kind,
        supervisory=kind == "COMPLAINT" and chance.random() < 0.1,
        category=category,
        channel="web" if chance.random() < 0.6 else "whatsapp",
        place=where,
        anonymous=anonymous,
        secret=chance.random() < (0.12 if anonymous else 0.045),
        reporter=prose.reporter(chance),
        title=title,
        body=body,
        story=story,
        personal=personal,
    )
