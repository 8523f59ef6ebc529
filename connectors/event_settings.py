"""Read how a REST source gives the steps of its complaints: for several at once, or one by one."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.contract.capabilities import Collection, Operator
from connectors.contract.filters import Op
from connectors.rest_page_settings import read_page
from connectors.rest_settings import PageStyle, Params
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings

ID = "{id}"
NOT_CUT = PageStyle(style="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCollection:
    """The steps of a REST source's complaints."""

    path: str
    """With `{id}` in it: one request for each complaint."""
    rules: Rules
    can: Collection
    rows: str = ""
    """Where the list stands: of steps, or of complaints with their steps."""
    params: Params = ()
    param: str = ""
    """The parameter that takes the ids of several complaints."""
    join: str = ","
    complaint: str = ""
    """In an entry for one complaint: where its id stands …"""
    steps: str = ""
    """… and where its steps; empty: an entry is a step itself."""
    page: PageStyle = NOT_CUT
    """How the list is cut, of steps that name their complaints."""

    @property
    def one_by_one(self) -> bool:
        """It is asked once for each complaint."""
        return ID in self.path


def asked_by_complaint(rules: Rules, most: int) -> Collection:
    """Give what can be asked of events: those of at most *most* complaints."""
    return Collection(
        operators={"complaint": (Operator(op=Op.IN, max_values=most),)},
        mapping_version=rules.version,
    )


def read_events(reader: SettingsReader, source: SourceSettings) -> EventCollection:
    """Read the table of the collection `events`."""
    rules = source.rules(reader, "events", nested=True)
    path = reader.text("path")
    if path and not path.startswith("/"):
        reader.problem("path", "should start with `/`")
    several = reader.section("by_complaint")
    if several is None and path and ID not in path:
        reader.problem(
            None,
            "says neither `by_complaint` nor a path with `{id}`",
            "steps are asked for by their complaints",
        )
    if several is not None and ID in path:
        reader.problem("by_complaint", "does not go with a path for one complaint")
    found = EventCollection(
        path=path,
        rules=rules,
        can=asked_by_complaint(
            rules,
            reader.whole("max", 100, most=1000)
            if several is None
            else several.whole("max", 20, most=1000),
        ),
        rows=reader.optional_text("rows") or "",
        params=_params(reader),
        param="" if several is None else several.text("param"),
        join="," if several is None else several.text("join", ","),
        complaint="" if several is None else several.text("complaint"),
        steps="" if several is None else several.optional_text("rows") or "",
        page=read_page(reader),
    )
    if found.page != NOT_CUT and (several is None or found.steps):
        reader.problem(
            "page", "goes with a list of steps that name their complaints", "leave it out"
        )
    if several is not None:
        several.finish()
    reader.finish()
    return found


def _params(reader: SettingsReader) -> Params:
    table = reader.section("params")
    return () if table is None else tuple((name, table.text(name)) for name in table.names())
