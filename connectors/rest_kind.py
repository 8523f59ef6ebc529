"""The settings of kind `rest`: read strictly, turned into a connector."""

from __future__ import annotations

from connectors.contract.capabilities import Collection
from connectors.contract.connector import Connector
from connectors.contract.query import Order
from connectors.event_settings import read_events
from connectors.filter_settings import read_filters
from connectors.order_settings import read_orders, read_params
from connectors.reach import codomains
from connectors.rest import Rest
from connectors.rest_page_settings import read_page
from connectors.rest_settings import ById, PageStyle, Params, RestCollection, RestSettings
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_collections
from connectors.web_settings import read_web


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of a REST source's table and give its connector."""
    tables = read_collections(reader)
    events = next((read_events(table, source) for name, table in tables if name == "events"), None)
    settings = RestSettings(
        name=source.id,
        collections={
            name: _collection(table, name, source) for name, table in tables if name != "events"
        },
        row_budget=source.row_budget,
        concurrency=source.concurrency,
    )
    return Rest(settings, read_web(reader, source), events)


def _collection(reader: SettingsReader, name: str, source: SourceSettings) -> RestCollection:
    rules = source.rules(reader, name, nested=True)
    page = read_page(reader)
    by_id = _by_id(reader)
    orders = read_orders(reader, rules)
    filters = read_filters(reader, rules)
    total = reader.optional_text("total")
    count = _count(reader, page, total)
    covers = reader.flag("updated_covers_submitted", default=False)
    can = Collection(
        operators=filters.operators,
        orders=tuple(declared for declared, _ in orders),
        counts=count is not None,
        get_max=0 if by_id is None else by_id.max,
        page_max=page.max_size,
        sized=page.size_param is not None,
        codomains=codomains(rules),
        updated_covers_submitted=covers,
        mapping_version=rules.version,
    )
    collection = RestCollection(
        path=_path(reader, "path"),
        rules=rules,
        can=can,
        rows=reader.optional_text("rows") or "",
        total=total,
        page=page,
        params=read_params(reader, "params"),
        filters=filters.params,
        order_params={Order(o.field, o.descending): params for o, params in orders},
        count=count,
        by_id=by_id,
    )
    reader.finish()
    return collection


def _path(reader: SettingsReader, key: str) -> str:
    path = reader.text(key)
    if path and not path.startswith("/"):
        reader.problem(key, "should start with `/`")
    return path


def _by_id(reader: SettingsReader) -> ById | None:
    table = reader.section("by_id")
    if table is None:
        return None
    param, path = table.optional_text("param"), table.optional_text("path")
    if (param is None) == (path is None):
        table.problem(None, "needs either `param` or `path`")
    if path is not None and ("{id}" not in path or not path.startswith("/")):
        table.problem("path", "should start with `/` and hold `{id}`")
    found = ById(
        param=param,
        join=table.text("join", ","),
        path=path,
        row=table.optional_text("row") or "",
        max=table.whole("max", 20, most=1000),
    )
    table.finish()
    return found


def _count(reader: SettingsReader, page: PageStyle, total: str | None) -> Params | None:
    table = reader.section("count")
    if table is None:
        return None
    params: Params = ()
    if table.has("param"):
        params = ((table.text("param"), table.text("value", "1")),)
    elif page.size_param is not None:
        params = ((page.size_param, "1"),)
    table.finish()
    if total is None:
        reader.problem("total", "is missing", "`count` needs to know where the total stands")
    return params
