"""GraphQL: templates and their variables, errors and partial data, servers that lie."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from aiohttp import web

from connectors.contract.connector import Connector
from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.contract.filters import Filter, Op, Term, all_of, one_of
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.graphql_document import NoQuery, Type, read_template
from connectors.problems import ConfigurationError
from connectors.registry import load
from tests.connectors.further import Further
from tests.connectors.serving import serving
from tests.connectors.suite import Broken, Subject, conform, read_pages

T = TypeVar("T")
Variables = Mapping[str, Any]
Answer = Callable[[Variables], Any]

SETTINGS = '''
[sources.s]
kind = "graphql"
base_url = "{address}/graphql"
time_limit = "2s"
row_budget = 500
errors = {{ SEDANG_PENUH = "RATE_LIMITED" }}

[sources.s.collections.complaints]
query = """
query Simpul($n: Int!, $c: String, $s: [Status!], $dengan: Boolean!) {{
  aduan(first: $n, after: $c, status: $s) {{
    edges {{ node {{ id judul status isi @include(if: $dengan) ubah }} }}
    pageInfo {{ hasNextPage endCursor }}
    totalCount
  }}
}}
"""
rows = "aduan.edges"
row = "node"
total = "aduan.totalCount"
orders = [{{ field = "updated_at", direction = "descending" }}]

[sources.s.collections.complaints.page]
size = "n"
max_size = 10
cursor = "c"
next = "aduan.pageInfo.endCursor"
more = "aduan.pageInfo.hasNextPage"

[sources.s.collections.complaints.filters]
status = {{ op = "in", param = "s", repeat = true }}

[sources.s.collections.complaints.wanted]
dengan = ["body"]

[sources.s.collections.complaints.by_id]
query = "query ($id: [ID!]!) {{ menurut(id: $id) {{ id judul status isi ubah }} }}"
variable = "id"
rows = "menurut"
max = 5

[sources.s.collections.complaints.count]
query = "query ($s: [Status!]) {{ jumlah(status: $s) }}"
total = "jumlah"

[sources.s.collections.complaints.mapping]
local_id = "id"
title = "judul"
body = "isi"
status = {{ path = "status", codes = "status" }}
updated_at = {{ path = "ubah", required = true }}

[sources.s.collections.events]
query = "query ($id: [ID!]!) {{ menurut(id: $id) {{ id langkah {{ waktu }} }} }}"
variable = "id"
rows = "menurut"
complaint = "id"
steps = "langkah"

[sources.s.collections.events.mapping]
at = "waktu"
kind = {{ value = "FOLLOWED_UP" }}

[sources.s.codes.status]
version = "1"
words = {{ BARU = "SUBMITTED", PROSES = "IN_PROGRESS", SELESAI = "CLOSED_BY_ADMIN" }}
'''
WORDS = ("BARU", "PROSES", "SELESAI")


def node(number: int) -> dict[str, Any]:
    day = datetime(2026, 1, 1, number % 24, tzinfo=UTC).replace(month=12 - number // 28 % 12)
    return {
        "id": f"r{number:04}",
        "judul": f"Aduan {number}",
        "status": WORDS[number % 3],
        "ubah": day.replace(day=28 - number % 28).isoformat(),
    }


NODES = sorted((node(n) for n in range(60)), key=lambda it: str(it["ubah"]), reverse=True)


def connection(rows: list[Any], end: int | None, total: int | None = None) -> dict[str, Any]:
    info = {"hasNextPage": end is not None, "endCursor": None if end is None else str(end)}
    edges = [{"node": each} for each in rows]
    return {"aduan": {"edges": edges, "pageInfo": info, "totalCount": total}}


def honest(asked: Variables) -> Any:
    """Answer as a server does that keeps its word."""
    if "id" in asked:
        known = {each["id"]: each for each in NODES}
        steps = [{"waktu": "2026-10-01T00:00:00Z"}]
        found = [known.get(each) for each in asked["id"]]
        return {
            "data": {
                "menurut": [each and {**each, "isi": "Isi", "langkah": steps} for each in found]
            }
        }
    matching = [each for each in NODES if asked.get("s") is None or each["status"] in asked["s"]]
    if "n" not in asked:
        return {"data": {"jumlah": len(matching)}}
    start = int(asked.get("c") or 0)
    end = start + asked["n"]
    rows = [{**each, "isi": "Isi"} if asked["dengan"] else each for each in matching[start:end]]
    return {"data": connection(rows, end if end < len(matching) else None, len(matching))}


def over(answer: Answer, use: Callable[[Connector], Awaitable[T]]) -> tuple[T, list[Variables]]:
    """Use the connector over a server that answers as *answer* does; gives what was asked, too."""
    log: list[Variables] = []

    async def handler(request: web.Request) -> web.Response:
        question = await request.json()
        assert request.method == "POST"
        log.append(question["variables"])
        return web.json_response(answer(question["variables"]))

    async def run() -> T:
        async with serving(handler) as address:
            (source,) = load(SETTINGS.format(address=address), {})
            try:
                return await use(source.connector)
            finally:
                await source.connector.aclose()

    return asyncio.run(run()), log


def pages(answer: Answer, query: SourceQuery | None = None) -> tuple[list[Page], list[Variables]]:
    return over(answer, lambda connector: read_pages(connector, query or SourceQuery()))


def ids(found: list[Page]) -> list[str]:
    return [row.local_id for page in found for row in page.rows if isinstance(row, ComplaintRecord)]


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


# ── Errors ────────────────────────────────────────────────────────────────────────────────────


def failing(code: str | None, **more: Any) -> Answer:
    error = {"message": "Budi, 081234567890", **({"extensions": {"code": code}} if code else {})}
    return lambda _: {"errors": [error], **more}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failing("UNAUTHENTICATED", data=None), Refused),
        (failing("forbidden"), Refused),
        (failing("TOO_MANY_REQUESTS", data=None), RateLimited),
        (failing("SEDANG_PENUH", data=None), RateLimited),
        (failing("TIMEOUT", data=None), TimedOut),
        (failing("INTERNAL_SERVER_ERROR", data=None), Unavailable),
        (failing(None, data=None), Unavailable),
        (failing(None), Refused),
        (failing("Budi 0812"), Refused),
        (lambda _: {"data": None}, Malformed),
        (lambda _: {}, Malformed),
        (lambda _: [], Malformed),
        (lambda _: {"data": {"aduan": None}}, Malformed),
        (lambda _: {"errors": "x", "data": {}}, Malformed),
    ],
)
def test_errors_are_told_in_the_contracts_words(answer: Answer, kind: type[SourceError]) -> None:
    """By their code; the server's own words, which may hold anything, go no further."""
    with pytest.raises(kind) as failed:
        pages(answer)

    assert type(failed.value) is kind
    assert "Budi" not in str(failed.value)
    assert "0812" not in str(failed.value)


