"""What fields cost, as data: how long their lists are, how many sources they touch.

An object costs 1, a leaf nothing; what is here comes on top.  Sizes are those of real data where
nothing in the query says how many: about 500 regencies and cities, some hundred channels and
categories, a handful of handlings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

FAN_OUT: Final = 10
"""Every source is asked."""
PER_ROW: Final = 2
"""Sources are asked for more about each row."""
COMPUTED: Final = 1
"""Computed for each row, from legal calendars."""
PERSONAL: Final = 3
"""Personal data: masked or withheld, and written to the record of accesses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one field costs."""

    own: int = 0
    """What asking it costs, however many it gives."""
    size: int = 1
    """How many objects it gives where no argument says so."""
    arguments: tuple[str, ...] = ()
    """Arguments that say how many."""
    most: int = 100
    """It gives no more than this, or refuses."""
    size_of: Callable[[Mapping[str, object]], int] | None = None
    """Tells the size by all arguments; they are not yet checked."""
    narrowed_by: str | None = None
    """The argument that lets it give less, where none says how many."""
    is_page: bool = False
    """The size is that of `edges` and `nodes` below it."""
    is_in_page: bool = False
    """It is `edges` or `nodes`: as many as the field around it says."""


def _page(own: int = 0, *arguments: str) -> Cost:
    return Cost(own=own, size=20, arguments=arguments or ("first",), is_page=True)


_LEVELS: Final = ("PROVINCE", "REGENCY", "DISTRICT", "VILLAGE")
_LARGEST: Final = (
    (38, 514, 7_300, 84_000),
    (0, 38, 670, 8_600),
    (0, 0, 60, 860),
    (0, 0, 0, 90),
)
"""How many regions of each level the country has, the largest province, regency, district."""
_REGIONS_PER_COST: Final = 20
"""A region is a line of the registry, held in memory: twenty count as one object."""


def regions_asked(arguments: Mapping[str, object]) -> int:
    """Give what the regions of a level below a parent count as."""
    parent, level = arguments.get("parent"), arguments.get("level")
    depth = parent.count(".") + 1 if isinstance(parent, str) and parent else 0
    below = _LEVELS.index(level) if isinstance(level, str) and level in _LEVELS else depth
    if depth >= len(_LARGEST):
        return 1
    return _LARGEST[depth][min(below, 3)] // _REGIONS_PER_COST + 1


_ENTRIES: Final = Cost(is_in_page=True)

COSTS: Final[Mapping[str, Cost]] = {
    "Query.complaints": _page(FAN_OUT, "first", "last"),
    "Query.complaint": Cost(own=FAN_OUT),
    "Query.node": Cost(own=FAN_OUT),
    "Query._entities": Cost(own=FAN_OUT, size=20, arguments=("representations",)),
    "Query.nodes": Cost(own=FAN_OUT, size=20, arguments=("ids",)),
    "Query.ombudsmanCase": Cost(own=PER_ROW),
    "Query.ombudsmanCases": _page(PER_ROW),
    "Query.agencies": _page(),
    "Query.regions": Cost(size_of=regions_asked, narrowed_by="parent"),
    "Query.priorityProgrammes": Cost(size=20),
    "Query.categories": Cost(size=30),
    "Query.channels": Cost(size=20),
    "Query.sources": Cost(size=10),
    "Agency.complaints": _page(FAN_OUT),
    "Agency.units": _page(),
    "Agency.successors": Cost(size=2),
    "AgencyConnection.edges": _ENTRIES,
    "AgencyConnection.nodes": _ENTRIES,
    "Category.children": Cost(size=10),
    "Complaint.body": Cost(own=PERSONAL),
    "Complaint.reporter": Cost(own=PERSONAL),
    "Complaint.location": Cost(own=PER_ROW),
    "Complaint.handlings": Cost(own=PER_ROW, size=3),
    "Complaint.timeline": _page(PER_ROW),
    "Complaint.bounces": Cost(own=PER_ROW),
    "Complaint.contributions": Cost(own=PER_ROW, size=3),
    "Complaint.discrepancies": Cost(own=PER_ROW, size=2),
    "Complaint.deadlines": Cost(own=COMPUTED, size=3),
    "Complaint.sla": Cost(own=COMPUTED),
    "Complaint.nextDueAt": Cost(own=COMPUTED),
    "Complaint.indicator": Cost(own=COMPUTED),
    "Complaint.priorityProgrammes": Cost(size=2),
    "Complaint.handover": Cost(own=COMPUTED),
    "Complaint.ombudsmanCase": Cost(own=PER_ROW),
    "Complaint.related": Cost(own=FAN_OUT, size=5, arguments=("first",), most=20),
    "ComplaintConnection.edges": _ENTRIES,
    "ComplaintConnection.nodes": _ENTRIES,
    "ComplaintConnection.answers": Cost(size=10),
    "ComplaintConnection.totalCount": Cost(own=FAN_OUT),
    "CoordinationNode.members": Cost(size=50),
    "Discrepancy.contributions": Cost(size=2),
    "FollowUp.text": Cost(own=PERSONAL),
    "Handling.workingDaysHeld": Cost(own=COMPUTED),
    "Handling.followUps": Cost(own=PER_ROW, size=3),
    "OmbudsmanCase.complaints": Cost(own=PER_ROW, size=2),
    "OmbudsmanCase.correctiveActionDueAt": Cost(own=COMPUTED),
    "OmbudsmanCase.officeHistory": Cost(size=2),
    "OmbudsmanCase.stages": Cost(size=4),
    "OmbudsmanCase.timeline": _page(),
    "OmbudsmanCaseConnection.edges": _ENTRIES,
    "OmbudsmanCaseConnection.nodes": _ENTRIES,
    "OmbudsmanCaseConnection.answers": Cost(size=10),
    "PriorityProgramme.categories": Cost(size=3),
    "TimelineConnection.edges": _ENTRIES,
    "TimelineConnection.nodes": _ENTRIES,
    "TimelineEvent.text": Cost(own=PERSONAL),
    "TimelineEvent.reason": Cost(own=PERSONAL),
    "Viewer.agencies": Cost(size=5),
    "Viewer.regions": Cost(size=5),
}
"""Field, as `Type.field`, to its cost."""
