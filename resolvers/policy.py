"""Who may see what, as data: role and purpose to rows, fields and masks; the rest is denied.

Used twice: before asking (rows narrowed, fields pruned, filters refused that would tell of hidden
fields) and before answering (masks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    all_of,
    any_of,
    fields_of,
    is_null,
    negate,
    one_of,
    places_of,
    predicate_of,
    terms,
)
from connectors.contract.records import ComplaintRecord
from connectors.contract.vocabulary import ComplaintStatus as Status
from resolvers.errors import BadFilter, not_to_be_filtered_by
from resolvers.region_codes import cut


class Role(StrEnum):
    """What a viewer is (*peran*)."""

    PUBLIC = "PUBLIC"
    PORTAL = "PORTAL"
    AGENCY_ADMIN = "AGENCY_ADMIN"
    LIAISON_OFFICER = "LIAISON_OFFICER"
    VERIFIER = "VERIFIER"
    SUPERVISOR = "SUPERVISOR"
    COORDINATOR = "COORDINATOR"
    HOME_AFFAIRS = "HOME_AFFAIRS"
    OMBUDSMAN = "OMBUDSMAN"
    PRESIDENTIAL_STAFF = "PRESIDENTIAL_STAFF"
    NATIONAL_ADMIN = "NATIONAL_ADMIN"
    AUDITOR = "AUDITOR"


class Purpose(StrEnum):
    """What a viewer asks for (*tujuan pemrosesan*)."""

    PORTAL_PUBLIC = "PORTAL_PUBLIC"
    CASE_HANDLING = "CASE_HANDLING"
    VERIFICATION = "VERIFICATION"
    INTERNAL_SUPERVISION = "INTERNAL_SUPERVISION"
    COORDINATION = "COORDINATION"
    OMBUDSMAN_SUPERVISION = "OMBUDSMAN_SUPERVISION"
    KSP_OVERSIGHT = "KSP_OVERSIGHT"
    AUDIT = "AUDIT"


class Mask(StrEnum):
    """How a field is coarsened before it is shown."""

    REDACTED = "REDACTED"
    """Personal data in the text are blotted out."""
    DISTRICT = "DISTRICT"
    """A region code is cut to its first three parts."""
    REGENCY = "REGENCY"
    """A region code is cut to its first two parts."""


REGION_PARTS: Mapping[Mask, int] = {Mask.REGENCY: 2, Mask.DISTRICT: 3}
"""How many parts of a region code are left."""


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what for."""

    subject: str
    roles: frozenset[Role]
    purpose: Purpose
    agencies: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


PUBLIC = Viewer(subject="anonymous", roles=frozenset({Role.PUBLIC}), purpose=Purpose.PORTAL_PUBLIC)
"""Everybody: the only viewer that HTTP knows."""

OMBUDSMAN = Viewer(
    subject="ombudsman",
    roles=frozenset({Role.OMBUDSMAN}),
    purpose=Purpose.OMBUDSMAN_SUPERVISION,
)
"""The Ombudsman's supervision (*Ombudsman RI*): in process only."""

PRESIDENTIAL_STAFF = Viewer(
    subject="presidential-staff",
    roles=frozenset({Role.PRESIDENTIAL_STAFF}),
    purpose=Purpose.KSP_OVERSIGHT,
)
"""The Presidential Staff Office (*KSP*): in process only."""

NATIONAL_ADMIN = Viewer(
    subject="national-admin",
    roles=frozenset({Role.NATIONAL_ADMIN}),
    purpose=Purpose.COORDINATION,
)
"""The national administrator (*Admin Nasional*): in process only."""


_ASKED_FOR_BY = {"handover_consented_at": "handoverConsent"}
"""Record field that some viewers may not read to the client's word for it in a filter."""

