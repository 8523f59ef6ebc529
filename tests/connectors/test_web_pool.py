"""Connections to servers that misbehave: kept when they are sound, closed when they are not."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from connectors.contract.errors import Malformed, SourceError, TimedOut, Unavailable
from connectors.web import Web, WebSettings
from connectors.web_pool import Pool
from tests.connectors.raw_server import (
    LOOPS,
    Peer,
    Server,
    answer,
    asking,
    politely,
    talking,
)

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Run:
    """Run on each kind of event loop."""
    found: Run = LOOPS[request.param]
    return found


def pool_of(web: Web) -> Pool:
    """Look inside: what is asserted is that nothing is left behind."""
    assert web._pool is not None
    return web._pool


def assert_at_rest(web: Web) -> None:
    """All places are free, nobody waits, and what is open rests."""
    pool = pool_of(web)
    assert pool._turns.free == pool._limit
    assert not pool._turns._queue
    assert len(pool._idle) <= pool._limit
    usable = {each for each in pool._open if each.usable}
    assert usable == {each for each in pool._idle if each.usable}
    assert all(each._waiting is None for each in pool._open)


async def get(web: Web) -> bytes:
    return await web.get("/laporan", (("q", "x"),))


def test_a_connection_is_used_again_and_again(run: Run) -> None:
    """Fifty requests one after the other, a failure among them, take one connection."""

    async def talk(peer: Peer) -> None:
        while (request := await peer.hear()) is not None:
            found = b"/missing" not in request
            none = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
            await peer.say(answer(b"%d" % peer.asked) if found else none)

    async def many(web: Web, server: Server) -> list[bytes]:
        found = []
        for _ in range(25):
            found.append(await get(web))
            with pytest.raises(SourceError, match="404"):
                await web.get("/missing", ())
        assert server.connections == 1
        assert_at_rest(web)
        return found

    assert run(asking(talk, many)) == [b"%d" % at for at in range(1, 50, 2)]


@pytest.mark.parametrize("head", [b"Connection: close", b"Keep-Alive: timeout=1"])
def test_a_connection_that_the_source_will_close_is_not_kept(run: Run, head: bytes) -> None:
    """It says so, or that it waits no longer than we need to ask."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            await peer.say(answer(b"{}", head))

    async def twice(web: Web, server: Server) -> int:
        await get(web)
        await get(web)
        return server.connections

    assert run(asking(talk, twice)) == 2


def test_a_thousand_requests_take_four_connections(run: Run) -> None:
    """Each is answered with its own answer; over each connection they go in the order of coming."""
    orders: dict[int, list[int]] = {}

    async def talk(peer: Peer) -> None:
        order = orders[peer.number] = []
        while (request := await peer.hear()) is not None:
            number = int(request.split(b"n=")[1].split(b" ")[0])
            order.append(number)
            await asyncio.sleep(0)
            await peer.say(answer(b"%d" % number))

    async def many(web: Web, server: Server) -> None:
        found = await asyncio.gather(*(web.get("/", (("n", str(n)),)) for n in range(1000)))
        assert found == [b"%d" % n for n in range(1000)]
        assert server.connections == 4
        assert server.most_open == 4
        assert_at_rest(web)

    run(asking(talk, many, connections=4))
    assert all(order == sorted(order) for order in orders.values())


def test_who_waits_longest_is_next_even_if_others_give_up(run: Run) -> None:
    """Those who give up while they wait hold nobody else up."""
    order: list[bytes] = []

    async def talk(peer: Peer) -> None:
        while (request := await peer.hear()) is not None:
            order.append(request.split(b" ")[1][1:])
            await asyncio.sleep(0.02)
            await peer.say(answer())

    async def some(web: Web, _: Server) -> None:
        tasks = []
        for at in range(12):
            tasks.append(asyncio.ensure_future(web.get(f"/{at}", ())))
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        for at in (1, 4, 5, 8, 11):
            tasks[at].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert_at_rest(web)

    run(asking(talk, some, connections=1))
    assert order == [b"0", b"2", b"3", b"6", b"7", b"9", b"10"]


@pytest.mark.parametrize("farewell", ["close", "reset"])
def test_a_question_over_a_connection_that_was_closed_is_asked_once_more(
    run: Run, farewell: str
) -> None:
    """The source closes it at the very moment that it is used again: nobody notices."""

    async def talk(peer: Peer) -> None:
        await peer.hear()
        await peer.say(answer(b"%d" % peer.number))
        await peer.hear()
        if farewell == "reset":
            peer.reset()

    async def twice(web: Web, server: Server) -> list[bytes]:
        found = [await get(web), await get(web)]
        assert server.connections == 2
        return found

    assert run(asking(talk, twice)) == [b"1", b"2"]


