"""The systems that are started only when named, beside the national one and the registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.embedded_mariadb import find_server
from tests.living.systems import ROOT, Systems, running

DEMO = ROOT / "deploy" / "demo"
SOURCES = {
    "atrbpn": "graphql",
    "dki": "rest",
    "jateng": "open311",
    "kupang": "sheet",
    "simda": "mysql",
}
"""Each by the kind of its source."""
STARTED = tuple(name for name in SOURCES if name != "simda" or find_server() is not None)
"""Those that can be started here."""
_NOBODY = {
    "SIMPUL_PU_DSN": "postgresql://nobody@127.0.0.1:9/nothing",
    "SIMPUL_KALTIM_URL": "http://127.0.0.1:9",
    "SIMPUL_KALTIM_KEY": "none",
    "SIMPUL_KSP_DSN": "postgresql://nobody@127.0.0.1:9/nothing",
    "SIMPUL_OMBUDSMAN_URL": "http://127.0.0.1:9",
    "SIMPUL_OMBUDSMAN_TOKEN": "none",
}


class Named(Systems):
    """The sandbox's systems that were named; where others would be, nobody is."""

    @property
    def environ(self) -> dict[str, str]:
        return _NOBODY | super().environ


@contextmanager
def running_named(folder: Path) -> Iterator[Named]:
    """Run them in *folder* for as long as the context lasts."""
    with running(folder, 2000, ("sp4n", "registry", *STARTED)) as systems:
        yield Named(systems.folder, systems.manifest)
