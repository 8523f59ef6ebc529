"""What the settings say of a REST source: addresses, paging, filters, look-up, counting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.contract.capabilities import Collection
from connectors.contract.filters import Op, Term
from connectors.contract.query import Order
from connectors.rules import Rules

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStyle:
    """How a source cuts its lists."""

    style: Literal["number", "offset", "cursor", "link", "none"]
    param: str = ""
    """The parameter that names the page; link style: none."""
    size_param: str | None = None
    max_size: int = 100
    next: str = ""
    """Cursor style: where the next cursor stands."""
    first: int = 1
    """Number style: the number of the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ById:
    """How single rows are asked for."""

    param: str | None = None
    """A parameter that takes several ids …"""
    join: str = ","
    path: str | None = None
    """… or a path of its own with `{id}` in it."""
    row: str = ""
    """Where the row stands in the answer to that path."""
    max: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterParam:
    """One comparison, as the source takes it."""

    field: str
    op: Op
    param: str
    words: Callable[[Term], tuple[str, ...]]
    """Gives the source's words for a term within the declared operator."""
    join: str | None = None
    """What separates several words in one parameter; None: the parameter is repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCollection:
    """One collection of a REST source."""

    path: str
    rules: Rules
    can: Collection
    rows: str = ""
    """Where the list of rows stands in the answer; empty: the answer is the list."""
    total: str | None = None
    page: PageStyle
    params: Params = ()
    """Sent with every question."""
    filters: Mapping[tuple[str, Op], FilterParam] = field(default_factory=dict)
    order_params: Mapping[Order, Params] = field(default_factory=dict)
    count: Params | None = None
    """What to send on top so that only the total is answered; None: it cannot count."""
    by_id: ById | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSettings:
    """A REST source."""

    name: str
    collections: Mapping[str, RestCollection]
    row_budget: int = 50_000
    concurrency: int = 8
