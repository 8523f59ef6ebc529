"""Global ids: opaque to clients, stable for ever, and nothing secret in them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.contract.records import ComplaintRecord

_LONGEST = 512
NO_NUMBER = "0"
"""Asked for where there is no national number, so that both cases make the same requests."""


@dataclass(frozen=True, slots=True)
class TrackedId:
    """A complaint by its national number."""

    number: str


@dataclass(frozen=True, slots=True)
class SourceId:
    """A complaint by its source's own id."""

    source: str
    local_id: str


@dataclass(frozen=True, slots=True)
class CodeId:
    """A thing of the reference data by its code."""

    type_name: str
    code: str


GlobalId = TrackedId | SourceId | CodeId

_CODED = {"Agency": "code", "Region": "code", "Category": "id", "OmbudsmanCase": "number"}


def complaint_id(record: ComplaintRecord) -> str:
    """Give the id of a complaint: by national number where there is one."""
    if record.tracking_id is not None:
        return _written(f"Complaint:tracking:{record.tracking_id}")
    return _written(f"Complaint:source:{record.source}:{record.local_id}")


def complaint_ids(records: Sequence[ComplaintRecord]) -> list[str]:
    """Give the id of each of *records*, written all in one piece."""
    plain = [
        f"Complaint:tracking:{each.tracking_id}"
        if each.tracking_id is not None
        else f"Complaint:source:{each.source}:{each.local_id}"
        for each in records
    ]
    lengths = set(map(len, plain))
    length = lengths.pop() if lengths else 0
    missing = -length % 3
    whole = ("\0" * missing).join(plain) + "\0" * missing
    if lengths or not whole.isascii():
        return list(map(_written, plain))
    # Three letters become four: where all are of one length, each begins at a place of its own.
    text = binascii.b2a_base64(whole.encode(), newline=False).translate(_TO_URLSAFE).decode()
    step = (length + missing) // 3 * 4
    return [text[at : at + step - missing] for at in range(0, len(text), step or 1)]


def coded_id(type_name: str, code: str) -> str:
    """Give the id of an agency, region, category or case of the Ombudsman."""
    return _written(f"{type_name}:{_CODED[type_name]}:{code}")


def read_id(text: str) -> GlobalId | None:
    """Give what *text* stands for, or None if it is no id of ours."""
    if len(text) > _LONGEST:
        return None
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        written = plain.decode()
    except (binascii.Error, ValueError):
        return None
    match written.split(":", 2):
        case ["Complaint", "tracking", number] if is_tracking_number(number):
            return TrackedId(number)
        case ["Complaint", "source", rest]:
            source, colon, local_id = rest.partition(":")
            return SourceId(source, local_id) if colon and source and local_id else None
        case [type_name, key, code] if _CODED.get(type_name) == key and code:
            return CodeId(type_name, code)
    return None


def clean_tracking_number(text: str) -> str:
    """Give *text* as a tracking number is written here: no `#`, no spaces around."""
    return text.strip().removeprefix("#").strip()


def is_tracking_number(text: str) -> bool:
    """Say whether *text* has the shape of a national number: up to twenty ASCII digits."""
    return text.isascii() and text.isdigit() and len(text) <= 20


_TO_URLSAFE = bytes.maketrans(b"+/", b"-_")


def _written(plain: str) -> str:
    # As `base64.urlsafe_b64encode`, at a third of its cost: an answer has one for every complaint.
    text = binascii.b2a_base64(plain.encode(), newline=False).rstrip(b"=")
    return text.translate(_TO_URLSAFE).decode()
