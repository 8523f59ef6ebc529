"""What sources said, in our words: frozen records without computed fields.

A field that was not asked for (see `SourceQuery.fields`) holds its default.  Times are aware and in
UTC.  Codes are canonical (see `vocabulary`); the source's own word is kept beside the two that
agencies argue about, status and agency.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from connectors.contract.vocabulary import (
    AgencyLevel,
    ComplaintStatus,
    EventKind,
    NodeRole,
    OmbudsmanIntake,
    OmbudsmanStage,
    RegionLevel,
)


class ComplaintRecord(msgspec.Struct, frozen=True, gc=False):
    """One row of a source's complaints.

    Written by hand, with keywords; what is most asked for comes first, since generated code gives
    what it can by position, which is faster.
    """

    source: str
    local_id: str
    submitted_at: datetime
    """Never null: a row without it took its earliest known date, with a warning."""
    updated_at: datetime
    """Never null: falls back to the latest known date."""
    secret: bool = True
    """True also where the source did not say, unless it holds public rows only."""
    status: str = ComplaintStatus.UNKNOWN
    source_status: str | None = None
    agency: str | None = None
    tracking_id: str | None = None
    """The national number where there is one, digits only."""
    title: str | None = None
    kind: str | None = None
    supervisory: bool | None = None
    closed_at: datetime | None = None
    category: str | None = None
    region: str | None = None
    """Dotted Kemendagri code of the place of the incident."""
    channel: str | None = None
    anonymous: bool = True
    body: str | None = None
    source_agency: str | None = None
    duplicate_of: str | None = None
    """The complaint that this one repeats, as the source says: its national number, or its local id
    in the same source."""
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    reporter_name: str | None = None
    reporter_contact: str | None = None
    verified_at: datetime | None = None
    disposed_at: datetime | None = None
    first_followed_up_at: datetime | None = None
    """The first follow-up (*tindak lanjut*)."""
    followed_up_at: datetime | None = None
    """The last follow-up; null where a source tells the first only."""
    handover_asked_at: datetime | None = None
    """When the reporter was asked whether the Ombudsman may take over."""
    handover_consented_at: datetime | None = None
    handover_refused_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    """What the mapping had to repair, in stable words (see `connectors.mapping`)."""


class EventRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One thing that happened to a complaint, as one source tells it."""

    source: str
    complaint: str
    """The complaint's local id in that source."""
    at: datetime
    kind: EventKind
    local_id: str = ""
    """The event's own id where it has one."""
    agency: str | None = None
    """Who did it, or who got it."""
    source_agency: str | None = None
    from_agency: str | None = None
    """DISPOSED and BOUNCED: who handed it on."""
    reason: str | None = None
    text: str | None = None
    warnings: tuple[str, ...] = ()


class Period(msgspec.Struct, frozen=True, gc=False):
    """A stretch of time in which *what* held; open if it still holds."""

    what: str
    """A canonical word or an agency's code."""
    since: datetime
    until: datetime | None = None


class OmbudsmanCaseRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One case of the Ombudsman (*laporan dalam SIMPeL*).  Nothing in it tells who reported."""

    source: str
    local_id: str
    received_at: datetime
    updated_at: datetime
    """Never null: falls back to the latest known date."""
    case_number: str
    intake: str = OmbudsmanIntake.UNKNOWN
    stage: str = OmbudsmanStage.UNKNOWN
    office: str | None = None
    """The Ombudsman's office that has it now."""
    category: str | None = None
    agency: str | None = None
    """Who is reported (*terlapor*)."""
    region: str | None = None
    maladministration: tuple[str, ...] = ()
    tracking_ids: tuple[str, ...] = ()
    """The national numbers of the complaints that it is about."""
    consent_given_at: datetime | None = None
    findings_reported_at: datetime | None = None
    """When the LHP was sent to the agency."""
    corrective_action_done_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    stages: tuple[Period, ...] = ()
    offices: tuple[Period, ...] = ()
    warnings: tuple[str, ...] = ()


class AgencyRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An agency or one of its units, as the registry knows it."""

    source: str
    code: str
    name: str
    level: AgencyLevel
    short_name: str | None = None
    parent: str | None = None
    region: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day on which it existed."""
    successors: tuple[str, ...] = ()
    accepts_categories: tuple[str, ...] = ()
    connected: bool | None = None
    decree_valid_until: date | None = None
    last_active_at: datetime | None = None
    head_title: str | None = None


class RegionRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A province, regency, city, district or village."""

    source: str
    code: str
    name: str
    level: RegionLevel
    time_zone: str
    parent: str | None = None


class CategoryRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One entry of the category tree."""

    source: str
    id: str
    name: str
    parent: str | None = None


class ChannelRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A way in for complaints (*kanal*)."""

    source: str
    id: str
    name: str


class ProgrammeRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A national priority programme (*program prioritas nasional*)."""

    source: str
    id: str
    name: str
    started_at: date | None = None


class ProgrammeCategoryRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A category that a priority programme covers, with all below it, for a time."""

    source: str
    programme: str
    category: str
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day on which it is covered."""


class NodeRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One agency's part in a province's coordination node, for a time."""

    source: str
    region: str
    role: NodeRole
    agency: str
    valid_from: date | None = None
    valid_to: date | None = None


Record = (
    ComplaintRecord
    | EventRecord
    | OmbudsmanCaseRecord
    | AgencyRecord
    | RegionRecord
    | CategoryRecord
    | ChannelRecord
    | NodeRecord
    | ProgrammeRecord
    | ProgrammeCategoryRecord
)

Listed = ComplaintRecord | OmbudsmanCaseRecord
"""What is listed in an order, page by page: it has an id of its own and a last change."""

RECORDS: dict[str, type[Record]] = {
    "complaints": ComplaintRecord,
    "events": EventRecord,
    "ombudsman_cases": OmbudsmanCaseRecord,
    "agencies": AgencyRecord,
    "regions": RegionRecord,
    "categories": CategoryRecord,
    "channels": ChannelRecord,
    "nodes": NodeRecord,
    "programmes": ProgrammeRecord,
    "programme_categories": ProgrammeCategoryRecord,
}
"""Collection name to the record it is mapped to."""
