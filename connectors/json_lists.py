"""Where in a JSON document lists of objects stand: names of keys only, for hints.

A key can be data too (`told_words`), so that few are told, and only to people who write settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from connectors.did_you_mean import did_you_mean
from connectors.told_words import is_key

_MOST_DEEP, _MOST_LISTS = 4, 8


def lists_in(document: Any) -> list[str]:
    """Give the dotted paths of lists of objects in *document*, the longest list first.

    A list without entries may be one of objects.
    """
    found = islice(_lists(document, "", _MOST_DEEP), _MOST_LISTS)
    return [path for path, _ in sorted(found, key=lambda each: -each[1])]


def rows_hint(document: Any, path: str) -> str | None:
    """Say where the rows may stand in *document*, which has no list at *path*."""
    if isinstance(document, list):
        return "its answer is itself the list: leave `rows` out"
    found = lists_in(document)
    close = did_you_mean(path, found) if path and found else None
    if close is not None and close.startswith("did you mean"):
        return close
    return f"lists stand at {', '.join(f'`{each}`' for each in found)}" if found else None


def _lists(document: Any, before: str, deep: int) -> Iterator[tuple[str, int]]:
    if not deep or not isinstance(document, dict):
        return
    for key, value in document.items():
        if not is_key(key):
            continue
        if isinstance(value, list) and all(isinstance(each, dict) for each in value[:1]):
            yield f"{before}{key}", len(value)
        yield from _lists(value, f"{before}{key}.", deep - 1)
