"""What the settings say of every source that is a database: its tables, mapped."""

from __future__ import annotations

from connectors.contract.capabilities import Collection
from connectors.contract.filters import Op
from connectors.event_settings import asked_by_complaint
from connectors.reach import ALL_ORDERS, codomains, operators
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings
from connectors.sql_events import MOST_COMPLAINTS, SqlEvents
from connectors.sql_reference import REFERENCE
from connectors.sql_source import SqlCollection, quoted_table
from connectors.sql_values import comparable


def read_collection(
    reader: SettingsReader, name: str, source: SourceSettings, *, may_be_clean: bool = True
) -> SqlCollection:
    """Read one collection of a database: its table and mapping."""
    if name not in REFERENCE and name != "complaints":
        reader.problem(None, "cannot be read from a database yet", "use a REST source for it")
    rules = source.rules(reader, name, nested=False)
    table = reader.text("table")
    quoted = quoted_table(table) if table else ""
    if quoted is None:
        reader.problem("table", "is no name of a table", 'write it like "schema.table"')
    covers = reader.flag("updated_covers_submitted", default=False)
    page_max = reader.whole("page_max", 1000, most=10_000)
    clean = may_be_clean and reader.flag("clean", default=False)
    reader.finish()
    can = _can(rules, page_max, covers=covers, clean=clean)
    return SqlCollection(table=quoted or "", rules=rules, can=can, clean=clean)


def read_steps(reader: SettingsReader, source: SourceSettings) -> SqlEvents:
    """Read the collection of what happened to complaints."""
    rules = source.rules(reader, "events", nested=False)
    if rules.rules and (complaint := rules.rules.get("complaint")) is None:
        reader.problem("mapping.complaint", "is missing: steps are asked for by their complaints")
    elif rules.rules and complaint is not None and complaint.path is None:
        reader.problem("mapping.complaint", "should be a column")
    table = reader.text("table")
    quoted = quoted_table(table) if table else ""
    if quoted is None:
        reader.problem("table", "is no name of a table", 'write it like "schema.table"')
    reader.finish()
    can = asked_by_complaint(rules, MOST_COMPLAINTS)
    return SqlEvents(table=quoted or "", rules=rules, can=can)


def _can(rules: Rules, page_max: int, *, covers: bool, clean: bool) -> Collection:
    if rules.collection != "complaints":
        return Collection(mapping_version=rules.version)
    fields = [name for name, rule in rules.rules.items() if comparable(rule, rules)]
    understood = operators(rules, fields, unknown_status=False)
    region = rules.rules.get("region")
    if clean and region is not None and region.region:
        # Compared as it stands, a code that is no region's is not known to count as null.
        understood["region"] = tuple(
            each for each in understood["region"] if each.op is not Op.IS_NULL
        )
    return Collection(
        operators=understood,
        alternatives=True,
        repeats=True,
        orders=ALL_ORDERS,
        counts=True,
        get_max=1000,
        page_max=page_max,
        codomains=codomains(rules),
        updated_covers_submitted=covers,
        mapping_version=rules.version,
    )
