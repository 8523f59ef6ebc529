"""Which columns hold what is known of persons: they are not taken, and nothing of them is shown."""

from __future__ import annotations

import re
from typing import Literal

from connectors.suggest.column import Column
from connectors.suggest.concepts import concepts

Personal = Literal["reporter_name", "reporter_contact", "other"]

_ALWAYS = frozenset({"contact", "staff"})
_OF_SOMEBODY = frozenset({"contact", "staff", "identity", "name"})
_NAMES = frozenset({"name", "reporter"})
_HARMLESS = frozenset({"anonymous", "secret", "date", "status", "channel", "kind"})
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TELEPHONE = re.compile(r"(?:\+62|62|0)8\d{7,11}", re.ASCII)
_IDENTITY = re.compile(r"\d{16}", re.ASCII)
_SOME = 0.05


def personal(column: Column) -> Personal | None:
    """Say what of a person *column* may hold, by its name and by what stands in it; None: nothing.

    In doubt it is personal.
    """
    about, unknown = concepts(column.path)
    if "reporter" in about and about & _HARMLESS and not about & _OF_SOMEBODY:
        return None
    if "contact" in about:
        return "reporter_contact" if "staff" not in about else "other"
    if about and about <= _NAMES and ("reporter" in about or unknown == 0):
        return "reporter_name"
    if "identity" in about or (about & (_ALWAYS | {"reporter"}) and not about & _HARMLESS):
        return "other"
    return "other" if _looks_personal(column) else None


def _looks_personal(column: Column) -> bool:
    """Say whether addresses, telephone numbers or identity numbers stand in it alone."""
    texts = column.texts
    if not texts:
        return False
    hits = sum(_is_of_a_person(text) for text in texts)
    return hits > _SOME * len(texts)


def _is_of_a_person(text: str) -> bool:
    # One dot may be that of a number with decimals.
    digits = re.sub(r"[\s().-]" if text.count(".") != 1 else r"[\s()-]", "", text)
    return bool(_MAIL.search(text) or _TELEPHONE.fullmatch(digits) or _IDENTITY.fullmatch(digits))
