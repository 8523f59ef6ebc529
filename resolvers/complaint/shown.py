"""A complaint as its viewer is shown it: the anchor's record, and what was put together of it."""

from __future__ import annotations

import msgspec

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.merge import MergedComplaint


class ShownComplaint(ComplaintRecord, frozen=True, gc=False, kw_only=True):
    """A record that carries its merge; a complaint whose selection needs none stays a record."""

    merged: MergedComplaint


def carry(merged: MergedComplaint) -> ShownComplaint:
    """Give the merged record with its merge."""
    record = merged.record
    known = {name: getattr(record, name) for name in _NAMES}
    return ShownComplaint(merged=merged, **known)


_NAMES = tuple(field.name for field in msgspec.structs.fields(ComplaintRecord))
