"""`docs/limits.md`: written from the limits and costs, its examples tried while writing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from gateway import limit_settings
from gateway.executor.cost import PARTING
from gateway.executor.dearest import too_costly
from gateway.executor.document import Documents
from gateway.limit_settings import LimitSettings
from resolvers.agencies import LONGEST_TEXT
from resolvers.needs import DEEPEST
from resolvers.paging import LARGEST_PAGE
from resolvers.policy import PUBLIC
from resolvers.translation import MOST_TERMS, MOST_VALUES
from schema.build import build_schema
from schema.costs import COSTS

CODES: Final[Mapping[str, str]] = {
    "length": "QUERY_TOO_LONG",
    "tokens": "QUERY_TOO_MANY_TOKENS",
    "depth": "QUERY_TOO_DEEP",
    "introspection_depth": "QUERY_TOO_DEEP",
    "aliases": "TOO_MANY_ALIASES",
    "root_fields": "TOO_MANY_ROOT_FIELDS",
    "directives": "TOO_MANY_DIRECTIVES",
    "fields": "QUERY_TOO_REPETITIVE",
    "pairs": "QUERY_TOO_REPETITIVE",
    "budget": "QUERY_TOO_COSTLY",
}
"""Limit to the code that tells that it was passed."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query of the page."""

    title: str
    query: str
    variables: Mapping[str, Any] | None = None


_LONGEST_SHOWN: Final = 200
_ROWS = "{ nodes { trackingId title status agency { name } } }"

EXAMPLES: Final = (
    Example("a page of twenty", f"{{ complaints {_ROWS} }}"),
    Example(
        "the same with a variable, at `first: 50`",
        f"query ($first: Int) {{ complaints(first: $first) {_ROWS} }}",
        {"first": 50},
    ),
    Example(
        "every agency's work on fifty complaints",
        "{ complaints(first: 50) { nodes { handlings { status agency { name } } } } }",
    ),
    Example(
        "the whole timelines of a hundred complaints",
        "{ complaints(first: 100) { nodes { timeline(first: 100) { nodes { at kind } } } } }",
    ),
    Example(
        "agencies of agencies of agencies",
        "{ agencies(first: 100) { nodes { units(first: 100) { nodes { units { nodes { name } } "
        "} } } } }",
    ),
    Example("forty aliases", "{ " + " ".join(f"a{n}: __typename" for n in range(40)) + " }"),
    Example(
        "fragments that double each other",
        "{ sources { ...A } } fragment A on Source { agency { parent { ...B ...B } } } "
        + " ".join(
            f"fragment {this} on Agency {{ parent {{ ...{below} ...{below} }} }}"
            for this, below in zip("BCDEFGH", "CDEFGHI", strict=True)
        )
        + " fragment I on Agency { "
        + "parent { code } " * 50
        + "}",
    ),
)

_INTRODUCTION: Final = f"""\
# Limits

Written from `gateway/limit_settings.py` and `schema/costs.py`; `make docs` renews it.

What one query may ask is bounded before any work is done for it: \
its text before it is parsed, its cost before it is run.
A query over a limit is answered with one error: its code, the amount, the limit, and what to do.
Settings stand in the table `[gateway.limits]`; \
a limit is changed by setting it there, and none can be taken away.

```toml
[gateway.limits]
depth = 15
show_cost = true

[gateway.limits.budget]
PUBLIC = 4000
```

Other bounds stand elsewhere:

* the size of a request's body: `gateway.body_max`, `BODY_TOO_LARGE`;
* the time in which it comes: `gateway.deadline`, `BODY_TOO_SLOW`;
* the head of a request: 10 seconds, then the connection is closed; 64 KiB \
(more if it comes in one piece) and 200 lines, then 431;
* requests on one connection that are sent before earlier ones are answered: 32, \
then it is closed;
* a client that takes nothing of its answer: 20 seconds, then its connection is closed;
* the time that it may take: `gateway.deadline`, `DEADLINE_EXCEEDED`; \
what it waits for, at sources and in SQL, is cancelled then, and likewise when the client leaves;
* entries of a page: {LARGEST_PAGE}, `PAGE_TOO_LARGE`;
* values of one list in a filter: {MOST_VALUES}; terms of a filter: {MOST_TERMS}; \
characters of `text` in a filter of agencies: {LONGEST_TEXT}; `FILTER_TOO_LARGE`;
* filters inside one another by `and`, `or` and `not`: {DEEPEST}, `FILTER_TOO_DEEP`;
* how many validation errors are told: `gateway.validation_errors`, 1;
* whether the schema may be asked for: `gateway.introspection`, off but in the demonstration, \
`INTROSPECTION_DISABLED`; while it is off, errors suggest no names of the schema either.

## The text

"""

