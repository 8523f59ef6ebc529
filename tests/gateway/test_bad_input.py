"""Every mistake of a client has a stable code, plain words, and what to do."""

# ruff: noqa: E501 - the tables read better unbroken

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from gateway.asked import BadRequest, decoded, from_address, from_decoded
from gateway.errors import CODES
from gateway.settings import GatewaySettings
from resolvers.known_codes import unknown
from tests.gateway.serving import Client, talk
from tests.gateway.world import World

NESTED: dict[str, Any] = {"open": True}
for _ in range(10):
    NESTED = {"not": NESTED}

MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("UNKNOWN_REGION", {"filter": {"regions": ["65.99"]}}),
    ("UNKNOWN_REGION", {"filter": {"regions": ["6472"]}}),
    ("UNKNOWN_REGION", {"filter": {"regions": ["64.72.99.1001"]}}),
    ("UNKNOWN_REGION", {"filter": {"regions": [""]}}),
    ("UNKNOWN_AGENCY", {"filter": {"agencies": ["kemenpuu"]}}),
    ("UNKNOWN_CATEGORY", {"filter": {"categories": ["999"]}}),
    ("UNKNOWN_CHANNEL", {"filter": {"channels": ["fax"]}}),
    ("UNKNOWN_SOURCE", {"filter": {"sources": ["sp4m"]}}),
    ("REGION_TOO_FINE", {"filter": {"regions": ["64.72.01.1001"]}}),
    ("REGION_TOO_FINE", {"filter": {"not": {"regions": ["64.72.01.1001"]}}}),
    ("REGION_TOO_FINE", {"filter": {"handledByAtLeast": 20, "regions": ["64.72.01.1001"]}}),
    (
        "REGION_TOO_FINE",
        {"filter": {"not": {"bouncedAtLeast": 1, "regions": ["64.72.01.1001"]}}},
    ),
    ("TRACKING_ID_MALFORMED", {"filter": {"trackingIds": ["90a"]}}),
    ("TIME_ZONE_MISSING", {"filter": {"submitted": {"from": "2026-10-31T00:00:00"}}}),
    ("MOMENT_OUT_OF_RANGE", {"filter": {"closed": {"from": "0001-01-01T00:00:00+07:00"}}}),
    (
        "RANGE_REVERSED",
        {"filter": {"updated": {"from": "2026-10-31T00:00:00Z", "until": "2026-10-30T00:00:00Z"}}},
    ),
    ("DAYS_NEGATIVE", {"filter": {"openForWorkingDays": -1}}),
    ("FILTER_TOO_DEEP", {"filter": NESTED}),
    ("FILTER_TOO_LARGE", {"filter": {"or": [{"open": True}] * 201}}),
    ("FILTER_TOO_LARGE", {"filter": {"trackingIds": [str(n) for n in range(501)]}}),
    ("PAGE_TOO_LARGE", {"first": 101}),
    ("PAGE_TOO_LARGE", {"last": 101}),
    ("PAGE_ARGUMENTS", {"first": 5, "last": 5}),
    ("PAGE_ARGUMENTS", {"first": -1}),
    ("PAGE_ARGUMENTS", {"first": 5, "before": "x"}),
    ("CURSOR_INVALID", {"after": "bukan kursor"}),
    ("CURSOR_INVALID", {"before": "AAAA", "last": 2}),
    ("NEEDS_INDEX", {"freshness": "INDEXED"}),
    ("STALE_UNAVAILABLE", {"onMissing": "STALE"}),
    ("BAD_USER_INPUT", {"filter": {"statuses": ["SELESAI"]}}),
    ("BAD_USER_INPUT", {"filter": {"submitted": {"from": "kemarin"}}}),
    ("BAD_USER_INPUT", {"filter": {"warna": "merah"}}),
    ("BAD_USER_INPUT", {"first": "banyak"}),
    ("BAD_USER_INPUT", {"orderBy": {"field": "RELEVANCE"}}),
]

