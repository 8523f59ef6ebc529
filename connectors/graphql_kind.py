"""The settings of kind `graphql`: read strictly, turned into a connector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from connectors.contract.capabilities import Collection
from connectors.contract.connector import Connector
from connectors.contract.query import Order
from connectors.did_you_mean import did_you_mean
from connectors.event_settings import asked_by_complaint
from connectors.filter_settings import read_filters
from connectors.graphql_api import GraphqlApi
from connectors.graphql_document import Json, NoQuery, Template, Variables, read_template
from connectors.graphql_errors import MEANINGS
from connectors.graphql_settings import (
    ByNumber,
    Counting,
    GraphqlCollection,
    GraphqlPages,
    GraphqlSettings,
    GraphqlSteps,
    Listed,
)
from connectors.order_settings import read_orders
from connectors.reach import codomains
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_collections
from connectors.web_settings import read_web


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of a GraphQL source's table and give its connector."""
    tables = read_collections(reader)
    steps = next((_steps(table, source) for name, table in tables if name == "events"), None)
    settings = GraphqlSettings(
        name=source.id,
        collections={
            name: _collection(table, name, source) for name, table in tables if name != "events"
        },
        steps=steps,
        errors=_errors(reader),
        row_budget=source.row_budget,
    )
    return GraphqlApi(settings, read_web(reader, source))


def _errors(reader: SettingsReader) -> dict[str, str]:
    table = reader.section("errors")
    if table is None:
        return {}
    return {name.upper(): table.choice(name, MEANINGS) for name in table.names()}


def _collection(reader: SettingsReader, name: str, source: SourceSettings) -> GraphqlCollection:
    rules = source.rules(reader, name, nested=True)
    template = _template(reader, "query")
    pages = _pages(reader)
    filters = read_filters(reader, rules)
    orders = read_orders(reader, rules, "variables")
    constants = _constants(reader, template)
    wanted = _wanted(reader, rules.rules)
    by_id = _by_id(reader)
    count = _counting(reader, {each.param for each in filters.params.values()})
    covers = reader.flag("updated_covers_submitted", default=False)
    can = Collection(
        operators=filters.operators,
        orders=tuple(declared for declared, _ in orders),
        counts=count is not None,
        get_max=0 if by_id is None else by_id.max,
        page_max=pages.max_size,
        sized=pages.size is not None,
        codomains=codomains(rules),
        updated_covers_submitted=covers,
        mapping_version=rules.version,
    )
    used = {"page.size": pages.size, "page.cursor": pages.cursor or None}
    asked = {f"filters.{name}.{op}": each.param for (name, op), each in filters.params.items()}
    used |= asked
    used |= {f"orders[{at}]": name for at, (_, sent) in enumerate(orders) for name, _ in sent}
    _insist_on_variables(reader, template, used, {*constants, *wanted})
    collection = GraphqlCollection(
        listed=_listed(reader, template),
        rules=rules,
        can=can,
        pages=pages,
        total=reader.optional_text("total"),
        constants=constants,
        filters=filters.params,
        orders={
            Order(declared.field, declared.descending): _typed(reader, template, dict(sent))
            for declared, sent in orders
        },
        wanted=wanted,
        count=count,
        by_id=by_id,
    )
    reader.finish()
    return collection


def _steps(reader: SettingsReader, source: SourceSettings) -> GraphqlSteps:
    rules = source.rules(reader, "events", nested=True)
    template = _template(reader, "query")
    constants = _constants(reader, template)
    wanted = _wanted(reader, rules.rules)
    variable = reader.text("variable")
    most = reader.whole("max", 20, most=1000)
    _insist_on_variables(reader, template, {"variable": variable}, {*constants, *wanted})
    most = _at_once(reader, template, variable, most)
    found = GraphqlSteps(
        by_id=_numbers(reader, template, variable, most),
        rules=rules,
        can=asked_by_complaint(rules, most),
        complaint=reader.text("complaint"),
        steps=reader.text("steps"),
        constants=constants,
        wanted=wanted,
    )
    reader.finish()
    return found


