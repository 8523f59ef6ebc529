"""Three interfaces that know their callers in three ways, and list their rows in as many."""

import base64
import json
import ssl
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.sandbox.running import Answer, Sandbox, System, http


def _truth(further: Sandbox, name: str) -> set[str]:
    return {row["id"] for it in further.truth() for row in it["rows"] if row["system"] == name}


@pytest.fixture
def kemensos(further: Sandbox) -> Iterator[System]:
    system = further.system("kemensos")
    system.reset()
    yield system
    system.control("POST", "/tokens", {"lifetime": 60})
    system.reset()


def _granted(kemensos: System, **changes: str) -> Answer:
    known = kemensos.settings
    form = {
        "grant_type": "client_credentials",
        "client_id": known["client_id"],
        "client_secret": known["client_secret"],
        "scope": known["scope"],
        **changes,
    }
    request = Request(known["token_url"], urlencode(form).encode())  # noqa: S310 - ours
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - same
            return Answer(answer.status, answer.read())
    except OSError as error:
        return Answer(error.code, error.read())  # type: ignore[attr-defined] # it is an HTTPError


def _let_in(kemensos: System) -> System:
    kemensos.headers = {"Authorization": f"Bearer {_granted(kemensos).json()['access_token']}"}
    return kemensos


def test_a_token_lets_in_until_it_is_taken_back(kemensos: System) -> None:
    """Given for a minute, counted, gone when told; without one nobody gets in."""
    before = kemensos.control("GET", "/tokens")
    assert kemensos.get("/pengaduan").status == 401
    granted = _granted(kemensos).json()
    kemensos.headers = {"Authorization": f"Bearer {granted['access_token']}"}
    inside = kemensos.get("/pengaduan").status
    after = kemensos.control("GET", "/tokens")
    kemensos.control("POST", "/tokens", {"revoke": True})

    assert (granted["token_type"], granted["expires_in"], inside) == ("Bearer", 60, 200)
    assert after["given"] == before["given"] + 1
    assert kemensos.get("/pengaduan").status == 401


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "salah"}, 401, "invalid_client"),
        ({"client_id": "lain"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "semua"}, 400, "invalid_scope"),
    ],
)
def test_no_token_for_the_wrong_words(
    change: dict[str, str], status: int, error: str, kemensos: System
) -> None:
    """Refused in the words of RFC 6749, asked and not given."""
    before = kemensos.control("GET", "/tokens")
    refused = _granted(kemensos, **change)
    after = kemensos.control("GET", "/tokens")

    assert (refused.status, refused.json()) == (status, {"error": error})
    assert (after["asked"], after["given"]) == (before["asked"] + 1, before["given"])


def test_the_ministry_lists_newest_first_and_counts(further: Sandbox, kemensos: System) -> None:
    """All that the truth knows, over numbered pages that tell how many there are."""
    _let_in(kemensos)
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        answered = kemensos.get("/pengaduan", halaman=page, ukuran=100).json()
        found += answered["data"]["pengaduan"]
        if len(found) >= answered["halaman"]["jumlah"]:
            break
        page += 1
    moments = [row["masuk"] for row in found]
    some = found[3]
    steps = kemensos.get(f"/pengaduan/{some['nomor']}/riwayat").json()["data"]

    assert {row["nomor"] for row in found} == _truth(further, "kemensos")
    assert moments == sorted(moments, reverse=True)
    assert [step["urut"] for step in steps] == list(range(1, len(steps) + 1))
    assert kemensos.get(f"/pengaduan/{some['nomor']}").json() == {"data": some}
    assert kemensos.get("/pengaduan/SOS-0").status == 404
    assert kemensos.get("/pengaduan", ukuran=101).status == 400


@pytest.fixture
def surabaya(further: Sandbox) -> Iterator[System]:
    system = further.system("surabaya")
    pair = f"{system.settings['user']}:{system.settings['password']}".encode()
    system.headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    system.reset()
    yield system
    system.reset()


def test_links_lead_to_every_row(further: Sandbox, surabaya: System) -> None:
    """The list is the whole body; the header names the next page until there is none."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"per_page": 50}
    while True:
        answered = surabaya.get("/complaints", **query)
        found += answered.json()
        if "Link" not in answered.headers:
            break
        target = answered.headers["Link"].split("<")[-1].partition(">")[0]
        assert 'rel="next"' in answered.headers["Link"]
        query = {name: value[0] for name, value in parse_qs(urlsplit(target).query).items()}
    changed = [row["updated_at"] for row in found]

    assert len(found) == len({row["id"] for row in found})
    assert {row["id"] for row in found} == _truth(further, "surabaya")
    assert changed == sorted(changed, reverse=True)


def test_the_city_wants_a_password(surabaya: System) -> None:
    """401 that says how; unknown parameters are 400, unknown rows 404."""
    assert surabaya.get("/complaints", halaman=2).status == 400
    assert surabaya.get("/complaints/WK0/progress").status == 404
    surabaya.headers = {"Authorization": "Basic " + base64.b64encode(b"simpul:x").decode()}
    refused = surabaya.get("/complaints")

    assert refused.status == 401
    assert http("GET", f"{surabaya.settings['base_url']}/complaints").status == 401


Ask = Callable[..., Any]


@pytest.fixture
def pln(further: Sandbox) -> Iterator[Ask]:
    """Ask the company with the certificate that is let in, or another."""
    system = further.system("pln")
    system.reset()
    known = system.settings

    def ask(path: str, shown: str = known["certificate"], **query: object) -> Any:
        context = ssl.create_default_context(cafile=known["ca"])
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if shown:
            context.load_cert_chain(shown, shown.replace(".pem", ".key"))
        parts = urlsplit(known["base_url"])
        connection = HTTPSConnection(parts.hostname or "", parts.port, timeout=10, context=context)
        try:
            connection.request("GET", f"{parts.path}{path}?{urlencode(query)}")
            answered = connection.getresponse()
            body = answered.read()
            return json.loads(body) if answered.status == 200 else answered.status
        finally:
            connection.close()

    yield ask
    system.reset()


def test_a_cursor_leads_either_way(further: Sandbox, pln: Ask) -> None:
    """Oldest first and newest first are the same rows, and as many as it counts."""
    ways = {}
    for order in ("terlama", "terbaru"):
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            answered = pln("/keluhan", urut=order, ukuran=200, **after)
            found += answered["keluhan"]
            if answered["setelah"] is None:
                break
            after = {"setelah": answered["setelah"]}
        ways[order] = [row["no_keluhan"] for row in found]

    assert set(ways["terlama"]) == _truth(further, "pln")
    assert ways["terbaru"] == ways["terlama"][::-1]
    assert pln("/keluhan", hitung="ya") == {"jumlah": len(ways["terlama"])}
    assert pln("/keluhan", urut="acak") == 400


def test_only_the_known_certificate_is_let_in(further: Sandbox, pln: Ask) -> None:
    """Another name is known and refused; who shows nothing is not even spoken to."""
    stranger = further.system("pln").settings["certificate"].replace("simpul", "tamu")

    assert pln("/keluhan", stranger) == 403
    with pytest.raises(OSError, match=r".") as told:
        pln("/keluhan", "")
    assert isinstance(told.value, ssl.SSLError | ConnectionError)
    with pytest.raises(OSError, match=r"."):
        urlopen(further.system("pln").settings["base_url"].replace("https", "http"), timeout=5)  # noqa: S310 - ours
