"""REST: pages by number and by cursor, chains that go nowhere, look-ups, promises of order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from connectors.contract.errors import Malformed, Refused, SourceError
from connectors.contract.filters import Op, Term, all_of
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from tests.connectors.serving import CHAINED, NUMBERED, connector, row, serving
from tests.connectors.suite import read_pages

Document = Callable[[dict[str, str]], Any]
UPDATED = 'orders = { field = "updated_at", direction = "ascending", ties = "local_id" }\n'


def read(
    document: Document, collection: str, query: SourceQuery | None = None, **settings: str
) -> tuple[list[Page], list[dict[str, str]]]:
    """Read all pages of a source that answers with *document*; gives what it was asked, too."""
    log: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        log.append(dict(request.query))
        return web.json_response(document(dict(request.query)))

    async def run() -> list[Page]:
        async with serving(handler) as address:
            guarded = connector(address, collection, **settings)
            try:
                return await read_pages(guarded, query or SourceQuery())
            finally:
                await guarded.aclose()

    return asyncio.run(run()), log


def ids(pages: list[Page]) -> list[str]:
    return [
        each.local_id for page in pages for each in page.rows if isinstance(each, ComplaintRecord)
    ]


def numbered(count: int, total: int | None = None) -> Document:
    def document(asked: dict[str, str]) -> Any:
        start = (int(asked["halaman"]) - 1) * int(asked["per"])
        rows = [row(n) for n in range(start, min(start + int(asked["per"]), count))]
        return {"data": rows, "total": count if total is None else total}

    return document


def test_all_pages_are_known_after_the_first() -> None:
    """With a total, the first page names all others, so that they can be read at once."""
    pages, log = read(numbered(35), NUMBERED)

    assert ids(pages) == [f"r{n:05}" for n in range(35)]
    assert len(pages[0].next) == 3
    assert all(page.next == () for page in pages[1:])
    assert [each["halaman"] for each in log] == ["1", "2", "3", "4"]
    assert pages[0].total == 35


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20])
def test_no_page_is_asked_for_nothing(count: int) -> None:
    """As many requests as pages, also where the last one is full."""
    pages, log = read(numbered(count), NUMBERED)

    assert len(ids(pages)) == count
    assert len(log) == max(1, -(-count // 10))


@pytest.mark.parametrize("sized", [True, False])
def test_smaller_pages_than_asked_for_lose_no_row(sized: bool) -> None:
    """A source that caps its pages, or knows no page size, is read to the end all the same."""

    def document(asked: dict[str, str]) -> Any:
        start = (int(asked["halaman"]) - 1) * 4
        return {"data": [row(n) for n in range(start, min(start + 4, 13))], "total": 13}

    collection = NUMBERED if sized else NUMBERED.replace(', size_param = "per"', "")
    pages, log = read(document, collection, SourceQuery(limit=7))

    assert ids(pages) == [f"r{n:05}" for n in range(13)]
    assert all(("per" in each) is sized for each in log)


def test_without_totals_pages_follow_one_by_one() -> None:
    """Until one is not full."""
    pages, log = read(numbered(35), NUMBERED.replace('total = "total"', ""))

    assert len(ids(pages)) == 35
    assert len(log) == 4


def test_a_total_that_is_too_small_loses_no_row() -> None:
    """A page with more rows than the total admits is followed by the next."""
    pages, _ = read(numbered(35, total=12), NUMBERED)

    assert len(ids(pages)) == 35


def test_a_total_beyond_the_budget_names_no_more_pages_than_the_budget() -> None:
    """A source that claims a thousand million rows does not fill our memory with tokens."""
    pages, _ = read(numbered(10**9), NUMBERED)

    assert len(pages[0].next) == 50


@pytest.mark.parametrize("total", ["many", -1, True, 1.5])
def test_a_total_that_is_no_number_is_malformed(total: object) -> None:
    """The answer breaks its own rules."""
    with pytest.raises(Malformed):
        read(lambda _: {"data": [], "total": total}, NUMBERED)


@pytest.mark.parametrize(
    "answer", [{}, {"data": None}, {"data": {}}, [], "x", None, {"data": "rows"}]
)
def test_a_page_without_its_list_is_malformed(answer: object) -> None:
    """There is no telling what it means."""
    with pytest.raises(Malformed):
        read(lambda _: answer, NUMBERED)


def test_rows_that_are_no_rows_cost_only_themselves() -> None:
    """A malformed row is counted with its reason; the page stands."""
    pages, _ = read(lambda _: {"data": [row(1), 3, {}, row(2), {"id": "x"}], "total": 5}, NUMBERED)

    assert ids(pages) == ["r00001", "r00002"]
    assert pages[0].received == 5
    assert pages[0].rejected == {"NOT_AN_OBJECT": 1, "MISSING:local_id": 1, "MISSING:updated_at": 1}


def read_text(text: str, collection: str = "") -> list[Page]:
    """Read all pages of a source that answers *text*, whatever is asked."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    async def run() -> list[Page]:
        async with serving(handler) as address:
            guarded = connector(address, collection)
            try:
                return await read_pages(guarded, SourceQuery())
            finally:
                await guarded.aclose()

    return asyncio.run(run())


