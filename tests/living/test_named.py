"""Every kind of source together: one list as the truth has it, whoever of them fails."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime
from typing import Any

import pytest

from tests.living.gateway import Ask, answered
from tests.living.named import DEMO, SOURCES, Named
from tests.living.test_truth import PUBLIC_STATUSES, clean, expected, identity, whole

ALL = ("sp4n", *SOURCES)
CONFIGS = (DEMO / "sandbox.toml", *(DEMO / f"{name}.toml" for name in SOURCES))
SINCE = datetime.fromisoformat("2026-07-01T00:00:00+08:00")
"""A midnight of Kupang's, which knows days only."""
LIST = """
{
  complaints(first: 60) {
    nodes { id }
    complete
    answers { source { id } state code }
  }
}
"""


@pytest.fixture(scope="module")
def well(named_systems: Named) -> dict[str, Any]:
    """The page while all are well."""
    named_systems.reset()
    return page(named_systems)


@pytest.fixture
def named(named_systems: Named) -> Named:
    named_systems.reset()
    return named_systems


def over(named: Named, steps: Any) -> Any:
    told = answered(named, steps, configs=CONFIGS, only={*ALL, "registry"})
    return asyncio.run(told)


def page(named: Named) -> dict[str, Any]:
    async def once(ask: Ask) -> dict[str, Any]:
        told = await ask(LIST)
        found: dict[str, Any] = told["data"]["complaints"]
        return found

    found: dict[str, Any] = over(named, once)
    return found


@pytest.mark.parametrize("viewer", ["public", "national-admin"])
def test_one_list_over_every_kind_is_what_the_truth_says(viewer: str, named: Named) -> None:
    """Every row that this viewer may list, each once, newest first, and nothing secret."""
    filter_ = {"filter": {"submitted": {"from": SINCE.isoformat()}, "sources": list(ALL)}}

    nodes = over(named, lambda ask: whole(ask, viewer, filter_))

    dirty = {row["id"] for each in named.truth() for row in each["rows"] if not clean(row)}
    got = [identity(node) for node in nodes]
    moments = [node["submittedAt"] for node in nodes]
    truth = expected(
        named,
        lambda row: (
            row["system"] in ALL
            and datetime.fromisoformat(row["submitted"]) >= SINCE
            and (
                viewer == "national-admin"
                or (row["status"] in PUBLIC_STATUSES and not row["secret"])
            )
        ),
        "submitted",
        descending=True,
    )

    assert len(got) == len(set(got))
    assert {each for each in got if each not in dirty} == {row["id"] for row in truth}
    assert {row["system"] for row in truth} == set(ALL)
    assert moments == sorted(moments, reverse=True)


STATES = {
    "fail": "UNAVAILABLE",
    "refuse": "REFUSED",
    "down": "UNAVAILABLE",
    "garbage": "MALFORMED",
}


FAILING = [
    ("atrbpn", "garbage"),
    ("atrbpn", "refuse"),
    ("dki", "fail"),
    ("dki", "down"),
    ("jateng", "garbage"),
    ("jateng", "down"),
]


@pytest.mark.parametrize(("system", "mode"), FAILING)
def test_whoever_fails_is_named_and_costs_nobody_else_a_row(
    system: str, mode: str, named: Named, well: dict[str, Any]
) -> None:
    """The public sees what it saw, less the rows of the one that failed."""
    named[system].fault(mode)

    found = page(named)

    states = {each["source"]["id"]: each["state"] for each in found["answers"]}
    assert states == dict.fromkeys(ALL, "ANSWERED") | {system: STATES[mode]}
    assert well["complete"]
    assert not found["complete"]
    here = [each["id"] for each in found["nodes"]]
    kept = [each["id"] for each in well["nodes"] if f":{system}:" not in identity_of(each)]
    assert here[: len(kept)] == kept


def identity_of(node: dict[str, Any]) -> str:
    """Give the whole of a complaint's id."""
    return base64.urlsafe_b64decode(node["id"] + "==").decode()


def test_a_hanging_system_is_not_waited_for_beyond_its_time(named: Named) -> None:
    """Its time runs out; the others have long answered."""
    named["dki"].fault("hang")

    found = page(named)

    states = {each["source"]["id"]: each["state"] for each in found["answers"]}
    assert states == dict.fromkeys(ALL, "ANSWERED") | {"dki": "TIMED_OUT"}
    assert found["nodes"]
