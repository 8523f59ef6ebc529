"""Join what the Ombudsman has of complaints to what their own sources tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from connectors.contract.filters import predicate
from connectors.contract.records import OmbudsmanCaseRecord
from resolvers.complaint.merge import MergedComplaint
from resolvers.complaint.timeline import place
from resolvers.ombudsman.stages import CaseContribution, stage_entries
from resolvers.planner.gathering import Gathered
from resolvers.planner.plan import AnswerState
from resolvers.policy import Access


class Cases:
    """The cases that sources told, by national number, as far as a viewer may see them."""

    def __init__(self, told: Mapping[str, Gathered], access: Access, now: datetime) -> None:
        """Take the cases out of what each source *told*."""
        asked = [each for each in told.values() if each.request.cases]
        self._known = all(
            each.answer is not None and each.answer.state is AnswerState.ANSWERED for each in asked
        )
        self._by_number: dict[str, list[CaseContribution]] = {}
        permits = predicate(access.cases)
        for each in asked:
            source = each.request.source
            can = source.connector.capabilities.collections["ombudsman_cases"]
            for case in filter(permits, each.cases.values()):
                said = CaseContribution(
                    record=case,
                    fetched_at=now,
                    as_of=each.as_of or now,
                    mapping_version=can.mapping_version,
                )
                for number in case.tracking_ids:
                    self._by_number.setdefault(number, []).append(said)

    def joined(self, merged: MergedComplaint) -> MergedComplaint:
        """Give *merged* with its cases, and their stages in its timeline."""
        number = merged.record.tracking_id
        mine = self._by_number.get(number, []) if number is not None else []
        if not mine and self._known:
            return merged
        stages = [entry for each in mine for entry in stage_entries(each)]
        return msgspec.structs.replace(
            merged,
            cases=tuple(sorted((each.record for each in mine), key=_first)) or None,
            timeline=tuple(sorted([*merged.timeline, *stages], key=place)),
        )


def _first(case: OmbudsmanCaseRecord) -> tuple[bool, float, str]:
    """Sort the case that was handed over with consent first, then the one received last."""
    return case.consent_given_at is None, -case.received_at.timestamp(), case.local_id
