"""What all connectors to JSON do with rows: find them, tell them apart, hold them to an order."""

from __future__ import annotations

from collections.abc import Sequence
from operator import gt, lt
from typing import Any, cast

from connectors.contract.capabilities import OrderBy
from connectors.contract.columns import column_of
from connectors.contract.errors import Malformed
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord, Listed, Record
from connectors.json_text import BROKEN
from connectors.tally import Tally


def insist_on_order(
    source: str, declared: OrderBy | None, order: Order, records: Sequence[Record]
) -> None:
    """Raise `Malformed` if *records* do not come in *order*, ties as *declared*."""
    moments = column_of(order.field)(records)
    following = moments[1:]
    if all(map(gt if order.descending else lt, moments, following)):
        return
    if any(map(lt if order.descending else gt, moments, following)):
        raise Malformed(source, "rows did not come in the order that it promises")
    if declared is None or not declared.total:
        return
    for index, moment in enumerate(following):
        before, after = records[index], records[index + 1]
        if moment == moments[index] and _ids_of(after) < _ids_of(before):
            raise Malformed(source, "rows of one moment did not come in order of id")


def dig(document: Any, path: str) -> Any:
    """Give what stands at the dotted *path*, None if the way breaks off; empty: all of it."""
    if not path:
        return document
    for step in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(step)
    return document


def with_whole_ids(records: Sequence[Record], tally: Tally) -> list[Record]:
    """Leave out the rows whose id lost a character: they cannot be asked for again."""
    found: list[Record] = []
    for record in records:
        if isinstance(record, ComplaintRecord) and BROKEN in record.local_id:
            tally.reject("BAD_ID")
        else:
            found.append(record)
    return found


def row_ids(records: Sequence[Record]) -> list[str]:
    """Give the ids of rows; what has none stands for itself."""
    if records and isinstance(records[0], Listed):
        return [record.local_id for record in cast("Sequence[Listed]", records)]
    return list(map(str, records))


def _ids_of(record: Record) -> bytes:
    return record.local_id.encode() if isinstance(record, Listed) else b""
