"""What graphql-cop looks for in a GraphQL server, asked of `serve` as it comes: nothing is found.

Each test sends what the check of that name sends, and looks for what the check takes for a finding.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATHS = ("/", "/graphql", "/graphiql", "/playground", "/console", "/altair", "/voyager")
WIDGETS = ("graphiql", "playground", "altair", "voyager", "apollo sandbox")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A gateway started by `serve`, with no setting but its sources."""
    config = str(ROOT / "deploy" / "demo" / "nyc.toml")
    command = [sys.executable, "-m", "gateway", "serve", "--config", config, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            started = json.loads(process.stderr.readline())["address"]
            _wait_for(f"{started}/health")
            yield started
        finally:
            process.terminate()
            process.stderr.read()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


def sent(
    url: str, data: bytes | None = None, method: str | None = None, **headers: str
) -> tuple[int, Any]:
    """Send one request; the status, and the JSON or else the text of the answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, named, method=method)  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - same
            status, text = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except json.JSONDecodeError:
        return status, text


def posted(address: str, body: object) -> tuple[int, Any]:
    """POST *body* as JSON."""
    data = json.dumps(body).encode()
    return sent(f"{address}/graphql", data, content_type="application/json")


def asked(address: str, query: str) -> dict[str, Any]:
    """POST *query*; the answer, which is an object in any case."""
    _, answer = posted(address, {"query": query, "operationName": "cop"})
    assert isinstance(answer, dict)
    return answer


def code_of(answer: dict[str, Any]) -> str:
    """The code of the one error of an answer without data."""
    assert "data" not in answer
    (error,) = answer["errors"]
    code: str = error["extensions"]["code"]
    return code


def test_it_answers_what_it_should(address: str) -> None:
    """The gateway that is looked at does answer: nothing is found for want of a server."""
    assert asked(address, "query cop { __typename }") == {"data": {"__typename": "Query"}}


def test_alias_overloading(address: str) -> None:
    """A hundred and one aliases of one field are refused."""
    aliases = " ".join(f"alias{n}: __typename" for n in range(101))

    assert code_of(asked(address, f"query cop {{ {aliases} }}")) == "TOO_MANY_ALIASES"


def test_batch_queries(address: str) -> None:
    """An array of ten operations is not answered by an array."""
    status, answer = posted(address, [{"query": "query cop { __typename }"}] * 10)

    assert status == 400
    assert code_of(answer) == "BAD_REQUEST"


def test_directive_overloading(address: str) -> None:
    """Ten unknown directives are not told one by one; more than are allowed are not even read."""
    few = asked(address, "query cop { __typename " + "@aa" * 10 + " }")
    many = asked(address, "query cop { __typename " + "@aa" * 21 + " }")

    assert code_of(few) == "GRAPHQL_VALIDATION_FAILED"
    assert code_of(many) == "TOO_MANY_DIRECTIVES"


def test_circular_introspection_query(address: str) -> None:
    """Introspection that goes round and round is refused."""
    circle = "fields { name type { " * 6 + "name" + " } }" * 6

    answer = asked(address, f"query cop {{ __schema {{ types {{ name {circle} }} }} }}")

    assert code_of(answer) == "INTROSPECTION_DISABLED"


def test_get_based_mutation(address: str) -> None:
    """A mutation that comes by GET is not run, also from a client that may ask by GET."""
    query = urllib.parse.urlencode({"query": "mutation cop { __typename }"})

    for headers in ({}, {"Apollo_Require_Preflight": "1"}):
        status, answer = sent(f"{address}/graphql?{query}", **headers)

        assert status < 500
        assert "errors" in answer
        assert "data" not in answer


def test_get_method_support(address: str) -> None:
    """A query that comes by GET, as any page could send it, is not run."""
    asked_by_get = f"{address}/graphql?query=%7B__typename%7D"

    status, answer = sent(asked_by_get)

    assert status == 400
    assert code_of(answer) == "CSRF_PREVENTED"
    assert sent(asked_by_get, Apollo_Require_Preflight="1")[0] == 200


def test_post_based_csrf(address: str) -> None:
    """What a form of another site can send, with or without a type, is not run."""
    form = urllib.parse.urlencode({"query": "query cop { __typename }"}).encode()
    body = json.dumps({"query": "query cop { __typename }"}).encode()
    for data, media in (
        (form, "application/x-www-form-urlencoded"),
        (body, "text/plain"),
        (body, "multipart/form-data; boundary=x"),
        (body, ""),
    ):
        status, answer = sent(f"{address}/graphql", data, content_type=media)

        assert status in (400, 415), media
        assert "data" not in answer
    query = form.decode()
    _, answer = sent(
        f"{address}/graphql?{query}", b"", content_type="application/x-www-form-urlencoded"
    )
    assert "data" not in answer


def test_field_suggestions(address: str) -> None:
    """A name that is nearly right is met without the right one."""
    for query in (
        "query cop { __schema { directive } }",
        "query cop { complaint { id } }",
        "query cop { complants { complete } }",
        "query cop { complaints(frist: 1) { complete } }",
        "query cop { complaints { nodes { ... on Complant { id } } } }",
        "query cop($x: ComplaintFiltr) { complaints(filter: $x) { complete } }",
        "query cop { complaints(filter: { statuss: [CLOSED] }) { complete } }",
        "query cop { complaints(freshness: LIVEE) { complete } }",
    ):
        told = json.dumps(asked(address, query))

        assert "errors" in told
        assert "did you mean" not in told.lower()


def test_field_duplication(address: str) -> None:
    """One field five hundred times is refused."""
    answer = asked(address, "query cop { " + "__typename\n" * 500 + "}")

    assert code_of(answer) == "TOO_MANY_ROOT_FIELDS"


def test_graphiql_and_other_consoles(address: str) -> None:
    """No page to try queries is served, whatever a browser says that it accepts."""
    for path in PATHS:
        status, answer = sent(f"{address}{path}", accept="text/html,*/*")
        text = json.dumps(answer).lower()

        assert status in (400, 404, 405, 406), path
        assert not any(each in text for each in (*WIDGETS, "<html", "<script"))


def test_introspection(address: str) -> None:
    """The schema is not told, in any way of asking."""
    for query in (
        "query cop { __schema { types { name fields { name } } } }",
        'query cop { __type(name: "Complaint") { name } }',
        "query cop { ...F } fragment F on Query { a: __schema { queryType { name } } }",
    ):
        assert code_of(asked(address, query)) == "INTROSPECTION_DISABLED"
    assert "data" not in asked(address, "query cop { _service { sdl } }")


def test_tracing_and_debugging(address: str) -> None:
    """No answer carries timings, traces or anything else beside data and errors."""
    data = json.dumps({"query": "query cop { __typename sources { id } }"}).encode()
    for headers in (
        {},
        {"X_Apollo_Tracing": "1"},
        {"X_Debug": "1"},
        {"Apollo_Federation_Include_Trace": "ftv1"},
    ):
        headers = {"content_type": "application/json", **headers}
        _, answer = sent(f"{address}/graphql?debug=1", data, **headers)

        assert set(answer) == {"data"}


def test_unhandled_errors(address: str) -> None:
    """What is wrong is told in our words with a code: no exception, no stack, no file."""
    for body in (
        {"query": "qwerty cop { abc }"},
        {"query": "query cop { abc }"},
        {"query": "query cop($a: Int!) { __typename }", "variables": {"a": "x"}},
        {"query": 5},
        {"query": "query cop { __typename }", "operationName": "nothing"},
        {"query": "query cop { complaints(first: -1) { complete } }"},
        {"query": "\ud800"},
        7,
        None,
    ):
        status, answer = posted(address, body)
        told = json.dumps(answer).lower()

        assert status < 500
        assert "errors" in answer
        assert all(set(each["extensions"]) == {"code"} for each in answer["errors"])
        assert not any(each in told for each in ("exception", "traceback", "stack", ".py"))