def partly(path: list[Any], code: str = "INTERNAL_SERVER_ERROR") -> Answer:
    def answer(asked: Variables) -> Any:
        whole = honest(asked)
        error = {"message": "x", "path": path, "extensions": {"code": code}}
        return {**whole, "errors": [error]}

    return answer


def test_a_row_that_an_error_reaches_into_is_left_out_and_said_to_be() -> None:
    """A null in it may stand for anything; the other rows stand, and the page is partial."""
    page, _ = over(
        partly(["aduan", "edges", 2, "node", "status"]),
        lambda connector: connector.fetch(SourceQuery()),
    )

    assert ids([page]) == [each["id"] for at, each in enumerate(NODES[:10]) if at != 2]
    assert page.partial
    assert page.received == 10


@pytest.mark.parametrize(
    "path", [["aduan", "pageInfo"], ["aduan"], ["aduan", "edges"], ["lain", "edges", 2], [], [True]]
)
def test_an_error_of_the_list_itself_is_no_partial_page(path: list[Any]) -> None:
    """Without its list, or the way to the next page, nothing can be told of the rest."""
    with pytest.raises(Unavailable):
        pages(partly(path))


def test_an_error_at_a_row_that_is_not_there_is_malformed() -> None:
    """It contradicts the answer that it comes with."""
    with pytest.raises(Malformed):
        pages(partly(["aduan", "edges", 99]))


