"""Results as JSON bytes, by orjson; by the standard library where a value is beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson


def encode(answer: Mapping[str, Any]) -> bytes:
    """Encode *answer*, moments in UTC with `Z`; raises `TypeError` for what JSON cannot hold."""
    try:
        return orjson.dumps(answer, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:
        # Keys that are not strings, integers over 64 bits, lone surrogates: rare enough to be slow,
        # but still an answer.
        text = json.dumps(answer, separators=(",", ":"), allow_nan=False, default=_moment)
        return text.encode()


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"JSON has no word for {type(value).__name__}")
