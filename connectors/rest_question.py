"""Turn a query into the parameters of a request: what can be prepared is prepared once."""

from __future__ import annotations

from connectors.contract.capabilities import Operator
from connectors.contract.errors import Refused
from connectors.contract.filters import CODED, Filter, Op, Term, conjuncts
from connectors.contract.query import SourceQuery
from connectors.rest_settings import FilterParam, Params, RestCollection

_MOST_KNOWN = 256
_BOUNDS = (Op.FROM, Op.UNTIL)


class Question:
    """How one collection of a source is asked."""

    def __init__(self, source: str, collection: RestCollection) -> None:
        """Ask as the *collection*'s settings say."""
        self._source = source
        self._constant = collection.params
        self._orders = collection.order_params
        self._filters: dict[tuple[str, str], tuple[FilterParam, Operator]] = {}
        self._known: dict[Filter, tuple[FilterParam, tuple[str, ...]]] = {}
        for (field, op), param in collection.filters.items():
            for operator in collection.can.operators[field]:
                if operator.op is op and not operator.negated:
                    self._filters[field, op] = (param, operator)

    def params(self, query: SourceQuery) -> Params | None:
        """Give the parameters of *query* but for its page, None if nothing can match it."""
        asked: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        for part in conjuncts(query.where):
            param, words = self._filter(part)
            if param.param in asked:
                # Two fields in one parameter: only what both allow is asked.
                earlier = asked[param.param][1]
                words = tuple(word for word in words if word in earlier)
            if not words:
                return None
            asked[param.param] = (param.join, words)
        params = list(self._constant)
        for name, (join, words) in asked.items():
            if join is None:
                params += [(name, word) for word in words]
            else:
                joined = join.join(words)
                if joined.count(join) >= len(words):
                    raise Refused(self._source, f"a value with `{join}` in it cannot be asked")
                params.append((name, joined))
        if query.order is not None:
            ordered = self._orders.get(query.order)
            if ordered is None:
                raise Refused(self._source, "asked an order that it does not declare")
            params += ordered
        return tuple(params)

    def _filter(self, part: Filter) -> tuple[FilterParam, tuple[str, ...]]:
        found = self._known.get(part)
        if found is None:
            found = self._written(part)
            # What every list asks (status, secrecy) is written once; nothing else is kept.
            if _is_of_codes(part) and len(self._known) < _MOST_KNOWN:
                self._known[part] = found
        return found

    def _written(self, part: Filter) -> tuple[FilterParam, tuple[str, ...]]:
        known = self._filters.get((part.field, part.op)) if isinstance(part, Term) else None
        if known is not None and isinstance(part, Term) and not part.negated:
            param, operator = known
            most, values = operator.max_values, operator.values
            if (most is None or len(part.values) <= most) and (
                values is None or values.issuperset(part.values)
            ):
                return param, param.words(part)
        raise Refused(self._source, "asked a filter that it does not declare")


def _is_of_codes(part: Filter) -> bool:
    """Say whether the values of *part* are codes out of our tables, or flags."""
    return (
        isinstance(part, Term)
        and part.op not in _BOUNDS
        and (part.field in CODED or all(isinstance(value, bool) for value in part.values))
    )
