"""The Ombudsman's cases: taken in, verified, examined, monitored, closed, up to the world's now."""

from dataclasses import dataclass, field
from datetime import datetime
from math import log
from random import Random

from sandbox.world import draw, prose
from sandbox.world.agencies import local_government, ombudsman_office
from sandbox.world.categories import categories
from sandbox.world.complaint import Complaint, Reporter
from sandbox.world.moments import DAY, WIB, after_working_days, in_office_hours

SHARE = 0.05
"""Cases for each true complaint; the fewest are enough to see every stage."""
FEWEST = 60
CITED_SHARE = 0.08
"""Of the reports, those whose reporter names the national number of a complaint made before."""
CORRECTION = 30
"""Working days for the corrective action."""

_INTAKES = draw.Weighted(
    ("REGULAR", "RAPID_RESPONSE", "OWN_INITIATIVE", "CONSULTATION", "COPY"),
    (311, 154, 6, 129, 81),
)
_TYPES = (
    ("UNDUE_DELAY", 3157), ("PROCEDURAL_DEVIATION", 2477), ("FAILURE_TO_SERVE", 2439),
    ("INCOMPETENCE", 650), ("IMPROPRIETY", 420), ("ABUSE_OF_AUTHORITY", 350),
    ("DEMAND_FOR_REWARD", 250), ("DISCRIMINATION", 130), ("PARTIALITY", 80),
    ("CONFLICT_OF_INTEREST", 47),
)  # fmt: skip
_MALADMINISTRATION = draw.Weighted(
    tuple(name for name, _ in _TYPES), tuple(float(weight) for _, weight in _TYPES)
)
_SUBJECTS = (
    (1512, 1865), (32, 1353), (16, 1039), (15, 726), (20, 685), (7, 648), (2001, 624), (3, 401),
    (22, 388), (8, 325), (25, 2783),
)  # fmt: skip
_SUBJECT = draw.Weighted(
    tuple(category for category, _ in _SUBJECTS), tuple(float(weight) for _, weight in _SUBJECTS)
)
_MARKS = {
    "REGULAR": "LM",
    "RAPID_RESPONSE": "RCO",
    "OWN_INITIATIVE": "IAPS",
    "CONSULTATION": "KNL",
    "COPY": "TBS",
}
_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_REPORTS = frozenset({"REGULAR", "RAPID_RESPONSE"})


@dataclass(slots=True)
class Period:
    """A stretch of time at one stage or office; open if it lasts."""

    what: str
    since: int
    until: int | None = None


@dataclass(slots=True)
class Case:
    """One case as the Ombudsman's system holds it."""

    intake: str
    subject: int
    agency: str
    regency: str
    received: int
    reporter: Reporter
    complaint: Complaint | None = None
    """The national complaint that it is about, if that is known."""
    consented: int | None = None
    """Set where the national system passed it on."""
    stages: list[Period] = field(default_factory=list)
    offices: list[Period] = field(default_factory=list)
    maladministration: tuple[str, ...] = ()
    findings: int | None = None
    corrected: int | None = None
    closed: int | None = None
    outcome: str | None = None
    number: str = ""

    @property
    def updated(self) -> int:
        """When anything last happened to it."""
        moments = [period.since for period in (*self.stages, *self.offices)]
        return max([*moments, self.findings or 0, self.corrected or 0])


def build(national: list[Complaint], chance: Random, now: int, size: int) -> list[Case]:
    """Build every case of a world of *size* complaints, in order of arrival."""
    return _Builder(national, chance, now).build(max(FEWEST, round(size * SHARE)))


