"""The settings of kind `open311`: read strictly, turned into a connector."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from connectors.contract.capabilities import Collection, Operator
from connectors.contract.connector import Connector
from connectors.contract.filters import Op, Value
from connectors.contract.vocabulary import ComplaintStatus
from connectors.moments import to_utc
from connectors.open311 import Open311
from connectors.open311_settings import Asked, Open311Settings, Paging, Params, Requests, Services
from connectors.reach import codomains
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_collections
from connectors.web_settings import read_web

_WIDEST = 90
_GET_MAX = 20
_STATES = ("open", "closed")


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of an Open311 source's table and give its connector."""
    tables = dict(read_collections(reader))
    for name in tables.keys() - {"complaints", "categories"}:
        reader.problem(f"collections.{name}", "is not part of the GeoReport specification")
    form: Literal["json", "xml"] = (
        "xml" if reader.choice("format", ("json", "xml"), "json") == "xml" else "json"
    )
    settings = Open311Settings(
        name=source.id,
        form=form,
        since=_since(reader, source),
        window=timedelta(days=reader.whole("window_days", _WIDEST, most=_WIDEST)),
        params=_jurisdiction(reader),
        answers_at_most=reader.optional_whole("answers_at_most"),
        paging=_paging(reader),
        requests=_requests(tables["complaints"], source) if "complaints" in tables else None,
        services=_services(tables["categories"], source) if "categories" in tables else None,
        row_budget=source.row_budget,
        concurrency=source.concurrency,
    )
    return Open311(settings, read_web(reader, source, f"application/{form}"))


def _since(reader: SettingsReader, source: SourceSettings) -> datetime:
    text = reader.text("since")
    try:
        return to_utc(datetime.combine(date.fromisoformat(text), time()), source.zone)
    except ValueError:
        if text:
            reader.problem("since", f"`{text[:40]}` is no day", 'write it like "2023-01-01"')
        else:
            reader.problem("since", "windows must begin somewhere", "name the first request's day")
        return datetime(2000, 1, 1, tzinfo=UTC)


def _jurisdiction(reader: SettingsReader) -> Params:
    name = reader.optional_text("jurisdiction")
    return () if name is None else (("jurisdiction_id", name),)


def _paging(reader: SettingsReader) -> Paging | None:
    table = reader.section("page")
    if table is None:
        return None
    found = Paging(
        param=table.text("param", "page"),
        size_param=table.optional_text("size_param"),
        size=table.whole("max_size", 100, most=10_000),
        first=0 if table.flag("from_zero", default=False) else 1,
    )
    table.finish()
    return found


def _requests(reader: SettingsReader, source: SourceSettings) -> Requests:
    rules = source.rules(reader, "complaints", nested=True)
    submitted = rules.rules.get("submitted_at")
    if rules.rules and (submitted is None or not submitted.required):
        reader.problem(
            "mapping.submitted_at",
            "is what windows go by",
            'map it: submitted_at = { path = "requested_datetime", required = true }',
        )
    most = reader.whole("max_codes", 20, most=500)
    has_singles = reader.flag("single_requests", default=True)
    filters: dict[str, Asked] = {}
    operators: dict[str, tuple[Operator, ...]] = {
        "submitted_at": (Operator(op=Op.FROM), Operator(op=Op.UNTIL)),
    }
    for name, found in (
        ("category", _service_codes(rules, most)),
        ("status", _states(reader, rules)),
    ):
        if found is not None:
            filters[name], operator = found
            operators[name] = (operator,)
    covers = reader.flag("updated_covers_submitted", default=False)
    reader.finish()
    can = Collection(
        operators=operators,
        get_max=_GET_MAX if has_singles else 0,
        codomains=codomains(rules),
        updated_covers_submitted=covers,
        mapping_version=rules.version,
    )
    return Requests(rules=rules, can=can, filters=filters, has_singles=has_singles)


def _services(reader: SettingsReader, source: SourceSettings) -> Services:
    rules = source.rules(reader, "categories", nested=True)
    reader.finish()
    return Services(
        rules=rules, can=Collection(codomains=codomains(rules), mapping_version=rules.version)
    )


def _service_codes(rules: Rules, most: int) -> tuple[Asked, Operator] | None:
    rule = rules.rules.get("category")
    if rule is None or rule.path != "service_code" or rule.codes is None:
        return None
    table = rule.codes
    words: dict[Value, tuple[str, ...]] = {
        canonical: own
        for canonical in table.canonical
        if len(own := table.own_words(canonical)) <= most and not any("," in each for each in own)
    }
    widest = max(1, most // max(1, table.most_words()))
    return (
        Asked(param="service_code", path="service_code", words=words, most=most),
        Operator(op=Op.IN, max_values=widest, values=frozenset(words)),
    )


def _states(reader: SettingsReader, rules: Rules) -> tuple[Asked, Operator] | None:
    """Read how `status` is asked for: by the table, if it maps the specification's two words."""
    table = reader.section("states")
    rule = rules.rules.get("status")
    words: dict[Value, tuple[str, ...]] = {}
    if table is not None:
        allowed = {status.value for status in ComplaintStatus} - {ComplaintStatus.UNKNOWN.value}
        for state in _STATES:
            for canonical in table.texts(state):
                if canonical not in allowed:
                    table.problem(state, f"`{canonical}` is no status")
                elif canonical in words:
                    table.problem(state, f"`{canonical}` is both open and closed")
                words[canonical] = (state,)
        table.finish()
        return _asked(words, exact=False) if words else None
    if rule is None or rule.path != "status" or rule.codes is None:
        return None
    codes = rule.codes
    words = {each: codes.own_words(each) for each in codes.canonical}
    if {word for own in words.values() for word in own} != set(_STATES):
        return None
    return _asked(words, exact=True)


def _asked(words: Mapping[Value, tuple[str, ...]], *, exact: bool) -> tuple[Asked, Operator]:
    every = frozenset() if exact else frozenset(_STATES)
    return (
        Asked(param="status", path="status", words=words, most=None, every=every),
        Operator(op=Op.IN, max_values=1 if exact else None, exact=exact, values=frozenset(words)),
    )
