"""Results as JSON bytes, by msgspec; by the standard library where a value is beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from .compact import as_dict

_ENCODER = msgspec.json.Encoder()


def encode(answer: Mapping[str, Any]) -> bytes:
    """Encode *answer*, moments in UTC with `Z`; raises `TypeError` for what JSON cannot hold."""
    try:
        return _ENCODER.encode(answer)
    except (TypeError, ValueError):
        # Texts of a class of their own, lone surrogates: rare enough to be slow, but still an
        # answer.
        text = json.dumps(answer, separators=(",", ":"), allow_nan=False, default=_plain)
        return text.encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, msgspec.Struct):
        return as_dict(value)
    raise TypeError(f"JSON has no word for {type(value).__name__}")
