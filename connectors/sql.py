"""Write the statements for a question: parameters for every value, quoted names for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.contract.filters import And, Filter, Op, Or, Term
from connectors.contract.query import Order, SourceQuery
from connectors.fields import Shape
from connectors.rules import Rule
from connectors.sql_dialect import Dialect
from connectors.sql_values import WHOLE, Columns, usable_text

ORDER_COLUMN = "_order_at"
ID_COLUMN = "_order_id"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and its parameters."""

    text: str
    params: tuple[Any, ...]


@dataclass(slots=True)
class _Params:
    sql: Dialect
    values: list[Any] = field(default_factory=list)

    def add(self, value: object, kind: str) -> str:
        self.values.append(value)
        return self.sql.param(len(self.values), kind)

    def among(self, compared: str, wanted: Sequence[object], kind: str) -> str:
        """Give "*compared* is one of *wanted*".

        The list is filled up to a power of two with its last value, so that few different
        statements have to be prepared; an array would make the driver ask for its type first.
        """
        if not wanted:
            return "FALSE"
        listed = [*wanted, *[wanted[-1]] * ((1 << (len(wanted) - 1).bit_length()) - len(wanted))]
        return f"{compared} IN ({', '.join(self.add(each, kind) for each in listed)})"


@dataclass(frozen=True, slots=True)
class After:
    """The place after which a page starts: the order's moment, if there is one, and an id."""

    local_id: str
    moment: datetime | None = None


def page_statement(
    table: str, columns: Columns, query: SourceQuery, after: After | None, size: int
) -> Statement:
    """Write the statement for one page of *query*: at most *size* rows after *after*."""
    params = _Params(columns.sql)
    conditions = [_where(query.where, columns, params)]
    shown = selected(columns, query.fields)
    local_id = columns.local_id()
    shown.append(f"{local_id} AS {columns.sql.name(ID_COLUMN)}")
    order = [f"{local_id} ASC"]
    if query.order is not None:
        moment = columns.known_moment(query.order.field)
        shown.append(f"{moment} AS {columns.sql.name(ORDER_COLUMN)}")
        order.insert(0, f"{moment} {'DESC' if query.order.descending else 'ASC'}")
        conditions.append(f"{moment} IS NOT NULL")
    if after is not None:
        conditions.append(_after(after, columns, query.order, params))
    return Statement(
        f"SELECT {', '.join(shown)} FROM {columns.source_of_rows(table)}"  # noqa: S608 - see module
        f" WHERE {_joined(conditions)}"
        f" ORDER BY {', '.join(order)} LIMIT {params.add(size, 'bigint')}",
        tuple(params.values),
    )


def count_statement(table: str, columns: Columns, query: SourceQuery) -> Statement:
    """Write the statement that counts the rows that *query* would give as records."""
    params = _Params(columns.sql)
    local_id = columns.local_id()
    conditions = [
        _where(query.where, columns, params),
        f"{local_id} <> ''",
        f"{columns.known_moment('submitted_at')} IS NOT NULL",
        f"{columns.known_moment('updated_at')} IS NOT NULL",
    ]
    tracking = columns.rules.rules.get("tracking_id")
    if tracking is not None and tracking.path is not None:
        # A row whose number cannot be read becomes no record.
        readable = f"({columns.tracking(tracking)}) IS NOT NULL"
        conditions.append(f"({columns.untracked(tracking)} OR {readable})")
    return Statement(
        f"SELECT count(*) FROM {columns.source_of_rows(table)}"  # noqa: S608 - see module
        f" WHERE {_joined(conditions)}",
        tuple(params.values),
    )


def get_statement(
    table: str, columns: Columns, local_ids: Sequence[str], fields: frozenset[str] | None
) -> Statement:
    """Write the statement that looks up rows by id."""
    params = _Params(columns.sql)
    rule = columns.rules.rules["local_id"]
    condition = _ids(rule, columns, [each for each in local_ids if usable_text(each)], params)
    shown = ", ".join(selected(columns, fields))
    return Statement(
        f"SELECT {shown} FROM {columns.source_of_rows(table)}"  # noqa: S608 - see module
        f" WHERE {condition}",
        tuple(params.values),
    )


def selected(columns: Columns, fields: frozenset[str] | None) -> list[str]:
    """Give the select list: only what the wanted fields and the dates that stand in need."""
    needed = columns.rules.columns(fields)
    dates = {rule.path: rule for rule in columns.rules.moments()}
    shown = []
    for path in needed:
        rule = dates.get(path)
        shown.append(f"t.{columns.sql.name(path)}" if rule is None else columns.shown_moment(rule))
    return shown