_TOO_FINE = {
    3: "the filter names a village, and you are shown no more than the district; hint: use the "
    "district's code, the first three parts",
    2: "the filter names a district, and you are shown no more than the regency; hint: use the "
    "regency's code, the first two parts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one viewer may see."""

    rows: Filter = NOTHING
    """Only these complaints exist for the viewer."""
    readable: frozenset[str] = frozenset()
    """The record fields that may be fetched; all others are pruned before asking."""
    masks: Mapping[str, Mask] = field(default_factory=dict)
    operations: bool = False
    """May see how sources are asked and how they do: connector, reason, error rate, row counts."""
    handlings: Filter = NOTHING
    """Of a complaint that may be seen, only these handlers' rows exist for the viewer."""
    cases: Filter = NOTHING
    """Only these cases of the Ombudsman exist for the viewer."""
    follow_up_texts: bool = False
    """May read the texts and reasons of what happened."""
    handed: Filter = NOTHING
    """Of these complaints the viewer has the view *full*; they are among *rows*."""
    full: Access | None = None

    def towards(self, record: ComplaintRecord) -> Access:
        """Give what holds for the complaint whose anchor is *record*, fetched with `row_fields`."""
        if self.full is not None and predicate_of(self.handed)(record):
            return self.full
        return self

    def without_full(self) -> Access:
        """Give what holds for the complaints that were not handed over."""
        return self if self.full is None else replace(self, handed=NOTHING, full=None)

    def may_show(self, wanted: frozenset[str]) -> frozenset[str]:
        """Give those of the *wanted* fields that may be shown of any complaint at all."""
        return self.prune(wanted) | (self.full.prune(wanted) if self.full else frozenset())

    def permits(self, record: ComplaintRecord) -> bool:
        """Say whether *record*, fetched with `row_fields`, may be shown at all."""
        return predicate_of(self.rows)(record)

    def permitted(self, records: Sequence[ComplaintRecord]) -> list[int]:
        """Give the places of those of *records* that `permits` would let pass."""
        return places_of(self.rows)(records)

    @property
    def row_fields(self) -> frozenset[str]:
        """The record fields that `permits` looks at."""
        return fields_of(self.rows)

    @property
    def handling_fields(self) -> frozenset[str]:
        """The record fields that the predicate on handlers' rows looks at."""
        return fields_of(self.handlings)

    def prune(self, wanted: frozenset[str]) -> frozenset[str]:
        """Give those of the *wanted* fields that may be fetched."""
        return wanted & self.readable

    def insist(self, asked: Filter) -> None:
        """Raise `BadFilter` if *asked* could tell of what this viewer may not read.

        Only the client's own filter is looked at, never the rows' predicate.
        """
        for term in terms(asked):
            if term.field not in self.readable:
                raise not_to_be_filtered_by(_ASKED_FOR_BY.get(term.field))
            parts = REGION_PARTS.get(self.masks.get(term.field, Mask.REDACTED))
            if parts is not None and any(cut(str(v), parts) != v for v in term.values):
                raise BadFilter("REGION_TOO_FINE", _TOO_FINE[parts])


_PLAIN = frozenset(
    {
        "source",
        "local_id",
        "submitted_at",
        "updated_at",
        "tracking_id",
        "kind",
        "supervisory",
        "title",
        "category",
        "channel",
        "region",
        "anonymous",
        "secret",
        "closed_at",
        "status",
        "agency",
    }
)

_STEPS = frozenset({"verified_at", "disposed_at", "first_followed_up_at", "followed_up_at"})
"""What deadlines are computed from.  Whoever sees a deadline can tell these days from it."""

_OWN_WORDS = frozenset({"source_status", "source_agency", "warnings", "duplicate_of"})
"""What each source says in its own words, shown beside the canonical ones.  What a complaint
repeats is shown only as far as that other one may be seen."""

_HANDOVER = frozenset({"handover_asked_at", "handover_consented_at", "handover_refused_at"})
"""Whether the reporter let the Ombudsman take over."""

_PERSONAL = frozenset(
    {"body", "place", "latitude", "longitude", "reporter_name", "reporter_contact"}
)

VERIFIED = (
    Status.DISPOSED,
    Status.IN_PROGRESS,
    Status.RESPONDED,
    Status.REPLIED,
    Status.REOPENED,
    Status.CLOSED_BY_REPORTER,
    Status.CLOSED_BY_SYSTEM,
    Status.CLOSED_BY_ADMIN,
    Status.ESCALATED,
)
"""The statuses that only a verified complaint can have."""

_OVERSIGHT = Access(
    rows=one_of("secret", (False,)),
    readable=_PLAIN | _STEPS | _OWN_WORDS,
    masks={
        "title": Mask.REDACTED,
        "region": Mask.REGENCY,
        "source_status": Mask.REDACTED,
        "source_agency": Mask.REDACTED,
    },
    handlings=one_of("secret", (False,)),
)
"""All complaints but the secret ones, without their texts; the place to the regency."""

HANDED_OVER = all_of(
    (
        one_of("status", (Status.ESCALATED,)),
        negate(is_null("handover_consented_at")),
        is_null("handover_refused_at"),
    )
)
"""Handed over to the Ombudsman with the reporter's consent, by the word of the complaint's anchor.

Consent alone is no hand-over, and a hand-over that names no consent opens nothing; nor does a
refusal, whenever it was said.
"""

RULES: Mapping[tuple[Role, Purpose], Access] = {
    (Role.PUBLIC, Purpose.PORTAL_PUBLIC): Access(
        rows=all_of((one_of("status", VERIFIED), one_of("secret", (False,)))),
        readable=_PLAIN | _STEPS | _OWN_WORDS,
        masks={
            "title": Mask.REDACTED,
            "region": Mask.DISTRICT,
            "source_status": Mask.REDACTED,
            "source_agency": Mask.REDACTED,
        },
        handlings=one_of("secret", (False,)),
    ),
    (Role.NATIONAL_ADMIN, Purpose.COORDINATION): Access(
        rows=EVERYTHING,
        readable=_PLAIN | _STEPS | _OWN_WORDS | _PERSONAL | _HANDOVER,
        operations=True,
        handlings=EVERYTHING,
        cases=EVERYTHING,
        follow_up_texts=True,
    ),
    (Role.OMBUDSMAN, Purpose.OMBUDSMAN_SUPERVISION): replace(
        _OVERSIGHT,
        rows=any_of((_OVERSIGHT.rows, HANDED_OVER)),
        readable=_OVERSIGHT.readable | _HANDOVER,
        cases=EVERYTHING,
        handed=HANDED_OVER,
        full=Access(
            rows=HANDED_OVER,
            readable=_PLAIN | _STEPS | _OWN_WORDS | _PERSONAL | _HANDOVER,
            handlings=EVERYTHING,
            cases=EVERYTHING,
            follow_up_texts=True,
        ),
    ),
    (Role.PRESIDENTIAL_STAFF, Purpose.KSP_OVERSIGHT): _OVERSIGHT,
}
"""Role and purpose to what they open.  A pair that is not here opens nothing."""

NOBODY = Access()


def access_of(viewer: Viewer) -> Access:
    """Give what *viewer* may see: of several roles, rows add up and the narrowest fields hold."""
    if len(viewer.roles) == 1:
        (role,) = viewer.roles
        return RULES.get((role, viewer.purpose), NOBODY)
    rules = [
        RULES[role, viewer.purpose]
        for role in sorted(viewer.roles)
        if (role, viewer.purpose) in RULES
    ]
    if not rules:
        return NOBODY
    if len(rules) == 1:
        return rules[0]
    readable = rules[0].readable.intersection(*(rule.readable for rule in rules[1:]))
    masks = {name: mask for rule in rules for name, mask in rule.masks.items()}
    return Access(
        rows=any_of(rule.rows for rule in rules),
        readable=readable,
        masks=masks,
        operations=all(rule.operations for rule in rules),
        handlings=any_of(rule.handlings for rule in rules),
        cases=any_of(rule.cases for rule in rules),
        follow_up_texts=all(rule.follow_up_texts for rule in rules),
    )


def scope(viewer: Viewer) -> tuple[object, ...]:
    """Give what a cursor is bound to: the viewer's rights, not the viewer's name."""
    return (
        tuple(sorted(viewer.roles)),
        viewer.purpose,
        tuple(sorted(viewer.agencies)),
        tuple(sorted(viewer.regions)),
    )
