"""GraphQL servers that fail, answer in part, or lie: told apart, and not believed."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest

from connectors.contract.connector import Connector
from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.contract.filters import one_of
from connectors.contract.query import Order, SourceQuery
from tests.connectors.graphql_server import (
    NODES,
    Answer,
    Variables,
    connection,
    honest,
    ids,
    node,
    over,
    pages,
)
from tests.connectors.suite import Broken, Subject, conform

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


def by_one(settings: str) -> str:
    """Let the source be asked for one complaint at a time, by a number."""
    return (
        settings.replace(
            "query ($id: [ID!]!) { menurut(id: $id)", "query ($id: Int!) { satu(id: $id)"
        )
        .replace('rows = "menurut"', 'rows = "satu"')
        .replace("max = 5\n", "")
    )


def one(asked: Variables) -> Any:
    """Answer with one complaint, null if it is another than 7."""
    steps = [{"waktu": "2026-10-01T00:00:00Z"}]
    found = {**node(7), "id": 7, "langkah": steps} if asked["id"] == 7 else None
    return {"data": {"satu": found}}


def test_a_source_may_give_one_row_at_a_time() -> None:
    """Where the variable is no list, the answer has none; what can be no id is not asked for."""

    async def use(connector: Connector) -> list[Any]:
        assert connector.capabilities.collections["complaints"].get_max == 1
        found = [(await connector.get([each]))[0] for each in ("7", "8", "tujuh")]
        query = SourceQuery(collection="events", where=one_of("complaint", ["7"]))
        steps = (await connector.fetch(query)).rows
        return [*(row and row.local_id for row in found), len(steps)]

    found, log = over(one, use, by_one)

    assert found == ["7", None, None, 1]
    assert [each["id"] for each in log] == [7, 8, 7]


def test_one_row_that_failed_is_no_answer() -> None:
    """An error inside it, or in its place, is not taken for "there is none"."""

    def failing_one(asked: Variables) -> Any:
        error = {"message": "x", "path": ["satu"], "extensions": {"code": asked.get("k")}}
        return {"data": {"satu": None}, "errors": [error]}

    with pytest.raises(Malformed) as failed:
        over(failing_one, lambda connector: connector.get(["7"]), by_one)

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
