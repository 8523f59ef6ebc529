"""Kind `jsonl`: a drop folder of JSON lines, such as an SMS gateway's log.

Nothing is kept between questions: the folder is read for each, so a file dropped a moment ago
counts, and no personal data stay in memory.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors import rows
from connectors.blocking import Threads
from connectors.contract.capabilities import Capabilities, Collection, Fit
from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed, Refused, Unavailable
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.mapping import Mapper
from connectors.no_changes import NoChanges
from connectors.reach import ALL_ORDERS, codomains, operators
from connectors.rules import Rules
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings, read_collections
from connectors.survey import surveyed
from connectors.tally import Tally

COMPLAINTS = "complaints"


def build(reader: SettingsReader, source: SourceSettings) -> Connector:
    """Read the rest of a `jsonl` source's table and give its connector; opens nothing."""
    folder = reader.folder / Path(reader.text("path")).expanduser()
    files = reader.text("files", "*.jsonl")
    max_bytes = reader.size("max_bytes", 64 * 1024 * 1024)
    rules = None
    for name, table in read_collections(reader):
        if name != COMPLAINTS:
            table.problem(None, "cannot be read from a drop folder", "leave it out")
            continue
        rules = source.rules(table, name, nested=True)
        table.finish()
    # Without rules the reader has noted why, and the connector is never asked.
    return DropFolder(source.id, rules, folder=folder, files=files, max_bytes=max_bytes)


class DropFolder:
    """A source whose complaints are lines of JSON in a folder's files."""

    def __init__(
        self, name: str, rules: Rules | None, *, folder: Path, files: str, max_bytes: int
    ) -> None:
        """Read the *files* in *folder* by *rules*, no more than *max_bytes* of them."""
        self.name = name
        self._folder, self._files, self._max_bytes = folder, files, max_bytes
        self._rules = rules
        self._mapper = None if rules is None else Mapper(rules)
        self.capabilities = Capabilities(
            collections={} if rules is None else {COMPLAINTS: _can(rules)}
        )
        self._threads = Threads(name)

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        can = self._insist(query)
        found, tally, raw = await self._threads.run(self._read)
        size = max(1, min(query.limit or can.page_max, can.page_max))
        page = rows.cut(rows.matching(found, query), query, size)
        if query.token is not None:
            return page
        lost = sum(tally.rejected.values())
        return msgspec.structs.replace(
            page,
            received=page.received + lost,
            rejected=tally.rejected,
            unknown=tally.unknown,
            # Of the rows as they stood, for `sources check` and `sources probe`.
            survey=None if self._rules is None else surveyed(query, self._rules, raw),
        )

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up by id."""
        can = self.capabilities.collections[COMPLAINTS]
        if len(local_ids) > can.get_max:
            raise Refused(self.name, f"{len(local_ids)} ids asked, at most {can.get_max}")
        found, _, _ = await self._threads.run(self._read)
        keep = rows.pruner(ComplaintRecord, fields)
        known = {row.local_id: row if keep is None else keep(row) for row in found}
        told = [known.get(local_id) for local_id in local_ids]
        return [row if isinstance(row, ComplaintRecord) else None for row in told]

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        self._insist(query)
        found, _, _ = await self._threads.run(self._read)
        return len(rows.matching(found, query))

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:  # noqa: ARG002 - protocol
        """Refuse: no change feed is declared."""
        return NoChanges(self.name)

    async def check(self) -> None:
        """Read the folder once."""
        await self._threads.run(self._read)

    async def aclose(self) -> None:
        """Nothing is held."""

    def _insist(self, query: SourceQuery) -> Collection:
        can = self.capabilities.collections.get(query.collection)
        if can is None:
            raise Refused(self.name, f"asked for {query.collection}, which it does not have")
        if can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        if query.order is not None and can.order(query.order) is None:
            raise Refused(self.name, "asked an order that it does not declare")
        return can

    def _read(self) -> tuple[list[ComplaintRecord], Tally, list[Any]]:
        tally = Tally()
        raw = list(self._lines(tally))
        assert self._mapper is not None  # noqa: S101 - a source without rules is refused at start
        latest: dict[str, ComplaintRecord] = {}
        for row in self._mapper.complaints(raw, None, tally):
            known = latest.get(row.local_id)
            if known is not None:
                tally.reject("DUPLICATE_ID")
            if known is None or known.updated_at <= row.updated_at:
                latest[row.local_id] = row
        return list(latest.values()), tally, raw

    def _lines(self, tally: Tally) -> list[Any]:
        try:
            if not self._folder.is_dir():
                raise Unavailable(self.name, "its drop folder is not there")
            files = sorted(self._folder.glob(self._files))
            if sum(each.stat().st_size for each in files) > self._max_bytes:
                raise Malformed(self.name, f"its files are larger than {self._max_bytes} bytes")
            text = "\n".join(each.read_text("utf-8") for each in files)
        except OSError as error:
            raise Unavailable(
                self.name, f"its drop folder cannot be read ({type(error).__name__})"
            ) from None
        except UnicodeDecodeError:
            raise Malformed(self.name, "a file is not UTF-8") from None
        found = []
        for line in filter(str.strip, text.split("\n")):
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if isinstance(row, dict):
                found.append(row)
            else:
                tally.reject("NOT_JSON")  # A line half written, say; the others stand.
        return found


def _can(rules: Rules) -> Collection:
    return Collection(
        operators=operators(rules, rules.rules, unknown_status=True),
        alternatives=True,
        repeats=True,
        orders=ALL_ORDERS,
        counts=True,
        get_max=1000,
        codomains=codomains(rules),
        mapping_version=rules.version,
    )
