"""One record as part of a merged complaint, with its provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from connectors.contract.records import ComplaintRecord, EventRecord, Listed
from resolvers.planner.plan import AnswerMode

Name = tuple[str, str]
"""Source and local id: what a contribution is known by."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One row of one source, with its provenance."""

    record: Listed
    fetched_at: datetime
    as_of: datetime
    mapping_version: str = ""
    mode: AnswerMode = AnswerMode.LIVE

    @property
    def name(self) -> Name:
        """Give source and local id."""
        return self.record.source, self.record.local_id

    @property
    def local_id(self) -> str:
        """Give the row's id in its source."""
        return self.record.local_id

    @property
    def warnings(self) -> tuple[str, ...]:
        """Give what had to be repaired in the row."""
        return self.record.warnings


class Contribution(Told, frozen=True, kw_only=True):
    """What one source said of a complaint: its row, and what happened by its own account."""

    record: ComplaintRecord
    events: tuple[EventRecord, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Give what had to be repaired in the row and its events."""
        told = (*self.record.warnings, *(w for event in self.events for w in event.warnings))
        return tuple(dict.fromkeys(told))


def latest(contributions: Iterable[Contribution]) -> list[Contribution]:
    """Keep one contribution for each source and local id, whatever order they arrived in.

    The one updated later counts; of two equally late ones that with the greater content hash, so
    that the choice depends on the contents alone.
    """
    kept: dict[Name, Contribution] = {}
    for each in contributions:
        known = kept.get(each.name)
        if known is None or _version(known) < _version(each):
            kept[each.name] = each
    return [kept[name] for name in sorted(kept)]


def _version(contribution: Contribution) -> tuple[datetime, int, bytes]:
    content = msgspec.msgpack.encode((contribution.record, contribution.events))
    return (
        contribution.record.updated_at,
        len(contribution.events),
        hashlib.blake2b(content, digest_size=16).digest(),
    )
