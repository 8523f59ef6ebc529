"""Every system there is: how it is spoken with, where its interface begins, who starts it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One system, as the sandbox describes it to others."""

    kind: str
    """How it is spoken with: `rest`, `graphql`, `open311`, `postgres`, `mysql`; or `files`, which
    are no process but a folder."""
    root: str = ""
    """Where its interface begins, below its address."""
    usual: bool = False
    """Started unless others are named."""

    @property
    def has_process(self) -> bool:
        """Tell whether it is a process of its own; else it is a folder."""
        return self.kind != "files"


CATALOGUE = {
    "sp4n": Entry("rest", "/api/v1", usual=True),
    "pu": Entry("postgres", usual=True),
    "kaltim": Entry("rest", "/v2", usual=True),
    "ombudsman": Entry("rest", "/simpel/v3", usual=True),
    "ksp": Entry("postgres", usual=True),
    "registry": Entry("files", usual=True),
    "jateng": Entry("open311", "/open311/v2"),
    "kupang": Entry("files"),
    "dki": Entry("rest", "/layanan/v1"),
    "atrbpn": Entry("graphql", "/graphql"),
    "simda": Entry("mysql"),
    "kemensos": Entry("rest", "/api/v2"),
    "surabaya": Entry("rest", "/wargaku/api"),
    "pln": Entry("rest", "/keluhan/v1"),
}
USUAL = tuple(name for name, entry in CATALOGUE.items() if entry.usual)
PROCESSES = tuple(name for name, entry in CATALOGUE.items() if entry.has_process)