LIST = """
query($filter: ComplaintFilter, $first: Int, $after: String, $last: Int, $before: String,
      $orderBy: ComplaintOrder, $freshness: Freshness! = AUTO, $onMissing: MissingPolicy! = OMIT) {
  complaints(filter: $filter, first: $first, after: $after, last: $last, before: $before,
             orderBy: $orderBy, freshness: $freshness, onMissing: $onMissing) { complete }
}
"""


@pytest.mark.parametrize(
    ("code", "variables"), MISTAKES, ids=[f"{n}-{code}" for n, (code, _) in enumerate(MISTAKES)]
)
def test_a_mistake_has_its_code(code: str, variables: dict[str, Any]) -> None:
    """The answer is one error with the code, in words, and no source is asked for rows."""
    world = World()

    async def conversation(client: Client) -> None:
        answer = await client.ask(LIST, **variables)

        assert answer.get("data") is None
        (error,) = answer["errors"]
        assert error["extensions"] == {"code": code}
        assert len(error["message"]) > 15
        if code != "BAD_USER_INPUT":
            assert "hint: " in error["message"]
        assert code in CODES

    talk(world, conversation)
    assert not world.sp4n.queries


@pytest.mark.parametrize("beside", [{}, {"regions": ["64"]}], ids=["plain", "not plain"])
@pytest.mark.parametrize("name", ["submitted", "updated", "closed"])
def test_a_wrong_moment_is_named_as_the_client_wrote_it(
    name: str, beside: dict[str, list[str]]
) -> None:
    """Of several ranges the message says which is wrong, and at which end."""
    early, late = "2026-10-30T00:00:00Z", "2026-10-31T00:00:00Z"
    fine = {each: {"from": early, "until": late} for each in ("submitted", "updated", "closed")}
    words = (
        ({"from": early.strip("Z")}, f"`{name}.from` has no time zone"),
        ({"from": early, "until": late.strip("Z")}, f"`{name}.until` has no time zone"),
        ({"until": "0001-01-01T00:00:00+07:00"}, f"`{name}.until` lies outside"),
        ({"from": late, "until": early}, f"`{name}` ends before it begins"),
    )

    async def conversation(client: Client) -> None:
        for wrong, told in words:
            answer = await client.ask(LIST, filter={**fine, name: wrong, **beside})
            assert told in answer["errors"][0]["message"]

    talk(World(), conversation)


def test_other_wrong_moments_are_named_too() -> None:
    """Those of deadlines, of agencies and of related complaints."""
    moment = '"2026-10-31T00:00:00"'

    async def conversation(client: Client) -> None:
        for asked, name in (
            (
                f"complaints(filter: {{sla: {{dueBefore: {moment}}}}}) {{ complete }}",
                "sla.dueBefore",
            ),
            (f"agencies(filter: {{activeSince: {moment}}}) {{ nodes {{ code }} }}", "activeSince"),
            (
                f"agencies(filter: {{inactiveSince: {moment}}}) {{ nodes {{ code }} }}",
                "inactiveSince",
            ),
            (
                f"complaints {{ nodes {{ related(submittedSince: {moment}) {{ reasons }} }} }}",
                "submittedSince",
            ),
        ):
            answer = await client.ask(f"{{ {asked} }}")
            assert f"`{name}` has no time zone" in answer["errors"][0]["message"]

    talk(World(), conversation)


@pytest.mark.parametrize(
    "name",
    [
        "trackingIds",
        "agencies",
        "handledBy",
        "openHandlingAt",
        "regions",
        "categories",
        "channels",
        "sources",
        "overlapsSources",
        "priorityProgrammes",
    ],
)
def test_a_list_that_is_too_long_is_named_with_its_limit(name: str) -> None:
    """Whoever asks for a thousand values learns of which field, and how many are taken."""

    async def conversation(client: Client) -> None:
        fine = {"trackingIds": ["1"]} if name != "trackingIds" else {}
        answer = await client.ask(LIST, filter={name: ["64"] * 1000} | fine)

        told = answer["errors"][0]["message"]
        assert told.startswith(f"`{name}` has 1000 values, at most 500 are taken; hint: ")
        assert told.endswith("ask in several requests")

    talk(World(), conversation)


