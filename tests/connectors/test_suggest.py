"""`simpul sources suggest`: from a real system to listed rows with at most ten lines edited."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from connectors.suggest.asked import Asked
from connectors.suggest.look import suggest
from tests.connectors.further import Further
from tests.connectors.outside import DEMO, ROOT, Outside
from tests.connectors.serving import serving
from tests.connectors.suggesting import (
    DAY,
    Listed,
    edited,
    filled,
    left_words,
    listed,
    listing,
    suggestion,
)

MOST_EDITED = 10


def simpul(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `simpul` to its end."""
    command = [sys.executable, "-m", "gateway", *arguments]
    environ = {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False, env=environ
    )


NEW_YORK = """
-name = "Nyc"
+name = "NYC 311"
-time_zone = "?"
+time_zone = "America/New_York"
-public_only = false
+public_only = true
-# MOBILE = "?"
+MOBILE = "nyc-mobile"
"""


def test_new_york_takes_a_few_lines(tmp_path: Path) -> None:
    """Suggest, edit, check, ask: the published files are listed by the command line alone."""
    draft = tmp_path / "nyc.toml"
    (tmp_path / "nyc").symlink_to(DEMO / "nyc")
    suggested = simpul(
        "sources", "suggest", "nyc", "--id", "nyc", "--out", str(draft), cwd=tmp_path
    )
    before = simpul("sources", "check", "--config", str(draft), cwd=tmp_path)
    text, touched = edited(draft.read_text("utf-8"), NEW_YORK)
    draft.write_text(text, "utf-8")
    after = simpul("sources", "check", "--config", str(draft), cwd=tmp_path)
    query = "{ complaints(first: 3) { nodes { title status submittedAt } } }"
    asked = simpul("ask", query, "--config", str(draft), cwd=tmp_path)

    assert (suggested.returncode, before.returncode) == (0, 2)
    assert "sources.nyc.time_zone: is left to fill in" in before.stderr
    assert "sources.nyc.time_zone: is left to fill in" in suggested.stderr
    assert touched <= MOST_EDITED
    assert after.returncode == 0, after.stdout + after.stderr
    assert "fine" in after.stdout
    assert not {"unknown", "rejected", "repaired"} & set(after.stdout.replace(":", " ").split())
    assert len(json.loads(asked.stdout)["data"]["complaints"]["nodes"]) == 3


def test_new_york_says_what_the_city_said() -> None:
    """Every row of the three files is a record, with its own clock and canonical words."""
    text, touched = edited(suggestion(str(DEMO / "nyc"), {}), NEW_YORK)
    found = listed(text, {})
    late = max(row.submitted_at for row in found.rows)

    assert touched <= MOST_EDITED
    assert len(found.rows) == 594
    assert {row.status for row in found.rows} == {
        "SUBMITTED", "DEFERRED", "DISPOSED", "IN_PROGRESS", "CLOSED_BY_ADMIN",
    }  # fmt: skip
    # Just after midnight there, which is four hours later by UTC.
    assert datetime(2022, 5, 1, 4, tzinfo=UTC) <= late < datetime(2022, 5, 2, tzinfo=UTC)
    assert not any(row.secret for row in found.rows)


CHICAGO = """
-since = "?"
+since = "2014-07-01"
-# page = {
+page = { param = "page", size_param = "page_size", max_size = 50 }
-public_only = false
+public_only = true
"""


def test_chicago_takes_a_few_lines() -> None:
    """A real Open311 interface: its own sample, from a server with the city's habits."""
    rows: list[dict[str, Any]] = json.loads((DEMO / "chicago" / "requests.json").read_text("utf-8"))

    async def answer(request: web.Request) -> web.Response:
        query = request.query
        if request.path == "/services.json":
            names = {each["service_code"]: each["service_name"] for each in rows}
            told = [{"service_code": code, "service_name": name} for code, name in names.items()]
            return web.json_response(told)
        start = datetime.fromisoformat(query.get("start_date", "2001-01-01T00:00:00Z"))
        end = datetime.fromisoformat(query.get("end_date", "2027-01-01T00:00:00Z"))
        found = [
            each for each in rows
            if start <= datetime.fromisoformat(each["requested_datetime"]) <= end
        ]  # fmt: skip
        at = int(query.get("page", 1)) - 1
        return web.json_response(found[at * 50 : at * 50 + 50])

    async def run() -> tuple[str, int, Listed]:
        async with serving(answer) as address:
            asked = Asked(where=address, source="chicago", kind="open311")
            text, touched = edited(await suggest(asked, DAY), CHICAGO)
            return text, touched, await listing(text, {})

    text, touched, found = asyncio.run(run())

    assert touched <= MOST_EDITED
    assert "# Alley Light Out" in text
    assert len(found.rows) == len(rows) == 25
    assert {row.status for row in found.rows} == {"SUBMITTED", "CLOSED_BY_ADMIN"}
    (checked,) = found.checked
    assert (checked.fine, checked.unknown, checked.rejected) == (True, {}, {})


