"""The gateway's own settings: the table `[gateway]`, strict, with every mistake told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from connectors.problems import ConfigurationError, Problem
from connectors.references import References
from connectors.settings_reader import SettingsReader
from gateway import (
    document_settings,
    http_settings,
    limit_settings,
    metric_settings,
    stream_settings,
)
from gateway.document_settings import DocumentSettings, read_documents
from gateway.http_settings import HttpSettings, read_http
from gateway.limit_settings import LimitSettings, read_limits
from gateway.metric_settings import MetricSettings, read_metrics
from gateway.stream_settings import StreamSettings, read_streams
from resolvers.sla.days_off import load_days_off
from resolvers.sla.legal_files import BadLegalFile
from resolvers.sla.rules import load_rules

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_KEY_LENGTHS = (16, 24, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaSettings:
    """Where the legal deadlines come from."""

    rules: tuple[Path, ...] = ()
    """Files of legal time limits over those that are shipped; `docs/sla.md` tells their form."""
    days_off: tuple[Path, ...] = ()
    """Files of public holidays and *cuti bersama* over those that are shipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """How the gateway serves."""

    host: str = "127.0.0.1"
    """The address to listen on; `0.0.0.0` for every interface."""
    port: int = 8000
    """The port to listen on."""
    deadline: float = 8.0
    """What one request may take; 300 ms of it are kept for merging."""
    drain: float = 10.0
    """What running requests get when the gateway is stopped."""
    body_max: int = 256 * 1024
    """How large a request's body may be."""
    introspection: bool = False
    """Clients may ask for the schema."""
    console: bool = False
    """GraphiQL at `/`, from our own files; completes names only with `introspection`."""
    validation_errors: int = 1
    """How many mistakes of one query are told."""
    cursor_lifetime: float = 86400.0
    """How long a cursor can be used."""
    cursor_keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Name to key of 16, 24 or 32 bytes in hexadecimal digits, by reference: `env:NAME` or
    `file:PATH`.  Replicas share them; without any, each process makes one of its own."""
    cursor_key: str | None = None
    """The name of the key that seals new cursors; the last by name if not given."""
    reference_interval: float = 30.0
    """How often to look whether the reference data changed."""
    sla: SlaSettings = SlaSettings()
    """The table `[gateway.sla]`."""
    http: HttpSettings = field(default_factory=HttpSettings)
    """The table `[gateway.http]`."""
    documents: DocumentSettings = field(default_factory=DocumentSettings)
    """The table `[gateway.documents]`."""
    limits: LimitSettings = field(default_factory=LimitSettings)
    """The table `[gateway.limits]`."""
    streams: StreamSettings = field(default_factory=StreamSettings)
    """The table `[gateway.streams]`."""
    metrics: MetricSettings = field(default_factory=MetricSettings)
    """The table `[gateway.metrics]`."""


def read_settings(
    table: object, references: References, known: GatewaySettings | None = None
) -> GatewaySettings:
    """Read the table `[gateway]` over what is *known* from earlier files.

    Raises `ConfigurationError` with every mistake in it.
    """
    problems: list[Problem] = []
    if not isinstance(table, dict):
        raise ConfigurationError([Problem("gateway", "should be a table")])
    before = known or GatewaySettings()
    read = SettingsReader(table, "gateway", problems, references)
    keys = {**before.cursor_keys, **_keys(read)}
    settings = GatewaySettings(
        host=read.text("host", before.host),
        port=read.whole("port", before.port, most=65535),
        deadline=read.seconds("deadline", before.deadline),
        drain=read.seconds("drain", before.drain),
        body_max=read.size("body_max", before.body_max),
        introspection=read.flag("introspection", default=before.introspection),
        console=read.flag("console", default=before.console),
        validation_errors=read.whole("validation_errors", before.validation_errors, most=100),
        cursor_lifetime=read.seconds("cursor_lifetime", before.cursor_lifetime),
        cursor_keys=keys,
        cursor_key=read.optional_text("cursor_key") or before.cursor_key,
        reference_interval=read.seconds("reference_interval", before.reference_interval),
        sla=_sla(read, before.sla),
        http=read_http(read, before.http),
        documents=read_documents(read, before.documents),
        limits=read_limits(read, before.limits),
        streams=read_streams(read, before.streams),
        metrics=read_metrics(read, before.metrics),
    )
    if settings.cursor_key is not None and settings.cursor_key not in keys:
        read.problem("cursor_key", "names no key of `gateway.cursor_keys`")
    read.finish()
    if problems:
        raise ConfigurationError(problems)
    return settings


def _keys(read: SettingsReader) -> dict[str, bytes]:
    table = read.section("cursor_keys")
    if table is None:
        return {}
    keys: dict[str, bytes] = {}
    for name in table.names():
        text = table.secret(name).reveal()
        if not text:
            continue
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) in _KEY_LENGTHS:
            keys[name] = key
        else:
            table.problem(
                name,
                "should be 16, 24 or 32 bytes in hexadecimal digits",
                "`openssl rand -hex 32` makes one",
            )
    return keys


def _sla(read: SettingsReader, before: SlaSettings) -> SlaSettings:
    table = read.section("sla")
    if table is None:
        return before
    settings = SlaSettings(
        rules=(*before.rules, *(read.folder / name for name in table.texts("rules"))),
        days_off=(*before.days_off, *(read.folder / name for name in table.texts("days_off"))),
    )
    checks: Mapping[str, Callable[[], object]] = {
        "rules": lambda: load_rules(*settings.rules),
        "days_off": lambda: load_days_off(*settings.days_off),
    }
    for key, check in checks.items():
        try:
            if table.has(key):
                check()
        except BadLegalFile as error:
            for line in str(error).splitlines():
                table.problem(key, line, "docs/sla.md tells the form of these files")
    table.finish()
    return settings


def documented(source: str) -> str:
    """Give `docs/settings.md` from this file's own *source* text."""
    lines = [
        "# Settings",
        "",
        "Written from `gateway/settings.py`; `make docs` renews it.",
        "Settings stand in TOML; `--config` may be given several times, each adds to the others.",
        "An unknown key is an error; every mistake is told at once, with its path.",
        "Secrets stand elsewhere and are referred to: `env:NAME` or `file:PATH`.",
        "Sources (`[sources.NAME]`) are described in `docs/connectors.md`.",
        "",
        "## `[gateway]`",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    defaults = GatewaySettings()
    lines += _rows(source, defaults)
    sections = (
        ("sla", "Later files are read over earlier ones.", source, defaults.sla),
        ("http", "`docs/http.md` tells more.", _source(http_settings), defaults.http),
        (
            "documents",
            "`docs/documents.md` tells more.",
            _source(document_settings),
            defaults.documents,
        ),
        (
            "limits",
            "`docs/limits.md` tells what they bound.",
            _source(limit_settings),
            LimitSettings(),
        ),
        (
            "streams",
            "`docs/subscriptions.md` tells what they bound.",
            _source(stream_settings),
            defaults.streams,
        ),
        (
            "metrics",
            "`docs/metrics.md` tells what is counted.",
            _source(metric_settings),
            defaults.metrics,
        ),
    )
    for name, words, text, values in sections:
        lines += ["", f"## `[gateway.{name}]`", "", words, "", "| setting | default | meaning |"]
        lines += ["|---|---|---|", *_rows(text, values)]
    return "\n".join(lines) + "\n"


def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def _rows(source: str, defaults: DataclassInstance) -> list[str]:
    rows = []
    for each in fields(defaults):
        if is_dataclass(getattr(defaults, each.name)):
            continue
        found = re.search(rf'    {each.name}: [^\n]*\n    """(.*?)"""', source, re.DOTALL)
        meaning = " ".join(found.group(1).split()) if found else ""
        rows.append(f"| `{each.name}` | {_told(getattr(defaults, each.name))} | {meaning} |")
    return rows


def _told(value: Any) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case float():
            whole = value % 3600 == 0
            return f'`"{value / 3600:g}h"`' if whole else f'`"{value:g}s"`'
        case int() if value % 1024 == 0:
            return f'`"{value // 1024}KiB"`'
        case int() | str():
            return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"
        case Mapping() if value:
            return "by role"
        case _:
            return "none"
