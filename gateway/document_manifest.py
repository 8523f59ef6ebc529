"""A manifest of trusted documents: ids and texts, in the shapes that clients' builds write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError, parse

APOLLO = "apollo-persisted-query-manifest"
MOST_BYTES = 64 * 1024 * 1024
MOST_TOKENS = 10_000
_PREFIX = "sha256:"
_HEXADECIMAL = frozenset("0123456789abcdef")


class BadManifest(Exception):
    """The file is no manifest; its words hold a mistake a line."""


def load_manifests(*paths: Path) -> dict[str, str]:
    """Read *paths* and give each id's text; raises `BadManifest` with every mistake.

    A hash is an id with and without `sha256:` before it.
    """
    texts: dict[str, str] = {}
    mistakes: list[str] = []
    for path in paths:
        for key, text in _entries(_read(path), path):
            mistake = _mistake(key, text)
            if mistake is None and texts.get(key, text) != text:
                mistake = "stands for two texts"
            if mistake is not None:
                mistakes.append(f"{path.name}: {key[:80]} {mistake}")
                continue
            texts[key] = text
            bare = key.removeprefix(_PREFIX)
            if len(bare) == 64 and _HEXADECIMAL.issuperset(bare):
                texts[bare] = texts[_PREFIX + bare] = text
    if mistakes:
        raise BadManifest("\n".join(mistakes))
    return texts


def _read(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadManifest(f"{path.name}: is over {MOST_BYTES // 1024**2} MiB")
        held = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadManifest(f"{path}: cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise BadManifest(f"{path.name}: is not JSON: {error}") from None
    if not isinstance(held, dict):
        raise BadManifest(f"{path.name}: is not an object of ids and texts")
    return held


def _entries(held: Mapping[str, Any], path: Path) -> Iterator[tuple[str, str]]:
    if held.get("format") == APOLLO:
        operations = held.get("operations")
        if held.get("version") != 1 or not isinstance(operations, list):
            raise BadManifest(f"{path.name}: is not version 1 of {APOLLO}")
        pairs = [
            (each.get("id"), each.get("body")) if isinstance(each, dict) else (None, None)
            for each in operations
        ]
    else:
        pairs = list(held.items())
    for number, (key, text) in enumerate(pairs):
        if not isinstance(key, str) or not key or not isinstance(text, str):
            raise BadManifest(f"{path.name}: entry {number} is no id and text")
        yield key, text


def _mistake(key: str, text: str) -> str | None:
    if key.startswith(_PREFIX) and sha256(text.encode()).hexdigest() != key[len(_PREFIX) :]:
        return "is not the hash of its text"
    try:
        parse(text, no_location=True, max_tokens=MOST_TOKENS)
    except (GraphQLError, RecursionError) as error:
        return f"is not GraphQL: {str(error).splitlines()[0][:200]}"
    return None
