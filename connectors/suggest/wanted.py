"""What a column's name has to be about so that it may be a field, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connectors.suggest.concepts import concepts

PATTERNS: Final[Mapping[str, Sequence[tuple[str, float]]]] = {
    "local_id": (
        ("number report", 0.9), ("number ticket", 0.95), ("unique number", 0.9), ("ticket", 0.75),
        ("number", 0.7),
    ),
    "tracking_id": (("number tracking", 0.95), ("tracking", 0.85), ("number report", 0.7)),
    "kind": (("kind", 0.8), ("kind report", 0.85)),
    "supervisory": (("supervisory", 0.85),),
    "title": (("title", 0.9), ("category name", 0.6)),
    "body": (("body", 0.85), ("body report", 0.9)),
    "category": (
        ("category", 0.85), ("category code", 0.95), ("kind report", 0.75),
        ("category number", 0.8),
    ),
    "channel": (("channel", 0.85),),
    "region": (("region code", 0.95), ("region", 0.8)),
    "place": (("place", 0.85), ("region", 0.5)),
    "latitude": (("latitude", 0.95),),
    "longitude": (("longitude", 0.95),),
    "anonymous": (("anonymous", 0.9),),
    "secret": (("secret", 0.9),),
    "submitted_at": (
        ("created date", 0.95), ("created", 0.85), ("report date", 0.85),
        ("tracking date", 0.7), ("date", 0.5),
    ),
    "updated_at": (("updated date", 0.95), ("updated", 0.85)),
    "verified_at": (("verified date", 0.9), ("verified", 0.7)),
    "disposed_at": (("disposed date", 0.9), ("disposed", 0.75)),
    "first_followed_up_at": (("answered date", 0.85), ("answered", 0.6)),
    "closed_at": (("closed date", 0.95), ("closed", 0.8)),
    "status": (
        ("status", 0.9), ("status report", 0.92), ("status note", 0.6), ("status code", 0.92),
    ),
    "agency": (("agency", 0.85), ("agency code", 0.95)),
}  # fmt: skip
"""Record field to what a name may be about; how sure, from 0 to 1, if it is about nothing else."""

_NEVER: Final[Mapping[str, frozenset[str]]] = {
    "body": frozenset({"answered", "closed", "agency", "category"}),
    "title": frozenset({"agency", "region"}),
    "place": frozenset({"kind"}),
    "local_id": frozenset({"tracking", "agency", "name"}),
    "submitted_at": frozenset({"updated", "closed"}),
    "closed_at": frozenset({"updated"}),
    "status": frozenset({"date"}),
}
"""Record field to what a name of its may not be about as well."""

_ANOTHER_CONCEPT, _UNKNOWN_WORD = 0.12, 0.08


def by_name(path: str) -> dict[str, float]:
    """Give each field that a column called *path* may be, and how sure its name makes it."""
    about, unknown = concepts(path)
    found: dict[str, float] = {}
    for name, patterns in PATTERNS.items():
        if about & _NEVER.get(name, frozenset()):
            continue
        for pattern, sure in patterns:
            needed = frozenset(pattern.split())
            if needed <= about:
                lost = _ANOTHER_CONCEPT * len(about - needed) + _UNKNOWN_WORD * unknown
                found[name] = max(found.get(name, 0.0), sure - lost)
    return {name: sure for name, sure in found.items() if sure > 0}
