"""Who reported is shown of few complaints at a time, and told to the record of accesses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from connectors.contract.records import ComplaintRecord
from resolvers.errors import BadPage
from resolvers.policy import Viewer

REPORTER_FIELDS = frozenset({"reporter_name", "reporter_contact"})
MOST_REPORTERS = 20

Disclosed = Callable[[Viewer, Sequence[ComplaintRecord]], None]
"""Is told whose reporter was shown to whom."""


def insist_few(shown: frozenset[str], complaints: int) -> None:
    """Raise `BadPage` if the fields *shown* tell who reported, of too many *complaints*."""
    if shown & REPORTER_FIELDS and complaints > MOST_REPORTERS:
        raise BadPage(
            "REPORTER_PAGE_TOO_LARGE",
            f"reporters are shown for at most {MOST_REPORTERS} complaints at a time",
            hint=f"ask for first: {MOST_REPORTERS} or less, or leave reporter out",
        )


def telling_who(found: Iterable[ComplaintRecord | None]) -> list[ComplaintRecord]:
    """Give those of *found* that tell who reported."""
    return [
        each
        for each in found
        if each is not None
        and (each.reporter_name is not None or each.reporter_contact is not None)
    ]
