"""One system as a process of its own: told what to be by its supervisor, gone when it is gone."""

import asyncio
import importlib
import json
import signal
from pathlib import Path
from typing import Any, Protocol

from sandbox.lifeline import standard_input
from sandbox.systems.databases import DATABASES
from sandbox.systems.pu.server import PostgresSystem
from sandbox.systems.rest_system import RestSystem


class DatabaseSystem(Protocol):
    """A system with a server of its own, which starts while the data are made."""

    async def prepare(self) -> None:
        """Start the server."""

    async def open(self, folder: Path) -> dict[str, object]:
        """Fill it from the files in *folder*, open, and give the addresses."""

    async def aclose(self) -> None:
        """Stop everything."""


def run() -> int:
    """Read the order from standard input and be that system until told to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor hears it and decides
    asyncio.run(_run())
    return 0


async def _run() -> None:
    reader = await standard_input()
    order = json.loads(await reader.readline() or b"{}")
    if not order:
        return
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = _database(order)
    system: DatabaseSystem | RestSystem | None = database
    try:
        if database is not None:
            await database.prepare()
        if not await reader.readline():  # the word that the data are there, or the end
            return
        folder = Path(order["data"])
        if database is not None:
            addresses = await database.open(folder)
        else:
            system = rest = _rest(order, folder)
            addresses = await rest.open()
        print(json.dumps(addresses), flush=True)
        await _until_told(reader, stop)
    finally:
        if system is not None:
            await system.aclose()


def _database(order: dict[str, Any]) -> DatabaseSystem | None:
    if "database" not in order:
        return None
    folder, secret = Path(order["database"]), order["secret"]
    port, control_port = order["port"], order["control_port"]
    if order["system"] == "simda":
        from sandbox.systems.simda.server import SimdaSystem  # noqa: PLC0415 - only here

        return SimdaSystem(folder, secret, port, control_port)
    plan = DATABASES[order["system"]]
    return PostgresSystem(plan, folder, secret, port, control_port)


def _rest(order: dict[str, Any], folder: Path) -> RestSystem:
    # Only what this process is: some systems bring much along.
    server = importlib.import_module(f"sandbox.systems.{order['system']}.server")
    built: RestSystem = server.system(
        folder, order["seed"], order["secret"], order["port"], order["control_port"]
    )
    return built


async def _until_told(reader: asyncio.StreamReader, stop: asyncio.Event) -> None:
    ended = asyncio.create_task(reader.read())
    told = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    told.cancel()