def test_too_many_categories_of_agencies_are_named_too() -> None:
    """The list has the name that it has there."""

    async def conversation(client: Client) -> None:
        query = (
            "query($ids: [ID!]) { agencies(filter: {acceptsCategories: $ids}) { nodes { code } } }"
        )
        answer = await client.ask(query, ids=["3"] * 501)

        assert answer["errors"][0]["message"].startswith("`acceptsCategories` has 501 values")

    talk(World(), conversation)


def test_did_you_mean() -> None:
    """A mistyped code is met with the one that was probably meant."""

    async def conversation(client: Client) -> None:
        for where, meant in (
            ({"agencies": ["kemenpuu"]}, "kemenpu"),
            ({"agencies": ["KemenPU"]}, "kemenpu"),
            ({"agencies": ["pemrpov-64"]}, "pemprov-64"),
            ({"agencies": ["pemprov64"]}, "pemprov-64"),
            ({"sources": ["sp4m"]}, "sp4n"),
            ({"regions": ["64.27"]}, "64.72"),
        ):
            answer = await client.ask(LIST, filter=where)
            assert f"did you mean `{meant}`?" in answer["errors"][0]["message"]

    talk(World(), conversation)


@pytest.mark.parametrize("code", ["pemprov-kaltim", "pemprov-96", "pemprov-6", "kemen"])
def test_another_government_is_not_guessed(code: str) -> None:
    """Where more than a letter differs, or a number, the message says how to find the agency."""

    async def conversation(client: Client) -> None:
        answer = await client.ask(LIST, filter={"agencies": [code]})

        assert answer["errors"][0]["message"] == (
            f"there is no agency `{code}`; hint: the query `agencies(filter: "
            '{ text: "…" })` finds the code by a part of the name'
        )

    talk(World(), conversation)


def test_a_slip_that_fits_two_agencies_is_left_open() -> None:
    """Of two that are as near nobody knows which was meant."""
    known = {"kemendag": 1, "kemendagri": 1, "kemenpan": 1}

    assert "did you mean" not in str(unknown("kemendagr", known, "agency", "UNKNOWN_AGENCY"))
    assert "mean `kemenpan`?" in str(unknown("kemempan", known, "agency", "UNKNOWN_AGENCY"))


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (
            {"regions": ["Kalimantan Timur"]},
            "what was given is the code of no region; hint: a region is asked by Kemendagri's code",
        ),
        (
            {"agencies": ["A" * 65]},
            "what was given is the code of no agency; hint: the query `agencies(filter: ",
        ),
        ({"agencies": ["Dinas PU"]}, "what was given is the code of no agency; hint: the query"),
        ({"categories": ["Jalan rusak"]}, "what was given is the id of no category; hint: the"),
    ],
)
def test_a_strange_code_is_told_in_whole_words(where: dict[str, list[str]], words: str) -> None:
    """What a client sends for a code comes back only if it looks like one; the rest stands."""

    async def conversation(client: Client) -> None:
        message = (await client.ask(LIST, filter=where))["errors"][0]["message"]

        assert message.startswith(words)
        assert not any(value in message for values in where.values() for value in values)
        assert "regions" not in where or message.endswith(
            "with dots, like `64` or `64.72`; the query `regions` finds it"
        )

    talk(World(), conversation)


