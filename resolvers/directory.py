"""The reference data at one moment, indexed: agencies, regions, categories, channels, nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.contract.records import (
    AgencyRecord,
    CategoryRecord,
    ChannelRecord,
    NodeRecord,
    ProgrammeCategoryRecord,
    ProgrammeRecord,
    RegionRecord,
)
from connectors.contract.vocabulary import NodeRole

COLLECTIONS = (
    "agencies",
    "regions",
    "categories",
    "channels",
    "nodes",
    "programmes",
    "programme_categories",
)

Group = Mapping[str | None, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Directory:
    """What the registry said, ready to be looked up.

    *known* names the collections that were ever read: of the others, nothing can be said.
    """

    known: frozenset[str] = frozenset()
    agencies: Mapping[str, tuple[AgencyRecord, ...]] = field(default_factory=dict)
    """Code to its editions, latest first."""
    units: Group = field(default_factory=dict)
    """Code to the agencies right below it, on the day of the index; None to those on top."""
    parents: Mapping[str, str | None] = field(default_factory=dict)
    """Code to the agency right above it, on the day of the index."""
    regions: Mapping[str, RegionRecord] = field(default_factory=dict)
    parts: Group = field(default_factory=dict)
    """Region code to the regions right below it; None to the provinces."""
    categories: Mapping[str, CategoryRecord] = field(default_factory=dict)
    branches: Group = field(default_factory=dict)
    """Category id to those right below it; None to the top ones."""
    channels: Mapping[str, ChannelRecord] = field(default_factory=dict)
    nodes: tuple[NodeRecord, ...] = ()
    programmes: Mapping[str, ProgrammeRecord] = field(default_factory=dict)
    covered: tuple[ProgrammeCategoryRecord, ...] = ()
    """Which programme covers which category when."""
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    """Source to the moment as of which it told its agencies."""

    def agency(self, code: str | None, on: date) -> AgencyRecord | None:
        """Give the agency as it stands *on* that day, else as it last stood, else as it will."""
        editions = self.agencies.get(code, ()) if code is not None else ()
        return standing(editions, on) if editions else None

    def agencies_on(self, on: date) -> list[AgencyRecord]:
        """Give every agency that exists *on* that day, by code."""
        found = (self.agency(code, on) for code in sorted(self.agencies))
        return [each for each in found if each is not None and exists(each, on)]

    def with_units_and_successors(self, codes: Iterable[str]) -> frozenset[str]:
        """Give *codes*, all units below them, and all that took their work over."""
        found: set[str] = set()
        waiting = list(codes)
        while waiting:
            code = waiting.pop()
            if code in found:
                continue
            found.add(code)
            waiting.extend(self.units.get(code, ()))
            for edition in self.agencies.get(code, ()):
                waiting.extend(edition.successors)
        return frozenset(found)

    def branch(self, ids: Iterable[str]) -> frozenset[str]:
        """Give the categories *ids* and all below them."""
        found: set[str] = set()
        waiting = list(ids)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self.branches.get(each, ()))
        return frozenset(found)

    def region(self, code: str | None) -> RegionRecord | None:
        """Give the region of *code*."""
        return self.regions.get(code) if code is not None else None

    def category(self, code: str | None) -> CategoryRecord | None:
        """Give the category of *code*."""
        return self.categories.get(code) if code is not None else None

    def channel(self, code: str | None) -> ChannelRecord | None:
        """Give the channel of *code*."""
        return self.channels.get(code) if code is not None else None

    def covered_by(self, programme: str, on: date) -> list[str]:
        """Give the categories that *programme* covers *on* that day, those below them apart."""
        return sorted(
            {
                each.category
                for each in self.covered
                if each.programme == programme and exists(each, on)
            }
        )

    def programmes_of(self, category: str | None, on: date) -> list[ProgrammeRecord]:
        """Give the programmes that cover *category* or one above it *on* that day, by id."""
        above: set[str] = set()
        while category is not None and category not in above:
            above.add(category)
            known = self.categories.get(category)
            category = None if known is None else known.parent
        found = {
            each.programme for each in self.covered if each.category in above and exists(each, on)
        }
        return [self.programmes[name] for name in sorted(found) if name in self.programmes]

    def node(self, region: str, role: NodeRole, on: date) -> list[str]:
        """Give the codes of the agencies that have *role* in *region*'s node *on* that day."""
        return [
            node.agency
            for node in self.nodes
            if node.region == region and node.role == role and exists(node, on)
        ]


def standing(editions: Sequence[AgencyRecord], on: date) -> AgencyRecord:
    """Give the one of *editions*, latest first, that stands *on* that day; without one the last
    that stood before, without that the first to come.
    """
    for edition in editions:
        if exists(edition, on):
            return edition
    begun = (each for each in editions if each.valid_from is None or each.valid_from <= on)
    return next(begun, editions[-1])


def exists(record: AgencyRecord | NodeRecord | ProgrammeCategoryRecord, on: date) -> bool:
    """Say whether *record* is valid *on* that day; both ends belong to its time."""
    starts, ends = record.valid_from, record.valid_to
    return (starts is None or starts <= on) and (ends is None or on <= ends)


def index(
    rows: Mapping[str, Iterable[object]],
    on: date = date.max,
    as_of: Mapping[str, datetime] | None = None,
) -> Directory:
    """Build a directory from the *rows* of each collection; of two with one code the first counts.

    Who is whose unit is as it stands *on* that day.  *as_of* says of each source as of when
    it told its agencies.

    A parent that is not there leaves its child at the top, so that nothing is out of reach.
    """
    agencies: dict[str, list[AgencyRecord]] = {}
    regions: dict[str, RegionRecord] = {}
    categories: dict[str, CategoryRecord] = {}
    channels: dict[str, ChannelRecord] = {}
    nodes: list[NodeRecord] = []
    programmes: dict[str, ProgrammeRecord] = {}
    covered: list[ProgrammeCategoryRecord] = []
    for row in (row for collection in rows.values() for row in collection):
        match row:
            case AgencyRecord():
                agencies.setdefault(row.code, []).append(row)
            case RegionRecord():
                regions.setdefault(row.code, row)
            case CategoryRecord():
                categories.setdefault(row.id, row)
            case ChannelRecord():
                channels.setdefault(row.id, row)
            case NodeRecord():
                nodes.append(row)
            case ProgrammeRecord():
                programmes.setdefault(row.id, row)
            case ProgrammeCategoryRecord():
                covered.append(row)
    for editions in agencies.values():
        editions.sort(key=lambda edition: edition.valid_from or date.min, reverse=True)
    parents = {code: standing(editions, on).parent for code, editions in agencies.items()}
    return Directory(
        known=frozenset(rows),
        agencies={code: tuple(editions) for code, editions in agencies.items()},
        units=_grouped(parents),
        parents=parents,
        regions=regions,
        parts=_grouped({code: region.parent for code, region in regions.items()}),
        categories=categories,
        branches=_grouped({each.id: each.parent for each in categories.values()}),
        channels=channels,
        nodes=tuple(nodes),
        programmes=programmes,
        covered=tuple(covered),
        as_of=as_of or {},
    )


def _grouped(parents: Mapping[str, str | None]) -> Group:
    groups: dict[str | None, list[str]] = {}
    for code in sorted(parents):
        parent = parents[code]
        groups.setdefault(parent if parent in parents else None, []).append(code)
    return groups
