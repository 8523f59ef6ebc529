"""What a resolver has at hand during one request, and the questions it may put."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from connectors.contract.records import AgencyRecord, CategoryRecord, ComplaintRecord, RegionRecord
from resolvers.asked import ComplaintsAsked
from resolvers.directory import Directory
from resolvers.identity import (
    CodeId,
    SourceId,
    TrackedId,
    clean_tracking_number,
    is_tracking_number,
    read_id,
)
from resolvers.loaders import Loaders
from resolvers.paging import ComplaintPage
from resolvers.planner.plan import Count
from resolvers.policy import Viewer
from resolvers.reader import Reader
from resolvers.sources import AnswerShown, SourceShown

Thing = ComplaintRecord | AgencyRecord | RegionRecord | CategoryRecord


@dataclass(slots=True)
class Context:
    """One request: who asks, and what was learnt for its log line."""

    viewer: Viewer
    reader: Reader
    loaders: Loaders
    answers: list[AnswerShown] = field(default_factory=list)
    """How each source took part so far."""

    @classmethod
    def of(cls, viewer: Viewer, reader: Reader) -> Context:
        """Give the context of a new request of *viewer*."""
        return cls(viewer, reader, Loaders(reader, viewer))

    async def complaints(self, asked: ComplaintsAsked, wanted: frozenset[str]) -> ComplaintPage:
        """Give one page of complaints."""
        page = await self.reader.complaints(self.viewer, asked, wanted)
        self.answers.extend(page.answers)
        return page

    async def count(self, page: ComplaintPage) -> Count:
        """Count the list of *page*."""
        return await self.reader.count(page)

    async def complaint(self, tracking_id: str, wanted: frozenset[str]) -> ComplaintRecord | None:
        """Give the complaint of a national number as the client wrote it."""
        number = clean_tracking_number(tracking_id)
        if not is_tracking_number(number):
            return None
        return await self.loaders.complaint(number, wanted)

    async def thing(self, global_id: str, wanted: frozenset[str]) -> Thing | None:
        """Give what *global_id* stands for; None if it is unknown, hidden or no id at all."""
        match read_id(global_id):
            case TrackedId(number):
                return await self.loaders.complaint(number, wanted)
            case SourceId() as source_id:
                return await self.reader.by_source_id(self.viewer, source_id, wanted)
            case CodeId(type_name, code):
                return _coded(await self.directory(), type_name, code, self.today())
        return None

    async def directory(self) -> Directory:
        """Give the reference data as they are known."""
        return await self.reader.reference.directory()

    async def needed(self, *collections: str) -> Directory:
        """Give the reference data, or raise `NotAnswering` if *collections* were never read."""
        return await self.reader.reference.needed(*collections)

    def today(self) -> date:
        """Give the day in Jakarta."""
        return self.reader.reference.today()

    def source(self, name: str) -> SourceShown | None:
        """Give one source as the viewer is shown it."""
        return self.reader.source(self.viewer, name)

    def sources(self) -> list[SourceShown]:
        """Give every source as the viewer is shown it."""
        return self.reader.sources(self.viewer)


def _coded(directory: Directory, type_name: str, code: str, on: date) -> Thing | None:
    match type_name:
        case "Agency":
            return directory.agency(code, on)
        case "Region":
            return directory.region(code)
        case _:
            return directory.category(code)
