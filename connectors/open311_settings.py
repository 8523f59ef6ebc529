"""What the settings say of an Open311 source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from connectors.contract.capabilities import Collection
from connectors.contract.filters import Value
from connectors.rules import Rules

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The pages that some servers add to the specification."""

    param: str
    size_param: str | None = None
    size: int = 100
    first: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A filter of the specification: which words are sent for a canonical value."""

    param: str
    path: str
    """Where a row holds the word, to see whether the source heeds the filter."""
    words: Mapping[Value, tuple[str, ...]]
    most: int | None
    """Words in one question; None: any number."""
    every: frozenset[str] = frozenset()
    """All words there are: to ask for all of them is to ask for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """The collection of complaints: service requests."""

    rules: Rules
    can: Collection
    filters: Mapping[str, Asked] = field(default_factory=dict)
    """By record field."""
    has_singles: bool = True
    """It can be asked for one request by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The collection of categories: the list of services."""

    rules: Rules
    can: Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Open311Settings:
    """An Open311 source."""

    name: str
    form: Literal["json", "xml"]
    since: datetime
    """No request is older."""
    window: timedelta
    params: Params = ()
    """Sent with every question: a jurisdiction."""
    answers_at_most: int | None = None
    paging: Paging | None = None
    requests: Requests | None = None
    services: Services | None = None
    row_budget: int = 50_000
    concurrency: int = 8
