"""What truly happened: the complaint, its events, and how each system came to hold it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Event:
    """One step in a complaint's life.

    `kind` is one of: submitted, verified, deferred, archived, out_of_scope, disposed, bounced,
    started, followed_up, replied, closed_by_reporter, closed_by_system, closed_by_admin,
    reopened, escalated.
    """

    at: int
    kind: str
    source: str = ""
    target: str = ""
    text: str = ""


STATUS_AFTER = {
    "submitted": "SUBMITTED",
    "deferred": "DEFERRED",
    "archived": "ARCHIVED",
    "out_of_scope": "OUT_OF_SCOPE",
    "disposed": "DISPOSED",
    "bounced": "DISPOSED",
    "started": "IN_PROGRESS",
    "followed_up": "RESPONDED",
    "replied": "REPLIED",
    "closed_by_reporter": "CLOSED_BY_REPORTER",
    "closed_by_system": "CLOSED_BY_SYSTEM",
    "closed_by_admin": "CLOSED_BY_ADMIN",
    "reopened": "REOPENED",
    "escalated": "ESCALATED",
}
"""The canonical status that each event leaves; `verified` alone leaves the status as it was."""

CLOSED = frozenset({"CLOSED_BY_REPORTER", "CLOSED_BY_SYSTEM", "CLOSED_BY_ADMIN"})


@dataclass(slots=True)
class Story:
    """The life of one complaint in one system, up to the world's now."""

    events: list[Event]
    agency: str
    touched: int = 0
    """When anything about it last changed that is no step of its life."""

    @property
    def status(self) -> str:
        """The canonical status that the last telling event left."""
        for event in reversed(self.events):
            if event.kind in STATUS_AFTER:
                return STATUS_AFTER[event.kind]
        return "SUBMITTED"

    @property
    def submitted(self) -> int:
        """When it arrived."""
        return self.events[0].at

    @property
    def updated(self) -> int:
        """When anything last happened to it."""
        return max(self.events[-1].at, self.touched)

    def first(self, *kinds: str) -> int | None:
        """When one of *kinds* first happened, if ever."""
        for event in self.events:
            if event.kind in kinds:
                return event.at
        return None

    def closed(self) -> int | None:
        """When it was closed, if it is closed now."""
        if self.status not in CLOSED:
            return None
        return self.events[-1].at

    def bounces(self) -> int:
        """How often it was handed on as 'bukan wewenang'."""
        return sum(event.kind == "bounced" for event in self.events)


@dataclass(slots=True)
class Consent:
    """Whether the reporter agreed that the Ombudsman takes the complaint over."""

    asked: int
    given: int | None = None
    refused: int | None = None


@dataclass(slots=True)
class Place:
    """Where it happened."""

    regency: str
    district: str
    district_name: str
    address: str
    latitude: float
    longitude: float


@dataclass(slots=True)
class Reporter:
    """Who reported: an invented person."""

    name: str
    contact: str


@dataclass(slots=True)
class Complaint:
    """One true complaint, whatever systems hold it."""

    serial: int
    kind: str
    supervisory: bool
    category: int
    channel: str
    place: Place
    anonymous: bool
    secret: bool
    reporter: Reporter
    title: str
    body: str
    story: Story
    tracking: str = ""
    personal: list[tuple[str, str]] = field(default_factory=list)
    """Personal patterns planted in title and body: (kind, text)."""
    consent: Consent | None = None
    """Set where the reporter was asked about the hand-over to the Ombudsman."""


@dataclass(slots=True)
class Handling:
    """A complaint as a ministry or province holds it beside, or instead of, the national system.

    `link` is `tracking` (the row carries the national number), `unlinked` (the same incident,
    reported again, no number) or `own` (this system alone has it).
    """

    complaint: Complaint
    story: Story
    link: str
    agency: str
    local_id: str = ""
