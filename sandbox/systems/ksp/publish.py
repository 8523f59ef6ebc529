"""Write what the office's database holds, as files for PostgreSQL's COPY."""

from pathlib import Path

from sandbox.systems.pu.publish import copy
from sandbox.vocabulary import rows
from sandbox.world.dirt import lot


def publish(seed: int, folder: Path) -> None:
    """Write the programmes and the categories they cover, each for a time, into *folder*."""
    copy(
        folder / "ksp-program.copy",
        (
            (it["code"], it["name"], it["started"], it["ended"] or None, lot(seed, it["code"]))
            for it in rows("ksp-programmes")
        ),
    )
    copy(
        folder / "ksp-program_kategori.copy",
        (
            (it["programme"], it["category"], it["since"], it["until"] or None)
            for it in rows("ksp-categories")
        ),
    )
