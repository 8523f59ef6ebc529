"""The settings of kind `mysql`, for MariaDB and MySQL: read strictly, turned into a connector."""

from __future__ import annotations

from pathlib import Path

from connectors.contract.connector import Connector
from connectors.moments import steady_offset
from connectors.mysql import Mysql, MysqlSettings
from connectors.mysql_pool import BadAddress, address_of
from connectors.references import Secret
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_collections
from connectors.sql_kind import read_collection, read_steps


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of a MariaDB or MySQL source's table and give its connector."""
    tables = read_collections(reader)
    tls = reader.flag("tls", default=False)
    ca = reader.optional_text("ca")
    if ca is not None and not tls:
        reader.problem("ca", "has no effect", "set tls = true")
    settings = MysqlSettings(
        name=source.id,
        dsn=_address(reader),
        collections={
            name: read_collection(table, name, source, may_be_clean=False)
            for name, table in tables
            if name != "events"
        },
        events=next(
            (read_steps(table, source) for name, table in tables if name == "events"), None
        ),
        time_limit=source.time_limit,
        connections=source.concurrency,
        connect_limit=reader.seconds("connect_limit", 2.0),
        tls=tls,
        ca=None if ca is None else reader.folder / Path(ca).expanduser(),
    )
    for name, collection in settings.collections.items():
        for rule in collection.rules.moments():
            if steady_offset(rule.zone) is None:
                reader.problem(
                    f"collections.{name}.mapping.{rule.field}",
                    f"the clock of {rule.zone.key} was changed, which MySQL cannot reckon with",
                    "map a view in which the date is a TIMESTAMP, and set time_zone to UTC",
                )
    return Mysql(settings)


def _address(reader: SettingsReader) -> Secret:
    dsn = reader.secret("dsn")
    if dsn.reveal():
        try:
            address_of(dsn.reveal())
        except BadAddress:
            reader.problem(
                "dsn", "is no address of a database", 'it looks like "mysql://user@host:3306/name"'
            )
    return dsn
