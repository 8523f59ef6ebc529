"""From settings files to settings and sources: several files add up, every mistake is told."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.contract.source import Source
from connectors.did_you_mean import did_you_mean
from connectors.problems import ConfigurationError, Problem
from connectors.references import References
from gateway.settings import GatewaySettings, read_settings

Load = Callable[[dict[str, Any], Path], Sequence[Source]]
"""Makes sources of a file's tables; the second is the folder that relative paths start from."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the files say."""

    gateway: GatewaySettings
    sources: tuple[Source, ...]


def read_files(paths: Sequence[Path], environ: Mapping[str, str], load: Load) -> Configuration:
    """Read *paths*, later ones adding to earlier ones; *load* makes the sources, asking none.

    Raises `ConfigurationError` with every mistake of every file.
    """
    problems: list[Problem] = []
    settings = GatewaySettings()
    sources: dict[str, Source] = {}
    for path in paths:
        try:
            table = _parsed(path)
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        references = References(environ, path.parent)
        try:
            settings = read_settings(table.pop("gateway", {}), references, settings)
        except ConfigurationError as error:
            problems.extend(error.problems)
        for name in table.keys() - {"sources"}:
            hint = did_you_mean(name, ("gateway", "sources"))
            problems.append(Problem(name, "is not a known setting", hint))
            del table[name]
        if not table:
            continue
        try:
            found = load(table, path.parent)
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        for source in found:
            if source.name in sources:
                problems.append(
                    Problem(f"sources.{source.name}", "is described twice", f"see {path}")
                )
            sources[source.name] = source
    if not sources and not problems:
        problems.append(Problem("sources", "is missing", "add a table such as [sources.sp4n]"))
    problems.extend(_clashes(tuple(sources.values())))
    if problems:
        raise ConfigurationError(list(dict.fromkeys(problems)))
    return Configuration(settings, tuple(sources.values()))


def _clashes(sources: Sequence[Source]) -> list[Problem]:
    national = [source.name for source in sources if source.national]
    if len(national) < 2:
        return []
    return [
        Problem(
            "sources",
            f"{', '.join(national)} are all national, at most one source can be",
            "leave `national = true` only where the national numbers are given out",
        )
    ]


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise ConfigurationError(
            [Problem(str(path), f"cannot be read: {told}", "name an existing file")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([Problem(str(path), f"is not TOML: {error}")]) from None
