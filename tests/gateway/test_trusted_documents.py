"""Operations by id: the manifest's, alone where that is required, and those that clients kept."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from connectors.problems import ConfigurationError
from connectors.references import References
from gateway.app import build_app
from gateway.document_manifest import APOLLO, BadManifest, load_manifests
from gateway.document_settings import DocumentSettings
from gateway.http_settings import HttpSettings
from gateway.limit_settings import LimitSettings
from gateway.settings import GatewaySettings, read_settings
from gateway.trusted_documents import AutomaticDocuments
from gateway.websocket import SUBPROTOCOL
from tests.gateway.serving import Client, talk
from tests.gateway.world import World

LIST = "query Daftar($n: Int) { complaints(first: $n) { nodes { title } complete } }"
WHO = "{ viewer { subject } }"
OTHER = "{ __typename }"
GRAPHQL_JSON = "application/graphql-response+json"


def digest(text: str) -> str:
    """The hash of *text* as clients' builds write it."""
    return sha256(text.encode()).hexdigest()


def settings_of(folder: Path, *, lenient: bool = False, **options: Any) -> GatewaySettings:
    """Settings with a manifest of two documents in *folder*."""
    path = folder / "documents.json"
    path.write_text(json.dumps({f"sha256:{digest(LIST)}": LIST, "who": WHO}))
    documents = DocumentSettings(manifests=(path,), **options)
    return GatewaySettings(documents=documents, http=HttpSettings(require_preflight=not lenient))


async def posted(client: Client, body: dict[str, Any], accept: str = "*/*") -> tuple[int, Any]:
    """POST *body*; the status and the answer."""
    async with client.session.post(
        f"{client.url}/graphql", json=body, headers={"Accept": accept}
    ) as response:
        return response.status, await response.json()


def code_of(answer: Any) -> str:
    """The code of the one error of an answer without data."""
    assert "data" not in answer
    (error,) = answer["errors"]
    code: str = error["extensions"]["code"]
    return code


def by_digest(text: str, *, query: str | None = None, version: object = 1) -> dict[str, Any]:
    """A request as Apollo's clients send it, without the *query* or with it."""
    held = {"persistedQuery": {"version": version, "sha256Hash": digest(text)}}
    return {"extensions": held} | ({} if query is None else {"query": query})


@pytest.mark.parametrize("require", [True, False])
def test_a_trusted_document_is_asked_by_its_id(tmp_path: Path, require: bool) -> None:
    """By POST and GET, with variables, by any id of the manifest and by the bare hash."""
    whole = {"data": {"viewer": {"subject": "anonymous"}}}

    async def conversation(client: Client) -> None:
        for asked in (
            {"documentId": f"sha256:{digest(LIST)}"},
            {"documentId": digest(LIST)},
            {"documentId": digest(LIST), "query": LIST},
            {"documentId": digest(LIST), "operationName": "Daftar"},
            by_digest(LIST),
        ):
            status, answer = await posted(client, asked | {"variables": {"n": 2}})
            assert status == 200
            assert len(answer["data"]["complaints"]["nodes"]) == 2
        assert await posted(client, {"documentId": "who"}) == (200, whole)
        persisted = json.dumps(by_digest(LIST)["extensions"])
        for params in (
            {"documentId": digest(LIST), "variables": '{"n": 2}'},
            {"extensions": persisted, "variables": '{"n": 2}'},
        ):
            async with client.session.get(f"{client.url}/graphql", params=params) as response:
                assert response.status == 200
                assert response.headers["Cache-Control"] == "public, max-age=10"
                assert len((await response.json())["data"]["complaints"]["nodes"]) == 2

    talk(World(), conversation, settings_of(tmp_path, require=require))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": OTHER}, "PERSISTED_DOCUMENT_REQUIRED"),
        ({"query": LIST}, "PERSISTED_DOCUMENT_REQUIRED"),
        ({"query": "{"}, "PERSISTED_DOCUMENT_REQUIRED"),
        ({"documentId": digest(OTHER)}, "PERSISTED_DOCUMENT_NOT_FOUND"),
        ({"documentId": digest(OTHER), "query": OTHER}, "PERSISTED_DOCUMENT_NOT_FOUND"),
        ({"documentId": "who", "query": OTHER}, "BAD_REQUEST"),
        ({"documentId": ""}, "BAD_REQUEST"),
        ({"documentId": 1}, "BAD_REQUEST"),
        (by_digest(OTHER), "PERSISTED_DOCUMENT_NOT_FOUND"),
        (by_digest(OTHER, query=OTHER), "PERSISTED_DOCUMENT_NOT_FOUND"),
        (by_digest(LIST, query=OTHER), "BAD_REQUEST"),
    ],
)
def test_nothing_else_is_answered_where_they_are_required(
    tmp_path: Path, body: dict[str, Any], code: str
) -> None:
    """A text, an unknown id, an id with another text: refused, by POST, GET and WebSocket."""

    async def conversation(client: Client) -> None:
        status, answer = await posted(client, body)
        assert (status, code_of(answer)) == (400, code)
        params = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in body.items()
            if value != 1
        }
        async with client.session.get(f"{client.url}/graphql", params=params) as response:
            assert response.status == 400
            assert "data" not in await response.json()
        if code.startswith("PERSISTED"):
            assert await over_websocket(client, body) == ("error", code)

    talk(World(), conversation, settings_of(tmp_path, require=True, lenient=True))


