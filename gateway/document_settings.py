"""Operations that are known beforehand: the table `[gateway.documents]`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connectors.settings_reader import SettingsReader
from gateway.document_manifest import BadManifest, load_manifests


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSettings:
    """Which operations can be asked by id, and whether any other can."""

    manifests: tuple[Path, ...] = ()
    """Files of trusted documents; `docs/documents.md` tells their form."""
    require: bool = False
    """Nothing but the manifests' documents is answered."""
    automatic: bool = False
    """Clients may send a query once and ask by its hash then (automatic persisted queries)."""
    automatic_max: int = 4 * 1024 * 1024
    """What the texts kept by `automatic` may take together; the least recently asked go first."""


def read_documents(read: SettingsReader, before: DocumentSettings) -> DocumentSettings:
    """Read the table `documents` of *read* over what is known from *before*."""
    table = read.section("documents")
    if table is None:
        return before
    added = tuple(read.folder / name for name in table.texts("manifests"))
    settings = DocumentSettings(
        manifests=(*before.manifests, *added),
        require=table.flag("require", default=before.require),
        automatic=table.flag("automatic", default=before.automatic),
        automatic_max=table.size("automatic_max", before.automatic_max),
    )
    try:
        load_manifests(*settings.manifests)
    except BadManifest as error:
        for line in str(error).splitlines():
            table.problem("manifests", line, "docs/documents.md tells the form of these files")
    if settings.require and not settings.manifests:
        table.problem("require", "refuses everything without `manifests`", "name a manifest")
    if settings.require and settings.automatic:
        table.problem("automatic", "lets in what `require` keeps out", "set only one of them")
    table.finish()
    return settings