def _after(after: After, columns: Columns, order: Order | None, params: _Params) -> str:
    local_id = f"{columns.local_id()} > {params.add(after.local_id, 'text')}"
    if order is None or after.moment is None:
        return local_id
    moment = columns.known_moment(order.field)
    reached = params.add(after.moment, columns.moment_type)
    beyond = "<" if order.descending else ">"
    return f"({moment} {beyond} {reached} OR ({moment} = {reached} AND {local_id}))"


def _where(where: Filter, columns: Columns, params: _Params) -> str:
    match where:
        case And(parts):
            return _joined([_where(part, columns, params) for part in parts])
        case Or(parts):
            branches = [_where(part, columns, params) for part in parts]
            return f"({' OR '.join(branches)})" if branches else "FALSE"
        case Term():
            condition = _term(where, columns, params)
            return f"(({condition}) IS NOT TRUE)" if where.negated else f"({condition})"


def _joined(conditions: list[str]) -> str:
    told = [condition for condition in conditions if condition != "TRUE"]
    return " AND ".join(told) if told else "TRUE"


def _term(term: Term, columns: Columns, params: _Params) -> str:
    rule = columns.rules.rules[term.field]
    match rule.shape:
        case Shape.MOMENT:
            return _moment_term(term, columns, params)
        case Shape.FLAG:
            value = columns.flag(rule)
            if term.op is Op.IS_NULL:
                return f"{value} IS NULL"
            flags = [each for each in term.values if isinstance(each, bool)]
            return params.among(f"({value})", flags, "boolean")
        case Shape.ID:
            if term.op is Op.IS_NULL:
                return "FALSE"
            return _ids(rule, columns, [v for v in term.values if usable_text(v)], params)
        case Shape.TRACKING if term.op is Op.IS_NULL:
            return columns.untracked(rule)
        case Shape.TRACKING:
            return _word_term(term, columns.tracking(rule), params)
        case _:
            coded = columns.coded(rule)
            if coded is None:
                return _word_term(term, columns.plain_code(rule), params)
            if term.op is Op.IS_NULL:
                if term.field == "status":
                    return "FALSE"
                every = coded.keys(frozenset(coded.meanings.values()))
                return f"({params.among(coded.compared, every, coded.type)}) IS NOT TRUE"
            wanted = frozenset(map(str, term.values))
            if term.op is Op.UNDER:
                below = tuple(f"{code}." for code in wanted)
                wanted = frozenset(
                    each
                    for each in coded.meanings.values()
                    if each in wanted or each.startswith(below)
                )
            return params.among(coded.compared, coded.keys(wanted), coded.type)


def _word_term(term: Term, value: str, params: _Params) -> str:
    if term.op is Op.IS_NULL:
        return f"({value}) IS NULL"
    words = [str(each) for each in term.values if usable_text(each)]
    same = params.among(f"({value})", words, "text")
    if term.op is Op.IN or not words:
        return same
    below = [
        params.sql.below(value, params.add(params.sql.below_param(each), "text")) for each in words
    ]
    return f"({same} OR {' OR '.join(below)})"


def _moment_term(term: Term, columns: Columns, params: _Params) -> str:
    value = columns.known_moment(term.field)
    if term.op is Op.IS_NULL:
        return f"{value} IS NULL"
    bound = term.values[0]
    assert isinstance(bound, datetime)  # noqa: S101 - FROM and UNTIL hold moments by construction
    compared = ">=" if term.op is Op.FROM else "<"
    return f"{value} {compared} {params.add(columns.moment_param(bound), columns.moment_type)}"


def _ids(rule: Rule, columns: Columns, ids: Sequence[object], params: _Params) -> str:
    if columns.type_of(rule) in WHOLE:
        whole = [int(str(each)) for each in ids if _is_whole(str(each))]
        return params.among(columns.column(rule), whole, "bigint")
    texts = [str(each) for each in ids]
    exact = params.among(columns.local_id(), texts, "text")
    coarse = columns.sql.coarse_ids and columns.type_of(rule) == "text"
    # Only ASCII can be compared with a column of any character set.
    if not coarse or not texts or not all(map(str.isascii, texts)):
        return exact
    # What the column's own collation takes for equal is more, and has an index.
    return f"({params.among(columns.column(rule), texts, 'text')} AND {exact})"


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 19 and str(int(text)) == text