def test_a_question_is_not_asked_a_third_time(run: Run) -> None:
    """A source that closes every connection without an answer is asked twice at most."""
    asked = []

    async def talk(peer: Peer) -> None:
        await peer.hear()
        asked.append(peer.number)
        if peer.number == 1:
            await peer.say(answer())
            await peer.hear()
            asked.append(peer.number)

    async def twice(web: Web, _: Server) -> None:
        await get(web)
        with pytest.raises(Unavailable, match="without an answer"):
            await get(web)
        assert asked == [1, 1, 2]
        with pytest.raises(Unavailable):
            await get(web)
        assert asked == [1, 1, 2, 3]
        assert_at_rest(web)

    run(asking(talk, twice))


def test_what_was_sent_with_a_body_is_not_sent_again(run: Run) -> None:
    """Nobody knows whether it was heard."""

    async def talk(peer: Peer) -> None:
        await peer.hear()
        await peer.say(answer())
        await peer.hear()

    async def twice(web: Web, server: Server) -> None:
        await web.post("/", b"{}")
        with pytest.raises(Unavailable, match="without an answer"):
            await web.post("/", b"{}")
        assert server.connections == 1

    run(asking(talk, twice))


@pytest.mark.parametrize("farewell", ["close", "reset"])
def test_an_answer_that_had_begun_is_not_asked_for_again(run: Run, farewell: str) -> None:
    """One byte of it is enough."""

    async def talk(peer: Peer) -> None:
        await peer.hear()
        await peer.say(answer())
        await peer.hear()
        await peer.say(b"H")
        if farewell == "reset":
            await asyncio.sleep(0.02)
            peer.reset()

    async def twice(web: Web, server: Server) -> None:
        await get(web)
        with pytest.raises(SourceError, match=r"breaks off|broke"):
            await get(web)
        assert server.connections == 1

    run(asking(talk, twice))


@pytest.mark.parametrize("farewell", ["close", "reset"])
def test_an_answer_that_ends_early_is_an_error_at_every_byte(run: Run, farewell: str) -> None:
    """Over real sockets, by a good-bye and without one: the whole body, or none."""
    whole = answer(b'{"data": [1, 2]}', b"X: y")

    async def talk(peer: Peer) -> None:
        request = await peer.hear()
        assert request is not None
        await peer.say(whole[: int(request.split(b"at=")[1].split(b" ")[0])])
        if farewell == "reset":
            await asyncio.sleep(0.002)
            peer.reset()

    async def every(web: Web, _: Server) -> None:
        for at in range(len(whole)):
            with pytest.raises((Malformed, Unavailable)):
                await web.get("/", (("at", str(at)),))
        assert await web.get("/", (("at", str(len(whole))),)) == b'{"data": [1, 2]}'
        assert_at_rest(web)

    run(asking(talk, every))


@pytest.mark.parametrize("size", [1, 3])
def test_an_answer_that_drips_is_read(run: Run, size: int) -> None:
    """A few bytes at a time."""
    whole = answer(b'{"data": [1, 2]}')

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            for at in range(0, len(whole), size):
                await peer.say(whole[at : at + size])
                await asyncio.sleep(0)

    async def twice(web: Web, server: Server) -> list[bytes]:
        found = [await get(web), await get(web)]
        assert server.connections == 1
        return found

    assert run(asking(talk, twice)) == [b'{"data": [1, 2]}'] * 2


def test_who_closes_its_half_after_the_answer_is_understood(run: Run) -> None:
    """With a length, and without one."""

    async def talk(peer: Peer) -> None:
        await peer.hear()
        await peer.say(answer() if peer.number == 1 else b"HTTP/1.1 200 OK\r\n\r\n{}")
        peer.writer.write_eof()
        await peer.hear()

    async def some(web: Web, server: Server) -> None:
        for number in (1, 2, 3):
            assert await get(web) == b"{}"
            assert server.connections == number
            await asyncio.sleep(0.02)

    run(asking(talk, some))