def assert_listed(found: Listed, count: int) -> None:
    """All *count* rows are there, none rejected, and nearly all have a known status."""
    assert all(each.fine for each in found.checked), found.checked
    assert len(found.rows) == count
    known = [row for row in found.rows if row.status != "UNKNOWN"]
    assert len(known) > 0.9 * count


def rows_of(world: Outside, system: str) -> int:
    """Count a system's rows by the ground truth, each once."""
    return len(
        {row["id"] for each in world.truth() for row in each["rows"] if row["system"] == system}
    )


KUPANG = """
-time_zone = "?"
+time_zone = "Asia/Makassar"
"""


def test_a_folder_of_workbooks_and_csv(further: Further) -> None:
    """XLSX with a merged head and CSV of other columns are one table, with one line edited."""
    path = further.systems["kupang"]["path"]
    text = suggestion(path, {})
    left = left_words(text, {})
    ready, touched = edited(text, KUPANG)
    found = listed(filled(ready, left), {})

    assert touched + len(left) <= MOST_EDITED
    # The workbook's last line names a place and a day: no row.
    assert [each.rejected for each in found.checked] == [{"MISSING:local_id": 1}]
    assert_listed(found, rows_of(further, "kupang"))


PU = """
-time_zone = "?"
+time_zone = "Asia/Jakarta"
"""


def test_a_table_of_postgresql(calm: Outside) -> None:
    """The ministry's table is found among its others; of officers nothing is read."""
    environ = {"PU_DSN": calm.systems["pu"]["dsn"]}
    text = suggestion("env:PU_DSN", environ, kind="postgres")
    draft = tomllib.loads(text)["sources"]["x"]["collections"]["complaints"]
    ready = filled(edited(text, PU)[0], left_words(text, environ))

    assert draft["table"] == "layanan.tiket"
    assert draft["mapping"]["local_id"] == "no_tiket"
    assert "petugas" not in str(draft)
    assert_listed(listed(ready, environ), rows_of(calm, "pu"))


ATRBPN = """
-max_size = 20
+max_size = 100
"""


def test_a_graphql_endpoint(further: Further) -> None:
    """Types by introspection; the query of the draft asks for nothing that is of persons."""
    system = further.systems["atrbpn"]
    environ = {"URL": system["base_url"], "TOKEN": system["token"]}
    text = suggestion("env:URL", environ, kind="graphql", token="env:TOKEN")
    ready = filled(edited(text, ATRBPN)[0], left_words(text, environ))
    query = tomllib.loads(text)["sources"]["x"]["collections"]["complaints"]["query"]

    assert "pelapor" not in query
    assert_listed(listed(ready, environ), rows_of(further, "atrbpn"))


JATENG = """
-since = "?"
+since = "2023-01-01"
"""


def test_a_georeport_service(further: Further) -> None:
    """The province's services and requests; the first day is asked of a person."""
    system = further.systems["jateng"]
    environ = {"URL": system["base_url"], "KEY": system["token"]}
    more = {"kind": "open311", "token": "env:KEY", "header": "X-Api-Key"}
    text, touched = edited(suggestion("env:URL", environ, **more), JATENG)

    assert touched <= MOST_EDITED
    assert_listed(listed(text, environ), rows_of(further, "jateng"))


DKI = """
-time_zone = "?"
+time_zone = "Asia/Jakarta"
"""


def test_an_openapi_document(further: Further) -> None:
    """Where the list stands, how it is cut and what its rows hold, out of the document alone."""
    system = further.systems["dki"]
    environ = {"TOKEN": system["token"]}
    address = f"{system['base_url']}/openapi.json"
    text = suggestion(address, environ, token="env:TOKEN")
    collection = tomllib.loads(text)["sources"]["x"]["collections"]["complaints"]
    ready = filled(edited(text, DKI)[0], left_words(text, environ))

    assert (collection["path"], collection["rows"]) == ("/aduan", "data")
    assert collection["page"]["style"] == "offset"
    assert collection["mapping"]["submitted_at"]["format"] == "%d/%m/%Y %H:%M:%S"
    assert_listed(listed(ready, environ), rows_of(further, "dki"))
