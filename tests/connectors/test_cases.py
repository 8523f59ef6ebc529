"""Cases of the Ombudsman: how rows become records, and how a REST source is asked for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from connectors.case_mapping import case_mapper
from connectors.contract.connector import Connector
from connectors.contract.errors import Refused
from connectors.contract.filters import (
    EVERYTHING,
    Filter,
    Op,
    Term,
    all_of,
    between,
    has_one_of,
    is_null,
    one_of,
    predicate,
)
from connectors.contract.query import Order, SourceQuery
from connectors.contract.records import OmbudsmanCaseRecord, Period
from connectors.memory import Memory
from connectors.registry import load
from connectors.rules import Rules
from connectors.tally import Tally
from gateway.app import load as load_files
from gateway.demo import CONFIGS
from resolvers.planner.pages import walk
from tests.living.systems import Systems

T = TypeVar("T")
NEWEST = Order("received_at")

SETTINGS = """
[sources.simpel]
kind = "rest"
base_url = "http://127.0.0.1:9"
time_zone = "Asia/Jakarta"
nulls = ["None"]
[sources.simpel.collections.ombudsman_cases]
path = "/laporan"
[sources.simpel.collections.ombudsman_cases.mapping]
local_id = "nomor"
case_number = "nomor"
received_at = "terima"
closed_at = "tutup"
intake = { path = "cara", codes = "cara" }
stage = { path = "tahap", codes = "tahap" }
stages = { path = "riwayat", what = "tahap", from = "mulai", until = "selesai", codes = "tahap" }
tracking_ids = "sp4n"
maladministration = { path = "dugaan", codes = "dugaan" }
[sources.simpel.codes.tahap]
version = "1"
words = { Pemeriksaan = "EXAMINATION", Penutupan = "CLOSED" }
[sources.simpel.codes.cara]
version = "1"
words = { Lapor = "REGULAR" }
[sources.simpel.codes.dugaan]
version = "1"
words = { Lambat = "UNDUE_DELAY", "Tidak patut" = "IMPROPRIETY" }
"""


def rules() -> Rules:
    connector: Any = load(SETTINGS, {})[0].connector
    found: Rules = connector.inner._settings.collections["ombudsman_cases"].rules
    return found


def mapped(
    *rows: Any, wanted: frozenset[str] | None = None
) -> tuple[list[OmbudsmanCaseRecord], Tally]:
    tally = Tally()
    return case_mapper(rules(), wanted)(rows, tally), tally


def test_a_row_becomes_a_case_with_what_held_when() -> None:
    """Words are translated, stages sorted, numbers cleaned, times put in UTC."""
    row = {
        "nomor": "1/LM",
        "terima": "2026-01-05T10:00:00",
        "tutup": None,
        "cara": "lapor",
        "tahap": "Pemeriksaan",
        "riwayat": [
            {"tahap": "Pemeriksaan", "mulai": "2026-02-01T00:00:00", "selesai": None},
            {"tahap": "Reviu", "mulai": "2026-01-05T10:00:00", "selesai": "2026-02-01T00:00:00"},
        ],
        "sp4n": ["#8100001", "8100001", None],
        "dugaan": ["Lambat", "Tidak patut", "Lain"],
    }
    (case,), tally = mapped(row)

    assert case.received_at == datetime(2026, 1, 5, 3, tzinfo=UTC)
    assert case.updated_at == case.received_at
    assert (case.intake, case.stage) == ("REGULAR", "EXAMINATION")
    assert case.tracking_ids == ("8100001",)
    assert case.maladministration == ("UNDUE_DELAY", "IMPROPRIETY")
    began = datetime(2026, 1, 31, 17, tzinfo=UTC)
    assert case.stages == (
        Period("UNKNOWN", case.received_at, began),
        Period("EXAMINATION", began, None),
    )
    assert tally.unknown == {"stages: Reviu": 1, "maladministration: Lain": 1}


def test_an_unknown_stage_is_kept_and_counted() -> None:
    """A word that no table has makes `UNKNOWN`, never a rejected row."""
    (case,), tally = mapped({"nomor": "1", "terima": "2026-01-05T10:00:00", "tahap": "Pleno"})

    assert (case.stage, case.intake) == ("UNKNOWN", "UNKNOWN")
    assert tally.unknown == {"stage: Pleno": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([], "NOT_AN_OBJECT"),
        ({"nomor": "1"}, "MISSING:received_at"),
        ({"nomor": "1", "terima": "kemarin"}, "BAD_DATE:received_at"),
        ({"terima": "2026-01-05T10:00:00"}, "MISSING:local_id"),
        ({"nomor": "1", "terima": "2026-01-05T10:00:00", "sp4n": ["lihat surat"]},
         "BAD_TRACKING_ID"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_rejected_with_its_reason(row: Any, reason: str) -> None:
    """Also one whose national number cannot be read: its complaint's secrecy is not known."""
    cases, tally = mapped(row)

    assert (cases, tally.rejected) == ([], {reason: 1})


