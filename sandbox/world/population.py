"""Build the world: all true complaints, and which system holds which of them."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from sandbox.world import consent, draw, ombudsman, prose, showcases
from sandbox.world.agencies import is_kaltim, is_public_works, opd_for
from sandbox.world.categories import top_of
from sandbox.world.channels import CHANNELS
from sandbox.world.complaint import Complaint, Event, Handling
from sandbox.world.lifecycle import MINISTRY, NATIONAL, PROVINCE, Habits, Life
from sandbox.world.moments import DAY, in_office_hours, iso, midnight
from sandbox.world.places import KALTIM
from sandbox.world.retelling import retold

NATIONAL_SHARE = 0.875
_UNLINKED_SHARE = 0.05
_FIRST_NUMBER = 8_100_000
_ROOM_FOR_NUMBERS = 1_700_000
FAMOUS_NUMBER = "9165816"


@dataclass(slots=True)
class World:
    """Everything that is true on the morning of `as_of`."""

    seed: int
    as_of: date
    now: int
    national: list[Complaint]
    public_works: list[Handling]
    kaltim: list[Handling]
    cases: list[ombudsman.Case] = field(default_factory=list)
    """The Ombudsman's, in order of arrival."""
    further: dict[str, list[Handling]] = field(default_factory=dict)
    """What the optional systems hold, by system."""


def build(seed: int, as_of: date, size: int) -> World:
    """Build the world of *size* true complaints as of *as_of*; equal words, equal worlds."""
    return _Builder(seed, as_of, size).build()


