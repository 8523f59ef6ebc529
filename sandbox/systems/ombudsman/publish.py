"""Write what the Ombudsman's system holds: its cases, each with stages and offices over time."""

from pathlib import Path
from random import Random
from typing import Any

import orjson

from sandbox.vocabulary import by_category, words
from sandbox.world.dirt import Ledger, Row, Spade, put, vary
from sandbox.world.moments import iso
from sandbox.world.ombudsman import Case, Period
from sandbox.world.population import World

NAME = "ombudsman"


def publish(world: World, folder: Path, ledger: Ledger) -> list[dict[str, Any]]:
    """Write the system's file into *folder* and say what each row says in canonical words."""
    chance = Random(f"simpel:{world.seed}:{world.as_of}:{len(world.cases)}")
    taken = {complaint.tracking for complaint in world.national}
    rows: list[Row] = []
    published = []
    for case in world.cases:
        row, truth = _row(case, chance)
        rows.append(row)
        published.append(truth)
    _soil(rows, chance, ledger, taken)
    rows.sort(key=lambda it: it["nomor_laporan"])
    rows.sort(key=lambda it: it["tanggal_terima"], reverse=True)
    with (folder / "ombudsman-laporan.jsonl").open("wb") as out:
        for row in rows:
            out.write(orjson.dumps(row))
            out.write(b"\n")
    return published


def _row(case: Case, chance: Random) -> tuple[Row, dict[str, Any]]:
    subject, category = by_category("ombudsman-subjects", "word")[case.subject]
    region: str | None = case.regency
    dice = chance.random()
    if dice < 0.08:
        region = None
    elif dice < 0.2:
        region = case.regency[:2]
    number = case.complaint.tracking if case.complaint is not None else None
    types = words("ombudsman-maladministration")
    stages = words("ombudsman-stages")
    row: Row = {
        "nomor_laporan": case.number,
        "cara_penyampaian": words("ombudsman-intake")[case.intake],
        "tahap": stages[case.stages[-1].what],
        "riwayat_tahap": [_period(it, "tahap", stages[it.what]) for it in case.stages],
        "kantor": _office(case.offices[-1].what),
        "riwayat_kantor": [_period(it, "kantor", _office(it.what)) for it in case.offices],
        "substansi": subject,
        "terlapor": case.agency,
        "wilayah": region,
        "dugaan_maladministrasi": [types[it] for it in case.maladministration],
        "nomor_sp4n": [number] if number is not None else [],
        "tanggal_persetujuan": _iso(case.consented),
        "tanggal_terima": iso(case.received),
        "tanggal_lhp": _iso(case.findings),
        "tanggal_tindakan_korektif": _iso(case.corrected),
        "tanggal_tutup": _iso(case.closed),
        "hasil": words("ombudsman-outcomes")[case.outcome] if case.outcome else None,
        "pelapor": {"nama": case.reporter.name, "kontak": case.reporter.contact},
        "diubah": iso(case.updated),
    }
    truth = {
        "case": case.number,
        "intake": case.intake,
        "stage": case.stages[-1].what,
        "stages": [[it.what, iso(it.since), _iso(it.until)] for it in case.stages],
        "offices": [[it.what, iso(it.since), _iso(it.until)] for it in case.offices],
        "category": category,
        "agency": case.agency,
        "region": region,
        "maladministration": list(case.maladministration),
        "tracking": number,
        "handed_over": case.consented is not None,
        "secret": case.complaint.secret if case.complaint is not None else None,
        "consented": _iso(case.consented),
        "received": iso(case.received),
        "findings": _iso(case.findings),
        "corrected": _iso(case.corrected),
        "closed": _iso(case.closed),
        "outcome": case.outcome,
    }
    return row, truth


def _office(code: str) -> str:
    return "PUSAT" if code == "ombudsman" else f"PERWAKILAN-{code.removeprefix('ombudsman-')}"


def _period(period: Period, name: str, word: str) -> Row:
    return {name: word, "mulai": iso(period.since), "selesai": _iso(period.until)}


def _iso(moment: int | None) -> str | None:
    return None if moment is None else iso(moment)


def _soil(rows: list[Row], chance: Random, ledger: Ledger, taken: set[str]) -> None:
    spade = Spade(NAME, "nomor_laporan", chance, ledger)
    linked = lambda row: bool(row["nomor_sp4n"])  # noqa: E731 - a predicate with a name
    alone = lambda row: not row["nomor_sp4n"]  # noqa: E731 - same
    nowhere = [[number] for number in ("7200001", "7200002") if number not in taken]
    spade.plant("leading_hash", rows, 1, _add_hash, linked)
    spade.plant("dangling_tracking", rows, 2, put("nomor_sp4n", *nowhere), alone)
    spade.plant("unknown_agency", rows, 0.005, put("terlapor", "SWASTA-001", "YAYASAN-7"), alone)
    spade.plant("unknown_status", rows, 0.005, put("tahap", "Pleno", "Reviu"), alone)
    spade.plant("word_variant", rows, 0.01, vary("tahap"), alone)
    spade.plant("python_null", rows, 0.01, put("wilayah", "None", ""), alone)


def _add_hash(row: Row, _: Random) -> str:
    row["nomor_sp4n"] = [f"#{number}" for number in row["nomor_sp4n"]]
    return "nomor_sp4n"
