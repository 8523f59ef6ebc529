"""What the demonstration says when it is ready, and serving it."""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax

from gateway import server
from gateway.configuration import Configuration
from gateway.demo import CONFIGS, REFERENCES, Agencies
from gateway.examples import FIRST, TOUR
from gateway.http_settings import HttpSettings

LOOK_AT = """\
[bold]What to look at[/]
 • [bold]answers[/] says how each system took part; [bold]complete[/] is false if one is missing.
 • [bold]exact: false[/] beside a count means "at least": not every system can count what was asked.
 • Let the province hang, and ask again: the rest is whole, and within the deadline.
     {fault} hang
 • Lift it and page on with the [bold]endCursor[/] of that answer:
   its rows come first, with [bold]late: true[/].
     {fault} none
 • Everything over HTTP is for the public: no reporter, no body, titles without personal data.
   `{simpul} demo --as national-admin --once QUERY` sees more, in process only.
 • Ask these same systems in process, from another shell:
     . {references}
     {simpul} ask {configs} QUERY
"""


def serve(
    configuration: Configuration,
    agencies: Agencies,
    listening: socket.socket,
    output: Console,
) -> int:
    """Show *configuration* on the address taken until Ctrl+C and give the exit status."""
    settings = replace(
        configuration.gateway,
        introspection=True,
        console=True,
        http=HttpSettings(require_preflight=False),
    )
    show(TOUR, agencies.folder, server.address_of(listening), output)
    return server.run(replace(configuration, gateway=settings), listening, (FIRST, *TOUR.values()))


def show(queries: Mapping[str, str], folder: Path, address: str, output: Console) -> None:
    """Print the address, the *queries* and what to look at."""
    output.print(
        f"\n[bold green]Simpul is at {address}/graphql[/], a page to try it at {address}/\n",
        soft_wrap=True,
    )
    for number, (title, query) in enumerate(queries.items(), start=1):
        shown = Syntax(query.rstrip(), "graphql", background_color="default", word_wrap=True)
        # Without a frame: it is there to be copied.
        output.print(f"[bold]{number}. {escape(title)}[/]")
        output.print(shown)
        output.print()
    fault = shlex.join([sys.executable, "-m", "sandbox", "fault", "--dir", str(folder), "kaltim"])
    simpul = Path(sys.executable).with_name("simpul")
    told = LOOK_AT.format(
        simpul=escape(shlex.quote(str(simpul))),
        fault=escape(fault),
        references=escape(shlex.quote(str(folder / REFERENCES))),
        configs=escape(
            " ".join(f"--config {shlex.quote(str(each))}" for each in CONFIGS if each.exists())
        ),
    )
    output.print(told, soft_wrap=True)
    output.print("Ctrl+C stops the agencies and the gateway.")
