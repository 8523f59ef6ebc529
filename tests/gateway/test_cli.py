"""The command line, as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path

import pytest

from schema.build import printed

ROOT = Path(__file__).parents[2]
NEW_YORK = str(ROOT / "deploy" / "demo" / "nyc.toml")


def simpul(
    *arguments: str, given: str | None = None, columns: int | None = 200
) -> subprocess.CompletedProcess[str]:
    """Run `simpul` to its end."""
    environ = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environ if columns is None else environ | {"COLUMNS": str(columns)},
    )


def test_sdl_is_the_snapshot() -> None:
    """`simpul sdl` prints the schema, byte for byte what is kept."""
    done = simpul("sdl")

    assert done.returncode == 0
    assert done.stdout == printed() == (ROOT / "schema" / "schema.graphql").read_text("utf-8")


COMMANDS = ("demo", "serve", "ask", "explain", "sdl", "sources list",
            "sources check", "sources suggest", "sources probe")  # fmt: skip


@pytest.mark.parametrize("command", ["", "sources", *COMMANDS])
def test_every_command_has_help_with_its_own_examples(command: str) -> None:
    """`--help` says what a command does and shows how it is written, unbroken in 80 columns."""
    done = simpul(*command.split(), "--help", columns=80)
    _, _, told = done.stdout.partition("Examples")
    examples = [line.strip() for line in told.splitlines() if line.strip()]

    assert done.returncode == 0
    assert "Usage: simpul" in done.stdout
    assert examples
    assert all(line.startswith(f"simpul {command}".rstrip()) for line in examples)
    assert len(set(examples)) == len(examples)
    assert done.stdout.count("Examples") == 1


def test_ask_prints_json() -> None:
    """`simpul ask` answers a query over the settings' sources and prints the JSON."""
    query = "query($n: Int) { complaints(first: $n) { nodes { title body } complete } }"
    done = simpul("ask", query, "--config", NEW_YORK, "--variables", '{"n": 3}')

    assert done.returncode == 0
    answer = json.loads(done.stdout)["data"]["complaints"]
    assert answer["complete"]
    assert len(answer["nodes"]) == 3


@pytest.mark.parametrize(("viewer", "told"), [("public", False), ("national-admin", True)])
def test_whoever_gets_no_plan_is_told_so(viewer: str, told: bool) -> None:
    """The answer is the usual one; beside it stands who may see plans."""
    query = "{ complaints(first: 1) { complete } }"
    done = simpul("ask", query, "--config", NEW_YORK, "--plan", "--as", viewer)

    assert done.returncode == 0
    assert ("plan" in json.loads(done.stdout).get("extensions", {})) is told
    assert ("no plan is told to public; hint: " in done.stderr) is not told


def test_ask_reads_standard_input_and_takes_a_viewer() -> None:
    """`-` reads the query, `--as` says who asks; the national administrator sees how it is done."""
    query = "{ viewer { roles } sources { id connector } }"
    public = json.loads(simpul("ask", "-", "--config", NEW_YORK, given=query).stdout)["data"]
    admin = simpul("ask", "-", "--config", NEW_YORK, "--as", "national-admin", given=query)

    assert public["viewer"] == {"roles": ["PUBLIC"]}
    assert public["sources"][0]["connector"] is None
    data = json.loads(admin.stdout)["data"]
    assert data["viewer"] == {"roles": ["NATIONAL_ADMIN"]}
    assert data["sources"][0]["connector"] == "sheet"


