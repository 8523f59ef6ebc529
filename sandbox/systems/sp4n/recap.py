"""The national system's yearly figures per agency, some of which do not add up."""

from collections import Counter
from random import Random

from sandbox.world.agencies import sp4n_codes
from sandbox.world.complaint import CLOSED
from sandbox.world.dirt import Ledger, Row
from sandbox.world.moments import iso
from sandbox.world.population import World


def recap(world: World, chance: Random, ledger: Ledger) -> list[Row]:
    """Count what each agency holds by year; about one row in fifty says a wrong total."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for complaint in world.national:
        story = complaint.story
        if not story.agency:
            continue
        part = "selesai" if story.status in CLOSED else "proses"
        part = "terdisposisi" if story.status == "DISPOSED" else part
        key = (iso(story.submitted)[:4], sp4n_codes()[story.agency])
        counted.setdefault(key, Counter())[part] += 1
    rows: list[Row] = []
    for (year, agency), parts in sorted(counted.items()):
        total = parts.total()
        if chance.random() < 0.02:
            total = max(0, total - 1 - int(chance.random() * 5))
            ledger.note("sp4n", f"{agency}/{year}", "total_does_not_add_up", "total")
        rows.append(
            {
                "tahun": int(year),
                "instansi_kode": agency,
                "total": total,
                "selesai": parts["selesai"],
                "proses": parts["proses"],
                "terdisposisi": parts["terdisposisi"],
            }
        )
    return rows
