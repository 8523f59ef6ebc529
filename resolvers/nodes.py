"""Coordination nodes: which agency has which part in a province, today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from connectors.contract.records import AgencyRecord, RegionRecord
from connectors.contract.vocabulary import NodeRole, RegionLevel
from resolvers.directory import Directory


@dataclass(frozen=True, slots=True)
class CoordinationNodeShown:
    """The node of one province."""

    region: RegionRecord


def node_of(directory: Directory, code: str) -> CoordinationNodeShown | None:
    """Give the node of the province *code*; None if there is no such province."""
    region = directory.region(code)
    if region is None or region.level != RegionLevel.PROVINCE:
        return None
    return CoordinationNodeShown(region)


def sole_agency(
    directory: Directory, node: CoordinationNodeShown, role: NodeRole, on: date
) -> AgencyRecord | None:
    """Give the agency that has *role* on that day; the first by code if the registry names two."""
    codes = sorted(directory.node(node.region.code, role, on))
    return directory.agency(codes[0], on) if codes else None


def members_of(directory: Directory, node: CoordinationNodeShown, on: date) -> list[AgencyRecord]:
    """Give every agency with a part in the node on that day, by code, each once."""
    codes = {code for role in NodeRole for code in directory.node(node.region.code, role, on)}
    found = (directory.agency(code, on) for code in sorted(codes))
    return [each for each in found if each is not None]
