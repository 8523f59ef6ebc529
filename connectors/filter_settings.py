"""Read the filters of a REST source: how each comparison is sent, and how well it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.contract.capabilities import Operator
from connectors.contract.filters import Op, Term, Value
from connectors.did_you_mean import did_you_mean
from connectors.fields import FIELDS, Shape
from connectors.mapping_settings import read_zone
from connectors.moments import (
    UNITS,
    WriteMoment,
    finest,
    floor,
    just_before,
    moment_writer,
    written_well,
)
from connectors.rest_settings import FilterParam
from connectors.rules import Rule, Rules
from connectors.settings_reader import SettingsReader

_OPS = {op.value.casefold(): op for op in Op}
_FITTING: Mapping[Shape, frozenset[Op]] = {
    Shape.ID: frozenset({Op.IN}),
    Shape.TRACKING: frozenset({Op.IN, Op.IS_NULL}),
    Shape.CODE: frozenset({Op.IN, Op.UNDER, Op.IS_NULL}),
    Shape.CODES: frozenset({Op.HAS}),
    Shape.TRACKINGS: frozenset({Op.HAS, Op.IS_NULL}),
    Shape.FLAG: frozenset({Op.IN, Op.IS_NULL}),
    Shape.MOMENT: frozenset({Op.FROM, Op.UNTIL, Op.IS_NULL}),
}

Declared = tuple[FilterParam, Operator]


@dataclass(frozen=True, slots=True)
class Filters:
    """All that a collection can be asked."""

    params: Mapping[tuple[str, Op], FilterParam]
    operators: Mapping[str, tuple[Operator, ...]]


def read_filters(reader: SettingsReader, rules: Rules) -> Filters:
    """Read the `filters` table of a collection."""
    params: dict[tuple[str, Op], FilterParam] = {}
    operators: dict[str, tuple[Operator, ...]] = {}
    filters = reader.section("filters")
    for name in filters.names() if filters is not None else ():
        assert filters is not None  # noqa: S101 - the line above says so
        tables = filters.alternatives(name)
        rule = rules.rules.get(name)
        if rule is None or rule.path is None:
            known = [field for field, each in rules.rules.items() if each.path is not None]
            unmapped = name in FIELDS[rules.collection]
            filters.problem(
                name,
                "is not mapped to a path" if unmapped else "is not a field of a record",
                "map it first" if unmapped else did_you_mean(name, known),
            )
            continue
        for table in tables:
            declared = _filter(table, rule)
            if declared is None:
                continue
            param, operator = declared
            if (name, param.op) in params:
                table.problem("op", "is there twice for this field")
            for other in params.values():
                if other.param == param.param and None in (other.join, param.join):
                    table.problem("param", f"`{param.param}` is already sent for {other.field}")
            params[name, param.op] = param
            operators[name] = (*operators.get(name, ()), operator)
    return Filters(params, operators)


def _filter(table: SettingsReader, rule: Rule) -> Declared | None:
    op = _OPS.get(table.choice("op", _OPS))
    param = table.text("param")
    exact = table.flag("exact", default=True)
    declared: Declared | None = None
    if op is None:
        table.finish()
        return None
    if op not in _FITTING.get(rule.shape, frozenset()):
        table.problem("op", f"a {rule.shape.value} cannot be compared so")
    elif op is Op.IS_NULL:
        value = table.text("value", "1")
        declared = (
            FilterParam(field=rule.field, op=op, param=param, words=lambda _: (value,)),
            Operator(op=op, exact=exact),
        )
    elif op in (Op.FROM, Op.UNTIL):
        declared = _moment_filter(table, rule, op, param, exact=exact)
    elif rule.shape is Shape.FLAG:
        declared = _flag_filter(table, rule, param, exact=exact)
    else:
        declared = _word_filter(table, rule, op, param, exact=exact)
    table.finish()
    return declared


def _word_filter(table: SettingsReader, rule: Rule, op: Op, param: str, *, exact: bool) -> Declared:
    join = table.optional_text("join")
    repeat = table.flag("repeat", default=False)
    most = table.optional_whole("max_values")
    if join is None and not repeat:
        most = 1
    own_words, values = _own_words(rule, op, join, most)
    if rule.codes is not None and most is not None:
        most = max(1, most // max(1, rule.codes.most_words()))

    def words(term: Term) -> tuple[str, ...]:
        return tuple(word for value in term.values for word in own_words(value))

    return (
        FilterParam(field=rule.field, op=op, param=param, words=words, join=join),
        Operator(op=op, max_values=most, exact=exact, values=values),
    )


def _own_words(
    rule: Rule, op: Op, join: str | None, most: int | None
) -> tuple[Callable[[Value], tuple[str, ...]], frozenset[Value] | None]:
    table = rule.codes
    if table is None:
        return (lambda value: (str(value),)), None
    usable: dict[str, tuple[str, ...]] = {}
    for canonical in table.canonical:
        words = table.own_words(canonical)
        separable = join is None or not any(join in word for word in words)
        if separable and (most is None or len(words) <= most):
            usable[canonical] = words
    # A code below the asked one has another word: only the source knows which, so ask by value.
    values = frozenset[Value](usable) if op in (Op.IN, Op.HAS) else frozenset[Value]()
    return (lambda value: usable[str(value)]), values


def _flag_filter(table: SettingsReader, rule: Rule, param: str, *, exact: bool) -> Declared:
    words: dict[Value, str] = {}
    for value, key in ((True, "true"), (False, "false")):
        word = table.optional_text(key)
        if word is not None:
            words[value] = word
    if not words:
        table.problem(None, "says neither what `true` nor what `false` is sent as")
    return (
        FilterParam(
            field=rule.field, op=Op.IN, param=param, words=lambda term: (words[term.values[0]],)
        ),
        Operator(op=Op.IN, max_values=1, exact=exact, values=frozenset(words)),
    )


def _moment_filter(
    table: SettingsReader, rule: Rule, op: Op, param: str, *, exact: bool
) -> Declared | None:
    form = table.text("format", "iso")
    if not written_well(form):
        table.problem("format", f"`{form}` is no way to write a time")
        form = "iso"
    unit = max(finest(form), table.choice("granularity", UNITS, "exact"), key=UNITS.index)
    inclusive = table.flag("inclusive", default=op is Op.FROM)
    zone = read_zone(table, "time_zone", rule.zone)
    if rule.field in ("submitted_at", "updated_at", "received_at") and not rule.required:
        table.problem(
            None,
            f"`{rule.field}` may be missing and then takes another date, which the source "
            "does not compare",
            f"set required = true in mapping.{rule.field} if every row has it",
        )
        return None
    bound = _bound(op, unit, zone, inclusive=inclusive)
    write_moment = moment_writer(form, zone)
    natural = inclusive == (op is Op.FROM)
    return (
        FilterParam(field=rule.field, op=op, param=param, words=_writer(bound, write_moment)),
        Operator(op=op, exact=exact and natural and unit == "exact"),
    )


def _bound(op: Op, unit: str, zone: ZoneInfo, *, inclusive: bool) -> Callable[[datetime], datetime]:
    """Give what is sent for a bound so that no row within it is left out."""
    if unit == "exact":
        if op is Op.FROM and not inclusive:
            return just_before
        return lambda moment: moment
    if op is Op.FROM and inclusive:
        return lambda moment: floor(moment, unit, zone)
    if op is Op.FROM:
        return lambda moment: just_before(floor(moment, unit, zone))
    if inclusive:
        return lambda moment: floor(just_before(moment), unit, zone)
    return lambda moment: _ceiling(moment, unit, zone)


def _ceiling(moment: datetime, unit: str, zone: ZoneInfo) -> datetime:
    start = floor(moment, unit, zone)
    if start == moment:
        return moment
    # Long enough to leave the unit, short enough not to jump over the next one.
    step = {"second": 1, "minute": 60, "day": 30 * 3600}[unit]
    try:
        return floor(datetime.fromtimestamp(start.timestamp() + step, start.tzinfo), unit, zone)
    except (OverflowError, ValueError):
        return moment


def _writer(
    bound: Callable[[datetime], datetime], write: WriteMoment
) -> Callable[[Term], tuple[str, ...]]:
    def written(term: Term) -> tuple[str, ...]:
        moment = term.values[0]
        if not isinstance(moment, datetime):
            raise TypeError("a bound is a moment by construction")
        return (write(bound(moment)),)

    return written