def test_a_cursor_of_another_list_is_refused() -> None:
    """A cursor works only with the filter and order it came from, unaltered, while it lives."""

    async def conversation(client: Client) -> None:
        page = "{ complaints(first: 2) { pageInfo { endCursor } } }"
        cursor = (await client.data(page))["complaints"]["pageInfo"]["endCursor"]

        assert "errors" not in await client.ask(LIST, after=cursor)
        other = {"kinds": ["COMPLAINT"]}
        assert await client.code(LIST, after=cursor, filter=other) == "CURSOR_FOREIGN"
        order = {"field": "UPDATED_AT"}
        assert await client.code(LIST, after=cursor, orderBy=order) == "CURSOR_FOREIGN"
        altered = cursor[:-4] + ("AAAA" if cursor[-4:] != "AAAA" else "BBBB")
        assert await client.code(LIST, after=altered) == "CURSOR_INVALID"

    talk(World(), conversation)


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("GRAPHQL_PARSE_FAILED", "{ complaints { "),
        ("GRAPHQL_PARSE_FAILED", "SELECT * FROM laporan"),
        ("GRAPHQL_VALIDATION_FAILED", "{ laporan { judul } }"),
        ("GRAPHQL_VALIDATION_FAILED", "{ complaints { nodes { text } } }"),
        ("GRAPHQL_VALIDATION_FAILED", '{ complaints(filter: {text: "x"}) { complete } }'),
        ("GRAPHQL_VALIDATION_FAILED", '{ complaints(first: "3") { complete } }'),
        ("GRAPHQL_VALIDATION_FAILED", "query A { viewer { subject } } query B { viewer { subject } }"),
        ("GRAPHQL_VALIDATION_FAILED", "fragment F on Viewer { subject }"),
        ("QUERY_TOO_DEEP", '{ region(code: "64") ' + "{ parent " * 20 + "{ code }" + " }" * 21),
        ("QUERY_TOO_MANY_TOKENS", "{ " + "viewer { subject } " * 1000 + "}"),
        ("QUERY_TOO_LONG", "{ viewer { subject } }" + " " * 70_000),
        ("TOO_MANY_ALIASES", "{ viewer { " + " ".join(f"a{n}: subject" for n in range(31)) + " } }"),
        ("TOO_MANY_ROOT_FIELDS", "{ " + "viewer { subject } " * 21 + "}"),
        ("PAGE_TOO_LARGE", "{ agencies(first: 101) { totalCount { value } } }"),
        ("PAGE_ARGUMENTS", "{ agencies(first: -1) { totalCount { value } } }"),
        ("CURSOR_INVALID", '{ agencies(after: "zzz") { totalCount { value } } }'),
        ("PAGE_TOO_LARGE", "{ nodes(ids: [" + '"x" ' * 101 + "]) { id } }"),
        ("UNKNOWN_REGION", '{ regions(parent: "65") { code } }'),
        ("UNKNOWN_CATEGORY", '{ categories(parent: "65") { id } }'),
        ("FILTER_TOO_LARGE", '{ agencies(filter: {text: "' + "x" * 101 + '"}) { nodes { code } } }'),
        ("TIME_ZONE_MISSING", '{ agencies(filter: {activeSince: "2026-01-01T00:00:00"}) { nodes { code } } }'),
    ],
)  # fmt: skip
def test_a_wrong_query_has_its_code(code: str, query: str) -> None:
    """A query that cannot be answered is one error with its code."""

    async def conversation(client: Client) -> None:
        assert await client.code(query) == code

    talk(World(), conversation)


def test_one_mistake_of_a_query_is_told() -> None:
    """The anonymous caller reads one validation error at a time, without the schema's names."""

    async def conversation(client: Client) -> None:
        answer = await client.ask("{ satu dua tiga laporanku { x } }")

        assert len(answer["errors"]) == 1
        assert "Did you mean" not in answer["errors"][0]["message"]

    talk(World(), conversation, GatewaySettings())


