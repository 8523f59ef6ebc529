"""Live one complaint forward from its arrival, and stop at the world's now."""

from dataclasses import dataclass
from math import log
from random import Random

from sandbox.world.complaint import Event, Story
from sandbox.world.moments import DAY, after_working_days, in_office_hours

ANSWERS = (
    "Terima kasih atas laporannya. Petugas kami sudah meninjau lokasi dan pekerjaan dijadwalkan.",
    "Laporan telah kami teruskan kepada bidang teknis untuk ditindaklanjuti.",
    "Menanggapi laporan Saudara, perbaikan telah selesai dikerjakan. Mohon konfirmasinya.",
    "Dapat kami sampaikan bahwa permohonan sedang diproses sesuai ketentuan yang berlaku.",
    "Mohon melengkapi data pendukung agar dapat kami tindak lanjuti.",
    "Kegiatan tersebut telah diusulkan pada tahun anggaran berikutnya.",
    "Kami telah berkoordinasi dengan instansi terkait dan hasilnya terlampir.",
)
REPLIES = (
    "Terima kasih, sudah diperbaiki.",
    "Sampai hari ini belum ada perubahan di lapangan.",
    "Mohon kepastian waktunya.",
    "Data yang diminta sudah saya kirimkan.",
)
BOUNCE_REASONS = (
    "Bukan wewenang instansi kami, mohon diteruskan ke instansi yang berwenang.",
    "Ruas jalan tersebut bukan kewenangan kami.",
    "Lokasi berada di luar wilayah kerja kami.",
    "Urusan ini merupakan kewenangan pemerintah daerah.",
    "Urusan ini merupakan kewenangan pemerintah pusat.",
)
ARCHIVE_REASONS = (
    "Laporan terlalu umum.",
    "Format laporan tidak sesuai.",
    "Bukan mengenai kinerja pemerintah.",
    "Laporan ganda.",
    "Pelapor tidak melengkapi data.",
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a system tends to treat what arrives; shares of all complaints."""

    never_verified: float
    archived: float
    deferred: float
    out_of_scope: float
    never_followed_up: float = 0.09
    stays_in_progress: float = 0.13
    verification_days: float = 0.7
    follow_up_days: float = 3.6


NATIONAL = Habits(never_verified=0.02, archived=0.20, deferred=0.03, out_of_scope=0.025)
PROVINCE = Habits(
    never_verified=0.03, archived=0.10, deferred=0.05, out_of_scope=0.05, follow_up_days=2.5
)
MINISTRY = Habits(
    never_verified=0.02, archived=0.05, deferred=0.04, out_of_scope=0.05, follow_up_days=5.0
)


class Life:
    """Lives complaints, one after the other, with one source of chance."""

    def __init__(self, chance: Random, now: int) -> None:
        self._chance = chance
        self._now = now

    def live(self, submitted: int, route: list[str], habits: Habits, speed: float) -> Story:
        """Live a complaint that passes along *route*; all but the last agency hand it on."""
        events = [Event(submitted, "submitted")]
        self._verify(events, route, habits, speed)
        now = self._now
        if events[-1].at >= now:
            events = [event for event in events if event.at < now]
        agency = ""
        for event in events:
            if event.target:
                agency = event.target
        return Story(events, agency)

    def _after(self, at: int, median_days: float, sigma: float = 1.0) -> int:
        chance = self._chance
        wait = chance.lognormvariate(log(median_days), sigma) * DAY
        return in_office_hours(at + int(wait) + 60, chance.random())

    def _pick(self, texts: tuple[str, ...]) -> str:
        return texts[int(self._chance.random() * len(texts))]

    def _verify(self, events: list[Event], route: list[str], habits: Habits, speed: float) -> None:
        chance = self._chance
        at = events[0].at
        fate = chance.random()
        if fate < habits.never_verified:
            return
        at = self._after(at, habits.verification_days)
        fate -= habits.never_verified
        if fate < habits.archived:
            events.append(Event(at, "archived", text=self._pick(ARCHIVE_REASONS)))
            return
        fate -= habits.archived
        if fate < habits.out_of_scope:
            events.append(Event(at, "out_of_scope", text="Bukan kewenangan pemerintah."))
            return
        fate -= habits.out_of_scope
        if fate < habits.deferred:
            events.append(Event(at, "deferred", text="Menunggu kelengkapan data dari pelapor."))
            if chance.random() < 0.45:
                return
            at = self._after(at, 4.0)
            if chance.random() < 0.3:
                events.append(Event(at, "archived", text=ARCHIVE_REASONS[-1]))
                return
        events.append(Event(at, "verified"))
        self._dispose(events, at, route, habits, speed)

    def _dispose(
        self, events: list[Event], at: int, route: list[str], habits: Habits, speed: float
    ) -> None:
        at += 60 + int(self._chance.random() * 5_400)
        before = ""
        for hop, agency in enumerate(route):
            events.append(Event(at, "disposed", before, agency))
            if hop + 1 < len(route):
                at = self._after(at, 2.2)
                reason = self._pick(BOUNCE_REASONS)
                events.append(Event(at, "bounced", agency, route[hop + 1], reason))
                at += 30 + int(self._chance.random() * 600)
            before = agency
        if self._chance.random() < habits.never_followed_up * min(speed, 2.5):
            self._escalate(events, at, route[-1])
            return
        self._work(events, at, route[-1], habits, speed)

    def _work(
        self, events: list[Event], at: int, agency: str, habits: Habits, speed: float
    ) -> None:
        chance = self._chance
        if chance.random() < 0.55:
            at = self._after(at, 1.3 * speed)
            events.append(Event(at, "started", agency))
            if chance.random() < habits.stays_in_progress:
                self._escalate(events, at, agency)
                return
        at = self._after(at, habits.follow_up_days * speed, 1.15)
        events.append(Event(at, "followed_up", agency, text=self._pick(ANSWERS)))
        while chance.random() < 0.17:
            at = at + int(chance.lognormvariate(log(1.5), 0.8) * DAY)
            if at >= after_working_days(events[-1].at, 10):
                at = events[-1].at + DAY
            events.append(Event(at, "replied", text=self._pick(REPLIES)))
            if chance.random() < 0.08:
                return
            at = self._after(at, 3.0 * speed)
            events.append(Event(at, "followed_up", agency, text=self._pick(ANSWERS)))
        self._close(events, at, agency, speed)

    def _close(self, events: list[Event], at: int, agency: str, speed: float) -> None:
        chance = self._chance
        way = chance.random()
        limit = after_working_days(at, 10)
        if way < 0.10:
            at = min(at + int(chance.lognormvariate(log(2.0), 0.8) * DAY), limit - 60)
            events.append(Event(at, "closed_by_reporter"))
        elif way < 0.22:
            at = self._after(at, 2.0)
            events.append(Event(at, "closed_by_admin", agency))
        else:
            at = limit + 300
            events.append(Event(at, "closed_by_system"))
        if chance.random() < 0.025:
            at += int(chance.lognormvariate(log(6.0), 0.8) * DAY)
            events.append(Event(at, "reopened", text=REPLIES[1]))
            if chance.random() < 0.3:
                return
            at = self._after(at, 5.0 * speed)
            events.append(Event(at, "followed_up", agency, text=self._pick(ANSWERS)))
            at = self._after(at, 4.0)
            events.append(Event(at, "closed_by_admin", agency))

    def _escalate(self, events: list[Event], at: int, agency: str) -> None:
        if self._chance.random() < 0.0045:
            at = after_working_days(at, 60) + int(self._chance.random() * 20 * DAY)
            text = "Pelapor menyetujui pelimpahan kepada Ombudsman."
            events.append(Event(at, "escalated", agency, text=text))