def test_an_answer_with_errors_has_a_status_of_its_own() -> None:
    """Errors in the answer give status 1, with the answer still printed."""
    done = simpul("ask", "{ complaints(first: 101) { complete } }", "--config", NEW_YORK)

    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["extensions"]["code"] == "PAGE_TOO_LARGE"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("frobnicate",), "Unknown command"),
        (("ask", "{ x }"), "--config is missing\nhint: simpul ask --config sources.toml"),
        (("sources", "check"), "--config is missing\nhint: simpul sources check --config"),
        (("sources", "chek"), "hint: see simpul --help"),
        (("sources", "probe", "nyk", "--config", NEW_YORK), "hint: did you mean `nyc`?"),
        (("sources", "suggest", "/no/such.csv"), "hint: name one that exists"),
        (("sources", "suggest", "https://a.example/v2"), "hint: add --kind open311"),
        (("ask", "{ x }", "--config", "/no/such.toml"), "hint: name an existing file"),
        (("ask", "{ x }", "--config", NEW_YORK, "--variables", "[1]"), "hint: --variables"),
        (("ask", "{ x }", "--config", NEW_YORK, "--as", "auditor"), "national-admin"),
        (("serve", "--config", NEW_YORK, "--host", "203.0.113.1"), "hint: choose another"),
        (("serve", "--config", NEW_YORK, "--port", "70000"), "hint: choose one from 0 to 65535"),
        (("serve", "--config", NEW_YORK, "--port", "-1"), "hint: choose one from 0 to 65535"),
        (("demo", "--port", "70000"), "hint: choose one from 0 to 65535"),
    ],
)
def test_a_wrong_command_says_what_to_do(arguments: Sequence[str], words: str) -> None:
    """A mistake in the command is told with a hint, and not by a traceback."""
    done = simpul(*arguments)

    assert done.returncode in (1, 2)
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("env:NOPE", "error: env:NOPE: the environment variable NOPE is not set; hint: set NOPE"),
        ("nothere.csv", "error: there is no file or folder nothere.csv; hint: name one"),
        ("file:nothere", "error: file:nothere: the file nothere cannot be read"),
    ],
)
def test_what_cannot_be_looked_at_is_named_once(where: str, words: str) -> None:
    """`sources suggest` names it unless what went wrong does."""
    done = simpul("sources", "suggest", where, columns=None)

    assert done.returncode == 2
    assert done.stderr.startswith(words)


def test_sources_are_listed_and_checked() -> None:
    """`sources list` asks nobody; `sources check` asks each source for a page."""
    listed = simpul("sources", "list", "--config", NEW_YORK)
    checked = simpul("sources", "check", "--config", NEW_YORK)

    assert listed.returncode == checked.returncode == 0
    assert "nyc" in listed.stdout
    assert "fine" in checked.stdout


def test_every_mistake_of_the_settings_is_told(tmp_path: Path) -> None:
    """Mistakes of the gateway's and the sources' settings come together, with path and hint."""
    path = tmp_path / "wrong.toml"
    path.write_text('[gateway]\nprot = 1\ndeadline = 8\n[sources.x]\nkind = "rset"\n')
    done = simpul("sources", "check", "--config", str(path))

    assert done.returncode == 2
    for told in ("gateway.prot", "did you mean `port`?", "gateway.deadline", "sources.x.kind"):
        assert told in done.stderr


def test_a_mistake_tells_what_was_meant(tmp_path: Path) -> None:
    """A table with a mistyped name, a list of numbers, no time at all: each with its own hint."""
    path = tmp_path / "wrong.toml"
    path.write_text(
        '[gatewy]\nport = 1\n[gateway]\ndeadline = "0h"\nbody_max = "0KiB"\n'
        '[sources.x]\nkind = "sheet"\npath = "."\nregions = [64]\n'
    )
    done = simpul("sources", "check", "--config", str(path), columns=None)

    assert done.returncode == 2
    for told in (
        "gatewy: is not a known setting\n    hint: did you mean `gateway`?",
        "gateway.deadline: 0h is no time at all\n    hint: write more than 0",
        "gateway.body_max: 0KiB holds nothing\n    hint: write more than 0",
        "regions: should be a list of texts, holds a whole number\n    hint: write each in quotes",
    ):
        assert told in done.stderr


def test_what_is_written_to_a_file_is_not_folded(tmp_path: Path) -> None:
    """A folder that is missing is named, on one line however long, where no terminal is."""
    folder = tmp_path / "sources"
    for part in ("of-the-regency", "handed-in-every-month", "as-files"):
        folder /= part
    path = tmp_path / "long.toml"
    text = Path(NEW_YORK).read_text("utf-8").replace('path = "nyc"', f'path = "{folder}"')
    path.write_text(text)
    done = simpul("sources", "check", "--config", str(path), columns=None)

    assert done.returncode == 1
    (told,) = (line for line in done.stdout.splitlines() if "UNAVAILABLE" in line)
    assert told.rstrip().endswith(f"UNAVAILABLE: there is no folder {folder}")
    broken = tmp_path / "broken.toml"
    broken.write_text(f'[sources.x]\nkind = "{"x" * 35} {"y" * 35} {"z" * 35}"\n')
    done = simpul("sources", "check", "--config", str(broken), columns=None)
    assert "y" * 35 + " z" in done.stderr


