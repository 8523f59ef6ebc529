"""From the client's filter to the sources' words: names checked, branches opened, limits kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from connectors.contract.filters import (
    Filter,
    all_of,
    any_of,
    is_null,
    negate,
    one_of,
    under,
)
from resolvers.asked import ComplaintFilter
from resolvers.beforehand import NOTHING_READ, Beforehand
from resolvers.complaint.lifecycle import CLOSED, OPEN
from resolvers.directory import Directory
from resolvers.errors import BadFilter, NotAnswering, no_source_of
from resolvers.identity import CodeId, clean_tracking_number, is_tracking_number, read_id
from resolvers.known_codes import known_among, shaped, unknown
from resolvers.needs import DEEPEST
from resolvers.programmes import of_programmes
from resolvers.region_codes import is_region_code
from resolvers.semi_joins import names_handlers
from resolvers.sla.asked import SlaFilter
from resolvers.sla.comparisons import Comparisons
from resolvers.stretches import aware, moments

MOST_TERMS = 200
MOST_VALUES = 500
_OR_ABOVE = "name what is above them, which stands for all below it, or ask in several requests"
_TERMS_OF_ALL_STEPS, _TERMS_OF_A_STEP = 20, 4


class Translator:
    """Translates the filters of one request."""

    def __init__(
        self,
        directory: Directory,
        configured: frozenset[str],
        sources: frozenset[str],
        legal: tuple[Comparisons, datetime] | None = None,
        read: Beforehand = NOTHING_READ,
    ) -> None:
        """Know the *directory*, the collections that are *configured* and the *sources*' ids;
        *legal* translates what is asked of deadlines, as of a moment; *read* is what other
        systems told beforehand.
        """
        self._handled = read.handled
        self._bounced = read.bounced
        self._linked = read.linked
        self._discrepant = read.discrepant
        self._overlapping = read.overlapping
        self._legal = legal
        self._directory = directory
        self._configured = configured
        self._sources = sources
        self._terms = 0

    def translate(self, asked: ComplaintFilter, depth: int = 1, *, negated: bool = False) -> Filter:
        """Give the filter that *asked* means; raises `ClientError` for what is wrong with it.

        *negated* says that what is given will be turned into its opposite.
        """
        if depth > DEEPEST:
            raise BadFilter(
                "FILTER_TOO_DEEP",
                f"the filter is nested more than {DEEPEST} deep",
                hint="name several values in one list instead of nesting `or`",
            )
        parts = [*self._fields(asked, negated=negated)]
        self._count(len(parts))
        parts.extend(
            self.translate(each, depth + 1, negated=negated) for each in asked.all_of or ()
        )
        if asked.any_of is not None:
            ways = [self.translate(each, depth + 1, negated=negated) for each in asked.any_of]
            parts.append(any_of(ways))
        if asked.none_of is not None:
            parts.append(negate(self.translate(asked.none_of, depth + 1, negated=not negated)))
        return all_of(parts)

    def _fields(self, asked: ComplaintFilter, *, negated: bool) -> Iterable[Filter]:
        if asked.tracking_ids is not None:
            yield one_of("tracking_id", self._tracking_numbers(asked.tracking_ids))
        if asked.kinds is not None:
            yield one_of("kind", asked.kinds)
        if asked.supervisory is not None:
            yield one_of("supervisory", (asked.supervisory,))
        if asked.statuses is not None:
            yield one_of("status", asked.statuses)
        if asked.open is not None:
            yield one_of("status", OPEN if asked.open else CLOSED)
        if asked.agencies is not None:
            yield one_of("agency", self.agencies(asked.agencies))
        if asked.agency_levels is not None:
            yield one_of("agency", self._of_levels(asked.agency_levels))
        if asked.regions is not None:
            yield under("region", self.regions(asked.regions))
        if asked.categories is not None:
            yield one_of("category", self.categories(asked.categories))
        if asked.uncategorised is not None:
            yield is_null("category") if asked.uncategorised else negate(is_null("category"))
        if asked.channels is not None:
            yield one_of("channel", self._channels(asked.channels))
        if asked.priority_programmes is not None:
            yield of_programmes(self._directory, self._programmes(asked.priority_programmes))
        if asked.sources is not None:
            yield one_of("source", self._known_sources(asked.sources))
        for name, field, stretch in (
            ("submitted", "submitted_at", asked.submitted),
            ("updated", "updated_at", asked.updated),
            ("closed", "closed_at", asked.closed),
            ("handoverConsent", "handover_consented_at", asked.handover_consent),
        ):
            if stretch is not None:
                yield moments(field, stretch, name)
        yield from self._deadlines(asked)
        yield from self._handlers(asked, negated=negated)

    def _handlers(self, asked: ComplaintFilter, *, negated: bool) -> Iterable[Filter]:
        if asked.bounced_at_least is not None:
            if self._bounced is None:
                raise LookupError("translator-without-bounces-51c2")
            yield self._bounced.at_least(asked.bounced_at_least, negated=negated)
        if asked.has_ombudsman_case is not None:
            if self._linked is None:
                raise LookupError("translator-without-cases-58f2")
            yield self._linked.has_case(wanted=asked.has_ombudsman_case)
        if asked.has_discrepancy is not None:
            if self._discrepant is None:
                raise LookupError("translator-without-discrepancies-7a40")
            yield self._discrepant.known(wanted=asked.has_discrepancy, negated=negated)
        if asked.overlaps_sources is not None:
            if self._overlapping is None:
                raise LookupError("translator-without-overlaps-2e93")
            named = self._known_sources(asked.overlaps_sources, "overlapsSources")
            yield self._overlapping.known(named, negated=negated)
        if not names_handlers(asked):
            return
        if self._handled is None:
            raise LookupError("translator-without-handlers-3d90")
        if asked.handled_by is not None:
            yield self._handled.by(self.agencies(asked.handled_by, "handledBy"))
        if asked.open_handling_at is not None:
            yield self._handled.open_at(self.agencies(asked.open_handling_at, "openHandlingAt"))
        if asked.handled_by_levels is not None:
            levels = self._of_levels(asked.handled_by_levels)
            yield self._handled.by(self._directory.with_units_and_successors(levels))
        if asked.handled_by_at_least is not None:
            yield self._handled.at_least(asked.handled_by_at_least)

    def _deadlines(self, asked: ComplaintFilter) -> Iterable[Filter]:
        named = (asked.sla, asked.open_for_working_days, asked.without_follow_up_for_working_days)
        if named == (None, None, None):
            return
        if self._legal is None:
            raise LookupError("translator-without-legal-clock-7c1e")
        if "agencies" in self._configured:
            self._insist("agencies")
        comparisons, now = self._legal
        if asked.sla is not None and asked.sla != SlaFilter():
            # One question becomes many comparisons: a few for one step, dozens for all.
            self._count(_TERMS_OF_ALL_STEPS if asked.sla.step is None else _TERMS_OF_A_STEP)
            _not_negative("overdueByWorkingDays", asked.sla.overdue_by_working_days)
            before = aware(asked.sla.due_before, "sla.dueBefore")
            yield comparisons.sla(replace(asked.sla, due_before=before), now)
        if asked.open_for_working_days is not None:
            days = _not_negative("openForWorkingDays", asked.open_for_working_days)
            yield comparisons.open_for(days, now)
        if asked.without_follow_up_for_working_days is not None:
            days = _not_negative(
                "withoutFollowUpForWorkingDays", asked.without_follow_up_for_working_days
            )
            yield comparisons.without_follow_up_for(days, now)

    def agencies(self, codes: tuple[str, ...], name: str = "agencies") -> frozenset[str]:
        """Give *codes*, which the client calls *name*, with their units and successors."""
        not_too_many(name, codes, _OR_ABOVE)
        if "agencies" not in self._configured:
            return frozenset(shaped(codes, "agency", "UNKNOWN_AGENCY"))
        self._insist("agencies")
        known_among(codes, self._directory.agencies, "agency", "UNKNOWN_AGENCY")
        return self._directory.with_units_and_successors(codes)

    def regions(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Give *codes*, each checked; a village is known by its district."""
        not_too_many("regions", codes, _OR_ABOVE)
        for code in codes:
            known = self._directory.regions
            held = code if code.count(".") < 3 else code.rpartition(".")[0]
            if not is_region_code(code) or (
                "regions" in self._directory.known and held not in known and code not in known
            ):
                listed = known if "regions" in self._configured else None
                raise unknown(code, listed, "region", "UNKNOWN_REGION")
        return codes

    def categories(self, ids: tuple[str, ...], name: str = "categories") -> frozenset[str]:
        """Give *ids*, global or the registry's own, and all below them; the client calls them
        *name*.
        """
        not_too_many(name, ids, _OR_ABOVE)
        ids = tuple(map(own_category_id, ids))
        if "categories" not in self._configured:
            return frozenset(shaped(ids, "category", "UNKNOWN_CATEGORY"))
        self._insist("categories")
        known_among(ids, self._directory.categories, "category", "UNKNOWN_CATEGORY")
        return self._directory.branch(ids)

    def _of_levels(self, levels: tuple[str, ...]) -> list[str]:
        self._insist("agencies")
        wanted = frozenset(levels)
        return [
            code
            for code, editions in self._directory.agencies.items()
            if any(edition.level in wanted for edition in editions)
        ]

    def _channels(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        not_too_many("channels", ids)
        if "channels" not in self._directory.known:
            return shaped(ids, "channel", "UNKNOWN_CHANNEL")
        known_among(ids, self._directory.channels, "channel", "UNKNOWN_CHANNEL")
        return ids

    def _programmes(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        not_too_many("priorityProgrammes", ids)
        for collection in ("programmes", "programme_categories", "categories"):
            self._insist(collection)
        known_among(ids, self._directory.programmes, "programme", "UNKNOWN_PROGRAMME")
        return ids

    def _known_sources(self, names: tuple[str, ...], name: str = "sources") -> tuple[str, ...]:
        not_too_many(name, names)
        known_among(names, self._sources, "source", "UNKNOWN_SOURCE")
        return names

    def _tracking_numbers(self, texts: tuple[str, ...]) -> list[str]:
        not_too_many("trackingIds", texts)
        numbers = [clean_tracking_number(text) for text in texts]
        if not all(map(is_tracking_number, numbers)):
            raise BadFilter(
                "TRACKING_ID_MALFORMED",
                "a tracking number has digits only",
                hint="write it as on the complaint, with or without `#`",
            )
        return numbers

    def _insist(self, collection: str) -> None:
        if collection not in self._directory.known:
            if collection not in self._configured:
                raise no_source_of(collection)
            raise NotAnswering(
                "REFERENCE_UNAVAILABLE",
                f"the filter needs the reference data ({collection}), which cannot be had now",
                hint="ask again in a moment, or without this part of the filter",
            )

    def _count(self, terms: int) -> None:
        self._terms += terms
        if self._terms > MOST_TERMS:
            raise BadFilter(
                "FILTER_TOO_LARGE",
                f"the filter has more than {MOST_TERMS} terms",
                hint="name several values in one list instead of repeating terms",
            )


def not_too_many(name: str, values: tuple[str, ...], hint: str = "ask in several requests") -> None:
    """Raise `BadFilter` with *hint* if the list that the client calls *name* is too long."""
    if len(values) > MOST_VALUES:
        raise BadFilter(
            "FILTER_TOO_LARGE",
            f"`{name}` has {len(values)} values, at most {MOST_VALUES} are taken",
            hint=hint,
        )


def _not_negative(name: str, days: int | None) -> int:
    if days is not None and days < 0:
        raise BadFilter(
            "DAYS_NEGATIVE",
            f"{name} counts working days and cannot be negative",
            hint="0 asks for whatever lies before today or on it",
        )
    return days or 0


def own_category_id(text: str) -> str:
    """Give the registry's id of a category that may be named by its global id."""
    match read_id(text):
        case CodeId("Category", code):
            return code
        case _:
            return text
