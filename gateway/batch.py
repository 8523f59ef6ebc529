"""Several operations in one request: so many, and together no dearer than one may be."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.answering import Answering
from gateway.asked import Asked, BadRequest, from_object
from resolvers.policy import Viewer


class Batches:
    """Reads the operations of a JSON array, and holds them against the bounds of one request."""

    def __init__(self, answering: Answering, most: int) -> None:
        """Take up to *most* operations; 1 takes no array at all."""
        self._answering = answering
        self._most = most

    @property
    def is_on(self) -> bool:
        """Whether arrays are taken."""
        return self._most > 1

    def read(self, held: Sequence[object]) -> list[Asked]:
        """Give the operations of *held*; raises `BadRequest` for all if one is none."""
        if len(held) > self._most:
            raise BadRequest(
                400,
                "BATCH_TOO_LARGE",
                f"{len(held)} operations are more than the {self._most} that one request may hold "
                "(`batch` in [gateway.http]); hint: send several requests",
            )
        if not held:
            raise BadRequest(400, "BAD_REQUEST", "the array is empty; hint: send an operation")
        operations = []
        for each in held:
            if not isinstance(each, dict):
                raise BadRequest(400, "BAD_REQUEST", "the array holds what is no operation")
            operations.append(self._answering.found(from_object(each)))
        return operations

    def check(self, operations: Sequence[Asked], viewer: Viewer) -> None:
        """Raise `BadRequest` if *operations* ask together for more than one request may."""
        weights = [self._answering.weight(each, viewer) for each in operations]
        for code, what, total, most in (
            (
                "QUERY_TOO_COSTLY",
                "cost",
                sum(each.cost for each in weights),
                min(each.budget for each in weights),
            ),
            (
                "TOO_MANY_ROOT_FIELDS",
                "root fields",
                sum(each.root_fields for each in weights),
                min(each.most_root_fields for each in weights),
            ),
        ):
            if total > most:
                raise BadRequest(
                    400,
                    code,
                    f"the operations have {total} {what} together, over the limit of {most}; "
                    "hint: send several requests",
                )
