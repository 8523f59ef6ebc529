"""What pages of other sites may ask and read: nothing, unless the settings name them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.http_settings import HttpSettings
from gateway.settings import GatewaySettings
from tests.gateway.serving import Client, talk
from tests.gateway.world import World

QUERY = "{ viewer { subject } }"
PORTAL = "https://portal.example.go.id"
OTHER = "https://jahat.example"
STRICT = GatewaySettings()
LENIENT = GatewaySettings(http=HttpSettings(require_preflight=False))
NAMED = GatewaySettings(http=HttpSettings(origins=(PORTAL,)))


@pytest.mark.parametrize(
    ("settings", "headers", "passes"),
    [
        (STRICT, {}, False),
        (STRICT, {"Accept": "application/graphql-response+json"}, False),
        (STRICT, {"Content-Type": "text/plain"}, False),
        (STRICT, {"Authorization": "Basic eA=="}, False),
        (STRICT, {"Apollo-Require-Preflight": ""}, False),
        (STRICT, {"Apollo-Require-Preflight": "1"}, True),
        (STRICT, {"X-Apollo-Operation-Name": "A"}, True),
        (STRICT, {"GraphQL-Require-Preflight": "1"}, True),
        (STRICT, {"Sec-Fetch-Site": "same-origin"}, True),
        (STRICT, {"Sec-Fetch-Site": "none"}, False),
        (STRICT, {"Sec-Fetch-Site": "cross-site"}, False),
        (STRICT, {"Origin": PORTAL}, False),
        (NAMED, {"Origin": PORTAL, "Sec-Fetch-Site": "cross-site"}, True),
        (NAMED, {"Origin": OTHER, "Sec-Fetch-Site": "cross-site"}, False),
        (LENIENT, {}, True),
        (LENIENT, {"Sec-Fetch-Site": "none"}, True),
        (LENIENT, {"Sec-Fetch-Site": "same-site"}, False),
        (LENIENT, {"Sec-Fetch-Site": "cross-site"}, False),
        (LENIENT, {"Origin": OTHER}, False),
        (LENIENT, {"Origin": "null"}, False),
        (LENIENT, {"Origin": OTHER, "Apollo-Require-Preflight": "1"}, True),
    ],
)
def test_a_get_that_another_site_could_send_is_refused(
    settings: GatewaySettings, headers: dict[str, str], passes: bool
) -> None:
    """A GET is answered with a header that no page can add unasked, or what the browser vouches."""

    async def conversation(client: Client) -> None:
        async with client.session.get(
            f"{client.url}/graphql", params={"query": QUERY}, headers=headers
        ) as response:
            answer = await response.json()

            assert response.status == (200 if passes else 400)
            if passes:
                assert answer == {"data": {"viewer": {"subject": "anonymous"}}}
            else:
                assert [each["extensions"]["code"] for each in answer["errors"]] == [
                    "CSRF_PREVENTED"
                ]

    talk(World(), conversation, settings)


@pytest.mark.parametrize("settings", [STRICT, LENIENT, NAMED])
def test_a_page_of_another_site_is_told_who_can_let_it_in(settings: GatewaySettings) -> None:
    """A header would not help it to read the answer; its origin is not repeated.  Others are told
    of the header.
    """

    async def conversation(client: Client) -> None:
        told = []
        for headers in (
            {"Origin": OTHER},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            async with client.session.get(
                f"{client.url}/graphql", params={"query": QUERY}, headers=headers
            ) as response:
                (error,) = (await response.json())["errors"]
                assert error["extensions"] == {"code": "CSRF_PREVENTED"}
                told.append(error["message"])

        page, file, other = told
        assert file.startswith("a page that is of no site asks")
        assert "`origins` of [gateway.http]" in page
        assert "Apollo-Require-Preflight" not in page
        assert OTHER not in page
        assert "hint: Send the header `Apollo-Require-Preflight: 1`" in other

    talk(World(), conversation, settings)


@pytest.mark.parametrize(
    "media",
    [
        None,
        "text/plain",
        "text/plain; application/json",
        "text/plain;charset=application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
    ],
)
@pytest.mark.parametrize("settings", [STRICT, LENIENT])
def test_a_post_that_a_form_could_send_is_refused(
    media: str | None, settings: GatewaySettings
) -> None:
    """Only what a browser asks about first is read: JSON, called JSON."""

    async def conversation(client: Client) -> None:
        async with client.session.post(
            f"{client.url}/graphql",
            data=json.dumps({"query": QUERY}).encode(),
            headers={} if media is None else {"Content-Type": media},
            skip_auto_headers=["Content-Type"],
        ) as response:
            assert response.status == 415
            assert "data" not in await response.json()

    talk(World(), conversation, settings)


PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}


@pytest.mark.parametrize(
    ("settings", "origin", "is_told"),
    [(STRICT, PORTAL, False), (NAMED, OTHER, False), (NAMED, PORTAL, True), (NAMED, None, False)],
)
def test_browsers_are_told_of_named_sites_only(
    settings: GatewaySettings, origin: str | None, is_told: bool
) -> None:
    """`OPTIONS` and answers let in the pages of named origins, without credentials, nobody else."""
    given = {} if origin is None else {"Origin": origin}

    def let_in(headers: Any) -> set[str]:
        return {name.lower() for name in headers if name.lower().startswith("access-control-")}

    async def conversation(client: Client) -> None:
        async with client.session.options(
            f"{client.url}/graphql", headers=PREFLIGHT | given
        ) as response:
            assert response.status == 204
            assert await response.read() == b""
            assert response.headers["Allow"] == "GET, POST, OPTIONS"
            assert bool(let_in(response.headers)) is is_told
            if is_told:
                assert response.headers["Access-Control-Allow-Origin"] == origin
                assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
                assert "content-type" in response.headers["Access-Control-Allow-Headers"]
        for body in ({"query": QUERY}, {}):
            async with client.session.post(
                f"{client.url}/graphql", json=body, headers=given
            ) as response:
                told = let_in(response.headers)
                assert ("access-control-allow-origin" in told) is is_told
                assert "access-control-allow-credentials" not in told
                vary = ", ".join(response.headers.getall("Vary", []))
                assert ("Origin" in vary) is (settings is NAMED)

    talk(World(), conversation, settings)


def test_answers_are_data_and_nothing_else() -> None:
    """Every answer, of whatever status, forbids to be taken for a page, a script or a frame."""

    async def conversation(client: Client) -> None:
        for path, method in (
            ("graphql", "POST"),
            ("graphql", "PUT"),
            ("graphql", "GET"),
            ("x", "GET"),
        ):
            async with client.session.request(
                method, f"{client.url}/{path}", json={"query": QUERY}
            ) as response:
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
                assert "Server" not in response.headers

    talk(World(), conversation)


@pytest.mark.parametrize("medium", ["text/event-stream", "multipart/mixed"])
def test_answers_in_parts_are_data_and_nothing_else_too(medium: str) -> None:
    """They forbid the same, and name what they depend on, as the same answer in one piece does."""

    async def conversation(client: Client) -> None:
        told = []
        for accept in ("application/json", medium):
            async with client.session.post(
                f"{client.url}/graphql", json={"query": QUERY}, headers={"Accept": accept}
            ) as response:
                assert response.content_type == accept
                own = (
                    "content-type",
                    "content-length",
                    "transfer-encoding",
                    "date",
                    "x-accel-buffering",
                )
                told.append(
                    {k.lower(): v for k, v in response.headers.items() if k.lower() not in own}
                )

        whole, in_parts = told
        assert in_parts == whole
        assert {"vary", "content-security-policy", "cross-origin-resource-policy"} <= set(whole)

    talk(World(), conversation)


def test_a_named_site_reads_answers_in_parts_too() -> None:
    """A stream carries what the browser has to be told; another site's page gets none."""
    query = {"query": "{ viewer { subject } }"}

    async def conversation(client: Client) -> None:
        for origin, status in ((PORTAL, 200), (OTHER, 403)):
            async with client.session.post(
                f"{client.url}/graphql",
                json=query,
                headers={"Accept": "text/event-stream", "Origin": origin},
            ) as response:
                assert response.status == status
                told = response.headers.get("Access-Control-Allow-Origin")
                assert told == (PORTAL if status == 200 else None)

    talk(World(), conversation, NAMED)
