"""What every source's settings say, whatever its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.code_settings import read_tables
from connectors.codes import CodeTable
from connectors.contract.records import RECORDS
from connectors.did_you_mean import did_you_mean
from connectors.mapping_settings import Background, read_regions, read_rules, read_zone
from connectors.moments import UNSAID
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """The settings that do not depend on the kind of a source."""

    id: str
    kind: str
    name: str
    """For people."""
    agency: str | None
    national: bool
    zone: ZoneInfo
    """The clock of times without a zone; `UNSAID` if the settings name none."""
    time_limit: float
    """Seconds for all its calls in one request, second tries and pages included."""
    concurrency: int
    row_budget: int
    max_body: int
    public_only: bool
    regions: tuple[str, ...]
    nulls: tuple[str, ...]
    """Words that stand for null."""
    tables: Mapping[str, CodeTable]

    def rules(self, reader: SettingsReader, collection: str, *, nested: bool) -> Rules:
        """Read the mapping of one collection."""
        background = Background(
            source=self.id,
            tables=self.tables,
            zone=self.zone,
            nulls=self.nulls,
            regions=self.regions,
            public_only=self.public_only,
            nested=nested,
        )
        return read_rules(reader, collection, background)


def read_source(source_id: str, reader: SettingsReader, kind: str) -> SourceSettings:
    """Read what every source has."""
    return SourceSettings(
        id=source_id,
        kind=kind,
        name=reader.text("name", source_id),
        agency=reader.optional_text("agency"),
        national=reader.flag("national", default=False),
        zone=read_zone(reader, "time_zone", UNSAID),
        time_limit=reader.seconds("time_limit", 4.0),
        concurrency=reader.whole("concurrency", 8, most=512),
        row_budget=reader.whole("row_budget", 50_000),
        max_body=reader.size("max_body", 32 * _MIB),
        public_only=reader.flag("public_only", default=False),
        regions=read_regions(reader),
        nulls=reader.texts("nulls"),
        tables=read_tables(reader),
    )


def read_collections(reader: SettingsReader) -> list[tuple[str, SettingsReader]]:
    """Give the tables of the collections whose names are known, at least one."""
    found = []
    for name, table in reader.sections("collections"):
        if name in RECORDS:
            found.append((name, table))
        else:
            reader.problem(f"collections.{name}", "is no collection", did_you_mean(name, RECORDS))
    if not reader.has("collections"):
        reader.problem("collections", "is missing", "add a table such as collections.complaints")
    return found
