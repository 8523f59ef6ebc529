"""The settings of kind `postgres`: read strictly, turned into a connector."""

from __future__ import annotations

from connectors.contract.connector import Connector
from connectors.postgres import Postgres, PostgresSettings
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_collections
from connectors.sql_kind import read_collection, read_steps


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of a PostgreSQL source's table and give its connector."""
    tables = read_collections(reader)
    settings = PostgresSettings(
        name=source.id,
        dsn=reader.secret("dsn"),
        collections={
            name: read_collection(table, name, source) for name, table in tables if name != "events"
        },
        events=next(
            (read_steps(table, source) for name, table in tables if name == "events"), None
        ),
        time_limit=source.time_limit,
        connections=source.concurrency,
        connect_limit=reader.seconds("connect_limit", 2.0),
        statement_cache=100 if reader.flag("prepares", default=True) else 0,
    )
    return Postgres(settings)
