"""Seed one sandbox: build the world, write every system's files and the ground truth."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sandbox.catalogue import CATALOGUE, USUAL
from sandbox.systems.atrbpn import publish as atrbpn
from sandbox.systems.dki import publish as dki
from sandbox.systems.jateng import publish as jateng
from sandbox.systems.kaltim import publish as kaltim
from sandbox.systems.kemensos import publish as kemensos
from sandbox.systems.ksp import publish as ksp
from sandbox.systems.kupang import publish as kupang
from sandbox.systems.ombudsman import publish as ombudsman
from sandbox.systems.pln import publish as pln
from sandbox.systems.pu import publish as pu
from sandbox.systems.registry import publish as registry
from sandbox.systems.simda import publish as simda
from sandbox.systems.sp4n import publish as sp4n
from sandbox.systems.surabaya import publish as surabaya
from sandbox.world import ground_truth
from sandbox.world.dirt import Ledger
from sandbox.world.population import build

CASES = "ground-truth-ombudsman.jsonl"
"""The true cases of the Ombudsman, one a line, in the folder of the ground truth."""
_FURTHER = {
    "jateng": jateng.publish,
    "kupang": kupang.publish,
    "dki": dki.publish,
    "atrbpn": atrbpn.publish,
    "simda": simda.publish,
    "kemensos": kemensos.publish,
    "surabaya": surabaya.publish,
    "pln": pln.publish,
}
"""The systems that hold data only if they are asked for."""


def seed_folder(
    folder: Path,
    seed: int,
    as_of: date,
    size: int,
    say: Callable[[str], None],
    systems: Sequence[str] = USUAL,
) -> Path:
    """Write everything into *folder* and give the path of the ground truth.

    The usual systems' data are always there, and the same whatever other *systems* are named.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    say(f"living {size} complaints up to {as_of}")
    world = build(seed, as_of, size)
    ledger = Ledger()
    published = {
        "sp4n": sp4n.publish(world, data, ledger),
        "pu": pu.publish(world, data, ledger),
        "kaltim": kaltim.publish(world, data, ledger),
    }
    for name, publish in _FURTHER.items():
        if name in systems:
            place = data if CATALOGUE[name].has_process else folder / name
            published[name] = publish(world, size, place, ledger)
    cases = ombudsman.publish(world, data, ledger)
    ksp.publish(seed, data)
    registry.publish(as_of, folder / "registry")
    say("writing the ground truth")
    truth = folder / "ground-truth.jsonl"
    ground_truth.write(truth, world, ledger, published)
    ground_truth.write_cases(folder / CASES, cases, ledger)
    counted = Counter((it.system, it.kind) for it in ledger.planted)
    summary = {
        "rows": {name: sum(map(len, rows.values())) for name, rows in published.items()}
        | {"ombudsman": len(cases)},
        "dirt": {
            name: {kind: n for (system, kind), n in sorted(counted.items()) if system == name}
            for name in (*published, "ombudsman")
        },
    }
    text = json.dumps(summary, indent=2, sort_keys=True)
    (folder / "ground-truth-summary.json").write_text(text + "\n", encoding="utf-8")
    return truth