def _template(reader: SettingsReader, key: str) -> Template:
    text = reader.text(key)
    try:
        return read_template(text)
    except NoQuery:
        if text:
            reader.problem(
                key, "is no query", "begin with `query name($variable: Type)`; nothing is changed"
            )
        return Template(text, {})


def _listed(reader: SettingsReader, template: Template) -> Listed:
    return Listed(
        template=template,
        rows=reader.text("rows"),
        row=reader.optional_text("row") or "",
    )


def _pages(reader: SettingsReader) -> GraphqlPages:
    table = reader.section("page")
    if table is None:
        return GraphqlPages()
    cursor = table.optional_text("cursor") or ""
    found = GraphqlPages(
        size=table.optional_text("size"),
        max_size=table.whole("max_size", 100, most=100_000),
        cursor=cursor,
        next=table.text("next") if cursor else "",
        more=(table.optional_text("more") or "") if cursor else "",
    )
    table.finish()
    return found


def _by_id(reader: SettingsReader) -> ByNumber | None:
    table = reader.section("by_id")
    if table is None:
        return None
    template = _template(table, "query")
    variable = table.text("variable")
    _insist_on_variables(table, template, {"variable": variable}, None)
    most = _at_once(table, template, variable, table.whole("max", 20, most=1000))
    found = _numbers(table, template, variable, most)
    table.finish()
    return found


def _at_once(reader: SettingsReader, template: Template, variable: str, most: int) -> int:
    """Give how many ids the variable takes: one, unless it is a list."""
    kind = template.variables.get(variable)
    if kind is None or kind.is_list:
        return most
    if reader.has("max") and most > 1:
        reader.problem("max", f"`${variable}` takes one id", "leave it out, or make it a list")
    return 1


def _numbers(reader: SettingsReader, template: Template, variable: str, most: int) -> ByNumber:
    kind = template.variables.get(variable)
    listed = _listed(reader, template)
    if kind is not None and not kind.is_list:
        listed = replace(listed, single=True)
    return ByNumber(listed=listed, variable=variable, max=most)


def _counting(reader: SettingsReader, asked: set[str]) -> Counting | None:
    table = reader.section("count")
    if table is None:
        return None
    found = Counting(template=_template(table, "query"), total=table.text("total"))
    for name in sorted(asked - found.template.variables.keys()):
        table.problem("query", f"has no variable `${name}`", "a filter sends it")
    table.finish()
    return found


def _constants(reader: SettingsReader, template: Template) -> Variables:
    table = reader.section("variables")
    if table is None:
        return {}
    return _typed(table, template, {name: table.text(name) for name in table.names()})


def _typed(reader: SettingsReader, template: Template, texts: Mapping[str, str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, text in texts.items():
        kind = template.variables.get(name)
        try:
            found[name] = text if kind is None else kind.value((text,))
        except ValueError:
            reader.problem(name, f"`{text[:40]}` is no {kind.name if kind else 'value'}")
    return found


def _wanted(reader: SettingsReader, mapped: Iterable[str]) -> dict[str, frozenset[str]]:
    table = reader.section("wanted")
    if table is None:
        return {}
    known = set(mapped)
    found = {}
    for name in table.names():
        fields = table.texts(name)
        for each in fields:
            if each not in known:
                table.problem(name, f"`{each}` is not mapped", did_you_mean(each, known))
        found[name] = frozenset(fields)
    return found


def _insist_on_variables(
    reader: SettingsReader,
    template: Template,
    used: Mapping[str, str | None],
    given: set[str] | None,
) -> None:
    """Note every variable that the query does not have, and each it needs and nobody sends."""
    sent = {name for name in used.values() if name}
    for key, name in used.items():
        if name and name not in template.variables:
            hint = did_you_mean(name, template.variables)
            reader.problem(key, f"the query has no variable `${name}`", hint)
    if given is None:
        return
    for name in sorted(given - template.variables.keys()):
        reader.problem("variables", f"the query has no variable `${name}`")
    for name, kind in template.variables.items():
        if kind.is_needed and name not in sent | given:
            reader.problem("query", f"`${name}` has to be sent, and nothing says what")
