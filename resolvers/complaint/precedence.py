"""Whose word counts for each field of a merged complaint, as data with a reason per line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Authority(StrEnum):
    """Whose word counts."""

    ANCHOR = "ANCHOR"
    """The anchor's alone, also where it is silent."""
    ANCHOR_ELSE_HANDLER = "ANCHOR_ELSE_HANDLER"
    """The anchor's; where it is silent, that of the handler who received it last."""


class Line(msgspec.Struct, frozen=True):
    """One field's rule."""

    authority: Authority
    reason: str


PRECEDENCE: Mapping[str, Line] = {
    "tracking_id": Line(Authority.ANCHOR, "it is the national system that gives the number"),
    "status": Line(Authority.ANCHOR, "lists are filtered by it, so page and detail must agree"),
    "source_status": Line(Authority.ANCHOR, "it is the word behind the status"),
    "submitted_at": Line(Authority.ANCHOR, "lists are ordered by it; a handler received it later"),
    "updated_at": Line(Authority.ANCHOR, "lists are ordered by it"),
    "closed_at": Line(Authority.ANCHOR, "lists are filtered by it"),
    "verified_at": Line(Authority.ANCHOR, "verification is the national administrator's step"),
    "disposed_at": Line(Authority.ANCHOR, "the legal clock starts with the national disposition"),
    "first_followed_up_at": Line(
        Authority.ANCHOR, "deadlines are filtered by it, so page and detail must agree"
    ),
    "followed_up_at": Line(Authority.ANCHOR, "the reporter sees the follow-up in the national one"),
    "handover_asked_at": Line(
        Authority.ANCHOR, "the national system asks the reporter for consent to the hand-over"
    ),
    "handover_consented_at": Line(Authority.ANCHOR, "it was asked there"),
    "handover_refused_at": Line(Authority.ANCHOR, "it was asked there"),
    "secret": Line(Authority.ANCHOR, "secrecy needs the anchor: no other row may open it"),
    "anonymous": Line(Authority.ANCHOR, "the reporter chose it where the complaint was made"),
    "kind": Line(Authority.ANCHOR, "lists are filtered by it, and the deadlines hang on it"),
    "supervisory": Line(Authority.ANCHOR, "lists are filtered by it, and the deadlines hang on it"),
    "category": Line(Authority.ANCHOR, "lists are filtered by it"),
    "channel": Line(Authority.ANCHOR, "it is the way in, and the anchor is where it came in"),
    "region": Line(Authority.ANCHOR, "lists are filtered by it"),
    "duplicate_of": Line(Authority.ANCHOR, "a handler speaks of the rows in its own system"),
    "agency": Line(Authority.ANCHOR, "lists are filtered by who has it now"),
    "source_agency": Line(Authority.ANCHOR, "it is the word behind the agency"),
    "title": Line(Authority.ANCHOR, "the national administrator rewrites titles for the public"),
    "body": Line(Authority.ANCHOR, "it is the reporter's own text"),
    "reporter_name": Line(Authority.ANCHOR, "identity comes live from the anchor, or not at all"),
    "reporter_contact": Line(
        Authority.ANCHOR, "identity comes live from the anchor, or not at all"
    ),
    "place": Line(
        Authority.ANCHOR_ELSE_HANDLER, "who works on the spot knows it where the report is silent"
    ),
    "latitude": Line(
        Authority.ANCHOR_ELSE_HANDLER, "who works on the spot knows it where the report is silent"
    ),
    "longitude": Line(
        Authority.ANCHOR_ELSE_HANDLER, "it goes with the latitude: both come from one source"
    ),
}
"""Record field to whose word counts.  Identity and provenance are of no one's choosing."""


def documented() -> str:
    """Give the page that tells how a complaint is merged, with a line for each field."""
    rows = "\n".join(
        f"| `{name}` | {_TOLD[line.authority]} | {line.reason} |"
        for name, line in PRECEDENCE.items()
    )
    return f"{_HEAD}\n| field | whose word counts | why |\n|---|---|---|\n{rows}\n"


_TOLD: Mapping[Authority, str] = {
    Authority.ANCHOR: "the anchor's",
    Authority.ANCHOR_ELSE_HANDLER: "the anchor's, else the latest handler's",
}

_HEAD = """\
# One complaint out of many systems

<!-- Written by `make docs` from resolvers/complaint/precedence.py. -->

A complaint is listed through one record, its *anchor*:
the national one where there is a tracking number, else its source's own.
Rows elsewhere that carry the same number are *handlings*:
they join after the page is cut, and never change what a list is filtered or ordered by.

* The merge is a function of the set of records: arrival order and repeats change nothing.
  Of two versions of a row the one updated last counts, of equal ones that with the greater hash.
* `handlings`: each system's own row; where an agency's system has none, the disposition that the
  anchor tells. A ministry, its units and its successors count as one agency there.
  Of such a disposition no system has a number: its `localId` is the anchor's number and the place
  of the disposition among the anchor's dispositions and returns, as in `9165816:3`.
* `timeline`: every event as each source tells it; a happening told by two sources stands twice.
  A kind of event that a source does not list is told by its dates.
* `bounces`: how often the anchor's history says *bukan wewenang*.
* `discrepancies`: nothing is smoothed over; dates of one happening may differ by a day.
* A source that can be asked by number is asked for all numbers of a page at once.
  One that cannot is searched from thirty days before the oldest of them, for complaints of its
  territory or of none, within its row budget and time.
* A handler's row is shown to the public only if its own system says that it is not secret;
  texts and reasons are not shown to the public at all.
* A handler that does not answer leaves the list whole and marks its `answers`.
  A single complaint whose own source gives no history is refused rather than told without it.
* Filters on handlers (`handledBy`, `openHandlingAt`, `handledByLevels`, `handledByAtLeast`) go by
  the agency that has the complaint now and by the rows in the agencies' own systems, which are read
  for each page. Who handed it on and keeps no system of its own stands in `handlings`, by the
  history, and is not found by a filter. If a system could not be read whole the answer is marked;
  under `not` it is refused.
"""