@pytest.mark.parametrize("more", [b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake"])
@pytest.mark.parametrize("later", [False, True])
def test_what_follows_an_answer_is_never_taken_for_the_next(
    run: Run, more: bytes, *, later: bool
) -> None:
    """Along with the answer, or while the connection rests: it is closed."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            whole = answer(b"%d" % peer.number)
            if later:
                await peer.say(whole)
                await asyncio.sleep(0.01)
                await peer.say(more)
            else:
                await peer.say(whole + more)

    async def some(web: Web, server: Server) -> None:
        for number in (b"1", b"2", b"3"):
            server.gone.clear()
            assert await get(web) == number
            await server.gone.wait()
        assert server.connections == 3

    run(asking(talk, some))


def test_an_answer_to_what_was_not_yet_asked_is_none(run: Run) -> None:
    """A server that speaks first, before it can know the question."""

    async def talk(peer: Peer) -> None:
        await peer.say(answer(b"fake"))
        await peer.hear()
        await peer.say(answer(b"true"))

    async def some(web: Web, _: Server) -> None:
        pool_of_it = web._prepared()
        connection = await pool_of_it._dialler.dial(100, pool_of_it._left)
        await asyncio.sleep(0.05)
        assert not connection.usable
        with pytest.raises(Malformed, match="without being asked"):
            await connection.ask(b"GET / HTTP/1.1\r\n\r\n", asyncio.get_running_loop())

    run(asking(talk, some))


def test_an_answer_before_the_whole_question_was_heard_closes_the_connection(run: Run) -> None:
    """What is still on its way would be taken for the next question."""

    async def talk(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(answer(b"%d" % peer.number))
        await asyncio.sleep(5)

    async def some(web: Web, server: Server) -> None:
        large = b"x" * 8_000_000
        assert await web.post("/", large) == b"1"
        assert await web.post("/", large) == b"2"
        assert server.connections == 2

    run(asking(talk, some))


def test_giving_up_closes_the_connection_and_frees_the_place(run: Run) -> None:
    """The source notices at once, and the next question is asked over a new connection."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            if peer.number > 1:
                await peer.say(answer())

    async def some(web: Web, server: Server) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await get(web)
        await server.gone.wait()
        assert await get(web) == b"{}"
        assert server.connections == 2
        assert_at_rest(web)

    run(asking(talk, some, connections=1))


def test_giving_up_at_any_moment_leaves_the_pool_sound(run: Run) -> None:
    """Requests cancelled at random: later ones get their own answers, and nothing is left over."""
    chance = random.Random(7)

    async def talk(peer: Peer) -> None:
        while (request := await peer.hear()) is not None:
            word = request.split(b"n=")[1].split(b" ")[0]
            whole = answer(word, *([b"Connection: close"] if chance.random() < 0.1 else []))
            for at in range(0, len(whole), 20):
                await peer.say(whole[at : at + 20])
                await asyncio.sleep(0.001 if chance.random() < 0.05 else 0)
            if chance.random() < 0.1:
                return

    async def one(web: Web, number: int) -> None:
        try:
            async with asyncio.timeout(chance.choice([0.001, 0.005, 0.02, None, None])):
                assert await web.get("/", (("n", str(number)),)) == b"%d" % number
        except (TimeoutError, Unavailable):
            pass

    async def many(web: Web, server: Server) -> None:
        for turn in range(6):
            tasks = [asyncio.ensure_future(one(web, turn * 100 + n)) for n in range(60)]
            for task in chance.sample(tasks, 15):
                await asyncio.sleep(0)
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert [each for each in tasks if not each.cancelled() and each.exception()] == []
            assert_at_rest(web)
        assert server.connections > 3
        await asyncio.sleep(0.02)
        assert server.open <= 3

    run(asking(talk, many, connections=3))


def test_what_rests_too_long_is_closed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when nobody asks any more; and the pool stops looking when there is nothing left."""
    monkeypatch.setattr("connectors.web_pool.SWEEP_SECONDS", 0.02)

    async def some(web: Web, server: Server) -> None:
        await asyncio.gather(*(get(web) for _ in range(3)))
        pool = pool_of(web)
        assert len(pool._idle) == 3
        for connection in pool._idle:
            connection.idle_seconds = 0.05
        await asyncio.sleep(0.2)
        assert (server.open, pool._idle, pool._open, pool._sweep) == (0, [], set(), None)
        assert await get(web) == b"{}"
        assert server.connections == 4

    run(asking(politely(), some))


def test_what_nobody_gives_up_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed has no time limit of its own: a source that hangs does not hold it for ever."""
    monkeypatch.setattr("connectors.web_pool.SWEEP_SECONDS", 0.02)
    monkeypatch.setattr("connectors.web_pool.LONGEST_SECONDS", 0.1)

    async def talk(peer: Peer) -> None:
        await peer.hear()
        await peer.hear()

    async def some(web: Web, _: Server) -> None:
        with pytest.raises(TimedOut):
            await get(web)
        assert_at_rest(web)

    run(asking(talk, some))


def test_closing_ends_what_is_under_way(run: Run) -> None:
    """Whoever waits, for an answer or for a place, is told; afterwards it can be used again."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            if peer.number > 1:
                await peer.say(answer())

    async def some(web: Web, server: Server) -> None:
        tasks = [asyncio.ensure_future(get(web)) for _ in range(3)]
        await asyncio.sleep(0.05)
        await web.aclose()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(each) for each in found] == [Unavailable] * 3
        assert_at_rest(web)
        await server.gone.wait()
        assert await get(web) == b"{}"

    run(asking(talk, some, connections=1))


def test_two_may_close_at_once(run: Run) -> None:
    """Neither waits for an end that only the other is told of."""

    async def some(web: Web, server: Server) -> None:
        await get(web)
        async with asyncio.timeout(2):
            await asyncio.gather(web.aclose(), web.aclose())
            await server.gone.wait()

        assert server.open == 0

    run(asking(politely(), some))


def test_a_pool_outlives_its_loop() -> None:
    """What was open belongs to the loop that is over; on another all begins anew."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    web = Web(WebSettings(source="s", base_url=f"http://127.0.0.1:{port}"))

    async def ask() -> bytes:
        async with talking(politely(), port=port):
            try:
                return await get(web)
            finally:
                await web.aclose()

    assert [asyncio.run(ask()) for _ in range(2)] == [b"{}"] * 2


async def flood(peer: Peer, begin: bytes, more: bytes) -> None:
    await peer.hear()
    await peer.say(begin)
    while not peer.writer.transport.is_closing():
        await peer.say(more)


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 60_000),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 60_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 1000),
    ],
)
def test_a_flood_is_cut_off(run: Run, begin: bytes, more: bytes) -> None:
    """Headers, a header, a body, chunks, trailers without an end: the connection is closed."""

    def talk(peer: Peer) -> Awaitable[None]:
        return flood(peer, begin, more)

    async def some(web: Web, server: Server) -> None:
        with pytest.raises(Malformed, match="larger than"):
            await get(web)
        await server.gone.wait()
        assert_at_rest(web)

    run(asking(talk, some, max_body=65536))


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_large_answer_is_what_was_sent(run: Run, *, secure: bool) -> None:
    """Three megabytes in chunks of many sizes, twice over one connection."""
    chance = random.Random(3)
    body = chance.randbytes(3_000_000)

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            await peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            at = 0
            while at < len(body):
                part = body[at : at + chance.randint(1, 200_000)]
                at += len(part)
                await peer.say(b"%x\r\n" % len(part) + part + b"\r\n")
            await peer.say(b"0\r\n\r\n")

    async def some(web: Web, server: Server) -> None:
        for _ in range(2):
            assert await get(web) == body
        assert server.connections == 1

    run(asking(talk, some, secure=secure))


