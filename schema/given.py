"""What the client left out of an input is None here."""

from __future__ import annotations

from typing import TypeVar

import strawberry

T = TypeVar("T")


def given(value: T | None) -> T | None:
    """Give *value*, or None if the client left it out."""
    return None if value is strawberry.UNSET else value
