"""A small world in memory: a national source, a province, a city that is public, a registry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from connectors.contract.capabilities import Capabilities, Collection
from connectors.contract.errors import Unavailable
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import (
    AgencyRecord,
    CategoryRecord,
    ChannelRecord,
    ComplaintRecord,
    NodeRecord,
    Record,
    RegionRecord,
)
from connectors.contract.source import Source
from connectors.contract.vocabulary import AgencyLevel, NodeRole, RegionLevel
from connectors.memory import Memory

NOW = datetime(2026, 11, 1, tzinfo=UTC)

SECRET_TITLE = "Rahasia: suap di kantor kecamatan"
BODY = "Isi lengkap dengan nama dan alamat"
REPORTER = "Siti Rahmawati"
CONTACT = "0812-0000-7777"
UNVERIFIED_TITLE = "Belum diperiksa siapa pun"


def clock() -> datetime:
    return NOW


def complaint(source: str, local_id: str, hours: int, **fields: object) -> ComplaintRecord:
    """A complaint submitted *hours* before now; public unless told otherwise."""
    moment = NOW - timedelta(hours=hours)
    known: dict[str, object] = {
        "submitted_at": moment,
        "updated_at": moment + timedelta(minutes=30),
        "title": f"Jalan berlubang {local_id}",
        "body": BODY,
        "reporter_name": REPORTER,
        "reporter_contact": CONTACT,
        "kind": "COMPLAINT",
        "status": "IN_PROGRESS",
        "secret": False,
        "anonymous": False,
        "region": "64.72.01",
        "place": "Jl. Pahlawan 12, depan warung Bu Ani",
        "latitude": -0.49,
        "longitude": 117.15,
        "category": "311",
        "channel": "web",
        "agency": "kemenpu",
    }
    return ComplaintRecord(source=source, local_id=local_id, **(known | fields))  # type: ignore[arg-type] # the fields are the tests' own


def national(number: str, hours: int, **fields: object) -> ComplaintRecord:
    return complaint("sp4n", number, hours, tracking_id=number, **fields)


NATIONAL = (
    national("9000001", 1, title="Telepon Bapak Budi Santoso 0812-0000-1234"),
    national("9000002", 2, secret=True, title=SECRET_TITLE),
    national("9000003", 3, status="SUBMITTED", title=UNVERIFIED_TITLE),
    national("9000004", 4, region="64.72.01.1001", status="CLOSED_BY_SYSTEM", closed_at=NOW),
    national("9000005", 5, category=None, region="31", agency="pemprov-64", kind="ASPIRATION"),
    national(
        "9000006",
        6,
        agency="kempupr",
        status="UNKNOWN",
        reporter_name=None,
        reporter_contact=None,
    ),
    national("9000007", 7, agency="kemenpu-binamarga", region=None, place=None, latitude=None),
)
PROVINCE = (
    complaint("kaltim", "KT-1", 1, updated_at=NOW, agency="pemprov-64"),
    complaint("kaltim", "KT-2", 2, secret=True, title=SECRET_TITLE),
    complaint("kaltim", "KT-3", 3, tracking_id="9000001"),
    complaint("kaltim", "KT-4", 4, tracking_id="9000002"),
    complaint("kaltim", "KT-5", 8, tracking_id="9999999"),
)
CITY = tuple(complaint("kota", f"K-{index:03}", 10 + index) for index in range(30))

PUBLIC_ORDER = [
    "KT-1",
    "9000001",
    "9000004",
    "9000005",
    "9000007",
    *(f"K-{i:03}" for i in range(30)),
]
"""What the public may list, newest first."""

REGISTRY: Mapping[str, tuple[Record, ...]] = {
    "agencies": (
        AgencyRecord(
            source="registry",
            code="kempupr",
            name="Kementerian PUPR",
            level=AgencyLevel.MINISTRY,
            valid_to=date(2024, 10, 20),
            successors=("kemenpu", "kemenpkp"),
        ),
        AgencyRecord(
            source="registry",
            code="kemenpu",
            name="Kementerian Pekerjaan Umum",
            level=AgencyLevel.MINISTRY,
            valid_from=date(2024, 10, 21),
            accepts_categories=("3",),
            connected=True,
            decree_valid_until=date(2027, 1, 1),
            last_active_at=NOW - timedelta(days=2),
        ),
        AgencyRecord(
            source="registry",
            code="kemenpkp",
            name="Kementerian Perumahan",
            level=AgencyLevel.MINISTRY,
            valid_from=date(2024, 10, 21),
        ),
        AgencyRecord(
            source="registry",
            code="kemenpu-binamarga",
            name="Direktorat Jenderal Bina Marga",
            level=AgencyLevel.UNIT,
            parent="kemenpu",
        ),
        AgencyRecord(
            source="registry",
            code="pemprov-64",
            name="Pemerintah Provinsi Kalimantan Timur",
            level=AgencyLevel.PROVINCE,
            region="64",
        ),
        AgencyRecord(
            source="registry",
            code="pemprov-64-diskominfo",
            name="Dinas Komunikasi dan Informatika",
            level=AgencyLevel.UNIT,
            parent="pemprov-64",
            region="64",
        ),
        AgencyRecord(
            source="registry",
            code="pemprov-64-inspektorat",
            name="Inspektorat",
            level=AgencyLevel.UNIT,
            parent="pemprov-64",
            region="64",
        ),
        AgencyRecord(
            source="registry",
            code="pemprov-64-biro-organisasi",
            name="Biro Organisasi",
            level=AgencyLevel.UNIT,
            parent="pemprov-64",
            region="64",
        ),
    ),
    "regions": (
        RegionRecord(
            source="registry",
            code="31",
            name="DKI Jakarta",
            level=RegionLevel.PROVINCE,
            time_zone="Asia/Jakarta",
        ),
        RegionRecord(
            source="registry",
            code="64",
            name="Kalimantan Timur",
            level=RegionLevel.PROVINCE,
            time_zone="Asia/Makassar",
        ),
        RegionRecord(
            source="registry",
            code="64.72",
            name="Kota Samarinda",
            level=RegionLevel.REGENCY,
            time_zone="Asia/Makassar",
            parent="64",
        ),
        RegionRecord(
            source="registry",
            code="64.72.01",
            name="Palaran",
            level=RegionLevel.DISTRICT,
            time_zone="Asia/Makassar",
            parent="64.72",
        ),
    ),
    "categories": (
        CategoryRecord(source="registry", id="3", name="Pekerjaan Umum"),
        CategoryRecord(source="registry", id="31", name="Infrastruktur jalan", parent="3"),
        CategoryRecord(source="registry", id="311", name="Jalan berlubang", parent="31"),
        CategoryRecord(source="registry", id="4", name="Kesehatan"),
    ),
    "channels": (
        ChannelRecord(source="registry", id="web", name="Website"),
        ChannelRecord(source="registry", id="sms", name="SMS 1708"),
    ),
    "nodes": (
        NodeRecord(
            source="registry",
            region="64",
            role=NodeRole.VERIFIER,
            agency="pemprov-64-diskominfo",
        ),
        NodeRecord(
            source="registry",
            region="64",
            role=NodeRole.SUPERVISOR,
            agency="pemprov-64-inspektorat",
        ),
        NodeRecord(
            source="registry",
            region="64",
            role=NodeRole.COORDINATOR,
            agency="pemprov-64-biro-organisasi",
            valid_to=date(2020, 1, 1),
        ),
    ),
}


class Registry:
    """Reference data behind the connector protocol, three rows a page."""

    def __init__(self, held: Mapping[str, tuple[Record, ...]] = REGISTRY) -> None:
        self.name = "registry"
        self.held = dict(held)
        self.as_of = NOW
        self.capabilities = Capabilities(collections={name: Collection() for name in held})

    async def fetch(self, query: SourceQuery) -> Page:
        rows = self.held[query.collection]
        start = query.token if isinstance(query.token, int) else 0
        end = start + 3
        return Page(
            rows=rows[start:end],
            next=(end,) if end < len(rows) else (),
            total=len(rows),
            as_of=self.as_of,
        )

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        return [None for _ in local_ids]

    async def count(self, query: SourceQuery) -> int:
        return len(self.held[query.collection])

    async def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        nothing: tuple[Change, ...] = ()
        for change in nothing:
            yield change

    async def check(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


class Switched:
    """A connector that can be told to fail or hang, and notes what it was asked."""

    def __init__(self, inner: Memory | Registry) -> None:
        self.inner = inner
        self.name = inner.name
        self.capabilities = inner.capabilities
        self.mode = "up"
        self.counting = "up"
        self.queries: list[SourceQuery] = []
        self.ids: list[tuple[tuple[str, ...], frozenset[str] | None]] = []
        self.counted = 0
        self.inflight = 0
        self.cancelled = 0
        self.closed = False

    async def _pass(self) -> None:
        if self.mode == "down":
            raise Unavailable(self.name, "connection to 10.1.2.3 refused")
        if self.mode == "hang":
            self.inflight += 1
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            finally:
                self.inflight -= 1

    async def fetch(self, query: SourceQuery) -> Page:
        self.queries.append(query)
        await self._pass()
        return await self.inner.fetch(query)

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        self.ids.append((tuple(local_ids), fields))
        await self._pass()
        return await self.inner.get(local_ids, fields)

    async def count(self, query: SourceQuery) -> int:
        self.counted += 1
        if self.counting == "hang":
            await asyncio.Event().wait()
        await self._pass()
        return await self.inner.count(query)

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        return self.inner.changes(since)

    async def check(self) -> None:
        await self._pass()

    async def aclose(self) -> None:
        self.closed = True


class World:
    """The sources of a test, each with its switch."""

    def __init__(
        self,
        national: Iterable[ComplaintRecord] = NATIONAL,
        province: Iterable[ComplaintRecord] = PROVINCE,
        city: Iterable[ComplaintRecord] = CITY,
        *,
        registry: Registry | None = None,
        time_limit: float = 4.0,
    ) -> None:
        self.sp4n = Switched(Memory("sp4n", national))
        self.kaltim = Switched(Memory("kaltim", province))
        self.kota = Switched(Memory("kota", city))
        self.registry = Switched(registry or Registry())
        self.sources = (
            Source(
                connector=self.sp4n,
                title="SP4N-LAPOR!",
                kind="memory",
                agency="kemenpu",
                national=True,
                time_limit=time_limit,
            ),
            Source(connector=self.kaltim, title="Kaltim", kind="memory", time_limit=time_limit),
            Source(connector=self.kota, title="Kota", kind="memory", time_limit=time_limit),
            Source(connector=self.registry, title="Registri", kind="memory", time_limit=time_limit),
        )

    def asked(self) -> list[object]:
        """Everything that the complaint sources were asked, in order of source."""
        return [(each.name, each.queries, each.ids) for each in (self.sp4n, self.kaltim, self.kota)]