class _Builder:
    def __init__(self, national: list[Complaint], chance: Random, now: int) -> None:
        self._national = national
        self._chance = chance
        self._now = now

    def build(self, count: int) -> list[Case]:
        arrivals = draw.Arrivals(self._now)
        cases = [
            self._handed_over(complaint, late=at % 3 == 2)
            for at, complaint in enumerate(self._passed_on())
        ]
        while len(cases) < count:
            cases.append(self._taken_in(arrivals.draw(self._chance)))
        self._make_sure_of_citations(cases)
        cases = [case for case in cases if case.received < self._now]
        for case in cases:
            self._live(case)
        cases.sort(key=lambda it: (it.received, it.agency, it.subject))
        self._number(cases)
        return cases

    def _passed_on(self) -> list[Complaint]:
        return [it for it in self._national if it.story.status == "ESCALATED"]

    def _handed_over(self, complaint: Complaint, *, late: bool) -> Case:
        assert complaint.consent is not None  # noqa: S101 - who was passed on agreed
        consented = complaint.consent.given or complaint.consent.asked
        wait = 12 * DAY if late else 0
        received = in_office_hours(
            consented + wait + int(self._chance.random() * 4 * DAY), self._chance.random()
        )
        return Case(
            intake="REGULAR",
            subject=complaint.category,
            agency=complaint.story.agency,
            regency=complaint.place.regency,
            received=received,
            reporter=complaint.reporter,
            complaint=complaint,
            consented=consented,
        )

    def _taken_in(self, moment: int) -> Case:
        chance = self._chance
        where = draw.place(chance, draw.province(chance))
        subject = self._pick(_SUBJECT)
        ministry = categories()[int(subject)].ministry
        local = chance.random() < 0.55
        case = Case(
            intake=str(self._pick(_INTAKES)),
            subject=int(subject),
            agency=local_government(where.regency) if local else ministry,
            regency=where.regency,
            received=in_office_hours(moment, chance.random()),
            reporter=prose.reporter(chance),
        )
        if case.intake in _REPORTS and chance.random() < CITED_SHARE:
            self._cite(case)
        return case

    def _cite(self, case: Case, *, secret: bool | None = None) -> None:
        """Let the reporter name a complaint that an agency had for a while and did not finish."""
        suitable = [
            it
            for it in self._national
            if it.story.agency
            and it.consent is None
            and it.kind == "COMPLAINT"
            and it.story.submitted < case.received - 40 * DAY
            and (secret is None or it.secret is secret)
        ]
        if not suitable:
            return
        complaint = suitable[int(self._chance.random() * len(suitable))]
        case.complaint = complaint
        case.subject = complaint.category
        case.agency = complaint.story.agency
        case.regency = complaint.place.regency
        case.reporter = complaint.reporter

    def _make_sure_of_citations(self, cases: list[Case]) -> None:
        for secret in (True, False):
            if any(it.complaint is not None and it.complaint.secret is secret for it in cases):
                continue
            free = [it for it in cases if it.intake in _REPORTS and it.complaint is None]
            if free:
                self._cite(free[len(free) // 2], secret=secret)

    def _live(self, case: Case) -> None:
        chance = self._chance
        self._place(case)
        case.stages.append(Period("VERIFICATION", case.received))
        at = self._after(case.received, 3 if case.intake == "RAPID_RESPONSE" else 12)
        dice = chance.random()
        if case.intake in ("CONSULTATION", "COPY"):
            self._close(case, at, "SETTLED" if dice < 0.9 else "NO_AUTHORITY")
            return
        if dice < 0.12 and case.consented is None:
            self._close(case, at, "INCOMPLETE" if dice < 0.05 else "NO_AUTHORITY")
            return
        if not self._enter(case, at, "EXAMINATION"):
            return
        case.maladministration = self._types()
        self._examine(case, at)

    def _examine(self, case: Case, at: int) -> None:
        chance = self._chance
        ended = self._after(at, 12 if case.intake == "RAPID_RESPONSE" else 45)
        dice = chance.random()
        if dice < 0.42:
            self._close(case, ended, "SETTLED")
        elif dice < 0.58:
            self._close(case, ended, "NOT_FOUND")
        elif dice < 0.63:
            self._close(case, ended, "WITHDRAWN")
        elif ended < self._now:
            case.findings = ended
            self._correct(case, ended)

    def _correct(self, case: Case, findings: int) -> None:
        chance = self._chance
        limit = after_working_days(findings, CORRECTION)
        if chance.random() < 0.45:
            done = min(self._after(findings, 14), limit - 3_600)
            self._done(case, done)
            return
        at = in_office_hours(limit + DAY, chance.random())
        if not self._enter(case, at, "RESOLUTION_AND_MONITORING"):
            return
        dice = chance.random()
        if dice < 0.5:
            self._done(case, self._after(at, 40))
        elif dice < 0.7:
            later = self._after(at, 120)
            if self._enter(case, later, "RECOMMENDATION"):
                self._close(case, self._after(later, 90), "RECOMMENDATION_ISSUED")

    def _done(self, case: Case, at: int) -> None:
        if at < self._now:
            case.corrected = at
            self._close(case, self._after(at, 5), "SETTLED")

    def _enter(self, case: Case, at: int, stage: str) -> bool:
        if at >= self._now:
            return False
        case.stages[-1].until = at
        case.stages.append(Period(stage, at))
        return True

    def _close(self, case: Case, at: int, outcome: str) -> None:
        if self._enter(case, at, "CLOSED"):
            case.closed, case.outcome = at, outcome

    def _place(self, case: Case) -> None:
        province = case.regency[:2]
        regional = case.agency.startswith("pem") or self._chance.random() < 0.5
        right = ombudsman_office(province if regional else "")
        if self._chance.random() < 0.08:
            wrong = ombudsman_office("" if regional else province)
            moved = self._after(case.received, 6)
            case.offices = [Period(wrong, case.received)]
            if wrong != right and moved < self._now:
                case.offices[0].until = moved
                case.offices.append(Period(right, moved))
        else:
            case.offices = [Period(right, case.received)]

    def _types(self) -> tuple[str, ...]:
        found = {str(self._pick(_MALADMINISTRATION))}
        if self._chance.random() < 0.2:
            found.add(str(self._pick(_MALADMINISTRATION)))
        return tuple(sorted(found))

    def _number(self, cases: list[Case]) -> None:
        counters: dict[tuple[int, str, str], int] = {}
        for case in cases:
            day = datetime.fromtimestamp(case.received, WIB)
            office = case.offices[0].what.removeprefix("ombudsman").removeprefix("-") or "JKT"
            mark = _MARKS[case.intake]
            at = counters[day.year, mark, office] = counters.get((day.year, mark, office), 0) + 1
            case.number = f"{at:04d}/{mark}/{_MONTHS[day.month - 1]}/{day.year}/{office}"

    def _after(self, at: int, days: float) -> int:
        later = at + int(self._chance.lognormvariate(log(days), 0.8) * DAY)
        return in_office_hours(later, self._chance.random())

    def _pick(self, weighted: draw.Weighted) -> int | str:
        found = weighted.pick(self._chance)
        assert isinstance(found, int | str)  # noqa: S101 - narrows what was prepared above
        return found