async def over_websocket(client: Client, payload: dict[str, Any]) -> tuple[str, Any]:
    """Ask over a WebSocket; the type of the first message that comes, and its code or data."""
    async with client.session.ws_connect(f"{client.url}/graphql", protocols=[SUBPROTOCOL]) as ws:
        await ws.send_json({"type": "connection_init"})
        assert (await ws.receive_json())["type"] == "connection_ack"
        await ws.send_json({"id": "1", "type": "subscribe", "payload": payload})
        message = await ws.receive_json()
    told = message["payload"]
    if message["type"] == "error":
        return "error", told[0]["extensions"]["code"]
    return message["type"], told["data"]


def test_a_websocket_asks_by_id_too(tmp_path: Path) -> None:
    """The manifest's documents are answered over every transport."""

    async def conversation(client: Client) -> None:
        whole = ("next", {"viewer": {"subject": "anonymous"}})
        for asked in ({"documentId": "who"}, {"documentId": "who", "query": WHO}):
            assert await over_websocket(client, asked) == whole
        kind, data = await over_websocket(client, by_digest(LIST) | {"variables": {"n": 2}})
        assert kind == "next"
        assert len(data["complaints"]["nodes"]) == 2

    talk(World(), conversation, settings_of(tmp_path, require=True))


def test_texts_are_answered_where_ids_are_not_required(tmp_path: Path) -> None:
    """A manifest alone keeps nobody out; a text by GET still needs its header."""

    async def conversation(client: Client) -> None:
        assert await posted(client, {"query": OTHER}) == (200, {"data": {"__typename": "Query"}})
        async with client.session.get(f"{client.url}/graphql", params={"query": WHO}) as response:
            assert code_of(await response.json()) == "CSRF_PREVENTED"
        async with client.session.get(
            f"{client.url}/graphql", params={"documentId": digest(OTHER)}
        ) as response:
            assert code_of(await response.json()) == "PERSISTED_DOCUMENT_NOT_FOUND"

    talk(World(), conversation, settings_of(tmp_path))


def test_queries_are_not_kept_unless_set() -> None:
    """Without `automatic` a hash alone is refused in Apollo's words; with its text it is run."""

    async def conversation(client: Client) -> None:
        for accept, status in (("*/*", 200), (GRAPHQL_JSON, 400)):
            told = await posted(client, by_digest(WHO), accept)
            assert told[0] == status
            assert code_of(told[1]) == "PERSISTED_QUERY_NOT_SUPPORTED"
            assert told[1]["errors"][0]["message"] == "PersistedQueryNotSupported"
        for body in (by_digest(WHO, query=WHO), by_digest(WHO)):
            _, answer = await posted(client, body)
        assert code_of(answer) == "PERSISTED_QUERY_NOT_SUPPORTED"

    talk(World(), conversation)


def test_a_query_is_kept_by_its_hash() -> None:
    """Unknown, then sent with its text, then asked by hash alone: by POST and by GET."""
    settings = GatewaySettings(documents=DocumentSettings(automatic=True))

    async def conversation(client: Client) -> None:
        status, answer = await posted(client, by_digest(WHO))
        assert (status, code_of(answer)) == (200, "PERSISTED_QUERY_NOT_FOUND")
        assert answer["errors"][0]["message"] == "PersistedQueryNotFound"
        whole = (200, {"data": {"viewer": {"subject": "anonymous"}}})
        assert await posted(client, by_digest(WHO, query=WHO)) == whole
        assert await posted(client, by_digest(WHO)) == whole
        params = {"extensions": json.dumps(by_digest(WHO)["extensions"])}
        headers = {"Apollo-Require-Preflight": "1"}
        async with client.session.get(
            f"{client.url}/graphql", params=params, headers=headers
        ) as response:
            assert await response.json() == whole[1]

    talk(World(), conversation, settings)


@pytest.mark.parametrize(
    "body",
    [
        by_digest(WHO, query=OTHER),
        by_digest(WHO, query=WHO, version=2),
        {"query": WHO, "extensions": {"persistedQuery": {"version": 1}}},
        {"query": WHO, "extensions": {"persistedQuery": "x"}},
    ],
)
def test_what_is_not_its_hash_is_refused(body: dict[str, Any]) -> None:
    """Nobody can put one text under another's hash, and another version is none of ours."""
    settings = GatewaySettings(documents=DocumentSettings(automatic=True))

    async def conversation(client: Client) -> None:
        status, answer = await posted(client, body)
        assert (status, code_of(answer)) == (400, "BAD_REQUEST")
        _, answer = await posted(client, by_digest(WHO))
        assert code_of(answer) == "PERSISTED_QUERY_NOT_FOUND"

    talk(World(), conversation, settings)


