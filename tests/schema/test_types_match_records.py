"""Every field that reads an attribute finds it on its record, with a fitting type."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

import msgspec
import pytest
import strawberry
from graphql import GraphQLObjectType

from connectors.contract import records
from resolvers import paging, policy, timeline_paging
from resolvers import sources as shown
from resolvers.complaint import related as about
from resolvers.complaint.contribution import Told
from resolvers.complaint.discrepancies import Discrepancy as DiscrepancyTold
from resolvers.complaint.handlings import Handling as HandlingTold
from resolvers.complaint.timeline import TimelineEntry
from resolvers.nodes import CoordinationNodeShown
from resolvers.ombudsman import cases
from resolvers.planner import plan
from resolvers.sla import deadline as told
from resolvers.sla import rules
from schema import (
    agency,
    catalogue,
    complaint,
    contribution,
    deadline,
    federation,
    handling,
    ombudsman,
    places,
    programme,
    related,
    sources,
    timeline,
    viewer,
)
from schema import paging as pages
from schema.build import build_schema

PAIRS: list[tuple[type, type]] = [
    (complaint.Complaint, records.ComplaintRecord),
    (complaint.Visibility, complaint.Flags),
    (complaint.Reporter, complaint.Person),
    (complaint.ComplaintEdge, paging.ComplaintEdge),
    (complaint.ComplaintConnection, paging.ComplaintPage),
    (federation.Service, federation.Printed),
    (related.RelatedComplaint, about.RelatedComplaint),
    (programme.PriorityProgramme, records.ProgrammeRecord),
    (ombudsman.OmbudsmanCase, records.OmbudsmanCaseRecord),
    (ombudsman.OfficePeriod, records.Period),
    (ombudsman.StagePeriod, records.Period),
    (ombudsman.Handover, ombudsman.HandoverTold),
    (ombudsman.OmbudsmanCaseEdge, paging.EdgeAt),
    (ombudsman.OmbudsmanCaseConnection, cases.CasePage),
    (deadline.Deadline, told.Deadline),
    (deadline.SlaRule, rules.Rule),
    (places.Region, records.RegionRecord),
    (places.Location, places.Place),
    (catalogue.Category, records.CategoryRecord),
    (catalogue.Channel, records.ChannelRecord),
    (agency.Agency, records.AgencyRecord),
    (agency.AgencyEdge, paging.Edge),
    (agency.AgencyConnection, paging.Slice),
    (agency.CoordinationNode, CoordinationNodeShown),
    (sources.Source, shown.SourceShown),
    (sources.SourceAnswer, shown.AnswerShown),
    (contribution.Contribution, Told),
    (contribution.Discrepancy, DiscrepancyTold),
    (handling.Handling, HandlingTold),
    (handling.FollowUp, records.EventRecord),
    (timeline.TimelineEvent, TimelineEntry),
    (timeline.TimelineEdge, timeline_paging.TimelineEdge),
    (timeline.TimelineConnection, timeline_paging.TimelinePage),
    (pages.PageInfo, paging.PageInfo),
    (pages.Count, plan.Count),
    (viewer.Viewer, policy.Viewer),
]
"""Type of the schema to what its fields are read from."""

RECORD_OF = dict(PAIRS)


def hint_of(record: type, name: str) -> Any:
    """Give the type that *record* declares for the attribute or property *name*."""
    hints = typing.get_type_hints(record)
    if name in hints:
        return hints[name]
    found = getattr(record, name)
    assert isinstance(found, property)
    assert found.fget is not None
    return typing.get_type_hints(found.fget)["return"]


def parts(hint: Any) -> tuple[Any, bool]:
    """Split a type into what it is without None, and whether it can be None."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [each for each in typing.get_args(hint) if each is not type(None)]
        assert len(rest) == 1
        return rest[0], True
    return hint, False


def fits(declared: Any, held: Any) -> bool:
    """Say whether a value of type *held* can be shown as *declared*."""
    declared, may_be_null = parts(declared)
    held, is_null = parts(held)
    if is_null and not may_be_null:
        return False
    if isinstance(held, typing.TypeVar):
        return True
    if typing.get_origin(declared) is list:
        return typing.get_origin(held) is tuple and fits(
            typing.get_args(declared)[0], typing.get_args(held)[0]
        )
    if typing.get_origin(declared) is typing.Annotated:
        lazy = typing.get_args(declared)[0]
        declared = getattr(sys.modules[lazy.module], lazy.type_name)
    if declared in RECORD_OF:
        origin = typing.get_origin(held) or held
        return isinstance(origin, type) and issubclass(origin, RECORD_OF[declared])
    if declared is strawberry.ID:
        return held is str
    if isinstance(declared, type) and issubclass(declared, Enum):
        # Sources' codes are texts; the vocabulary's words are equal to them.
        return held is declared or (held is str and issubclass(declared, str))
    return declared is held


def attribute_fields(declared: type) -> Sequence[Any]:
    """Give the fields of a type that have no resolver."""
    definition: Any = declared.__strawberry_definition__  # type: ignore[attr-defined] # Strawberry adds it
    return [field for field in definition.fields if field.is_basic_field]


@pytest.mark.parametrize(
    ("declared", "record"), PAIRS, ids=[declared.__name__ for declared, _ in PAIRS]
)
def test_attribute_fields_are_on_the_record(declared: type, record: type) -> None:
    """Each field without a resolver is an attribute of the record, no more nullable than told."""
    hints = typing.get_type_hints(declared, include_extras=True)
    fields = attribute_fields(declared)

    assert fields
    for field in fields:
        assert fits(hints[field.python_name], hint_of(record, field.python_name)), field.python_name


def test_every_object_type_is_paired() -> None:
    """No type of the schema escapes the comparison."""
    declared = {
        name
        for name, held in build_schema()._schema.type_map.items()
        if isinstance(held, GraphQLObjectType) and not name.startswith("__")
    }

    paired = {each.__strawberry_definition__.name for each, _ in PAIRS}  # type: ignore[attr-defined] # Strawberry adds it
    assert declared - paired == {"Query", "Subscription"}


def test_the_comparison_can_fail() -> None:
    """A missing attribute, a wrong type and a wrong nullability are told apart."""

    class Held(msgspec.Struct):
        a: int
        b: str | None

    assert not fits(str, hint_of(Held, "a"))
    assert not fits(str, hint_of(Held, "b"))
    assert fits(str | None, hint_of(Held, "b"))
    assert fits(int | None, hint_of(Held, "a"))
    with pytest.raises(AttributeError):
        hint_of(Held, "c")


def test_moments_and_days_stay_apart() -> None:
    """A day is no moment, though Python has it otherwise."""
    assert not fits(date, datetime)
    assert not fits(datetime, date)
    assert dataclasses.is_dataclass(places.Place)
