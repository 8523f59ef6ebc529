"""Reading answers: whole, or an error; never a part, never more than was allowed."""

from __future__ import annotations

import gzip
import random
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract.errors import Malformed, SourceError
from connectors.web_answers import MOST_HEAD, Answer, AnswerReader
from connectors.web_errors import Lost

MOST = 4096
OK = b"HTTP/1.1 200 OK\r\n"
BODY = b'{"data": [1, 2, 3]}'
PACKED = gzip.compress(BODY, mtime=0)
LENGTH = OK + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
CHUNKED = (
    OK + b"Transfer-Encoding: chunked\r\n\r\n"
    b"5;x=y\r\n" + BODY[:5] + b"\r\n%x\r\n" % len(BODY[5:]) + BODY[5:] + b"\r\n0\r\nX: y\r\n\r\n"
)
GZIP = OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n%s" % (len(PACKED), PACKED)
PACKED_CHUNKS = (
    OK + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    b"a\r\n" + PACKED[:10] + b"\r\n%x\r\n" % len(PACKED[10:]) + PACKED[10:] + b"\r\n0\r\n\r\n"
)
FORETOLD = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + LENGTH
WHOLE = {
    "length": LENGTH,
    "chunked": CHUNKED,
    "gzip": GZIP,
    "gzip in chunks": PACKED_CHUNKS,
    "foretold": FORETOLD,
}


def read(*parts: bytes, ended: bool = False, most: int = MOST) -> Answer:
    """Read one answer that comes in *parts*; raises what the reader raises."""
    reader = AnswerReader("s", most)
    for part in parts:
        answer = reader.feed(part)
        if answer is not None:
            return answer
    if not ended:
        raise AssertionError("neither an answer nor an error")
    return reader.end()


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE)
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(answer: bytes) -> None:
    """Whole, cut in two anywhere, and byte by byte."""
    for pieces in (
        [answer],
        *([answer[:at], answer[at:]] for at in range(1, len(answer))),
        [answer[at : at + 1] for at in range(len(answer))],
    ):
        found = read(*pieces)

        assert (found.status, found.body) == (200, BODY)


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE)
def test_an_answer_that_ends_early_is_an_error_at_every_byte(answer: bytes) -> None:
    """Never a short body; only where nothing came at all is it as if nothing had been asked."""
    for at in range(len(answer)):
        with pytest.raises(SourceError) as raised:
            read(answer[:at], ended=True)

        assert type(raised.value) is (Malformed if at else Lost)


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    """Which is then not used again; a packed one that is cut off is found out."""
    assert read(OK + b"\r\n" + BODY, ended=True).body == BODY
    with pytest.raises(Malformed, match="breaks off"):
        read(OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-3], ended=True)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n",
        b"Content-Length: 2, 2\r\n",
        b"Content-Length: -2\r\n",
        b"Content-Length: +2\r\n",
        b"Content-Length: 0x2\r\n",
        b"Content-Length: 2e0\r\n",
        b"Content-Length:\r\n",
        b"Content-Length: 18446744073709551618\r\n",
        b"Content-Length: 99999999999999999999999999\r\n",
        b"Content-Length: " + b"0" * 5000 + b"2\r\n",
        b"Content-Length: 4097\r\n",
        b"Content-Length: 2\r\nX: a\0b\r\n",
        b"Content-Length: 2\r\nX: a\r\n folded\r\n",
        b"Content-Length : 2\r\n",
        b"Content-Length: 2\r\nnonsense\r\n",
        b"Content-Length: 2\r\nContent-Encoding: br\r\n",
        b"Content-Length: 2\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
        b"Content-Length: 2\r\nContent-Encoding: gzip, gzip\r\n",
        b"Content-Length: 2\r\nContent-Encoding: gzip\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: chunked, gzip\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: identity\r\n",
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(head: bytes) -> None:
    """Lengths that contradict each other or are none, codings not asked for, broken lines."""
    with pytest.raises(Malformed):
        read(OK + head + b"\r\nok", ended=True)


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"HTTP/1.1",
        b"HTTP/1.1 2 OK",
        b"HTTP/1.1 99999 ?",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1 -20 OK",
        b"HTTP/9.9 200 OK",
        b"GET / HTTP/1.1",
        b"\0" * 30,
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"SSH-2.0-OpenSSH_9.2",
        b"HTTP/1.1 101 Switching Protocols",
        b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket",
    ],
)
def test_what_is_no_status_line_is_no_answer(line: bytes) -> None:
    """Other protocols, statuses that do not exist, a change of protocol that nobody asked for."""
    with pytest.raises(Malformed):
        read(line + b"\r\nContent-Length: 2\r\n\r\nok", ended=True)