def test_a_look_up_that_was_not_found_is_none_and_one_that_failed_is_no_answer() -> None:
    """Some servers say "not found" by an error at its place."""

    def get(connector: Connector) -> Awaitable[Any]:
        return connector.get(["x", "r0001"])

    found, _ = over(partly(["menurut", 0], "NOT_FOUND"), get)
    with pytest.raises(Malformed) as failed:
        over(partly(["menurut", 0]), get)

    assert [row and row.local_id for row in found] == [None, "r0001"]
    assert failed.value.reason == "PARTIAL_DATA"


# ── Lies ──────────────────────────────────────────────────────────────────────────────────────


def ignores_status(asked: Variables) -> Any:
    return honest({**asked, "s": None}) if "id" not in asked else honest(asked)


def counts_wrong(asked: Variables) -> Any:
    told = honest(asked)
    return {"data": {"jumlah": 7}} if "jumlah" in told["data"] else told


def sends_another(asked: Variables) -> Any:
    return honest({"id": ["r0009"] * len(asked["id"])}) if "id" in asked else honest(asked)


def tells_other_words(asked: Variables) -> Any:
    told = honest(asked)
    for each in told["data"].get("menurut", ()):
        if each is not None:
            each["judul"] = "Lain"
    return told


@pytest.mark.parametrize(
    ("lie", "promise"),
    [
        (ignores_status, "operators agree"),
        (counts_wrong, "counts are exact"),
        (tells_other_words, "lookup is faithful"),
    ],
)
def test_the_suite_finds_out_a_lying_server(lie: Answer, promise: str) -> None:
    """A filter that it ignores, a count that it makes up, a look-up that differs from the list."""
    with pytest.raises(Broken) as broken:
        over(lie, lambda connector: conform(Subject(connector=connector)))

    assert broken.value.promise.startswith(promise)


def test_rows_out_of_the_declared_order_are_malformed() -> None:
    """The server promised newest first."""

    def backwards(asked: Variables) -> Any:
        return {"data": connection(NODES[::-1][: asked["n"]], None, None)}

    with pytest.raises(Malformed, match="order"):
        pages(backwards, SourceQuery(order=Order("updated_at")))


def test_a_row_that_was_not_asked_for_is_malformed() -> None:
    """Whoever answers with another complaint is not believed."""
    with pytest.raises(Malformed, match="another row"):
        over(sends_another, lambda connector: connector.get(["r0001"]))


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (lambda asked: {"data": connection(NODES[: asked["n"]], None, 60)}, "SILENT_CAP"),
        (
            lambda asked: {"data": connection(NODES[:10], int(asked.get("c") or 0) + 1)},
            "REPEATED_PAGE",
        ),
        (lambda asked: {"data": connection([], int(asked.get("c") or 0) + 1)}, "ENDLESS_PAGES"),
        (lambda asked: {"data": connection([node(len(asked))], 5)}, "ENDLESS_PAGES"),
    ],
)
def test_lies_about_pages_are_found_out(lie: Answer, reason: str) -> None:
    """A cap below its own total, the same page again, pages of nothing, a cursor that stands."""
    with pytest.raises(Malformed) as broken:
        pages(lie)

    assert broken.value.reason == reason


@pytest.mark.parametrize("info", [{}, {"hasNextPage": "ya"}, {"hasNextPage": True}])
def test_a_page_that_does_not_say_how_it_goes_on_is_malformed(info: dict[str, Any]) -> None:
    """The end of the list has to be said, and so has the way on."""
    answer = {"data": {"aduan": {"edges": [{"node": node(1)}], "pageInfo": info}}}
    with pytest.raises(Malformed):
        pages(lambda _: answer)


def test_more_rows_than_asked_for_are_malformed() -> None:
    """A server that ignores `first` cannot be paged."""
    with pytest.raises(Malformed, match="12 rows where 10"):
        pages(lambda _: {"data": connection(NODES[:12], None)})


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
