"""What has to be known before a filter can be translated: nothing, for most."""

from __future__ import annotations

from operator import attrgetter

from resolvers.asked import ComplaintFilter

DEEPEST = 10
"""How deep filters may be nested."""

_INVOLVED = attrgetter(
    *sorted(
        frozenset(ComplaintFilter.__struct_fields__).difference(
            (
                "tracking_ids",
                "kinds",
                "supervisory",
                "statuses",
                "open",
                "uncategorised",
                "sources",
                "submitted",
                "updated",
                "closed",
                "handover_consent",
            )
        )
    )
)

_NOTHING_INVOLVED = _INVOLVED(ComplaintFilter())


def asks_plainly(asked: ComplaintFilter) -> bool:
    """Say whether *asked* can be translated without reference data, law and what others know."""
    return _INVOLVED(asked) == _NOTHING_INVOLVED


def needs_reference(asked: ComplaintFilter, depth: int = 1) -> bool:
    """Say whether *asked* names anything that the reference data have to explain."""
    if depth > DEEPEST:
        return False
    nested = (*(asked.all_of or ()), *(asked.any_of or ()), *filter(None, (asked.none_of,)))
    named = (
        asked.agencies,
        asked.handled_by,
        asked.open_handling_at,
        asked.agency_levels,
        asked.handled_by_levels,
        asked.handled_by_at_least,
        asked.regions,
        asked.categories,
        asked.channels,
        asked.priority_programmes,
        asked.sla,
        asked.open_for_working_days,
        asked.without_follow_up_for_working_days,
    )
    return any(each is not None for each in named) or any(
        needs_reference(each, depth + 1) for each in nested
    )