def test_a_status_that_does_not_exist_is_refused_at_once() -> None:
    """It is no foretaste of an answer that one would have to wait for."""
    with pytest.raises(Malformed, match="answered 99"):
        read(b"HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\n")


@pytest.mark.parametrize(
    "chunks",
    [
        b"-2\r\nok\r\n0\r\n\r\n",
        b"2\r\nokay\r\n0\r\n\r\n",
        b"\r\nok\r\n0\r\n\r\n",
        b"g\r\nok\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\nok\r\n0\r\n\r\n",
        b"2\r\nok0\r\n\r\n",
    ],
)
def test_chunks_that_do_not_add_up_are_refused(chunks: bytes) -> None:
    """Sizes that are none, and data that are longer or shorter than their size."""
    with pytest.raises(Malformed):
        read(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, ended=True)


def test_old_servers_are_borne_with() -> None:
    """Lines that end in LF alone, blanks behind a chunk's size, HTTP/1.0, a mere status."""
    loose = b"HTTP/1.0 200\nTransfer-Encoding: chunked\n\n2  \r\nok\r\n0\r\n\r\n"

    assert read(loose).body == b"ok"


@pytest.mark.parametrize("count", [1, 100, 10_000])
def test_a_body_may_be_as_large_as_allowed_and_no_larger(count: int) -> None:
    """By its length, in chunks, to the end of the connection, packed."""
    step = -(-MOST // count)
    for size, fits in ((MOST, True), (MOST + 1, False)):
        body = b"x" * size
        cut = [body[at : at + step] for at in range(0, size, step)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in cut) + b"0\r\n\r\n"
        packed = gzip.compress(body)
        for answer in (
            OK + b"Content-Length: %d\r\n\r\n%s" % (size, body),
            OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
            OK + b"\r\n" + body,
            OK + b"Content-Encoding: gzip\r\n\r\n" + packed,
            OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(body),
        ):
            parts = [answer[at : at + 700] for at in range(0, len(answer), 700)]
            if fits:
                assert read(*parts, ended=True).body == body
            else:
                with pytest.raises(Malformed, match="larger than 4096 bytes"):
                    read(*parts, ended=True)


def test_a_bomb_is_not_unpacked() -> None:
    """A gigabyte of nothing in a megabyte: no more is unpacked than is allowed."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(pack.compress(b" " * 1_000_000) for _ in range(1000)) + pack.flush()

    with pytest.raises(Malformed, match="larger than"):
        read(OK + b"Content-Encoding: gzip\r\n\r\n", bomb)


@pytest.mark.parametrize("head", [b"Content-Length: 2", b"Transfer-Encoding: chunked"])
def test_a_foretaste_has_no_body(head: bytes) -> None:
    """It would count towards the answer's, and others take it for the answer's beginning."""
    with pytest.raises(Malformed, match="its answer 150 has a body"):
        read(b"HTTP/1.1 150 Soon\r\n" + head + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n", LENGTH)


@pytest.mark.parametrize("more", [b"x", PACKED], ids=["rubbish", "another"])
def test_nothing_may_follow_a_packed_body(more: bytes) -> None:
    """What follows would otherwise be lost without a word."""
    with pytest.raises(Malformed, match="something follows"):
        read(OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED + more, ended=True)
    with pytest.raises(Malformed, match="something follows"):
        read(OK + b"Content-Encoding: gzip\r\n\r\n", PACKED, more, ended=True)


def endless(name: str) -> tuple[bytes, bytes]:
    """Give how an answer begins, and what then comes for ever."""
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    return {
        "reason": (b"HTTP/1.1 200 ", b"a" * 1000),
        "name": (OK, b"a" * 1000),
        "value": (OK + b"X: ", b"a" * 1000),
        "headers": (OK, b"X: y\r\n" * 100),
        "empty lines": (b"", b"\r\n" * 100),
        "foretastes": (b"", b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n" * 20),
        "extension": (chunked + b"1;", b"a" * 1000),
        "size": (chunked, b"0" * 1000),
        "trailers": (chunked + b"1\r\nx\r\n0\r\n", b"X: y\r\n" * 100),
        "trailer": (chunked + b"1\r\nx\r\n0\r\nX: ", b"a" * 1000),
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        "reason",
        "name",
        "value",
        "headers",
        "empty lines",
        "foretastes",
        "extension",
        "size",
        "trailers",
        "trailer",
    ],
)
@pytest.mark.parametrize("at_once", [1, 500])
def test_what_is_no_body_has_an_end(name: str, at_once: int) -> None:
    """Headers, trailers, foretastes and sizes of chunks stop at 64 KiB, however they come."""
    begin, more = endless(name)
    reader = AnswerReader("s", MOST)
    sent = 0
    with pytest.raises(Malformed):  # noqa: PT012 - somewhere on the way
        reader.feed(begin)
        while sent < 2_000_000:
            reader.feed(more * at_once)
            sent += len(more) * at_once
    assert sent <= MOST_HEAD + len(more) * at_once


def test_tiny_chunks_with_much_around_them_have_an_end() -> None:
    """A byte of the body at a time, each with a kilobyte of extension."""
    reader = AnswerReader("s", MOST)
    reader.feed(OK + b"Transfer-Encoding: chunked\r\n\r\n")

    with pytest.raises(Malformed, match="larger than"):  # noqa: PT012 - somewhere on the way
        for _ in range(MOST):
            reader.feed(b"1;" + b"a" * 1000 + b"\r\nx\r\n")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404),
        (b"HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", 500),
        (b"HTTP/1.1 404 X\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nno", 404),
    ],
)
def test_an_answer_that_is_none_leaves_the_connection_of_use(answer: bytes, status: int) -> None:
    """Its body is read and forgotten, and the next answer is read as if nothing had been."""
    reader = AnswerReader("s", MOST)
    found = reader.feed(answer)

    assert found is not None
    assert (found.status, found.body) == (status, b"")
    assert reader.keeps_alive
    reader.begin()
    following = reader.feed(LENGTH)
    assert following is not None
    assert (following.status, following.body) == (200, BODY)


@pytest.mark.parametrize(
    "more", [b"Content-Length: 9999\r\n\r\nno", b"\r\nno", b"Content-Length: 200000\r\n\r\n"]
)
def test_the_status_of_a_failure_counts_even_if_its_page_breaks_off(more: bytes) -> None:
    """Why it failed is known; no more than 64 KiB of its page are waited for."""
    reader = AnswerReader("s", MOST)

    assert reader.feed(b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n" + more) is None
    found = reader.end()
    assert (found.status, found.values(b"retry-after")) == (503, ["7"])
    assert not reader.keeps_alive
    found = read(b"HTTP/1.1 503 Busy\r\n\r\n", *[b"x" * 1000] * 100)
    assert found.status == 503


@pytest.mark.parametrize("more", [b"x", b"HTTP/1.1 200 OK\r\n", LENGTH, LENGTH * 50, b"\0" * 100])
def test_what_follows_an_answer_spoils_the_connection_and_not_the_answer(more: bytes) -> None:
    """Whole further answers among it: they would be taken for those of the next requests."""
    reader = AnswerReader("s", MOST)
    found = reader.feed(LENGTH + more)

    assert found is not None
    assert found.body == BODY
    assert not reader.keeps_alive


def test_what_follows_an_answer_that_fills_a_piece_spoils_the_connection() -> None:
    """Much is read piece by piece; that the first ends with the answer hides nothing."""
    room = MOST_HEAD - len(LENGTH) - len(b"X: \r\n")
    head, body = LENGTH.split(b"\r\n\r\n")
    whole = head + b"\r\nX: " + b"y" * room + b"\r\n\r\n" + body
    for more, keeps in ((b"", True), (b"x", False)):
        reader = AnswerReader("s", MOST)
        found = reader.feed(whole + more)

        assert len(whole) == MOST_HEAD
        assert found is not None
        assert found.body == BODY
        assert reader.keeps_alive is keeps


@pytest.mark.parametrize(
    ("head", "keeps"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
    ],
)
def test_the_source_says_whether_it_can_be_asked_again(head: bytes, keeps: bool) -> None:
    """By its version and its `Connection`."""
    reader = AnswerReader("s", MOST)

    assert reader.feed(head + b"Content-Length: 2\r\n\r\nok") is not None
    assert reader.keeps_alive is keeps


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"timeout=5", 5.0),
        (b"max=100, Timeout=7", 7.0),
        (b"timeout=x", None),
        (b"timeout=-1", None),
        (b"", None),
    ],
)
def test_the_source_says_how_long_it_waits(header: bytes, seconds: float | None) -> None:
    """By `Keep-Alive`; what cannot be read says nothing."""
    reader = AnswerReader("s", MOST)

    assert reader.feed(OK + b"Keep-Alive: " + header + b"\r\nContent-Length: 2\r\n\r\nok")
    assert reader.idle_seconds == seconds


def test_links_are_those_of_the_answer_itself() -> None:
    """Not of a foretaste, and not of a trailer."""
    answer = (
        b"HTTP/1.1 103 Early Hints\r\nLink: <foretaste>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nLink: <one>\r\nTransfer-Encoding: chunked\r\nlink: <two>\r\n\r\n"
        b"2\r\nok\r\n0\r\nLink: <trailer>\r\n\r\n"
    )

    assert read(answer).values(b"link") == ["<one>", "<two>"]


def judged(reader: AnswerReader, pieces: list[bytes]) -> None:
    """Feed *pieces* as a connection would; only `SourceError` may come of it."""
    try:
        for piece in pieces:
            answer = reader.feed(piece)
            if answer is not None:
                assert len(answer.body) <= MOST
                if not reader.keeps_alive:
                    return
                reader.begin()
        if reader.received:
            reader.end()
    except SourceError:
        return


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=400), max_size=8))
def test_any_bytes_at_all_are_borne(pieces: list[bytes]) -> None:
    """An answer or one of our errors, whatever comes."""
    judged(AnswerReader("s", MOST), pieces)


def test_any_spoilt_answer_is_borne() -> None:
    """Answers with bytes changed, lost, doubled and moved, in pieces of any size."""
    chance = random.Random(20261124)
    for _ in range(4000):
        spoilt = bytearray(b"".join(chance.choices(list(WHOLE.values()), k=chance.randint(1, 3))))
        for _ in range(chance.randint(1, 6)):
            at, to = sorted(chance.choices(range(len(spoilt)), k=2))
            match chance.randrange(4):
                case 0:
                    spoilt[at] = chance.randrange(256)
                case 1:
                    del spoilt[at : min(to, at + 9)]
                case 2:
                    spoilt[at:at] = spoilt[at : min(to, at + 30)]
                case _:
                    spoilt[at:at] = chance.choice([b"\r\n", b"0", b"\0", b"HTTP/1.1 ", b"\r\n\r\n"])
            spoilt = spoilt or bytearray(b"x")
        cuts = sorted(chance.choices(range(len(spoilt) + 1), k=chance.randint(0, 5)))
        edges = [0, *cuts, len(spoilt)]
        parts = [bytes(spoilt[a:b]) for a, b in pairwise(edges) if a < b]
        judged(AnswerReader("s", MOST), parts)
