"""GraphQL: templates and their variables, settings, and the ministry that speaks it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from connectors.contract.errors import (
    Malformed,
    Refused,
    SourceError,
    Unavailable,
)
from connectors.contract.filters import Filter, Op, Term, all_of, one_of
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.source import Source
from connectors.graphql_document import NoQuery, Type, read_template
from connectors.problems import ConfigurationError
from connectors.registry import load
from tests.connectors.further import Further
from tests.connectors.graphql_server import (
    SETTINGS,
    honest,
    ids,
    over,
    pages,
)
from tests.connectors.suite import Subject, conform

# ── Asking ────────────────────────────────────────────────────────────────────────────────────


def test_an_honest_server_keeps_every_promise() -> None:
    """All twelve promises of the suite, by templates and paths alone."""
    over(honest, lambda connector: conform(Subject(connector=connector)))


def test_values_are_sent_as_variables_in_the_types_they_want() -> None:
    """Words of the source's own in a list, the size a number; the document itself never changes."""
    where = one_of("status", ["SUBMITTED", "IN_PROGRESS"])
    found, log = pages(honest, SourceQuery(where=where, fields=frozenset({"title"}), limit=7))

    assert len(ids(found)) == 40
    assert log[0] == {"n": 7, "s": ["PROSES", "BARU"], "dengan": False}
    assert log[1] == {**log[0], "c": "7"}


def test_what_is_not_wanted_is_not_asked_for() -> None:
    """A text that a viewer may not see never leaves the source."""
    _, without = pages(honest, SourceQuery(fields=frozenset({"title"}), limit=1))
    found, wanted = pages(honest, SourceQuery(fields=frozenset({"body"}), limit=1))

    assert not any(each["dengan"] for each in without)
    assert all(each["dengan"] for each in wanted)
    assert all(row.body == "Isi" for page in found for row in page.rows)  # type: ignore[union-attr] # complaints


def test_steps_come_with_their_complaints() -> None:
    """One request for several; an id that is not there has none."""
    query = SourceQuery(collection="events", where=one_of("complaint", ["r0001", "r0002", "x"]))
    page, log = over(honest, lambda connector: connector.fetch(query))

    assert sorted(row.complaint for row in page.rows) == ["r0001", "r0002"]  # type: ignore[union-attr] # events
    assert len(log) == 1


# ── Settings ──────────────────────────────────────────────────────────────────────────────────


def problems(old: str, new: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        load(SETTINGS.format(address="http://127.0.0.1:1").replace(old, new), {})
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("query Simpul(", "mutation Simpul(", "is no query"),
        ('param = "s"', 'param = "status"', "no variable `$status`"),
        ('size = "n"', 'size = "banyak"', "no variable `$banyak`"),
        ("$c: String,", "$c: String, $wajib: ID!,", "`$wajib` has to be sent"),
        ('dengan = ["body"]', 'dengan = ["bodi"]', "`bodi` is not mapped"),
        ('SEDANG_PENUH = "RATE_LIMITED"', 'SEDANG_PENUH = "PENUH"', "errors.SEDANG_PENUH"),
        ("query ($s: [Status!])", "query ($x: [Status!])", "has no variable `$s`"),
        ('query = "query ($id: [ID!]!)', 'query = "query ($id: ID!)', "takes one id"),
        ('variable = "id"\nrows', 'variable = "nomor"\nrows', "no variable `$nomor`"),
    ],
)
def test_mistakes_are_told_before_anything_is_asked(old: str, new: str, words: str) -> None:
    """Each with the variable or field that is wrong."""
    assert words in problems(old, new)


def test_variables_are_read_off_the_head_of_the_query() -> None:
    """Lists, defaults and what has to be sent; comments and texts are no variables."""
    template = read_template(
        "# $x: Int!\n"
        'query Q($a: Int!, $b: [ID!]! = ["$c: Int!"], $d: [Status!]) { f(t: "$e: Int!") }'
    )

    assert template.variables == {
        "a": Type("Int", is_needed=True),
        "b": Type("ID", is_list=True),
        "d": Type("Status", is_list=True),
    }
    assert read_template("{ semua }").variables == {}
    for text in ("", "mutation { hapus }", "subscription S { x }", "fragment f on T { x }"):
        with pytest.raises(NoQuery):
            read_template(text)


