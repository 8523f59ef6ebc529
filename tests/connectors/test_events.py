"""What happened to complaints, as each kind of source tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from connectors.codes import CodeTable
from connectors.contract.errors import Refused
from connectors.contract.filters import EVERYTHING, Filter, one_of
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import EventRecord
from connectors.contract.source import Source
from connectors.contract.vocabulary import EventKind
from connectors.event_mapping import event_mapper
from connectors.fields import Shape
from connectors.problems import ConfigurationError
from connectors.registry import load
from connectors.rules import Rule, Rules
from connectors.tally import Tally
from gateway.app import load as load_files
from gateway.demo import CONFIGS
from tests.living.systems import Systems

T = TypeVar("T")
STEPS = CodeTable("2026-11", {"masuk": "SUBMITTED", "jawab": "FOLLOWED_UP", "balik": "BOUNCED"})


def over(systems: Systems, work: Callable[[Mapping[str, Source]], Awaitable[T]]) -> T:
    """Run *work* over the sandbox's sources, and close them."""

    async def run() -> T:
        sources = load_files(CONFIGS, systems.environ).sources
        try:
            return await work({source.name: source for source in sources})
        finally:
            for source in sources:
                await source.connector.aclose()

    return asyncio.run(run())


def of(ids: list[str], fields: frozenset[str] | None = None) -> SourceQuery:
    return SourceQuery(collection="events", where=one_of("complaint", ids), fields=fields)


def ids_of(systems: Systems, name: str, most: int) -> list[str]:
    rows = [row for each in systems.truth() for row in each["rows"] if row["system"] == name]
    return [row["id"] for row in rows][:most]


def fetched(systems: Systems, source: str, query: SourceQuery) -> Page:
    return over(systems, lambda sources: sources[source].connector.fetch(query))


def test_the_national_system_tells_every_bounce(systems: Systems) -> None:
    """For fifty complaints with bounces, the steps hold as many as the truth; in one request."""
    truth = {
        row["id"]: row["bounces"]
        for each in systems.truth()
        for row in each["rows"]
        if row["system"] == "sp4n" and row["bounces"]
    }
    ids = sorted(truth)[:50]

    page = fetched(systems, "sp4n", of(ids))

    bounced = [row for row in page.rows if isinstance(row, EventRecord) and row.reason]
    assert {row.kind for row in bounced} >= {EventKind.BOUNCED}
    told = [r.complaint for r in bounced if r.kind is EventKind.BOUNCED]
    assert {each: told.count(each) for each in ids} == {each: truth[each] for each in ids}
    assert len(systems["sp4n"].requests()) == 1


def test_the_province_is_asked_once_for_each_complaint(systems: Systems) -> None:
    """Its steps come one complaint at a time; an id that it does not have has none."""
    ids = [*ids_of(systems, "kaltim", 12), "KT-99999999"]

    page = fetched(systems, "kaltim", of(ids))

    assert {row.complaint for row in page.rows if isinstance(row, EventRecord)} < set(ids)
    assert len(systems["kaltim"].requests()) == len(ids)


def test_the_ministry_is_asked_in_one_statement(systems: Systems) -> None:
    """Its steps come out of a table, in UTC, with the unit's own word beside the agency."""
    ids = ids_of(systems, "pu", 100)

    page = fetched(systems, "pu", of(ids))

    rows = [row for row in page.rows if isinstance(row, EventRecord)]
    assert rows
    assert all(row.at.tzinfo is UTC and row.kind is EventKind.FOLLOWED_UP for row in rows)
    assert {row.agency for row in rows if row.source_agency == "DJBM"} <= {"kemenpu-binamarga"}
    asked = [each["path"] for each in systems["pu"].requests() if "tindak_lanjut" in each["path"]]
    assert len(asked) == 1


@pytest.mark.parametrize("source", ["sp4n", "pu", "kaltim"])
def test_texts_are_not_read_unless_they_are_wanted(systems: Systems, source: str) -> None:
    """A question without texts gets the same steps without them; SQL does not even name them."""
    ids = ids_of(systems, source, 40)
    bare = frozenset({"agency", "from_agency"})

    whole = fetched(systems, source, of(ids))
    systems.reset()
    pruned = fetched(systems, source, of(ids, bare))

    assert any(isinstance(row, EventRecord) and row.text for row in whole.rows)
    assert not any(isinstance(row, EventRecord) and (row.text or row.reason) for row in pruned.rows)
    assert len(pruned.rows) == len(whole.rows)
    assert not any("teks" in each["path"] for each in systems["pu"].requests())


