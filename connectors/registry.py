"""From the settings to the sources: the one place that knows every kind of connector."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from connectors import graphql_kind, mysql_kind, open311_kind, postgres_kind, rest_kind, sheet_kind
from connectors.contract import events
from connectors.contract.connector import Connector
from connectors.contract.source import Source
from connectors.did_you_mean import did_you_mean
from connectors.problems import ConfigurationError, Problem
from connectors.references import References
from connectors.resilience.guarded import Guarded, Limits
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_source

Build = Callable[[SettingsReader, SourceSettings], Connector]
"""Reads the rest of a source's table, noting every mistake, and gives its connector.

It must open nothing: a source that is down may not keep the gateway from starting.
"""

GROUP = "simpul.connectors"
"""Entry points by which others add a kind: each leads to a `Build`."""

_BUILT_IN: Mapping[str, Build] = {
    "rest": rest_kind.build,
    "graphql": graphql_kind.build,
    "postgres": postgres_kind.build,
    "mysql": mysql_kind.build,
    "sheet": sheet_kind.build,
    "open311": open311_kind.build,
}
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)


def load(
    settings: str | Path | Mapping[str, Any],
    environ: Mapping[str, str],
    listener: events.Listener = events.ignore,
    *,
    folder: Path | None = None,
) -> tuple[Source, ...]:
    """Give the sources that *settings* (a TOML text, the path of one, or its tables) configure.

    Relative paths start from the file's folder, or from *folder*.  Raises `ConfigurationError`
    with every mistake of every source.
    """
    problems: list[Problem] = []
    document = _document(settings)
    base = folder or (settings.parent if isinstance(settings, Path) else Path())
    root = SettingsReader(document, "", problems, References(environ, base))
    kinds = _kinds()
    found = [_source(name, table, kinds, listener) for name, table in root.sections("sources")]
    sources = [source for source in found if source is not None]
    if not root.has("sources"):
        root.problem("sources", "is missing", "add a table such as [sources.sp4n]")
    root.finish()
    national = [source.name for source in sources if source.national]
    if len(national) > 1:
        root.problem(
            "sources",
            f"more than one source is national: {', '.join(national)}",
            "leave national = true with the one that holds the national numbers",
        )
    if problems:
        raise ConfigurationError(problems)
    return tuple(sources)


def _document(settings: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(settings, Mapping):
        return settings
    try:
        text = settings.read_text("utf-8") if isinstance(settings, Path) else settings
        return tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError(
            [Problem(str(settings), f"cannot be read ({type(error).__name__})")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([Problem("", f"the settings are no TOML: {error}")]) from None


def _source(
    name: str,
    reader: SettingsReader,
    kinds: Mapping[str, Build | EntryPoint],
    listener: events.Listener,
) -> Source | None:
    if not _ID.fullmatch(name):
        reader.problem(None, "is no id", "use small letters, digits and dashes")
    kind = reader.text("kind")
    settings = read_source(name, reader, kind)
    build = kinds.get(kind)
    if build is None:
        if kind:
            reader.problem("kind", f"there is no kind `{kind}`", did_you_mean(kind, kinds))
        return None
    try:
        connector = (build.load() if isinstance(build, EntryPoint) else build)(reader, settings)
    except (ImportError, AttributeError) as error:
        reader.problem("kind", f"`{kind}` cannot be loaded ({type(error).__name__})")
        return None
    reader.finish()
    limits = Limits(time_limit=settings.time_limit, concurrency=settings.concurrency)
    return Source(
        connector=Guarded(connector, limits, listener),
        title=settings.name,
        kind=kind,
        agency=settings.agency,
        national=settings.national,
        regions=settings.regions,
        public_only=settings.public_only,
        time_limit=settings.time_limit,
        row_budget=settings.row_budget,
    )


def _kinds() -> dict[str, Build | EntryPoint]:
    found: dict[str, Build | EntryPoint] = {each.name: each for each in entry_points(group=GROUP)}
    found.update(_BUILT_IN)
    return found
