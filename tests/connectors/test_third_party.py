"""A kind of source that others add: installed as they would, held to the promises, listed."""

from __future__ import annotations

import asyncio
import importlib
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.check import Checked, check_sources
from connectors.conformance.probe import Bounds, probe
from connectors.conformance.report import written
from connectors.contract.errors import Malformed, Unavailable
from connectors.contract.query import SourceQuery
from connectors.contract.source import Source
from connectors.problems import ConfigurationError
from connectors.registry import load
from gateway.demo import CONFIGS
from tests.connectors.suite import Subject, conform
from tests.living.gateway import Ask, answered
from tests.living.systems import ROOT, Systems

EXAMPLE = ROOT / "examples" / "connector-jsonl"
README = (EXAMPLE / "README.md").read_text("utf-8")
(TOML,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
(COMMAND,) = re.findall(r"```console\n(.*?)\n```", README, re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the example as its README says, but into a folder of its own, off line."""
    work = tmp_path_factory.mktemp("third-party")
    # A copy: building leaves files beside the sources.
    shutil.copytree(EXAMPLE, work / "examples" / "connector-jsonl")
    command = COMMAND.split()
    assert command[:4] == ["python", "-m", "pip", "install"]
    command = [sys.executable, *command[1:], "--quiet", "--no-index", "--target", str(work / "to")]
    subprocess.run([*command, "--disable-pip-version-check"], cwd=work, check=True)
    return work / "to"


@pytest.fixture
def kind(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make it importable for as long as one test lasts."""
    monkeypatch.syspath_prepend(str(installed))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("simpul_jsonl", None)


def drop(folder: Path, count: int = 60) -> Path:
    """Write settings, and a gateway's log of two days with what goes wrong in logs."""
    chance = random.Random(7)
    lines = []
    for number in range(count):
        at = datetime(2026, 10, 1, 8, tzinfo=UTC) + timedelta(hours=7 * number)
        row: dict[str, Any] = {
            "id": f"sms-{number:03}",
            "text": f"Lampu jalan padam {number}",
            "received": at.isoformat(),
            "changed": (at + timedelta(hours=chance.randint(0, 90))).isoformat(),
            "state": chance.choice(["new", "working", "done", "parked"]),
            "sender": f"0812-0000-{number:04}",
        }
        lines.append(json.dumps(row))
    lines.append('{"id": "sms-half", "text": "Lam')
    lines.append(json.dumps({"id": "sms-undated"}))
    (folder / "drop").mkdir()
    (folder / "drop" / "sms-1.jsonl").write_text("\n".join(lines[:40]) + "\n", "utf-8")
    (folder / "drop" / "sms-2.jsonl").write_text("\n".join(lines[40:]), "utf-8")
    settings = folder / "sms.toml"
    settings.write_text(TOML, "utf-8")
    return settings


def sms(settings: Path) -> Source:
    """The source that the settings configure."""
    (source,) = load(settings, {})
    return source


def test_without_it_the_kind_is_unknown(tmp_path: Path) -> None:
    """Nothing of it is part of Simpul itself."""
    with pytest.raises(ConfigurationError, match="there is no kind `jsonl`"):
        load(drop(tmp_path), {})


@pytest.mark.usefixtures("kind")
def test_it_keeps_every_promise(tmp_path: Path) -> None:
    """The suite that every kind of ours runs holds for it, too."""

    async def check() -> None:
        source = sms(drop(tmp_path))
        assert source.kind == "jsonl"
        try:
            await conform(Subject(connector=source.connector))
        finally:
            await source.connector.aclose()

    asyncio.run(check())


@pytest.mark.usefixtures("kind")
def test_what_goes_wrong_is_told(tmp_path: Path) -> None:
    """Half a line and a row without a date are counted; a folder that is gone and files that are
    too large are failures of the source, by their kind; a mistyped setting is told with a hint.
    """
    source = sms(drop(tmp_path))

    page = asyncio.run(source.connector.fetch(SourceQuery()))
    assert sum(page.rejected.values()) == 2
    assert page.rejected["NOT_JSON"] == 1
    assert page.unknown

    small = TOML.replace('files = "sms-*.jsonl"', 'files = "sms-*.jsonl"\nmax_bytes = "1KiB"')
    (large,) = load(small, {}, folder=tmp_path)
    with pytest.raises(Malformed):
        asyncio.run(large.connector.fetch(SourceQuery()))
    (gone,) = load(TOML, {}, folder=tmp_path / "nowhere")
    with pytest.raises(Unavailable):
        asyncio.run(gone.connector.fetch(SourceQuery()))
    with pytest.raises(ConfigurationError, match="did you mean `files`"):
        load(TOML.replace("files =", "flies ="), {})


@pytest.mark.usefixtures("kind")
def test_what_settings_get_wrong_is_noted(tmp_path: Path) -> None:
    """As of the kinds here: a path that no line has, dates whose clock nobody named."""
    drop(tmp_path)
    log = tmp_path / "drop" / "sms-2.jsonl"
    log.write_text(log.read_text("utf-8").replace("+00:00", ""), "utf-8")
    text = TOML.replace('time_zone = "Asia/Makassar"\n', "").replace('"sender"', '"sendr"')

    async def run() -> tuple[Checked, str]:
        (source,) = load(text, {}, folder=tmp_path)
        (checked,) = await check_sources([source])
        probed = await probe(source, Bounds(pause=0))
        return checked, written(probed, datetime(2026, 11, 24, tzinfo=UTC))

    checked, report = asyncio.run(run())
    path, zone = checked.notes

    assert checked.fine
    assert path.startswith("`sendr` (reporter_contact) is in none of 61 rows; hint: ")
    assert path.endswith("did you mean `sender`?")
    assert zone == "40 dates without a zone read as UTC; hint: set time_zone"
    assert f"* {zone}." in report


@pytest.mark.usefixtures("kind")
def test_it_is_listed_beside_the_sandbox(systems: Systems, tmp_path: Path) -> None:
    """Its rows stand in one list with those of the sandbox, in one order, without their sender."""
    settings = drop(tmp_path)
    query = """{ complaints(filter: {regions: ["64.72"]}, first: 60) {
      nodes { title submittedAt reporter { contact } contributions { source { id } } }
      complete answers { source { id } state } } }"""

    async def listed(ask: Ask) -> Any:
        return await ask(query)

    told = asyncio.run(answered(systems, listed, configs=[*CONFIGS, settings]))

    page = told["data"]["complaints"]
    sources = {each["contributions"][0]["source"]["id"] for each in page["nodes"]}
    moments = [each["submittedAt"] for each in page["nodes"]]
    assert {"sms", "sp4n"} <= sources
    assert page["complete"]
    assert {"source": {"id": "sms"}, "state": "ANSWERED"} in page["answers"]
    assert moments == sorted(moments, reverse=True)
    assert "0812" not in json.dumps(told)
