"""The shape of a code: of agencies, regions, categories, and of reasons.

What has it may be repeated to whoever asked or wrote settings; other words may hold anything.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"[\w.:-]{1,64}", re.ASCII)


def is_code(text: str) -> bool:
    """Say whether *text* has the shape of a code."""
    return _CODE.fullmatch(text) is not None
