"""What follows from a mapping alone: the values a field can have, the filters it allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connectors.contract.capabilities import Operator, OrderBy
from connectors.contract.filters import Op, Value
from connectors.contract.vocabulary import ComplaintStatus
from connectors.fields import FIELDS, SAYS_UNKNOWN, UNKNOWN_WORD, VOCABULARIES, Shape
from connectors.rules import Rule, Rules
from connectors.words import lies_in, region_code


def codomains(rules: Rules) -> Mapping[str, frozenset[Value]]:
    """Give, for each field whose values are known beforehand, all that it can have but null."""
    found: dict[str, frozenset[Value]] = {}
    for name, shape in FIELDS[rules.collection].items():
        rule = rules.rules.get(name)
        values = _unmapped(name, rules) if rule is None else _possible(rule, shape, rules)
        if values is not None:
            found[name] = values
    return found


def operators(
    rules: Rules, names: Iterable[str], *, unknown_status: bool
) -> dict[str, tuple[Operator, ...]]:
    """Give every comparison, plain and negated, for each of the fields *names*.

    Only with *unknown_status* may rows be asked for whose status no table knows.
    """
    found: dict[str, tuple[Operator, ...]] = {}
    for name in names:
        operations = _OPERATIONS.get(rules.rules[name].shape, ())
        values = None
        if name == "status" and not unknown_status:
            # A row is UNKNOWN because no table has its word: nothing to compare with.
            values = frozenset[Value](status for status in ComplaintStatus if status != "UNKNOWN")
        if operations:
            found[name] = tuple(
                Operator(op=op, negated=negated, values=values if op in (Op.IN, Op.UNDER) else None)
                for op in operations
                for negated in (False, True)
            )
    return found


ALL_ORDERS = tuple(
    OrderBy(field=field, descending=descending)
    for field in ("submitted_at", "updated_at")
    for descending in (False, True)
)

_WORDS = (Op.IN, Op.UNDER, Op.IS_NULL)
_OPERATIONS: Mapping[Shape, tuple[Op, ...]] = {
    Shape.ID: (Op.IN, Op.IS_NULL),
    Shape.TRACKING: (Op.IN, Op.IS_NULL),
    Shape.CODE: _WORDS,
    Shape.CODES: (Op.HAS, Op.IS_NULL),
    Shape.TRACKINGS: (Op.HAS, Op.IS_NULL),
    Shape.FLAG: (Op.IN, Op.IS_NULL),
    Shape.MOMENT: (Op.FROM, Op.UNTIL, Op.IS_NULL),
}


def _unmapped(name: str, rules: Rules) -> frozenset[Value] | None:
    if name in ("submitted_at", "updated_at"):
        return None
    if name in SAYS_UNKNOWN:
        return frozenset({UNKNOWN_WORD})
    missing = rules.missing_flag(name)
    return frozenset() if missing is None else frozenset({missing})


def _possible(rule: Rule, shape: Shape, rules: Rules) -> frozenset[Value] | None:
    if rule.path is None:
        return frozenset() if rule.constant is None else frozenset({rule.constant})
    if shape is not Shape.CODE:
        return None
    vocabulary = VOCABULARIES.get((rules.collection, rule.field))
    values: set[Value]
    if rule.codes is not None:
        values = set(rule.codes.canonical)
        if rule.region:
            values = {code for value in values if (code := region_code(str(value))) is not None}
    elif vocabulary is not None:
        values = {member.value for member in vocabulary}
    else:
        return None
    if rule.field == "region":
        values = {value for value in values if lies_in(str(value), rules.regions)}
    if rule.field in SAYS_UNKNOWN:
        values.add(UNKNOWN_WORD)
    return frozenset(values)
