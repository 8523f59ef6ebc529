"""Many complaints against many others: which sources list one that may be about the same thing.

`relation` for all pairs, without looking at all pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.related import place_of, window_of


@dataclass(slots=True)
class _Latest:
    """The two of one source that were submitted last: one of them is another complaint."""

    found: list[tuple[datetime, str]] = field(default_factory=list)

    def add(self, other: ComplaintRecord) -> None:
        self.found.append((other.submitted_at, other.local_id))
        self.found.sort(reverse=True)
        del self.found[2:]

    def since(self, moment: datetime, *, but_for: str | None) -> bool:
        return any(at >= moment and local_id != but_for for at, local_id in self.found)


class Pairing:
    """Others, ready to be looked up."""

    def __init__(self, others: Iterable[tuple[ComplaintRecord, date]]) -> None:
        """Know the *others*, each once, with the local day on which it was submitted."""
        self._near: dict[Hashable, dict[str, _Latest]] = {}
        self._saying: dict[str, list[ComplaintRecord]] = {}
        self._by_number: dict[str, set[tuple[str, str]]] = {}
        self._own: set[tuple[str, str]] = set()
        known: set[tuple[str, str]] = set()
        for other, day in others:
            name = (other.source, other.local_id)
            if name in known:
                continue
            known.add(name)
            self._own.add(name)
            if other.tracking_id is not None:
                self._by_number.setdefault(other.tracking_id, set()).add(name)
            if other.duplicate_of is not None:
                self._saying.setdefault(other.duplicate_of, []).append(other)
            for place in _around(other.region):
                self._add((place, day), other)
                if other.category is not None:
                    self._add((place, other.category), other)

    def of(self, record: ComplaintRecord, day: date) -> set[str]:
        """Name the sources that list another complaint which is related to *record*, submitted on
        the local *day*, as `related` shows it if nothing else is said.
        """
        since = window_of(record)
        found = self._repeated(record)
        said = (record.tracking_id, record.local_id)
        for other in (each for word in said if word for each in self._saying.get(word, ())):
            same = (other.source, other.local_id) == (record.source, record.local_id)
            names = other.duplicate_of == record.tracking_id or other.source == record.source
            if names and not same and other.submitted_at >= since:
                found.add(other.source)
        place = place_of(record)
        if place is None:
            return found
        keys: list[Hashable] = [(place, day)]
        if record.category is not None:
            keys.append((place, record.category))
        for key in keys:
            for source, latest in self._near.get(key, {}).items():
                itself = record.local_id if source == record.source else None
                if latest.since(since, but_for=itself):
                    found.add(source)
        return found

    def _repeated(self, record: ComplaintRecord) -> set[str]:
        said = record.duplicate_of
        if said is None:
            return set()
        named = set(self._by_number.get(said, ()))
        if (record.source, said) in self._own:
            named.add((record.source, said))
        named.discard((record.source, record.local_id))
        return {source for source, _ in named}

    def _add(self, key: Hashable, other: ComplaintRecord) -> None:
        self._near.setdefault(key, {}).setdefault(other.source, _Latest()).add(other)


def _around(region: str | None) -> Iterable[str]:
    """Give every place that holds *region*: its district, its village."""
    parts = region.split(".") if region is not None else []
    return (".".join(parts[:count]) for count in range(3, len(parts) + 1))