def test_giving_up_over_tls_closes_the_connection(run: Run) -> None:
    """Without waiting for the other side's good-bye."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            if peer.number > 1:
                await peer.say(answer())

    async def some(web: Web, server: Server) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await get(web)
        async with asyncio.timeout(1):
            await server.gone.wait()
        assert await get(web) == b"{}"
        assert_at_rest(web)

    run(asking(talk, some, secure=True, connections=1))


def test_what_cannot_be_reached_frees_its_place(run: Run) -> None:
    """Nobody listens, or nobody is at home: each failure is told, and the next one is tried."""

    async def ask() -> None:
        web = Web(WebSettings(source="s", base_url="http://127.0.0.1:1", connections=2))
        found = await asyncio.gather(*(get(web) for _ in range(9)), return_exceptions=True)
        assert {type(each) for each in found} == {Unavailable}
        assert_at_rest(web)
        await web.aclose()

    run(ask())


def test_giving_up_while_a_connection_is_made_leaves_nothing_open(run: Run) -> None:
    """Cancelled during TCP's or TLS's greeting, at every step of the loop."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            await peer.say(answer())

    async def some(web: Web, server: Server) -> None:
        for steps in range(40):
            task = asyncio.ensure_future(get(web))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            pool = pool_of(web) if web._pool else web._prepared()
            for connection in tuple(pool._idle):
                await connection.aclose()
            assert_at_rest(web)
        await asyncio.sleep(0.05)
        assert server.open == 0

    run(asking(talk, some, connections=1))
    run(asking(talk, some, secure=True, connections=1))
