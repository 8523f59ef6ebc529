"""Read the orders in which a source can answer."""

from __future__ import annotations

from connectors.contract.capabilities import OrderBy
from connectors.did_you_mean import did_you_mean
from connectors.fields import Shape
from connectors.rest_settings import Params
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader


def read_orders(
    reader: SettingsReader, rules: Rules, key: str = "params"
) -> list[tuple[OrderBy, Params]]:
    """Read the `orders` of a collection, each with what asks for it, which stands at *key*."""
    found = []
    for table in reader.alternatives("orders"):
        field = table.text("field")
        descending = table.choice("direction", ("ascending", "descending")) == "descending"
        ties = table.choice("ties", ("local_id", "other"), "other")
        params = read_params(table, key)
        table.finish()
        rule = rules.rules.get(field)
        if field and (rule is None or rule.shape is not Shape.MOMENT):
            moments = [each.field for each in rules.moments()]
            table.problem("field", f"`{field}` is no mapped date", did_you_mean(field, moments))
        elif rule is not None and not rule.required:
            table.problem(
                "field",
                f"`{field}` may be missing and then takes another date, which breaks the order",
                f"set required = true in mapping.{field} if every row has it",
            )
        found.append(
            (OrderBy(field=field, descending=descending, total=ties == "local_id"), params)
        )
    return found


def read_params(reader: SettingsReader, key: str) -> Params:
    """Read a table of names and texts."""
    table = reader.section(key)
    if table is None:
        return ()
    return tuple((name, table.text(name)) for name in table.names())
