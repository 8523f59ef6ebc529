"""The shapes of all record fields that a source's rows can be mapped to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum

from connectors.contract.vocabulary import (
    AgencyLevel,
    ComplaintKind,
    ComplaintStatus,
    EventKind,
    Maladministration,
    NodeRole,
    OmbudsmanIntake,
    OmbudsmanOutcome,
    OmbudsmanStage,
    RegionLevel,
)


class Shape(Enum):
    """What kind of value a record field holds."""

    ID = "id"
    """A row's own key, kept as it stands."""
    TRACKING = "tracking number"
    CODE = "code"
    """A canonical word, usually out of a code table."""
    CODES = "codes"
    """Several codes in one text."""
    TRACKINGS = "tracking numbers"
    """Several national numbers in one list or text."""
    PERIODS = "periods"
    """A list of what held when."""
    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"


COMPLAINT_MOMENTS = (
    "submitted_at",
    "updated_at",
    "verified_at",
    "disposed_at",
    "first_followed_up_at",
    "followed_up_at",
    "handover_asked_at",
    "handover_consented_at",
    "handover_refused_at",
    "closed_at",
)

FIELDS: Mapping[str, Mapping[str, Shape]] = {
    "complaints": {
        "local_id": Shape.ID,
        "tracking_id": Shape.TRACKING,
        "kind": Shape.CODE,
        "supervisory": Shape.FLAG,
        "title": Shape.TEXT,
        "body": Shape.TEXT,
        "category": Shape.CODE,
        "channel": Shape.CODE,
        "region": Shape.CODE,
        "duplicate_of": Shape.TEXT,
        "place": Shape.TEXT,
        "latitude": Shape.NUMBER,
        "longitude": Shape.NUMBER,
        "anonymous": Shape.FLAG,
        "secret": Shape.FLAG,
        "reporter_name": Shape.TEXT,
        "reporter_contact": Shape.TEXT,
        **dict.fromkeys(COMPLAINT_MOMENTS, Shape.MOMENT),
        "status": Shape.CODE,
        "agency": Shape.CODE,
    },
    "events": {
        "complaint": Shape.ID,
        "at": Shape.MOMENT,
        "kind": Shape.CODE,
        "local_id": Shape.ID,
        "agency": Shape.CODE,
        "from_agency": Shape.CODE,
        "reason": Shape.TEXT,
        "text": Shape.TEXT,
    },
    "ombudsman_cases": {
        "local_id": Shape.ID,
        "case_number": Shape.CODE,
        "received_at": Shape.MOMENT,
        "updated_at": Shape.MOMENT,
        "intake": Shape.CODE,
        "stage": Shape.CODE,
        "office": Shape.CODE,
        "category": Shape.CODE,
        "agency": Shape.CODE,
        "region": Shape.CODE,
        "maladministration": Shape.CODES,
        "tracking_ids": Shape.TRACKINGS,
        "consent_given_at": Shape.MOMENT,
        "findings_reported_at": Shape.MOMENT,
        "corrective_action_done_at": Shape.MOMENT,
        "closed_at": Shape.MOMENT,
        "outcome": Shape.CODE,
        "stages": Shape.PERIODS,
        "offices": Shape.PERIODS,
    },
    "agencies": {
        "code": Shape.CODE,
        "name": Shape.TEXT,
        "level": Shape.CODE,
        "short_name": Shape.TEXT,
        "parent": Shape.CODE,
        "region": Shape.CODE,
        "valid_from": Shape.DAY,
        "valid_to": Shape.DAY,
        "successors": Shape.CODES,
        "accepts_categories": Shape.CODES,
        "connected": Shape.FLAG,
        "decree_valid_until": Shape.DAY,
        "last_active_at": Shape.MOMENT,
        "head_title": Shape.TEXT,
    },
    "regions": {
        "code": Shape.CODE,
        "name": Shape.TEXT,
        "level": Shape.CODE,
        "time_zone": Shape.TEXT,
        "parent": Shape.CODE,
    },
    "categories": {"id": Shape.CODE, "name": Shape.TEXT, "parent": Shape.CODE},
    "channels": {"id": Shape.CODE, "name": Shape.TEXT},
    "nodes": {
        "region": Shape.CODE,
        "role": Shape.CODE,
        "agency": Shape.CODE,
        "valid_from": Shape.DAY,
        "valid_to": Shape.DAY,
    },
    "programmes": {"id": Shape.CODE, "name": Shape.TEXT, "started_at": Shape.DAY},
    "programme_categories": {
        "programme": Shape.CODE,
        "category": Shape.CODE,
        "valid_from": Shape.DAY,
        "valid_to": Shape.DAY,
    },
}
"""Collection to record field to its shape; derived fields (`source`, `warnings`) are not mapped."""

REQUIRED: Mapping[str, frozenset[str]] = {
    "complaints": frozenset({"local_id"}),
    "events": frozenset({"at", "kind"}),
    "ombudsman_cases": frozenset({"local_id", "case_number", "received_at"}),
    "agencies": frozenset({"code", "name", "level"}),
    "regions": frozenset({"code", "name", "level", "time_zone"}),
    "categories": frozenset({"id", "name"}),
    "channels": frozenset({"id", "name"}),
    "nodes": frozenset({"region", "role", "agency"}),
    "programmes": frozenset({"id", "name"}),
    "programme_categories": frozenset({"programme", "category"}),
}
"""Fields without which a row is rejected."""

VOCABULARIES: Mapping[tuple[str, str], type[StrEnum]] = {
    ("complaints", "kind"): ComplaintKind,
    ("complaints", "status"): ComplaintStatus,
    ("events", "kind"): EventKind,
    ("ombudsman_cases", "intake"): OmbudsmanIntake,
    ("ombudsman_cases", "stage"): OmbudsmanStage,
    ("ombudsman_cases", "stages"): OmbudsmanStage,
    ("ombudsman_cases", "maladministration"): Maladministration,
    ("ombudsman_cases", "outcome"): OmbudsmanOutcome,
    ("agencies", "level"): AgencyLevel,
    ("regions", "level"): RegionLevel,
    ("nodes", "role"): NodeRole,
}
"""Fields whose canonical words are these and no others."""

UNKNOWN_WORD = "UNKNOWN"
SAYS_UNKNOWN = frozenset({"status", "intake", "stage"})
"""Fields that are `UNKNOWN`, never null, where the source's word is in no table."""

PERSONAL = frozenset({"reporter_name", "reporter_contact"})
"""Never read unless they are asked for, never kept."""

MISSING_FLAGS = {"supervisory": None, "anonymous": True, "secret": True}
"""What a missing or unreadable flag counts as: the side that shows less."""