_COSTS: Final = f"""\
## The cost

An object costs 1 and a leaf nothing, plus what the table says, \
as often as the lists around it are long.
How long a list is, `first`, `last` or `ids` say, written out or in a variable; \
where nothing does, the usual size counts.
Fields that are left out by `@skip` or `@include` cost nothing; \
fragments cost as often as they are spread.
Each `@defer` and `@stream` costs {PARTING} more, as often as the lists around it are long: \
each part is work of its own.
The budget goes by the viewer's roles; of several roles the largest counts.
With `show_cost` every answer tells `extensions.cost`: the `cost` and the `budget`.
The line that is logged of each request tells its cost in any case.
"""


def documented() -> str:
    """Give `docs/limits.md`."""
    source = Path(limit_settings.__file__).read_text(encoding="utf-8")
    defaults = LimitSettings()
    lines = [_INTRODUCTION + "| limit | default | bounds | error |", "|---|---|---|---|"]
    for each in fields(defaults):
        if each.name in CODES and each.name != "budget":
            found = re.search(rf'    {each.name}: [^\n]*\n    """(.*?)"""', source, re.DOTALL)
            meaning = " ".join(found.group(1).split()) if found else ""
            default = getattr(defaults, each.name)
            lines.append(f"| `{each.name}` | {default} | {meaning} | `{CODES[each.name]}` |")
    lines += ["", _COSTS, "| role | budget |", "|---|---|"]
    lines += [f"| `{role}` | {budget} |" for role, budget in defaults.budget.items()]
    lines += ["", "| field | costs | gives |", "|---|---|---|"]
    lines += [f"| `{name}` | {cost.own} | {_size(name)} |" for name, cost in COSTS.items()]
    lines += ["", "## Examples", "", "For the public, with the settings as they come.", ""]
    lines += ["| query | cost | answer |", "|---|---|---|"]
    lines += [f"| {each.title} | {_tried(each)} |" for each in EXAMPLES]
    return "\n".join([*lines, "", *_texts()])


def _size(name: str) -> str:
    cost = COSTS[name]
    if cost.is_in_page:
        return "as many as its page"
    if cost.size_of is not None:
        return "as its arguments say"
    said = " or ".join(f"`{argument}`" for argument in cost.arguments)
    return f"{said}, else {cost.size}" if said else str(cost.size)


def _tried(example: Example) -> str:
    settings = LimitSettings()
    limits = settings.limits(introspection=False, validation_errors=1)
    documents = Documents(build_schema(), limits, costs=COSTS)
    prepared = documents.prepare(example.query)
    if prepared.price is None:
        return f"- | {prepared.problems[0].message}"
    cost, budget = prepared.price.of(example.variables), settings.budget_of(PUBLIC)
    if cost <= budget:
        return f"{cost} | answered"
    refused = too_costly(cost, budget, documents.roots_of(prepared), example.variables)
    return f"{cost} | {refused.message}"


def _texts() -> list[str]:
    lines = []
    for each in EXAMPLES:
        if len(each.query) <= _LONGEST_SHOWN:
            lines += [f"{each.title.capitalize()}:", "", "```graphql", each.query, "```", ""]
    return lines
