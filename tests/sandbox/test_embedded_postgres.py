import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from sandbox import embedded_postgres
from sandbox.embedded_postgres import SUPERUSER, Cluster, PostgresUnavailable, find_distribution


async def _version(cluster: Cluster) -> str:
    connection = await asyncpg.connect(
        host=cluster.socket_folder, user=SUPERUSER, database="postgres"
    )
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def test_the_fallback_serves_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the first package the second is found, starts, stops, and leaves nothing behind."""
    monkeypatch.setattr(embedded_postgres, "_DISTRIBUTIONS", embedded_postgres._DISTRIBUTIONS[1:])
    with TemporaryDirectory(prefix="sandbox-pg-") as name:
        folder = Path(name) / "server"
        Path(name).chmod(0o755)
        cluster = Cluster(folder)
        cluster.start()
        try:
            version = asyncio.run(_version(cluster))
        finally:
            cluster.stop()
            cluster.stop()

        assert version.startswith("18.")
        assert not folder.exists()


def test_unreachable_binaries_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that anybody can read is made where the binaries lie behind a closed folder."""
    monkeypatch.setattr(embedded_postgres, "gettempdir", lambda: str(tmp_path))
    found = find_distribution()

    copy = embedded_postgres._readable_copy(found)
    again = embedded_postgres._readable_copy(found)

    assert copy == again
    assert copy is not None
    assert copy.root.parent.parent == tmp_path
    assert embedded_postgres._runs(copy) or not tmp_path.stat().st_mode & 0o005


def test_without_any_package_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is installed the error names what was looked for."""
    monkeypatch.setattr(embedded_postgres, "_DISTRIBUTIONS", (("no_such_module", "no-such"),))

    with pytest.raises(PostgresUnavailable, match="no-such: not installed"):
        find_distribution()
