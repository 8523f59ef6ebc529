"""The settings of kind `sheet`: read strictly, turned into a connector."""

from __future__ import annotations

import codecs
from pathlib import Path

from connectors.contract.capabilities import Collection
from connectors.contract.connector import Connector
from connectors.reach import ALL_ORDERS, codomains, operators
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader
from connectors.sheet import Sheet
from connectors.sheet_header import HeadRule
from connectors.sheet_settings import SheetCollection, SheetSettings
from connectors.source_settings import SourceSettings, read_collections


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of a sheet source's table and give its connector."""
    settings = SheetSettings(
        name=source.id,
        path=reader.folder / Path(reader.text("path")).expanduser(),
        collections={
            name: _collection(table, name, source) for name, table in read_collections(reader)
        },
        max_rows=reader.whole("max_rows", 200_000),
        max_bytes=reader.size("max_bytes", 256 * 1024 * 1024),
    )
    return Sheet(settings)


def _collection(reader: SettingsReader, name: str, source: SourceSettings) -> SheetCollection:
    if name == "events":
        reader.problem(None, "cannot be read from a sheet", "ask the source's own interface")
    rules = source.rules(reader, name, nested=False)
    collection = SheetCollection(
        rules=rules,
        can=_can(rules.collection, rules),
        files=reader.optional_text("files"),
        pick="all" if reader.choice("pick", ("newest", "all"), "newest") == "all" else "newest",
        encoding=_encoding(reader),
        delimiter=_delimiter(reader),
        sheet=reader.optional_text("sheet"),
        head=_head(reader),
    )
    reader.finish()
    return collection


def _head(reader: SettingsReader) -> HeadRule:
    same: dict[str, str] = {}
    columns = reader.section("same_columns")
    for name in columns.names() if columns is not None else ():
        assert columns is not None  # noqa: S101 - the line above says so
        for other in columns.texts(name):
            if other in same:
                columns.problem(name, f"`{other}` already stands for `{same[other]}`")
            same[" ".join(other.split())] = name
    return HeadRule(
        rows=reader.whole("header_rows", 1, most=4),
        find=reader.flag("find_header", default=False),
        same=same or None,
    )


def _delimiter(reader: SettingsReader) -> str:
    # A tab is one, though as a text it would count as empty.
    value = reader.raw("delimiter") if reader.has("delimiter") else ","
    if isinstance(value, str) and len(value) == 1:
        return value
    if value is not None:
        reader.problem("delimiter", "should be one character")
    return ","


def _encoding(reader: SettingsReader) -> str:
    name = reader.text("encoding", "utf-8-sig")
    try:
        codecs.lookup(name)
    except LookupError:
        reader.problem("encoding", f"`{name}` is no encoding", 'use "utf-8" or "windows-1252"')
        return "utf-8-sig"
    return name


def _can(collection: str, rules: Rules) -> Collection:
    if collection != "complaints":
        return Collection(counts=True, codomains=codomains(rules), mapping_version=rules.version)
    return Collection(
        operators=operators(rules, rules.rules, unknown_status=True),
        alternatives=True,
        repeats=True,
        orders=ALL_ORDERS,
        counts=True,
        get_max=1000,
        codomains=codomains(rules),
        mapping_version=rules.version,
    )