def test_only_what_is_wanted_is_mapped() -> None:
    """Fields not asked for stay at their default; what lists need is always there."""
    row = {"nomor": "1", "terima": "2026-01-05T10:00:00", "tutup": "2025-01-05T10:00:00",
           "dugaan": ["Lambat"], "tahap": "Penutupan"}  # fmt: skip
    (case,), _ = mapped(row, wanted=frozenset({"stage"}))
    (whole,), _ = mapped(row)

    assert (case.stage, case.maladministration, case.closed_at) == ("CLOSED", (), None)
    assert whole.warnings == ("NEGATIVE_DURATION",)


def over(systems: Systems, work: Callable[[Connector], Awaitable[T]]) -> T:
    async def run() -> T:
        sources = load_files(CONFIGS, systems.environ).sources
        try:
            return await work(next(s.connector for s in sources if s.name == "ombudsman"))
        finally:
            for source in sources:
                await source.connector.aclose()

    return asyncio.run(run())


async def everything(
    connector: Connector, where: Filter = EVERYTHING, order: Order | None = NEWEST
) -> list[OmbudsmanCaseRecord]:
    found: list[OmbudsmanCaseRecord] = []

    def visit(page: Any) -> bool:
        found.extend(page.rows)
        return True

    query = SourceQuery(collection="ombudsman_cases", where=where, order=order)
    await walk(connector, query, visit, eager=True)
    return found


def test_the_ombudsmans_system_tells_the_truth(systems: Systems) -> None:
    """Every case, with its stages, numbers and dates, as the ground truth has it, dirt apart."""
    path = Path(systems.manifest["ground_truth_cases"])
    truth = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = {case.case_number: case for case in over(systems, everything)}

    assert set(found) == {each["case"] for each in truth}
    for each in truth:
        case = found[each["case"]]
        if each["dirt"]:
            continue
        assert (case.stage, case.intake, case.outcome) == (
            each["stage"], each["intake"], each["outcome"],
        )  # fmt: skip
        assert (case.agency, case.region, case.category) == (
            each["agency"], each["region"], str(each["category"]),
        )  # fmt: skip
        assert case.tracking_ids == ((each["tracking"],) if each["tracking"] else ())
        assert [(p.what, p.since.timestamp()) for p in case.stages] == [
            (what, datetime.fromisoformat(since).timestamp()) for what, since, _ in each["stages"]
        ]
        assert [p.what for p in case.offices] == [what for what, _, _ in each["offices"]]
        assert list(case.maladministration) == sorted(case.maladministration)
    assert sum(case.stage == "UNKNOWN" for case in found.values()) == sum(
        any(dirt["kind"] == "unknown_status" for dirt in each["dirt"]) for each in truth
    )


def test_what_is_pushed_is_what_the_reference_gives(systems: Systems) -> None:
    """Each declared comparison, and several together, give the rows that memory gives."""

    async def compare(connector: Connector) -> None:
        rows = await everything(connector)
        memory = Memory("ombudsman", (), cases=rows)
        linked = [row for row in rows if row.tracking_ids]
        middle = rows[len(rows) // 2].received_at
        filters: list[Filter] = [
            has_one_of("tracking_ids", [number for row in linked for number in row.tracking_ids]),
            is_null("tracking_ids"),
            one_of("case_number", [rows[0].case_number, rows[9].case_number, "x"]),
            one_of("stage", ["EXAMINATION", "CLOSED"]),
            one_of("agency", [str(row.agency) for row in rows[:20]]),
            has_one_of("maladministration", ["DEMAND_FOR_REWARD", "UNDUE_DELAY"]),
            between("received_at", middle, None),
            between("received_at", None, middle),
            all_of([one_of("stage", ["CLOSED"]), between("received_at", middle, None)]),
        ]
        for where in filters:
            asked = await everything(connector, where)
            assert asked == await everything(memory, where)
            assert asked == [row for row in rows if predicate(where)(row)]
            assert asked

    over(systems, compare)


def test_what_is_not_declared_is_refused(systems: Systems) -> None:
    """Neither another field, nor a negation, nor another order is sent as if it were nothing."""

    async def insist(connector: Connector) -> None:
        for where in (one_of("region", ["64"]), Term("tracking_ids", Op.IS_NULL, negated=True)):
            with pytest.raises(Refused):
                await everything(connector, where)
        with pytest.raises(Refused):
            await everything(connector, order=Order("updated_at"))

    over(systems, insist)
