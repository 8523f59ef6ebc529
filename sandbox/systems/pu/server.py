"""A system in SQL: a PostgreSQL server, a proxy before it, a side door."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg

from sandbox.embedded_postgres import Cluster
from sandbox.systems.control import PREFIX, control_app
from sandbox.systems.door import HOST, HttpDoor
from sandbox.systems.faults import NO_FAULT, BadFault, Fault, Mode
from sandbox.systems.pu import database
from sandbox.systems.pu.proxy import Proxy
from sandbox.systems.pu.statements import StatementLog


class PostgresSystem:
    """One such system while it runs."""

    def __init__(
        self,
        plan: database.Plan,
        postgres_folder: Path,
        password: str,
        port: int,
        control_port: int,
    ) -> None:
        self._plan = plan
        self._cluster = Cluster(postgres_folder)
        self._password = password
        self._proxy = Proxy(self._cluster.socket_path, port)
        self._side_door = HttpDoor(control_app(self), control_port)
        self._log = StatementLog(self._cluster.log_path)
        self._own: asyncpg.Connection[asyncpg.Record] | None = None
        self._marker = 0
        self._busy = asyncio.Lock()

    async def prepare(self) -> None:
        """Start the server and create the empty database, while others still make the data."""
        self._cluster.start()
        await database.create(self._cluster, self._password, self._plan)

    async def open(self, folder: Path) -> dict[str, object]:
        """Fill the database from the files in *folder*, open, and give the addresses."""
        await database.fill(self._cluster, folder, self._plan)
        self._own = await database.connect(self._cluster, self._plan)
        await self._own.execute("SET log_statement = 'all'")
        await self._proxy.open()
        await self._side_door.open()
        return {
            "address": f"postgresql://{database.READER}:{self._password}"
            f"@{HOST}:{self._proxy.port}/{self._plan.database}",
            "control_url": f"http://{HOST}:{self._side_door.port}{PREFIX}",
        }

    async def aclose(self) -> None:
        """Stop everything, and remove the database."""
        await self._proxy.aclose()
        await self._side_door.aclose()
        if self._own is not None:
            self._own.terminate()
        self._cluster.stop()

    async def set_fault(self, fault: Fault) -> None:
        """Put *fault* in force."""
        if fault.mode is Mode.LOSE and fault.times is not None:
            raise BadFault("the views lose rows until told otherwise, not by the number")
        self._proxy.box.set(fault)
        share = fault.share if fault.mode is Mode.LOSE else 0.0
        await self._run("UPDATE dalam.pengaturan SET bagian_hilang = $1", share)
        if fault.mode is Mode.DOWN:
            await self._proxy.shut()
        else:
            await self._proxy.open()

    async def fault(self) -> Fault:
        """Give the fault in force."""
        return self._proxy.box.current

    async def requests(self) -> list[dict[str, Any]]:
        """List what was asked since the last reset."""
        await self._catch_up()
        return self._log.requests(self._proxy.outcomes)

    async def inflight(self) -> dict[str, int]:
        """Count what is being worked on, by the proxy's account and by the server's."""
        await self._catch_up()
        active = await self._run(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND state = 'active'",
            database.READER,
        )
        return {
            "inflight": self._proxy.inflight,
            "cancelled": self._proxy.cancelled,
            "connections": self._proxy.connections,
            "active_statements": active,
            "cancelled_statements": self._log.cancelled(),
        }

    async def reset(self) -> None:
        """Forget what was asked and lift the fault."""
        await self.set_fault(NO_FAULT)
        await self._catch_up()
        self._log.reset()
        self._proxy.reset()

    async def _catch_up(self) -> None:
        self._marker += 1
        marker = f"marker-{self._marker}-end"
        await self._run(f"SELECT '{marker}'")
        await self._log.wait_for(marker)

    async def _run(self, statement: str, *values: object) -> Any:
        assert self._own is not None  # noqa: S101 - the side door opens later
        async with self._busy:
            return await self._own.fetchval(statement, *values)
