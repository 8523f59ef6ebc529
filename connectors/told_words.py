"""Which words of a source may be told to people who write settings.

A key of a row can be data (rows by the name of who reported them), and a column of codes can hold
sentences: only what looks like a name in a program, or like a code (`contract/code_shape.py`), is
shown.
"""

from __future__ import annotations

import re

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)


def is_key(text: object) -> bool:
    """Say whether *text* looks like a name in a program."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def printable(text: str) -> str:
    """Give *text* as it may go to a terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)
