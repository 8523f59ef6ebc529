"""The examples of `docs/queries.md`: each is run, and answered as the page says."""

from __future__ import annotations

import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.limit_settings import LimitSettings
from gateway.settings import GatewaySettings
from resolvers.planner.build import DEFAULT_SIZE, LARGEST_PAGE
from resolvers.policy import PUBLIC
from schema.build import printed
from tests.cases.golden import settled
from tests.living.gateway import answer
from tests.living.systems import Systems

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"
_BLOCK = re.compile(
    r"(?:<!-- (?P<name>\w+): (?P<value>[\w -]+) -->\n)?"
    r"```graphql\n(?P<query>.*?)```\n(?:\n```json answer\n(?P<answer>.*?)```\n)?",
    re.DOTALL,
)


_WIDTH = 96


class Example(NamedTuple):
    """One query of the page."""

    name: str | None
    value: str
    query: str
    answer: str | None


EXAMPLES = [
    Example(it["name"], it["value"] or "", it["query"], it["answer"])
    for it in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda it: " ".join(it.query.split())[:60])
def test_an_example_is_answered_as_the_page_says(systems: Systems, example: Example) -> None:
    """Without errors but those that the page tells, with something in it, word for word."""
    if example.name == "fault":
        system, mode = example.value.split()
        systems[system].fault(mode)
    viewer = example.value if example.name == "viewer" else "public"

    told = settled(answer(systems, example.query, viewer))

    codes = [error["extensions"]["code"] for error in told.get("errors", ())]
    assert codes == ([example.value] if example.name == "error" else [])
    assert codes or all(told["data"].values())
    assert codes or '"nodes": []' not in json.dumps(told["data"])
    if "related(" in example.query:
        assert '"reasons": [' in json.dumps(told["data"])
    if example.answer is not None:
        if os.environ.get("SIMPUL_UPDATE_CASES") == "1":
            _write(example.answer, _folded(told), example.query)
        else:
            assert json.loads(example.answer) == told


def _folded(value: Any, margin: str = "") -> str:
    """Write *value* as JSON, on one line what fits there."""
    short = json.dumps(value, ensure_ascii=False)
    if len(margin + short) <= _WIDTH or not isinstance(value, dict | list):
        return short
    deeper = f"{margin}  "
    if isinstance(value, list):
        parts = [_folded(each, deeper) for each in value]
        opening, closing = "[", "]"
    else:
        parts = [f'"{key}": {_folded(each, deeper)}' for key, each in value.items()]
        opening, closing = "{", "}"
    inner = f",\n{deeper}".join(parts)
    return f"{opening}\n{deeper}{inner}\n{margin}{closing}"


def _write(before: str, after: str, query: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    old = f"```graphql\n{query}```\n\n```json answer\n{before}```"
    assert text.count(old) == 1
    new = f"```graphql\n{query}```\n\n```json answer\n{after}\n```"
    PAGE.write_text(text.replace(old, new), encoding="utf-8")


def test_every_query_of_the_page_is_an_example() -> None:
    """None is written in a way that would keep it from being run."""
    text = PAGE.read_text(encoding="utf-8")

    assert len(EXAMPLES) == text.count("```graphql") >= 12
    assert sum(it.answer is not None for it in EXAMPLES) == text.count("```json") == 6
    assert sum(it.name is not None for it in EXAMPLES) == text.count("<!-- ")


def test_a_number_of_one_day_is_found_by_the_query_before_it(systems: Systems) -> None:
    """An example's number or id that another day's sandbox lacks is among those that are found."""
    numbered = re.compile(r'\b(?:trackingId|id): "#?([\w-]+)"')
    checked = 0
    for before, example in pairwise(EXAMPLES):
        (named, *_) = numbered.findall(example.query) or ("",)
        if named in ("", "9165816"):
            continue
        found = answer(systems, before.query)

        assert before.name is None
        assert f'"{named}"' in json.dumps(found["data"])
        checked += 1
    assert checked == 3


def test_the_page_says_in_its_text_who_asks() -> None:
    """What only a comment says nobody sees."""
    text = PAGE.read_text(encoding="utf-8")

    for told in re.finditer(r"<!-- viewer: ([\w-]+) -->", text):
        assert text[: told.start()].endswith(f"\nAsked with `--as {told[1]}`:\n\n")


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    """Page sizes, how long a cursor lives, and what the public may spend."""
    text = PAGE.read_text(encoding="utf-8")

    assert f"A page has {DEFAULT_SIZE} entries unless" in text
    assert f"at most {LARGEST_PAGE}." in text
    assert f"The public may spend {LimitSettings().budget_of(PUBLIC):,} for one" in text
    assert "end after a day" in text
    assert GatewaySettings().cursor_lifetime == 24 * 3600


def test_everybody_may_use_every_filter_but_those_that_the_page_names(systems: Systems) -> None:
    """Of all that the schema has; no other is refused to the public."""
    values = {
        "DateTimeRange": '{ from: "2026-10-01T00:00:00Z" }',
        "Boolean": "true",
        "Int": "1",
        "SlaFilter": "{ step: HANDOVER, states: [OVERDUE] }",
        "ComplaintFilter": "{ open: true }",
        "AgencyLevel": "MINISTRY",
        "ComplaintKind": "COMPLAINT",
        "ComplaintStatus": "DISPOSED",
    }
    named = {
        "regions": "64",
        "agencies": "kemenpu",
        "trackingIds": "9165816",
        "handledBy": "kemenpu",
        "openHandlingAt": "kemenpu",
        "categories": "15",
        "channels": "web",
        "sources": "sp4n",
        "overlapsSources": "pu",
        "priorityProgrammes": "mbg",
    }
    refused = set()
    for name, field in printed_fields().items():
        value = values.get(field.strip("[]!")) or f'"{named[name]}"'
        query = f"{{ complaints(filter: {{ {name}: {value} }}, first: 1) {{ complete }} }}"
        errors = answer(systems, query).get("errors", [])
        assert {each["extensions"]["code"] for each in errors} <= {"FILTER_NOT_ALLOWED"}
        if errors:
            refused.add(name)

    assert refused == {"handoverConsent", "hasOmbudsmanCase"}
    text = PAGE.read_text(encoding="utf-8")
    assert "every filter but two, `handoverConsent` and `hasOmbudsmanCase` (" in text


def printed_fields() -> dict[str, str]:
    """Each field of the filter with its type, as the schema is published."""
    (body,) = re.findall(r"\ninput ComplaintFilter \{\n(.*?)\n\}", printed(), re.DOTALL)
    return dict(re.findall(r"^  (\w+): (\S+)", body, re.MULTILINE))


def test_what_is_no_number_is_nobody_s_number(systems: Systems) -> None:
    """As the page says: null and no request by number, an error in a filter."""
    one = answer(systems, '{ complaint(trackingId: "abc") { status } }')
    some = answer(systems, '{ complaints(filter: { trackingIds: ["abc"] }) { complete } }')

    assert one == {"data": {"complaint": None}}
    assert some["errors"][0]["extensions"]["code"] == "TRACKING_ID_MALFORMED"
    assert not systems.anybody_asked()