@pytest.mark.parametrize("source", ["sp4n", "pu", "kaltim"])
@pytest.mark.parametrize(
    ("where", "order"),
    [
        (EVERYTHING, None),
        (one_of("complaint", [str(each) for each in range(2000)]), None),
        (one_of("complaint", ["1"]), Order("at")),
    ],
)
def test_nothing_else_can_be_asked(
    systems: Systems, source: str, where: Filter, order: Order | None
) -> None:
    """Steps without complaints, of too many of them or in an order are refused, unsent."""
    query = SourceQuery(collection="events", where=where, order=order)

    with pytest.raises(Refused):
        fetched(systems, source, query)

    assert systems[source].requests() == []


def rules(**fields: tuple[Shape, str | None]) -> Rules:
    made = {
        name: Rule(field=name, shape=shape, path=path, codes=STEPS if name == "kind" else None)
        for name, (shape, path) in fields.items()
    }
    return Rules(source="kota", collection="events", rules=made, nested=True)


def test_a_word_that_no_table_has_makes_a_note() -> None:
    """That something happened is kept, and the word is counted."""
    mapped = event_mapper(rules(at=(Shape.MOMENT, "at"), kind=(Shape.CODE, "kind")), None)
    tally = Tally()

    found = mapped([("1", {"at": "2026-10-01T00:00:00Z", "kind": "entah"})], tally)

    assert [(each.kind, each.at) for each in found] == [
        (EventKind.NOTE, datetime(2026, 10, 1, tzinfo=UTC))
    ]
    assert tally.unknown == {"kind: entah": 1}


def test_a_step_that_says_nothing_is_rejected_with_its_reason() -> None:
    """Each missing part costs that step and is counted."""
    mapped = event_mapper(rules(at=(Shape.MOMENT, "at"), kind=(Shape.CODE, "kind")), None)
    tally = Tally()
    steps: list[tuple[str | None, Any]] = [
        ("1", "no object"),
        (None, {"at": "2026-10-01T00:00:00Z", "kind": "masuk"}),
        ("1", {"kind": "masuk"}),
        ("1", {"at": "kemarin", "kind": "masuk"}),
        ("1", {"at": "2026-10-01T00:00:00Z"}),
    ]

    found = mapped(steps, tally)

    assert found == []
    assert tally.rejected == {
        "NOT_AN_OBJECT": 1,
        "MISSING:complaint": 1,
        "MISSING:at": 1,
        "BAD_DATE:at": 1,
        "MISSING:kind": 1,
    }


def test_who_did_it_and_why() -> None:
    """A lone `from_agency` is who did it; a reason belongs to a bounce and is not said twice."""
    mapped = event_mapper(
        rules(
            at=(Shape.MOMENT, "at"),
            kind=(Shape.CODE, "kind"),
            agency=(Shape.CODE, "ke"),
            from_agency=(Shape.CODE, "dari"),
            text=(Shape.TEXT, "teks"),
            reason=(Shape.TEXT, "teks"),
        ),
        None,
    )
    moment = {"at": "2026-10-01T00:00:00Z"}

    answered, bounced = mapped(
        [
            ("1", moment | {"kind": "jawab", "dari": "a", "teks": "sudah"}),
            ("1", moment | {"kind": "balik", "dari": "a", "ke": "b", "teks": "bukan kami"}),
        ],
        Tally(),
    )

    assert (answered.agency, answered.from_agency) == ("a", None)
    assert (answered.text, answered.reason) == ("sudah", None)
    assert (bounced.agency, bounced.from_agency) == ("b", "a")
    assert (bounced.text, bounced.reason) == (None, "bukan kami")


@pytest.mark.parametrize(
    ("collection", "problem"),
    [
        ('path = "/riwayat"', "by_complaint"),
        ('path = "riwayat/{id}"', "should start"),
        ('path = "/r/{id}"\nby_complaint = { param = "id", complaint = "id", rows = "r" }', "go"),
        ('path = "/r"\nby_complaint = { complaint = "id", rows = "r" }', "param"),
    ],
)
def test_settings_that_ask_for_steps_wrongly_are_told(collection: str, problem: str) -> None:
    """Each mistake is named before anything is asked."""
    text = f"""
        [sources.kota]
        kind = "rest"
        base_url = "http://127.0.0.1:1"
        [sources.kota.collections.events]
        {collection}
        [sources.kota.collections.events.mapping]
        at = "waktu"
        kind = {{ value = "NOTE" }}
    """

    with pytest.raises(ConfigurationError) as told:
        load(text, {})

    assert problem in str(told.value)


def test_a_table_of_steps_names_its_complaints() -> None:
    """Without the column of the complaint nothing could be asked."""
    text = """
        [sources.kota]
        kind = "postgres"
        dsn = "env:DSN"
        [sources.kota.collections.events]
        table = "langkah"
        [sources.kota.collections.events.mapping]
        at = "waktu"
        kind = { value = "NOTE" }
    """

    with pytest.raises(ConfigurationError, match="complaint"):
        load(text, {"DSN": "postgresql://127.0.0.1:1/x"})