def test_messages_are_short() -> None:
    """An endless token comes back cut."""

    async def conversation(client: Client) -> None:
        answer = await client.ask("{ " + "x" * 60_000 + " }")

        assert len(answer["errors"][0]["message"]) <= 500

    talk(World(), conversation)


def test_deep_variables_are_refused_not_fatal() -> None:
    """A variable nested without end is an error with a code, and the next request is answered."""

    async def conversation(client: Client) -> None:
        body = '{"query": ' + f'"{" ".join(LIST.split())}"' + ', "variables": {"filter": '
        for depth, code in (
            (30, "FILTER_TOO_DEEP"),
            (300, "QUERY_TOO_DEEP"),
            (900, "QUERY_TOO_DEEP"),
            (20_000, "BAD_REQUEST"),
        ):
            text = body + '{"not": ' * depth + "{}" + "}" * depth + "}}"
            headers = {"Content-Type": "application/json"}
            url = f"{client.url}/graphql"
            async with client.session.post(url, data=text, headers=headers) as response:
                answer = await response.json()
            assert answer["errors"][0]["extensions"]["code"] == code
        assert (await client.data("{ viewer { subject } }"))["viewer"]

    talk(World(), conversation)


def test_introspection_is_off_unless_set() -> None:
    """Without the setting the schema cannot be asked for."""

    async def conversation(client: Client) -> None:
        assert await client.code("{ __schema { types { name } } }") == "INTROSPECTION_DISABLED"
        assert await client.data("{ __typename }") == {"__typename": "Query"}

    talk(World(), conversation, GatewaySettings())


def test_codes_are_words() -> None:
    """Every documented code is in capitals, with a meaning and what to do, each a sentence."""
    for code, (means, todo) in CODES.items():
        assert re.fullmatch(r"[A-Z_]+", code)
        assert means.endswith(".")
        assert todo.endswith(".")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the body is empty; hint: "),
        (b" \n", "the body is empty; hint: "),
        (b"{", "the body is not JSON at line 1, column 2; hint: "),
        (b"{'query': '{ Budi }'}", "the body is not JSON at line 1, column 2; hint: "),
        (b'{"query": "Budi",\n  "x" Budi}', "the body is not JSON at line 2, column 7; hint: "),
        (b'{"query": "Budi\xff"}', "the body is not UTF-8 at byte 16; hint: "),
        (b'\xef\xbb\xbf{"query": "Budi"}', "not JSON at byte 1, a byte order mark; hint: "),
    ],
)
def test_a_body_that_is_not_json_is_told_where(body: bytes, words: str) -> None:
    """The message tells the place, and nothing of what stands there."""
    with pytest.raises(BadRequest, match=re.escape(words)) as caught:
        decoded(body)
    assert "Budi" not in str(caught.value)
    assert caught.value.__context__ is None  # it would hold the whole body


@pytest.mark.parametrize("name", ["variables", "extensions"])
def test_what_stands_in_the_address_is_told_where_it_breaks_too(name: str) -> None:
    """Variables in an address are JSON as well."""
    address = QueryParams({"query": "{ __typename }", name: '{"nama": Budi}'})

    with pytest.raises(BadRequest, match=f"`{name}` is not JSON at line 1, column 10") as caught:
        from_address(address)
    assert "Budi" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("[]", "batches of operations are not taken here; hint: send each operation"),
        ('[{"query": "{ __typename }"}]', "batches of operations are not taken here; hint: "),
        ("[]", "`batch` in [gateway.http] allows arrays"),
        ('{"query": "{ __typename }", "variables": [1]}', "hint: send names to values"),
        ('{"query": "{ __typename }", "extensions": 1}', "hint: leave it out"),
    ],
)
def test_a_body_that_is_no_operation_is_told_what_to_send(body: str, words: str) -> None:
    """The message names what was sent, a batch for instance, and what to send instead."""
    with pytest.raises(BadRequest, match=re.escape(words)):
        from_decoded(decoded(body.encode()))
