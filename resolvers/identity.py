"""Global ids: opaque to clients, stable for ever, and nothing secret in them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

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
    return complaint_ids((record,))[0]


def complaint_ids(records: Sequence[ComplaintRecord]) -> list[str]:
    """Give the id of each of *records*, those of one length written in one piece."""
    numbers = [number for each in records if (number := each.tracking_id) is not None]
    if len(numbers) == len(records):
        return _all_written("Complaint:tracking:", numbers)
    names = [
        f"tracking:{each.tracking_id}"
        if each.tracking_id is not None
        else f"source:{each.source}:{each.local_id}"
        for each in records
    ]
    return _all_written("Complaint:", names)


_MOST_LENGTHS = 4
"""Names of more lengths are written one by one: each length is a way through all of them."""


def _all_written(head: str, names: Sequence[str]) -> list[str]:
    """Do what `_written` does for each of *names* behind *head*."""
    lengths = set(map(len, names))
    if len(names) < 2 or len(lengths) > _MOST_LENGTHS:
        return [_written(f"{head}{name}") for name in names]
    if len(lengths) > 1:
        ids: dict[str, str] = {}
        for length in lengths:
            alike = [name for name in names if len(name) == length]
            ids.update(zip(alike, _all_written(head, alike), strict=True))
        return [ids[name] for name in names]
    length = len(head) + lengths.pop()
    missing = -length % 3
    fill = "\0" * missing
    whole = f"{head}{f'{fill}{head}'.join(names)}{fill}"
    if not whole.isascii():
        return [_written(f"{head}{name}") for name in names]
    # Three letters become four, so each id begins at a place of its own.
    written = binascii.b2a_base64(whole.encode(), newline=False)
    if b"+" in written or b"/" in written:
        written = written.translate(_TO_URLSAFE)
    text = written.decode()
    return list(_cuts(len(names), (length + missing) // 3 * 4, missing)(text))


@lru_cache(maxsize=64)
def _cuts(count: int, step: int, missing: int) -> Callable[[str], Iterable[str]]:
    """Give what cuts a text into *count* pieces of *step* letters, the last *missing* left out.

    Slices that were made before cost a third of those made each time.
    """
    return itemgetter(*[slice(at, at + step - missing) for at in range(0, count * step, step)])


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
