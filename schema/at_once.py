"""Let a field be answered at once where nothing has to be awaited for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from resolvers.context import Context

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def at_once(resolver: Resolver, quick: Callable[[Any, Context], Any]) -> Resolver:
    """Give *resolver* with a short way to its value, of which it stays the meaning.

    *quick* gives the same value out of record and context, or raises anything at all; then, and
    wherever arguments are given, *resolver* is asked.  It changes nothing, for it may be called in
    vain.
    """
    # The name is the executor's: `gateway/executor/strawberry_fields.py`.
    vars(resolver)["at_once"] = quick
    return resolver


def plain(resolver: Resolver) -> Resolver:
    """Give *resolver*, which looks at its record alone, with itself as the short way."""
    return at_once(resolver, lambda root, _context: resolver(root))