def test_half_a_character_costs_itself_or_its_row() -> None:
    """Half a surrogate pair is one broken character; in an id it costs the row, never the page."""
    title = '{"id": "a", "judul": "Jalan \\ud800 rusak", "ubah": "2026-01-01"}'
    in_id = '{"id": "b\\udc00", "judul": "x", "ubah": "2026-01-02"}'
    whole = '{"id": "c", "judul": "\\ud83d\\ude00", "ubah": "2026-01-03"}'
    (page,) = read_text(f'{{"data": [{title}, {in_id}, {whole}]}}')

    assert [(row.local_id, row.title) for row in page.rows if isinstance(row, ComplaintRecord)] == [
        ("a", "Jalan \ufffd rusak"),
        ("c", "\U0001f600"),
    ]
    assert page.rejected == {"BAD_ID": 1}
    assert page.received == 3


@pytest.mark.parametrize(
    "text",
    ['{"data": ["\\ud800"', '{"data": NaN, "x": "\\ud800"}', "[" * 9_000 + '"\\ud800"', "\\ud800"],
)
def test_what_is_no_json_for_other_reasons_stays_malformed(text: str) -> None:
    """A broken character excuses nothing else."""
    with pytest.raises(Malformed, match="no JSON"):
        read_text(text)


def test_more_rows_than_asked_for_are_malformed() -> None:
    """A source that ignores the page size cannot be paged."""
    with pytest.raises(Malformed, match="11 rows where 10"):
        read(lambda _: {"data": [row(n) for n in range(11)], "total": 11}, NUMBERED)


def test_a_source_that_ignores_the_page_number_is_found_out() -> None:
    """The same page again is not the next one."""
    same = {"data": [row(n) for n in range(10)], "total": 30}

    with pytest.raises(Malformed, match="same page"):
        read(lambda _: same, NUMBERED)
    with pytest.raises(Malformed, match="same page"):
        read(lambda _: same, NUMBERED.replace('total = "total"', ""))


def chained(count: int) -> Document:
    def document(asked: dict[str, str]) -> Any:
        start, size = int(asked.get("kursor", "0")), int(asked["per"])
        end = min(start + size, count)
        return {
            "data": [row(n) for n in range(start, end)],
            "berikut": str(end) if end < count else None,
        }

    return document


def test_cursors_are_followed_to_the_end() -> None:
    """Page after page, the size with each."""
    pages, log = read(chained(35), CHAINED)

    assert len(ids(pages)) == 35
    assert [each.get("kursor") for each in log] == [None, "10", "20", "30"]
    assert {each["per"] for each in log} == {"10"}


def test_a_cursor_that_stands_still_is_found_out() -> None:
    """It names the page that it stands on."""

    def document(asked: dict[str, str]) -> Any:
        return {"data": [row(len(asked))], "berikut": "a"}

    with pytest.raises(Malformed, match="points back"):
        read(document, CHAINED)


def test_ever_new_cursors_to_the_same_page_are_found_out() -> None:
    """New words for an old page."""

    def document(asked: dict[str, str]) -> Any:
        return {"data": [row(1)], "berikut": asked.get("kursor", "") + "x"}

    with pytest.raises(Malformed, match="same page"):
        read(document, CHAINED)


def test_an_endless_chain_of_empty_pages_is_found_out() -> None:
    """A few empty pages may be; not without end."""
    calls = []

    def document(asked: dict[str, str]) -> Any:
        calls.append(asked)
        return {"data": [], "berikut": str(len(calls))}

    with pytest.raises(Malformed, match="empty pages"):
        read(document, CHAINED)
    assert len(calls) < 50


