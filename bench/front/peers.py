"""The peers from npm, optional: `npm install` in `bench/peers` makes them available.

Tailcall reads the stub's REST lists; the others read the same rows over GraphQL, one subgraph a
source.  None of them masks, filters rows, merges in order or pages: they join.
"""

from __future__ import annotations

import shutil
import subprocess
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from bench.front.engines import HELD, Engine, question
from bench.front.load import Question
from bench.front.processes import NotStarted, Running, free_port, running
from bench.front.shapes import Shape

MODULES = Path(__file__).parents[1] / "peers" / "node_modules"

_TYPES = """
type Row{shareable} {{
  nomor: String!
  klasifikasi: String!
  pengawasan: Boolean!
  judul: String!
  masuk: String!
  diubah: String!
  selesai: String
  status: String!
  label: String!
  kanal: String!
  instansi: Instansi!
}}
type Instansi{shareable} {{ kode: String! nama: String! jenis: String! }}
"""
_ROW = (
    "nomor klasifikasi pengawasan judul masuk diubah selesai status label"
    " kanal instansi { kode nama jenis }"
)
_FEDERATED = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@shareable"])'
)


def _query(shape: Shape, rows: str) -> str:
    fields = " ".join(f"s{n}(since: $since) {{ {rows} }}" for n in range(shape.sources))
    return f"query Daftar($since: String!) {{ {fields} }}"


def _subgraph(number: int, *, federated: bool) -> str:
    types = _TYPES.format(shareable=" @shareable" if federated else "")
    return (
        f"{_FEDERATED if federated else ''}{types}"
        f"type Query {{ s{number}(since: String!): [Row!]! }}\n"
    )


class Peer(Engine):
    """A program that is started with files of its own."""

    rows = _ROW

    @abstractmethod
    def command(self, shape: Shape, stub: int, port: int, folder: Path) -> Sequence[str]:
        """Write its files into *folder*, and give what to run."""

    environ: ClassVar[Mapping[str, str]] = {}

    @contextmanager
    def started(
        self, shape: Shape, stub: int, core: int | None, folder: Path
    ) -> Iterator[tuple[Running, Question]]:
        """Run it, or say why it cannot run."""
        if not MODULES.is_dir():
            raise NotStarted("it is not installed; hint: npm install in bench/peers")
        port = free_port()
        own = folder / self.name
        own.mkdir()
        command = self.command(shape, stub, port, own)
        with running(command, port, core, own / "log", self.environ, own) as process:
            body = {"query": _query(shape, self.rows), "variables": {"since": HELD}}
            yield process, question(port, "/graphql", body)


class Tailcall(Peer):
    """Rust, over the REST lists."""

    name = "tailcall"
    rows = f"data {{ {_ROW} }}"
    environ: ClassVar[Mapping[str, str]] = {"TAILCALL_TRACKER": "false"}

    def command(self, shape: Shape, stub: int, port: int, folder: Path) -> Sequence[str]:
        """Write its schema."""
        fields = "\n".join(
            f'  s{n}(since: String!): Rows @http(url: "http://127.0.0.1:{stub}/{n}/{shape.rows}'
            '/laporan", query: [{ key: "dari", value: "{{.args.since}}" }])'
            for n in range(shape.sources)
        )
        schema = folder / "schema.graphql"
        schema.write_text(
            f'schema @server(port: {port}, hostname: "127.0.0.1") {{ query: Query }}\n'
            f"type Query {{\n{fields}\n}}\ntype Rows {{ data: [Row!]! }}\n"
            + _TYPES.format(shareable="")
        )
        program = MODULES / "@tailcallhq/core-linux-x64-gnu/bin/tailcall"
        program.chmod(0o755)
        return [str(program), "start", str(schema)]


class Grafbase(Peer):
    """Rust, over subgraphs."""

    name = "grafbase"

    def command(self, shape: Shape, stub: int, port: int, folder: Path) -> Sequence[str]:
        """Write its subgraphs."""
        tables = []
        for number in range(shape.sources):
            schema = folder / f"s{number}.graphql"
            schema.write_text(_subgraph(number, federated=True))
            address = f"http://127.0.0.1:{stub}/{number}/{shape.rows}/graphql"
            tables.append(f'[subgraphs.s{number}]\nurl = "{address}"\nschema_path = "{schema}"\n')
        (folder / "grafbase.toml").write_text("\n".join(tables))
        program = MODULES / "@grafbase/cli-x86_64-unknown-linux-musl/grafbase"
        program.chmod(0o755)
        return [str(program), "dev", "-c", str(folder / "grafbase.toml"), "-p", str(port)]


class Hive(Peer):
    """Node, over a supergraph."""

    name = "hive"

    def command(self, shape: Shape, stub: int, port: int, folder: Path) -> Sequence[str]:
        """Compose the supergraph."""
        node = shutil.which("node")
        if node is None:
            raise NotStarted("there is no Node")
        services: list[str] = []
        for number in range(shape.sources):
            schema = folder / f"s{number}.graphql"
            schema.write_text(_subgraph(number, federated=True))
            address = f"http://127.0.0.1:{stub}/{number}/{shape.rows}/graphql"
            services += [f"s{number}", address, str(schema)]
        supergraph = folder / "supergraph.graphql"
        compose = MODULES.parent / "compose.mjs"
        done = subprocess.run(
            [node, str(compose), str(supergraph), *services], capture_output=True, check=False
        )
        if done.returncode:
            raise NotStarted(done.stderr.decode(errors="replace")[-400:])
        # It looks for its own packages from where it is run.
        (folder / "node_modules").symlink_to(MODULES)
        program = str(MODULES / "@graphql-hive/gateway/dist/bin.js")
        return [node, program, "supergraph", str(supergraph), "-p", str(port), "-h", "127.0.0.1"]


class HiveRust(Hive):
    """The same with its query planner in Rust."""

    name = "hive-rust"
    environ: ClassVar[Mapping[str, str]] = {"HIVE_ROUTER_RUNTIME": "true"}


PEERS: tuple[Engine, ...] = (Hive(), HiveRust(), Tailcall(), Grafbase())
