"""The regency's system: a MariaDB server, a proxy before it, a side door."""

from pathlib import Path
from typing import Any

import asyncmy
import orjson
from asyncmy.connection import Connection

from sandbox.embedded_mariadb import Server
from sandbox.systems.control import PREFIX, control_app
from sandbox.systems.door import HOST, HttpDoor
from sandbox.systems.faults import NO_FAULT, BadFault, Fault, Mode
from sandbox.systems.simda.proxy import Proxy
from sandbox.systems.simda.publish import COLUMNS, STEP_COLUMNS

READER = "simpul_baca"
DATABASE = "simda"
_HERE = Path(__file__).parent


class SimdaSystem:
    """The regency's system while it runs."""

    def __init__(self, server_folder: Path, password: str, port: int, control_port: int) -> None:
        self._server = Server(server_folder)
        self._password = password
        self._proxy = Proxy(self._server.socket, port)
        self._side_door = HttpDoor(control_app(self), control_port)
        self._own: Connection | None = None

    async def prepare(self) -> None:
        """Start the server and create the empty tables, while others still make the data."""
        self._server.start()
        self._own = await asyncmy.connect(
            unix_socket=self._server.socket, user="root", charset="utf8mb4", autocommit=True
        )
        for statement in (_HERE / "schema.sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                await self._run(statement)
        await self._run(f"CREATE USER {READER}@localhost IDENTIFIED BY '{self._password}'")
        await self._run(f"GRANT SELECT, SHOW VIEW ON {DATABASE}.* TO {READER}@localhost")

    async def open(self, folder: Path) -> dict[str, object]:
        """Fill the tables from the files in *folder*, open, and give the addresses."""
        await self._fill("dalam.aduan", COLUMNS, folder / "simda-aduan.jsonl")
        await self._fill("dalam.riwayat", STEP_COLUMNS, folder / "simda-riwayat.jsonl")
        await self._proxy.open()
        await self._side_door.open()
        return {
            "address": f"mysql://{READER}:{self._password}@{HOST}:{self._proxy.port}/{DATABASE}",
            "control_url": f"http://{HOST}:{self._side_door.port}{PREFIX}",
        }

    async def aclose(self) -> None:
        """Stop everything, and remove the database."""
        await self._proxy.aclose()
        await self._side_door.aclose()
        if self._own is not None:
            self._own.close()
        self._server.stop()

    async def set_fault(self, fault: Fault) -> None:
        """Put *fault* in force."""
        if fault.mode is Mode.LOSE and fault.times is not None:
            raise BadFault("the views lose rows until told otherwise, not by the number")
        self._proxy.box.set(fault)
        share = fault.share if fault.mode is Mode.LOSE else 0.0
        await self._run("UPDATE dalam.pengaturan SET bagian_hilang = %s", (share,))
        if fault.mode is Mode.DOWN:
            await self._proxy.shut()
        else:
            await self._proxy.open()

    async def fault(self) -> Fault:
        """Give the fault in force."""
        return self._proxy.box.current

    async def requests(self) -> list[dict[str, Any]]:
        """List what was asked since the last reset."""
        return self._proxy.requests

    async def inflight(self) -> dict[str, int]:
        """Count what is being worked on, by the proxy's account and by the server's."""
        found = await self._run(
            "SELECT count(*) FROM information_schema.processlist"
            " WHERE user = %s AND command = 'Query'",
            (READER,),
        )
        return {
            "inflight": self._proxy.inflight,
            "cancelled": self._proxy.cancelled,
            "connections": self._proxy.connections,
            "active_statements": int(found[0][0]),
        }

    async def reset(self) -> None:
        """Forget what was asked and lift the fault."""
        await self.set_fault(NO_FAULT)
        self._proxy.requests = []
        self._proxy.cancelled = 0

    async def _fill(self, table: str, columns: tuple[str, ...], path: Path) -> None:
        marks = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - ours
        assert self._own is not None  # noqa: S101 - prepared before
        async with self._own.cursor() as cursor:
            await cursor.executemany(statement, _rows(path))

    async def _run(self, statement: str, values: tuple[object, ...] | None = None) -> Any:
        assert self._own is not None  # noqa: S101 - prepared before
        async with self._own.cursor() as cursor:
            await cursor.execute(statement, values)
            return await cursor.fetchall()


def _rows(path: Path) -> list[tuple[object, ...]]:
    return [tuple(orjson.loads(line)) for line in path.read_bytes().splitlines()]
