"""What happened at the Ombudsman, as events of a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from connectors.contract.records import EventRecord, OmbudsmanCaseRecord, Period
from connectors.contract.vocabulary import EventKind as Kind
from connectors.contract.vocabulary import OmbudsmanStage as Stage
from resolvers.complaint.contribution import Told
from resolvers.complaint.timeline import TimelineEntry, place

LABELS: Mapping[str, tuple[str, str]] = {
    Stage.VERIFICATION: ("Penerimaan dan verifikasi laporan", "Intake and verification"),
    Stage.EXAMINATION: ("Pemeriksaan", "Examination"),
    Stage.RESOLUTION_AND_MONITORING: ("Resolusi dan monitoring", "Resolution and monitoring"),
    Stage.RECOMMENDATION: ("Rekomendasi", "Recommendation"),
    Stage.CLOSED: ("Penutupan", "Closed"),
    Stage.UNKNOWN: ("Tidak dikenal", "Unknown: the source's word is in no code table"),
}
"""Stage to its Indonesian and its English label."""


class CaseContribution(Told, frozen=True, kw_only=True):
    """A case as part of a timeline."""

    record: OmbudsmanCaseRecord


def stage_entries(contribution: CaseContribution) -> list[TimelineEntry]:
    """Give an event for each stage that a case came to, with the office that had it then."""
    case = contribution.record
    return [
        TimelineEntry(
            event=EventRecord(
                source=case.source,
                complaint=case.local_id,
                at=period.since,
                kind=Kind.OMBUDSMAN_STAGE,
                agency=_office_at(case, period.since),
                text=LABELS[period.what][0],
            ),
            contribution=contribution,
        )
        for period in case.stages
    ]


def case_timeline(contribution: CaseContribution) -> tuple[TimelineEntry, ...]:
    """Give all that happened to a case, in order: consent, stages, findings, correction."""
    case = contribution.record
    told = (
        (Kind.ESCALATED, case.consent_given_at, None),
        (Kind.NOTE, case.findings_reported_at, "LHP disampaikan"),
        (Kind.NOTE, case.corrective_action_done_at, "Tindakan korektif dilaksanakan"),
    )
    entries = [
        TimelineEntry(
            event=EventRecord(
                source=case.source,
                complaint=case.local_id,
                at=moment,
                kind=kind,
                agency=_office_at(case, moment),
                text=text,
            ),
            contribution=contribution,
        )
        for kind, moment, text in told
        if moment is not None
    ]
    return tuple(sorted([*entries, *stage_entries(contribution)], key=place))


def _office_at(case: OmbudsmanCaseRecord, moment: datetime) -> str | None:
    held: Iterable[Period] = case.offices
    for period in held:
        if period.since <= moment and (period.until is None or moment < period.until):
            return period.what
    return case.office
