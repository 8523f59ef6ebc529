"""Let a field be answered at once where nothing has to be awaited for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from resolvers.context import Context

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def at_once(
    resolver: Resolver,
    quick: Callable[[Any, Context], Any],
    of_list: Callable[[Sequence[Any], Context], list[Any]] | None = None,
) -> Resolver:
    """Give *resolver* with a short way to its value, of which it stays the meaning.

    *quick* gives the same value out of record and context, or raises anything at all; then, and
    wherever arguments are given, *resolver* is asked.  It changes nothing, for it may be called in
    vain.  *of_list* does the same for all records of a list, in fewer steps.
    """
    # The names are the executor's: `gateway/executor/strawberry_fields.py`.
    vars(resolver)["at_once"] = quick
    if of_list is not None:
        vars(resolver)["all_at_once"] = of_list
    return resolver


def by_key(resolver: Resolver, name: str, value: Callable[[Any, Context], Any]) -> Resolver:
    """Give *resolver*, which looks at nothing of its record but the field *name*, with a short way.

    *value* gives what *resolver* does out of that field and the context, or raises anything at all;
    in a list it is asked once for each key that stands in the field.
    """
    vars(resolver)["by_key"] = (name, value)
    return at_once(resolver, lambda root, context: value(getattr(root, name), context))


def plain(resolver: Resolver) -> Resolver:
    """Give *resolver*, which looks at its record alone, with itself as the short way."""
    return at_once(resolver, lambda root, _context: resolver(root))


def accepting(record: type) -> Any:
    """Give an `is_type_of` that accepts the class *record*."""

    def is_type_of(_cls: type, value: Any, _info: Any) -> bool:
        return isinstance(value, record)

    # The name is the executor's: `gateway/executor/complete.py`.
    vars(is_type_of)["accepts"] = record
    return classmethod(is_type_of)