def test_a_source_that_is_down_fails_the_check(tmp_path: Path) -> None:
    """`sources check` has status 1 and a hint if a source does not answer."""
    path = tmp_path / "down.toml"
    text = (ROOT / "deploy" / "demo" / "sandbox.toml").read_text("utf-8")
    path.write_text(text)
    (tmp_path / "codes").symlink_to(ROOT / "deploy" / "demo" / "codes")
    environ = {
        "SIMPUL_SP4N_URL": "http://127.0.0.1:9/api/v1",
        "SIMPUL_SP4N_TOKEN": "rahasia-sekali",
        "SIMPUL_PU_DSN": "postgresql://baca:rahasia-sekali@127.0.0.1:9/pu",
        "SIMPUL_KALTIM_URL": "http://127.0.0.1:9/v2",
        "SIMPUL_KALTIM_KEY": "rahasia-sekali",
        "SIMPUL_OMBUDSMAN_URL": "http://127.0.0.1:9/simpel/v3",
        "SIMPUL_OMBUDSMAN_TOKEN": "rahasia-sekali",
        "SIMPUL_KSP_DSN": "postgresql://baca:rahasia-sekali@127.0.0.1:9/ksp",
        "SIMPUL_REGISTRY_PATH": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "sources", "check", "--config", str(path)],
        cwd=ROOT,
        env=os.environ | environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "UNAVAILABLE" in done.stdout
    assert "hint: " in done.stdout
    assert "rahasia-sekali" not in done.stdout + done.stderr


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_gracefully(sent: signal.Signals) -> None:
    """`serve` answers on a free port, writes JSON lines, and ends well when it is told to."""
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "--config", NEW_YORK, "--port", "0"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        assert first["event"] == "serving"
        _answers(f"{first['address']}/health")
        process.send_signal(sent)
        rest = [json.loads(line) for line in process.stderr]

    assert rest[-1]["event"] == "stopped"
    assert process.returncode == 0


def test_serve_goes_by_the_address_that_it_listens_on(tmp_path: Path) -> None:
    """On loopback only names of this machine are served, also where the settings say otherwise."""
    everywhere = tmp_path / "gateway.toml"
    everywhere.write_text('[gateway]\nhost = "0.0.0.0"\n')
    command = [sys.executable, "-m", "gateway", "serve", "--config", NEW_YORK]
    command += ["--config", str(everywhere), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = json.loads(process.stderr.readline())["address"]
        _answers(f"{address}/health")
        statuses = {}
        for host in ("localhost:1", "jahat.example"):
            connection = HTTPConnection(address.removeprefix("http://"), timeout=5)
            headers = {"Host": host, "Content-Type": "application/json"}
            connection.request("POST", "/graphql", '{"query": "{ __typename }"}', headers)
            statuses[host] = connection.getresponse().status
            connection.close()
        process.terminate()
        process.stderr.read()

    assert statuses == {"localhost:1": 200, "jahat.example": 421}


def test_the_demonstration_serves_what_it_prints_and_ends_well() -> None:
    """It can be asked from the moment that it prints its address, also by `ask` from elsewhere."""
    command = [sys.executable, "-m", "gateway", "demo", "--complaints", "100", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        address = ""
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/graphql", line)
            if found is not None:
                address = found[0]
                socket.create_connection(("127.0.0.1", int(found[1])), 5).close()
            if line.strip().startswith(". ") and "references.sh" in line:
                references = line.strip()
                asking = next(process.stdout)
                break
        _answers(address.replace("/graphql", "/health"))
        configs = asking.partition(" ask ")[2].removesuffix(" QUERY\n")
        script = f"{references}; exec {sys.executable} -m gateway ask '{{ sources {{ id }} }}'"
        asked = subprocess.run(
            ["/bin/sh", "-c", f"{script} {configs}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        process.send_signal(signal.SIGTERM)
        process.stdout.read()

    assert process.returncode == 0
    assert asked.returncode == 0, asked.stderr
    told = {each["id"] for each in json.loads(asked.stdout)["data"]["sources"]}
    assert told == {"sp4n", "pu", "kaltim", "ombudsman", "ksp", "registry", "nyc"}


def test_a_demonstration_that_cannot_be_is_told_once() -> None:
    """The sandbox says what is wrong with its size; nothing is said after it."""
    done = simpul("demo", "--complaints", "10", "--once", "{ sources { id } }")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --complaints is 100 to 1500000\n"


def test_a_demonstration_that_has_not_begun_ends_with_its_agencies() -> None:
    """SIGTERM while the agencies start ends them too, with the status that a shell would give."""
    command = [sys.executable, "-m", "gateway", "demo", "--complaints", "100", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "living" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        # The agencies write there too: its end comes when the last of them is gone.
        rest = process.stderr.read()

    assert process.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in rest


def _answers(url: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
                assert response.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