def test_a_word_that_is_no_value_of_the_type_is_not_sent() -> None:
    """A number for an Int, true or false for a Boolean; several words for a list only."""
    assert Type("Int").value(["12"]) == 12
    assert Type("Int", is_list=True).value(["1", "2"]) == [1, 2]
    assert Type("Boolean").value(["true"]) is True
    assert Type("DateTime").value(["2026-10-01"]) == "2026-10-01"
    for kind, words in ((Type("Int"), ["x"]), (Type("Boolean"), ["1"]), (Type("ID"), ["a", "b"])):
        with pytest.raises(ValueError, match=r"number|true|several"):
            kind.value(words)


# ── The ministry ──────────────────────────────────────────────────────────────────────────────


def test_the_ministry_is_asked_in_its_own_words(further: Further) -> None:
    """Status and range as variables; reporter and text are left out where nobody wants them."""
    since = datetime(2026, 9, 1, tzinfo=UTC)
    until = datetime(2026, 10, 1, tzinfo=UTC)
    where: Filter = all_of(
        (
            Term("status", Op.IN, ("DISPOSED", "IN_PROGRESS")),
            Term("submitted_at", Op.FROM, (since,)),
            Term("submitted_at", Op.UNTIL, (until,)),
        )
    )

    async def use(source: Source) -> Page:
        return await source.connector.fetch(
            SourceQuery(
                where=where, order=Order("submitted_at"), limit=5, fields=frozenset({"title"})
            )
        )

    further.control("atrbpn", "/reset", {})
    page: Page = further.ask("atrbpn", use)
    (request,) = further.control("atrbpn", "/requests")
    asked = {name: json.loads(value) for name, value in request["query"]}

    assert asked == {
        "first": 5,
        "status": ["DITERUSKAN", "DIPROSES"],
        "sejak": "2026-09-01T07:00:00+07:00",
        "sebelum": "2026-10-01T07:00:00+07:00",
        "denganUraian": False,
        "denganPelapor": False,
    }
    assert request["rows"] == len(page.rows)
    assert all(since <= row.submitted_at < until for row in page.rows)  # type: ignore[union-attr] # complaints


FAULTS = [
    ("fail", Unavailable),
    ("refuse", Refused),
    ("down", Unavailable),
    ("garbage", Malformed),
]


@pytest.mark.parametrize(("mode", "kind"), FAULTS)
def test_each_fault_of_the_ministry_has_its_name_and_passes(
    mode: str, kind: type[SourceError], further: Further
) -> None:
    """Told apart as any source's are; then all is well."""

    async def use(source: Source) -> Page:
        await asyncio.to_thread(further.control, "atrbpn", "/fault", {"mode": mode})
        with pytest.raises(kind):
            await source.connector.fetch(SourceQuery(limit=1))
        await asyncio.to_thread(further.control, "atrbpn", "/fault", {"mode": "none"})
        return await source.connector.fetch(SourceQuery(limit=1))

    try:
        assert len(further.ask("atrbpn", use).rows) == 1
    finally:
        further.control("atrbpn", "/reset", {})


def test_a_wrong_token_is_refused_though_the_answer_is_200(further: Further) -> None:
    """GraphQL says so in its errors."""

    async def use(source: Source) -> None:
        with pytest.raises(Refused, match="UNAUTHENTICATED"):
            await source.connector.fetch(SourceQuery(limit=1))

    wrong = {**further.systems, "atrbpn": {**further.systems["atrbpn"], "token": "salah"}}
    Further(wrong, further.ground_truth).ask("atrbpn", use)


def test_the_ministry_tells_what_happened(further: Further) -> None:
    """Its steps, by complaint, with their office."""
    rows = [row for each in further.truth() for row in each["rows"] if row["system"] == "atrbpn"]
    wanted = sorted(row["id"] for row in rows)[:50]
    query = SourceQuery(collection="events", where=one_of("complaint", wanted))

    page: Page = further.ask("atrbpn", lambda source: source.connector.fetch(query))

    assert {"DISPOSED", "FOLLOWED_UP"} <= {row.kind.value for row in page.rows}  # type: ignore[union-attr] # events
    assert {row.complaint for row in page.rows} <= set(wanted)  # type: ignore[union-attr] # same
    assert {row.agency for row in page.rows} == {"atrbpn"}  # type: ignore[union-attr] # same
