"""Region codes as Kemendagri writes them: `64`, `64.72`, `64.72.01`, `64.72.01.1001`."""

from __future__ import annotations

import re
from typing import Final

_WRITTEN: Final = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")


def is_region_code(text: str) -> bool:
    """Say whether *text* is written as a region's code, whether or not there is such a region."""
    return _WRITTEN.fullmatch(text) is not None


def cut(code: str, parts: int) -> str | None:
    """Cut *code* to its first *parts*, or leave it if it has no more.

    None for what is no code: nobody knows how fine `6472011001` is.
    """
    return ".".join(code.split(".")[:parts]) if is_region_code(code) else None