@pytest.mark.parametrize("cursor", [{"a": 1}, ["x"], True, "x" * 5000, 1.5])
def test_a_cursor_that_is_none_is_malformed(cursor: object) -> None:
    """Texts and whole numbers are cursors."""
    with pytest.raises(Malformed):
        read(lambda _: {"data": [row(1)], "berikut": cursor}, CHAINED)


def test_cursors_with_any_characters_survive() -> None:
    """What the source gave is what it gets back."""
    odd = "a.b&c=d+%20/é ?#"

    def document(asked: dict[str, str]) -> Any:
        if "kursor" not in asked:
            return {"data": [row(1)], "berikut": odd}
        assert asked["kursor"] == odd
        return {"data": [row(2)], "berikut": None}

    assert ids(read(document, CHAINED)[0]) == ["r00001", "r00002"]


def test_rows_out_of_the_promised_order_are_malformed() -> None:
    """A list that is merged by order would lose rows silently."""
    rows = [row(1), row(3), row(2)]
    query = SourceQuery(order=Order("updated_at", descending=False))

    with pytest.raises(Malformed, match="order that it promises"):
        read(lambda _: {"data": rows, "total": 3}, UPDATED + NUMBERED, query)
    assert len(ids(read(lambda _: {"data": rows, "total": 3}, UPDATED + NUMBERED)[0])) == 3


def test_ties_out_of_the_promised_order_are_malformed() -> None:
    """Where a source promises ties by id, they have to come so."""
    rows = [row(1) | {"id": "b"}, row(1) | {"id": "a"}]
    query = SourceQuery(order=Order("updated_at", descending=False))

    with pytest.raises(Malformed, match="order of id"):
        read(lambda _: {"data": rows, "total": 2}, UPDATED + NUMBERED, query)


def look_up(answer: Callable[[str], Any], wanted: list[str], status: int = 200) -> Any:
    async def handler(request: web.Request) -> web.Response:
        found = answer(request.match_info["tail"].removeprefix("laporan/"))
        return web.json_response(found, status=404 if found is None else status)

    async def run() -> Any:
        async with serving(handler) as address:
            guarded = connector(address, NUMBERED)
            try:
                return await guarded.get(wanted)
            finally:
                await guarded.aclose()

    return asyncio.run(run())


def test_rows_are_looked_up_by_path() -> None:
    """In the order asked, `None` for a 404, and no id leads anywhere else."""
    known = {row(n)["id"]: row(n) for n in range(3)} | {"a/b?c#d": row(7) | {"id": "a/b?c#d"}}
    found = look_up(known.get, ["r00002", "r00009", "a/b?c#d", "..", ".", "", "r00000"])

    assert [each and each.local_id for each in found] == [
        "r00002", None, "a/b?c#d", None, None, None, "r00000",
    ]  # fmt: skip


def test_another_row_than_asked_for_is_malformed() -> None:
    """A look-up that answers with somebody else's complaint is no answer."""
    with pytest.raises(Malformed, match="another row"):
        look_up(lambda _: row(5), ["r00001"])


def test_one_failing_look_up_fails_all() -> None:
    """Half an answer would read as "there is none"."""
    with pytest.raises(SourceError):
        look_up(row(1).get, ["id", "r00001"], status=500)


SHARED = """
[sources.s.collections.complaints.filters]
local_id = { op = "in", param = "nomor", join = ",", max_values = 5 }
tracking_id = { op = "in", param = "nomor", join = ",", max_values = 5 }
"""


def test_two_fields_in_one_parameter_ask_for_what_both_allow() -> None:
    """Where none is left, nothing is asked."""

    def both(one: tuple[str, ...], other: tuple[str, ...]) -> SourceQuery:
        return SourceQuery(
            where=all_of((Term("local_id", Op.IN, one), Term("tracking_id", Op.IN, other)))
        )

    mapping = 'tracking_id = "id"'
    settings = {"mapping": mapping + SHARED}
    _, log = read(numbered(3), NUMBERED, both(("1", "2"), ("2", "3")), **settings)
    assert [each["nomor"] for each in log] == ["2"]
    pages, log = read(numbered(3), NUMBERED, both(("1",), ("3",)), **settings)
    assert (ids(pages), log) == ([], [])


def test_a_value_with_the_separator_in_it_is_not_asked() -> None:
    """The source would take it for two."""
    query = SourceQuery(where=Term("local_id", Op.IN, ("a,b",)))

    with pytest.raises(Refused):
        read(numbered(3), NUMBERED, query, mapping='tracking_id = "id"' + SHARED)