def test_what_cannot_run_is_not_kept() -> None:
    """A text with mistakes is told of them, and takes nobody's place."""
    settings = GatewaySettings(documents=DocumentSettings(automatic=True))

    async def conversation(client: Client) -> None:
        for text in ("{", "{ x }"):
            _, answer = await posted(client, by_digest(text, query=text))
            assert code_of(answer).startswith("GRAPHQL_")
            _, answer = await posted(client, by_digest(text))
            assert code_of(answer) == "PERSISTED_QUERY_NOT_FOUND"

    talk(World(), conversation, settings)


def test_kept_texts_are_bounded_by_their_bytes() -> None:
    """The longest unasked go first, the sum stays below the bound, a larger one is not kept."""
    kept = AutomaticDocuments(4_000)
    texts = [f"{{ a{n} }}" + " " * 700 for n in range(10)]
    for text in texts:
        kept.keep(digest(text), text)
        kept.get(digest(texts[0]))

    assert kept.used_bytes <= 4_000
    assert len(kept) == 4
    assert kept.get(digest(texts[0])) == texts[0]
    assert kept.get(digest(texts[1])) is None
    assert kept.get(digest(texts[9])) == texts[9]
    kept.keep("large", "x" * 5_000)
    assert kept.get("large") is None
    assert kept.get(digest(texts[9])) == texts[9]


def test_manifests_of_both_shapes_are_read(tmp_path: Path) -> None:
    """Ids with and without a prefix, and Apollo's manifest; several add up."""
    plain, apollo = tmp_path / "a.json", tmp_path / "b.json"
    plain.write_text(json.dumps({f"sha256:{digest(LIST)}": LIST}))
    operations = [{"id": digest(WHO), "name": "", "type": "query", "body": WHO}]
    apollo.write_text(json.dumps({"format": APOLLO, "version": 1, "operations": operations}))

    assert load_manifests(plain, apollo) == {
        f"sha256:{digest(LIST)}": LIST,
        digest(LIST): LIST,
        f"sha256:{digest(WHO)}": WHO,
        digest(WHO): WHO,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an object of ids and texts"),
        ('{"a": 1}', "entry 0 is no id and text"),
        ('{"": "{ a }"}', "entry 0 is no id and text"),
        ('{"a": "{ a"}', "a is not GraphQL"),
        ('{"sha256:00": "{ a }"}', "sha256:00 is not the hash of its text"),
        (json.dumps({"format": APOLLO, "version": 2, "operations": []}), "is not version 1"),
        (json.dumps({"format": APOLLO, "version": 1, "operations": [1]}), "entry 0"),
    ],
)
def test_what_is_no_manifest_is_told(tmp_path: Path, text: str, words: str) -> None:
    """Each mistake names the file and the entry, and stands among the settings' mistakes."""
    path = tmp_path / "documents.json"
    path.write_text(text)

    with pytest.raises(BadManifest, match=r"documents\.json") as caught:
        load_manifests(path)
    assert words in str(caught.value)
    with pytest.raises(ConfigurationError) as refused:
        read_settings({"documents": {"manifests": ["documents.json"]}}, References({}, tmp_path))
    assert refused.value.problems[0].path == "gateway.documents.manifests"


def test_one_id_cannot_stand_for_two_texts(tmp_path: Path) -> None:
    """Two manifests that disagree are a mistake, whichever is read last."""
    for name, text in (("a", WHO), ("b", OTHER)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"x": text}))

    with pytest.raises(BadManifest, match="x stands for two texts"):
        load_manifests(tmp_path / "a.json", tmp_path / "b.json")


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({"require": True}, "gateway.documents.require"),
        ({"manifests": ["none.json"]}, "gateway.documents.manifests"),
        (
            {"manifests": ["who.json"], "require": True, "automatic": True},
            "gateway.documents.automatic",
        ),
        ({"requires": True}, "gateway.documents.requires"),
    ],
)
def test_settings_that_make_no_sense_are_told(
    tmp_path: Path, table: dict[str, Any], path: str
) -> None:
    """Requiring documents without any, or beside what lets others in, is a mistake at the start."""
    (tmp_path / "who.json").write_text(json.dumps({"who": WHO}))

    with pytest.raises(ConfigurationError) as refused:
        read_settings({"documents": table}, References({}, tmp_path))
    assert [each.path for each in refused.value.problems] == [path]


def test_a_document_that_cannot_run_any_more_is_told_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The gateway starts, names the document and the code of its mistake."""
    path = tmp_path / "documents.json"
    two = "query A { __typename } query B { viewer { subject } }"
    path.write_text(json.dumps({"old": "{ gone }", "two": two, "who": WHO}))
    limits = LimitSettings(depth=1)
    for settings, expected in (
        (GatewaySettings(documents=DocumentSettings(manifests=(path,))), {"old"}),
        (
            GatewaySettings(documents=DocumentSettings(manifests=(path,)), limits=limits),
            {"old", "two", "who"},
        ),
    ):
        caplog.clear()
        build_app(World().sources, settings)
        told = [each.__dict__["told"] for each in caplog.records if "cannot" in each.message]

        assert {each["id"] for each in told} == expected
        assert all(each["code"] for each in told)
