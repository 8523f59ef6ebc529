"""What was put together of a complaint, for the fields that show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.merge import MergedComplaint
from resolvers.complaint.shown import ShownComplaint
from schema.node import Info
from schema.selection import parts_of

T = TypeVar("T")
MaybeLater: TypeAlias = T | Awaitable[T]


def of_merge(
    root: ComplaintRecord, info: Info, take: Callable[[MergedComplaint], T]
) -> MaybeLater[T]:
    """Give what *take* gives of the merge of *root*.

    A record carries the merge, all that its selection needs of it, unless all that needs one is
    deferred: then it is put together only now, so that the rest waits for no other source.
    """
    if isinstance(root, ShownComplaint):
        return take(root.merged)
    return _later(root, info, take)


async def _later(root: ComplaintRecord, info: Info, take: Callable[[MergedComplaint], T]) -> T:
    return take(await info.context.merged(root, parts_of(info)))
