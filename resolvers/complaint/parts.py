"""What a merged complaint is put together from: only what an answer shows is asked for."""

from __future__ import annotations

from enum import StrEnum

Parts = frozenset["Part"]


class Part(StrEnum):
    """One kind of thing that has to be asked for beside the anchor's row."""

    ROWS = "ROWS"
    """Other sources' rows with the same national number."""
    ANCHOR_EVENTS = "ANCHOR_EVENTS"
    """What happened, as the anchor's source tells it."""
    EVENTS = "EVENTS"
    """What happened, as the handlers tell it."""
    PLACE = "PLACE"
    """Where it is, which a handler may know better: its rows, for those who may read it."""
    CASES = "CASES"
    """What the Ombudsman has of it, for those who may see cases."""
    TEXTS = "TEXTS"
    """The texts and reasons of what happened."""
    RELATED = "RELATED"
    """Other complaints about the same thing: asked for each complaint by itself, afterwards."""


MERGE_FIELDS = frozenset(
    {
        "tracking_id",
        "status",
        "source_status",
        "agency",
        "source_agency",
        "region",
        "submitted_at",
        "updated_at",
        "verified_at",
        "disposed_at",
        "first_followed_up_at",
        "followed_up_at",
        "closed_at",
        "warnings",
    }
)
"""The record fields that a merge looks at, of the anchor and of every handler."""

EVENT_TEXTS = frozenset({"text", "reason"})
EVENT_FIELDS = frozenset({"agency", "source_agency", "from_agency"}) | EVENT_TEXTS
"""The event fields that can be left out; the others are always read."""
