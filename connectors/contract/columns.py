"""One field of many records at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

Column = Callable[[Sequence[Any]], list[Any]]


@lru_cache(maxsize=64)
def column_of(field: str) -> Column:
    """Give the function that takes *field* of many records: `[r.x for r in records]`.

    Written out it takes half the steps of `attrgetter`, which is called for each.
    """
    if not field.isidentifier():
        raise ValueError(f"no name of a field: {field}")
    made: Column = eval(  # noqa: S307 - a name, see above
        f"lambda records: [record.{field} for record in records]"
    )
    return made
