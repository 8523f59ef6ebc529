"""Lists compared with the ground truth, by code that knows nothing of planner or policy.

Rows into which dirt was planted are left out on both sides: what becomes of those is the
connectors' tests' business.
"""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime
from typing import Any

import pytest

from tests.living.gateway import Ask, answered
from tests.living.systems import Systems

PUBLIC_STATUSES = {
    "DISPOSED",
    "IN_PROGRESS",
    "RESPONDED",
    "REPLIED",
    "REOPENED",
    "CLOSED_BY_REPORTER",
    "CLOSED_BY_SYSTEM",
    "CLOSED_BY_ADMIN",
    "ESCALATED",
}
HARMLESS = {"duplicate_change", "duplicate_delivery", "leading_hash_in_text", "html_entities"}

QUERY = """
query ($filter: ComplaintFilter, $order: ComplaintOrder, $after: String) {
  complaints(
    filter: $filter, orderBy: $order, first: 100, after: $after
  ) {
    nodes { id trackingId submittedAt updatedAt }
    pageInfo { hasNextPage endCursor }
    complete
  }
}
"""

Row = dict[str, Any]


def clean(row: Row) -> bool:
    return all(dirt["kind"] in HARMLESS for dirt in row["dirt"])


def expected(systems: Systems, wanted: Any, field: str, *, descending: bool) -> list[Row]:
    """The listed rows of the truth: national ones, and others that carry no number."""
    rows = [
        row | {"secret": each["secret"]}
        for each in systems.truth()
        for row in each["rows"]
        if row["link"] != "tracking" and clean(row)
    ]
    found = [row for row in rows if wanted(row)]
    found.sort(key=lambda row: (row["system"], row["id"]))
    found.sort(key=lambda row: datetime.fromisoformat(row[field]), reverse=descending)
    return found


async def whole(ask: Ask, viewer: str, variables: Row) -> list[Row]:
    """Read a list to its end."""
    nodes: list[Row] = []
    after = None
    while True:
        told = await ask(QUERY, viewer, variables | {"after": after})
        assert "errors" not in told, told
        page = told["data"]["complaints"]
        assert page["complete"]
        nodes.extend(page["nodes"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


def identity(node: Row) -> str:
    text = base64.urlsafe_b64decode(node["id"] + "==").decode()
    return text.rpartition(":")[2]


def in_kaltim(row: Row) -> bool:
    return bool(row["region"]) and (row["region"] + ".").startswith("64.")


CASES: list[tuple[str, str, Row, Any]] = [
    (
        "all that the public may list",
        "public",
        {"filter": {"sources": ["sp4n", "pu", "kaltim"]}},
        lambda row: row["status"] in PUBLIC_STATUSES and not row["secret"],
    ),
    (
        "roads of Kalimantan Timur, for the public",
        "public",
        {"filter": {"regions": ["64"], "categories": ["1501", "1502"]}},
        lambda row: (
            row["status"] in PUBLIC_STATUSES
            and not row["secret"]
            and row["category"] in (1501, 1502)
            and in_kaltim(row)
        ),
    ),
    (
        "everything in Kalimantan Timur, for the national administrator",
        "national-admin",
        {"filter": {"regions": ["64"]}},
        in_kaltim,
    ),
    (
        "what the ministry of public works has, by change, oldest first",
        "national-admin",
        {
            "filter": {"agencies": ["kemenpu"], "sources": ["sp4n", "pu"]},
            "order": {"field": "UPDATED_AT", "direction": "ASC"},
        },
        lambda row: (row["agency"] or "").startswith("kemenpu") and row["system"] != "kaltim",
    ),
    (
        "closed this year and not in a category",
        "national-admin",
        {
            "filter": {
                "uncategorised": True,
                "sources": ["sp4n", "pu", "kaltim"],
                "closed": {"from": "2026-01-01T00:00:00+07:00"},
            }
        },
        lambda row: (
            row["category"] is None
            and row["closed"] is not None
            and datetime.fromisoformat(row["closed"])
            >= datetime.fromisoformat("2026-01-01T00:00+07:00")
        ),
    ),
]


@pytest.mark.parametrize(
    ("name", "viewer", "variables", "wanted"), CASES, ids=[c[0] for c in CASES]
)
def test_a_list_is_what_the_truth_says(
    systems: Systems, name: str, viewer: str, variables: Row, wanted: Any
) -> None:
    """Every row of the truth that should be listed is, in order, and no other."""
    order = variables.get("order", {"field": "SUBMITTED_AT", "direction": "DESC"})
    field = {"SUBMITTED_AT": "submitted", "UPDATED_AT": "updated"}[order["field"]]
    truth = expected(systems, wanted, field, descending=order["direction"] == "DESC")

    nodes = asyncio.run(answered(systems, lambda ask: whole(ask, viewer, variables)))

    dirty = {row["id"] for each in systems.truth() for row in each["rows"] if not clean(row)}
    got = [identity(node) for node in nodes]
    assert len(got) == len(set(got)), name
    assert [each for each in got if each not in dirty] == [row["id"] for row in truth]
    assert truth
