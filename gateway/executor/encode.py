"""Results as JSON bytes, by orjson; by the standard library where a value is beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson


def encode(answer: Mapping[str, Any]) -> bytes:
    """Encode *answer*; raises `TypeError` for a value that JSON has no word for."""
    try:
        return orjson.dumps(answer)
    except orjson.JSONEncodeError:
        # Keys that are not strings, integers over 64 bits, lone surrogates: rare enough to be slow,
        # but still an answer.
        text = json.dumps(answer, separators=(",", ":"), allow_nan=False)
        return text.encode()
