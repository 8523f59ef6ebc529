"""What the settings say of a GraphQL source: templates, variables, paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.contract.capabilities import Collection
from connectors.contract.filters import Op
from connectors.contract.query import Order
from connectors.graphql_document import Template, Variables
from connectors.rest_settings import FilterParam
from connectors.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlPages:
    """How a list is cut into pages, as Relay's connections are or nearly so."""

    size: str | None = None
    """The variable that says how many rows are wanted."""
    max_size: int = 100
    cursor: str = ""
    """The variable that takes the cursor; empty: the list is not cut."""
    next: str = ""
    """Where the next cursor stands."""
    more: str = ""
    """Where it says whether there is a next page; empty: where there is a cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list in the answer to a template."""

    template: Template
    rows: str
    """Where the list stands, below `data`."""
    row: str = ""
    """Where the row stands in an entry (`node`); empty: the entry is the row."""
    single: bool = False
    """There is no list but one entry, or null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByNumber:
    """How some are asked for by their ids."""

    listed: Listed
    variable: str
    max: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How matches are counted."""

    template: Template
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlCollection:
    """One collection of a GraphQL source."""

    listed: Listed
    rules: Rules
    can: Collection
    pages: GraphqlPages
    total: str | None = None
    constants: Variables = field(default_factory=dict)
    filters: Mapping[tuple[str, Op], FilterParam] = field(default_factory=dict)
    orders: Mapping[Order, Variables] = field(default_factory=dict)
    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Boolean variable to the record fields for which it is true."""
    count: Counting | None = None
    by_id: ByNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlSteps:
    """What happened to complaints: asked for by their ids, each with its steps."""

    by_id: ByNumber
    rules: Rules
    can: Collection
    complaint: str
    """Where an entry's complaint stands …"""
    steps: str
    """… and where its steps."""
    constants: Variables = field(default_factory=dict)
    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlSettings:
    """A GraphQL source."""

    name: str
    collections: Mapping[str, GraphqlCollection]
    steps: GraphqlSteps | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    """The source's own error codes, and what they mean."""
    row_budget: int = 50_000
