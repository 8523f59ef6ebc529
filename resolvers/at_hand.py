"""The reference data as one request finds them at hand, looked up without waiting."""

from __future__ import annotations

from datetime import date

from connectors.contract.records import AgencyRecord, CategoryRecord, ChannelRecord, RegionRecord
from resolvers.directory import Directory
from resolvers.reference import Reference


class AtHand:
    """The directory of one request; every look-up raises `LookupError` where the data have to be
    awaited, because they were never read or may have changed.
    """

    def __init__(self, reference: Reference) -> None:
        """Look up in *reference*, when something is first asked."""
        self._reference = reference
        self._directory: Directory | None = None
        self._today: date | None = None
        self._agencies: dict[str | None, AgencyRecord | None] = {None: None}

    def agency(self, code: str | None) -> AgencyRecord | None:
        """Give the agency of *code* as it stands today; of none, none."""
        try:
            return self._agencies[code]
        except KeyError:
            directory = self._known("agencies")
            if self._today is None:
                self._today = self._reference.today()
            found = directory.agency(code, self._today)
            self._agencies[code] = found
            return found

    def region(self, code: str | None) -> RegionRecord | None:
        """Give the region of *code*; of none, none."""
        return None if code is None else self._known("regions").region(code)

    def category(self, code: str | None) -> CategoryRecord | None:
        """Give the category of *code*; of none, none."""
        return None if code is None else self._known("categories").category(code)

    def channel(self, code: str | None) -> ChannelRecord | None:
        """Give the channel of *code*; of none, none."""
        return None if code is None else self._known("channels").channel(code)

    def _known(self, collection: str) -> Directory:
        directory = self._directory
        if directory is None:
            directory = self._directory = self._reference.at_hand()
        if directory is None or collection not in directory.known:
            raise LookupError(collection)
        return directory
