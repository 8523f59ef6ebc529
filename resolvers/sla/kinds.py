"""Which kinds of complaint share an answer: a filter for those of each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from connectors.contract.filters import EVERYTHING, Filter, all_of, any_of, is_null, one_of
from connectors.contract.vocabulary import ComplaintKind

Answer = TypeVar("Answer", bound=Hashable)

_KINDS: tuple[str | None, ...] = (*ComplaintKind, None)
_FLAGS: tuple[bool | None, ...] = (False, True, None)


def by_kind(
    answer: Callable[[str | None, bool | None], Answer],
) -> Iterable[tuple[Filter, Answer]]:
    """Give each different *answer* to (kind, supervisory), with the filter for whom it holds."""
    holders: dict[Answer, dict[str | None, list[bool | None]]] = {}
    for kind in _KINDS:
        for flag in _FLAGS:
            held = holders.setdefault(answer(kind, flag), {})
            held.setdefault(kind, []).append(flag)
    return [(_those(held), found) for found, held in holders.items()]


def _those(held: dict[str | None, list[bool | None]]) -> Filter:
    together: dict[tuple[bool | None, ...], list[str | None]] = {}
    for kind, flags in held.items():
        together.setdefault(tuple(flags), []).append(kind)
    return any_of(
        all_of(
            [
                _any_value("kind", kinds, len(kinds) == len(_KINDS)),
                _any_value("supervisory", flags, len(flags) == len(_FLAGS)),
            ]
        )
        for flags, kinds in together.items()
    )


def _any_value(field: str, values: Iterable[str | bool | None], is_all: bool) -> Filter:
    if is_all:
        return EVERYTHING
    known = [value for value in values if value is not None]
    alternatives = [one_of(field, known)]
    if None in list(values):
        alternatives.append(is_null(field))
    return any_of(alternatives)