class _Builder:
    def __init__(self, seed: int, as_of: date, size: int) -> None:
        self._seed = seed
        self._as_of = as_of
        self._size = size
        self._now = midnight(as_of)
        self._chance = Random(f"sandbox:{seed}:{as_of}:{size}")
        self._life = Life(self._chance, self._now)
        self._arrivals = draw.Arrivals(self._now)
        self._serial = 0

    def build(self) -> World:
        chance = self._chance
        count = round(self._size * NATIONAL_SHARE)
        moments = sorted(self._arrivals.draw(chance) for _ in range(count))
        national = [
            self._complaint(moment, draw.province(chance), NATIONAL, "sp4n") for moment in moments
        ]
        self._number(national)
        self._make_sure_of_escalation(national)
        public_works = self._linked(national, is_public_works, "pu", 0.97)
        kaltim = self._linked(national, is_kaltim, "kaltim", 0.92)
        wanted_pu = len(public_works) * 2 / 3
        wanted_kaltim = len(kaltim) * 65 / 35
        own = self._size - count
        of_pu = round(own * wanted_pu / max(1.0, wanted_pu + wanted_kaltim))
        public_works += self._own(of_pu, "pu")
        kaltim += self._own(own - of_pu, "kaltim")
        public_works += self._unlinked(national, round(of_pu * _UNLINKED_SHARE), "pu")
        kaltim += self._unlinked(national, round((own - of_pu) * _UNLINKED_SHARE), "kaltim")
        self._name_pu(public_works)
        self._name_kaltim(kaltim)
        chance = Random(f"ombudsman:{self._seed}:{self._as_of}:{self._size}")
        consent.ask(national, chance, self._now)
        cases = ombudsman.build(national, chance, self._now, self._size)
        showcases.at_a_ministry_while_the_province_works(kaltim)
        showcases.agrarian_between_ministries(public_works, self._seed)
        return World(self._seed, self._as_of, self._now, national, public_works, kaltim, cases)

    def _complaint(self, moment: int, province: str, habits: Habits, system: str) -> Complaint:
        chance = self._chance
        self._serial += 1
        where = draw.place(chance, province)
        category = draw.category(chance, province)
        if system == "pu":
            while top_of(category) != 15 or category in {1510, 1512, 1513, 1514, 1515}:
                category = 1501 if chance.random() < 0.5 else draw.category(chance, province)
            route = [draw.public_works_unit(category, province)]
        elif system == "kaltim":
            route = draw.route(chance, category, where, moment)
            route = [agency for agency in route if is_kaltim(agency)] or [opd_for(top_of(category))]
        else:
            route = draw.route(chance, category, where, moment)
        story = self._life.live(moment, route, habits, draw.speed(route[-1]))
        title, body, personal = prose.write(chance, category, where)
        dice = chance.random()
        kind = "COMPLAINT" if dice < 0.8 else "ASPIRATION" if dice < 0.88 else "INFORMATION_REQUEST"
        anonymous = chance.random() < 0.2
        return Complaint(
            serial=self._serial,
            kind=kind,
            supervisory=kind == "COMPLAINT" and chance.random() < 0.1,
            category=category,
            channel=CHANNELS.draw(chance, system, moment),
            place=where,
            anonymous=anonymous,
            secret=chance.random() < (0.12 if anonymous else 0.045),
            reporter=prose.reporter(chance),
            title=title,
            body=body,
            story=story,
            personal=personal,
        )

    def _number(self, national: list[Complaint]) -> None:
        gap = max(1, _ROOM_FOR_NUMBERS // max(1, len(national)))
        number = _FIRST_NUMBER
        for complaint in national:
            number += 1 + int(self._chance.random() * (2 * gap - 1)) if gap > 1 else 1
            complaint.tracking = str(number)
        taken = {complaint.tracking for complaint in national}
        known = [
            complaint
            for complaint in national
            if complaint.place.regency == "64.72"
            and complaint.category == 1502
            and not complaint.secret
            and complaint.story.first("followed_up")
        ]
        if known and FAMOUS_NUMBER not in taken:
            min(
                known, key=lambda it: abs(int(it.tracking) - int(FAMOUS_NUMBER))
            ).tracking = FAMOUS_NUMBER

    def _make_sure_of_escalation(self, national: list[Complaint]) -> None:
        if any(complaint.story.status == "ESCALATED" for complaint in national):
            return
        for complaint in national:
            story = complaint.story
            at = in_office_hours(story.updated + 95 * DAY, 0.3)
            if story.status == "DISPOSED" and at < self._now:
                text = "Pelapor menyetujui pelimpahan kepada Ombudsman."
                story.events.append(Event(at, "escalated", story.agency, text=text))
                return

    def _linked(
        self, national: list[Complaint], belongs: object, system: str, share: float
    ) -> list[Handling]:
        assert callable(belongs)  # noqa: S101 - a predicate on agency codes
        found = []
        for complaint in national:
            held = [
                at
                for at, event in enumerate(complaint.story.events)
                if event.kind == "disposed" and belongs(event.target)
            ]
            if held and self._chance.random() < share:
                found.append(retold(complaint, held, self._chance, self._now, system=system))
        return found

    def _own(self, count: int, system: str) -> list[Handling]:
        chance = self._chance
        found = []
        for _ in range(count):
            moment = self._arrivals.draw(chance)
            at_home = system == "kaltim" or chance.random() < 0.2
            province = KALTIM if at_home else draw.province(chance)
            habits = PROVINCE if system == "kaltim" else MINISTRY
            complaint = self._complaint(moment, province, habits, system)
            found.append(Handling(complaint, complaint.story, "own", complaint.story.agency))
        return found

    def _unlinked(self, national: list[Complaint], count: int, system: str) -> list[Handling]:
        """The same incident, reported a second time where no number was given."""
        chance = self._chance
        suitable = [
            complaint
            for complaint in national
            if complaint.place.regency.startswith(KALTIM)
            and (system == "kaltim" or top_of(complaint.category) == 15)
        ]
        found = []
        for complaint in chance.sample(suitable, min(count, len(suitable))):
            moment = complaint.story.submitted + int((chance.random() - 0.4) * 30 * 3_600)
            moment = min(max(moment, 0), self._now - 60)
            if system == "pu":
                agency, habits = draw.public_works_unit(complaint.category, KALTIM), MINISTRY
            else:
                agency, habits = opd_for(top_of(complaint.category)), PROVINCE
            story = self._life.live(moment, [agency], habits, draw.speed(agency))
            found.append(Handling(complaint, story, "unlinked", story.agency))
        return found

    def _name_pu(self, handlings: list[Handling]) -> None:
        handlings.sort(key=lambda it: (it.story.submitted, it.complaint.serial, it.link))
        counters: dict[str, int] = {}
        for handling in handlings:
            year = iso(handling.story.submitted)[:4]
            counters[year] = counters.get(year, 0) + 1
            handling.local_id = f"PU-{year}-{counters[year]:06d}"

    def _name_kaltim(self, handlings: list[Handling]) -> None:
        handlings.sort(key=lambda it: (it.story.submitted, it.complaint.serial, it.link))
        for at, handling in enumerate(handlings):
            handling.local_id = f"KT-{12_001 + at * 3:08d}"
