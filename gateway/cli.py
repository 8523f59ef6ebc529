"""The command line: `simpul demo`, `serve`, `ask`, `explain`, `sdl`, `sources`.

Exit status: 0 if all went well, 1 if an answer has errors or a source does not answer, 2 if the
command or the settings are wrong.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import orjson
from cyclopts import App, CycloptsError, MissingArgumentError, Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.problems import ConfigurationError
from gateway import app as root
from gateway import demo as demonstration
from gateway import generated
from gateway.command_examples import EXAMPLES, written_examples
from gateway.configuration import Configuration
from gateway.log_lines import write_logs
from resolvers.policy import (
    NATIONAL_ADMIN,
    OMBUDSMAN,
    PRESIDENTIAL_STAFF,
    PUBLIC,
    Viewer,
    access_of,
)
from schema.build import printed


def _told(error: CycloptsError) -> str:
    """Say what is wrong with a command, and what to write instead."""
    message = str(error)
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        message = f"{error.argument.name} is missing"
    command = " ".join((error.command_chain or ())[-2:])
    written = next(
        (EXAMPLES[each] for each in (command, command.rpartition(" ")[2]) if each in EXAMPLES), None
    )
    hint = f"hint: {written[0]}" if written else "hint: see simpul --help"
    return f"[bold red]error[/]: {escape(message)}\n{escape(hint)}"


cli = App(
    name="simpul",
    help="A GraphQL federation gateway over the complaint systems of Indonesia's government.",
    help_epilogue=written_examples("demo", "serve", "ask", "sources check"),
    help_format="markdown",
    version="0.1.0",
    error_formatter=_told,
)
sources_cli = App(
    name="sources",
    help="Look at the sources that the settings describe.",
    help_epilogue=written_examples("sources suggest", "sources check", "sources probe"),
)
cli.command(sources_cli)

errors = Console(stderr=True, highlight=False, soft_wrap=True)
output = Console(highlight=False)

_WIDEST = 10_000

Configs = Annotated[
    list[Path],
    Parameter(
        name=["--config", "-c"],
        negative="",
        help="A settings file; give it several times to add more.",
    ),
]
As = Annotated[
    Literal["public", "national-admin", "ombudsman", "presidential-staff"],
    Parameter(name="--as", help="Who asks: everybody, or one of those who may see more."),
]
VIEWERS: Mapping[str, Viewer] = {
    "public": PUBLIC,
    "national-admin": NATIONAL_ADMIN,
    "ombudsman": OMBUDSMAN,
    "presidential-staff": PRESIDENTIAL_STAFF,
}


@cli.command(help_epilogue=written_examples("demo"))
def demo(
    *,
    complaints: Annotated[
        int, Parameter(help="How many the sandbox makes up, 100 or more.")
    ] = 20_000,
    seed: Annotated[int, Parameter(help="Same seed, same data.")] = 7,
    host: Annotated[str, Parameter(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port to listen on; 0 for any that is free.")] = 8000,
    once: Annotated[
        str | None,
        Parameter(
            allow_leading_hyphen=True, help="Print the answer to this query and stop; `-` reads it."
        ),
    ] = None,
    as_: As = "public",
) -> int:
    """Start the sandbox's agencies and the gateway over them.

    It prints the address, three queries to try and what to look at; Ctrl+C stops everything.
    """
    from gateway import server, tour  # noqa: PLC0415 - other commands do without a server

    write_logs(logging.WARNING)
    demonstration.end_on_sigterm()
    try:
        listening = None if once is not None else server.listen(host, port)
        with demonstration.agencies(complaints, seed) as agencies:
            configs = [path for path in demonstration.CONFIGS if path.exists()]
            configuration = _loaded(configs, agencies.environ)
            if listening is None:
                query = _text(once or "")
                return _print_answer(configuration, VIEWERS[as_], query, None)
            return tour.serve(configuration, agencies, listening, output)
    except (demonstration.DemoError, server.CannotListen) as error:
        _fail(str(error))


@cli.command(help_epilogue=written_examples("serve"))
def serve(
    *,
    config: Configs,
    host: Annotated[str | None, Parameter(help="Instead of the settings' host.")] = None,
    port: Annotated[int | None, Parameter(help="Instead of the settings' port.")] = None,
) -> int:
    """Serve the sources of the settings until SIGTERM or Ctrl+C.

    It starts also while sources are down; running requests are finished before it stops.
    """
    from gateway import server  # noqa: PLC0415 - other commands do without a server

    write_logs()
    configuration = _loaded(config, os.environ)
    settings = configuration.gateway
    try:
        listening = server.listen(
            settings.host if host is None else host, settings.port if port is None else port
        )
    except server.CannotListen as error:
        _fail(str(error))
    return server.run(configuration, listening)


@cli.command(help_epilogue=written_examples("ask"))
def ask(
    query: Annotated[
        str,
        Parameter(allow_leading_hyphen=True, help="The query; `-` reads it from standard input."),
    ],
    /,
    *,
    config: Configs,
    as_: As = "public",
    variables: Annotated[str | None, Parameter(help="The query's variables, as JSON.")] = None,
    plan: Annotated[
        bool, Parameter(negative="", help="Tell the plan too, to those who may see plans.")
    ] = False,
) -> int:
    """Answer one query in process and print the JSON."""
    write_logs(logging.WARNING)
    given = None if variables is None else _variables(variables)
    if plan and not access_of(VIEWERS[as_]).operations:
        errors.print(f"no plan is told to {as_}; hint: --as national-admin, or simpul explain")
    return _print_answer(_loaded(config, os.environ), VIEWERS[as_], _text(query), given, plan=plan)


@cli.command(help_epilogue=written_examples("explain"))
def explain(
    query: Annotated[
        str,
        Parameter(allow_leading_hyphen=True, help="The query; `-` reads it from standard input."),
    ],
    /,
    *,
    config: Configs,
    as_: As = "public",
    variables: Annotated[str | None, Parameter(help="The query's variables, as JSON.")] = None,
) -> int:
    """Print what a query costs, what each source would be sent, and what is left to do here.

    No complaint is read; reference data are, where the filter needs them.
    """
    from gateway import explain as explaining  # noqa: PLC0415 - other commands do without it

    write_logs(logging.WARNING)
    given = None if variables is None else _variables(variables)
    configuration = _loaded(config, os.environ)
    text, well = asyncio.run(explaining.explain(configuration, VIEWERS[as_], _text(query), given))
    sys.stdout.write(text)
    return 0 if well else 1


@cli.command(help_epilogue=written_examples("sdl"))
def sdl() -> None:
    """Print the schema in GraphQL's own language."""
    sys.stdout.write(printed())


@cli.command(show=False, help_epilogue="")
def docs() -> None:
    """Write the pages of `docs/` that are generated from the code."""
    for path in generated.write():
        output.print(f"wrote {path}")


@sources_cli.command(name="list", help_epilogue=written_examples("sources list"))
def list_sources(*, config: Configs) -> None:
    """Print the sources of the settings; asks none of them."""
    from gateway.source_tables import listed  # noqa: PLC0415 - tables are drawn here only

    _print_table(listed(_loaded(config, os.environ).sources))


@sources_cli.command(name="check", help_epilogue=written_examples("sources check"))
def check_sources(*, config: Configs) -> int:
    """Tell every mistake of the settings at once, then ask each source for one page."""
    from gateway.source_tables import check  # noqa: PLC0415 - same

    write_logs(logging.CRITICAL)
    table, well = asyncio.run(check(_loaded(config, os.environ).sources))
    _print_table(table)
    return 0 if well else 1


@sources_cli.command(name="probe", help_epilogue=written_examples("sources probe"))
def probe_source(
    name: Annotated[str, Parameter(help="The source's id.")],
    /,
    *,
    config: Configs,
    questions: Annotated[int, Parameter(help="At most so many are asked.")] = 1_000,
    rows: Annotated[int, Parameter(help="About so many rows are read to compare with.")] = 2_000,
    pause: Annotated[int, Parameter(help="Milliseconds before each question.")] = 100,
    out: Annotated[Path | None, Parameter(help="Write here, not to standard output.")] = None,
) -> int:
    """Hold a live source against what it promises; write a report for its owner.

    It only reads, one question at a time, within bounds; no value of a row is written.
    """
    from connectors.conformance.probe import Bounds  # noqa: PLC0415 - other commands do without
    from gateway import probing  # noqa: PLC0415 - same

    write_logs(logging.CRITICAL)
    bounds = Bounds(questions=max(1, questions), rows=max(1, rows), pause=max(0, pause) / 1000)
    sources = _loaded(config, os.environ).sources
    try:
        text, holds = asyncio.run(probing.report(sources, name, bounds, sys.stderr))
        if out is not None:
            out.write_text(text, "utf-8")
    except probing.NoSuchSource as error:
        _fail(str(error))
    except OSError as error:
        _fail(
            f"{out}: cannot be written ({error.strerror}); hint: name a file in a folder of yours"
        )
    if out is None:
        sys.stdout.write(text)
    return 0 if holds else 1


@sources_cli.command(name="suggest", help_epilogue=written_examples("sources suggest"))
def suggest_source(
    where: Annotated[
        str,
        Parameter(
            help="A CSV or XLSX file, a folder of them, an OpenAPI document, the address of a "
            "GraphQL endpoint or a GeoReport service; of a database, `env:NAME`."
        ),
    ],
    /,
    *,
    kind: Annotated[
        Literal["sheet", "postgres", "mysql", "openapi", "graphql", "open311"] | None,
        Parameter(help="What it is, where its address does not tell."),
    ] = None,
    source: Annotated[str | None, Parameter(name="--id", help="The id it gets.")] = None,
    table: Annotated[str | None, Parameter(help="Of a database: which table or view.")] = None,
    token: Annotated[str | None, Parameter(help="A credential by reference: `env:NAME`.")] = None,
    header: Annotated[
        str | None, Parameter(help="The header that carries it; else it is a bearer token.")
    ] = None,
    network: Annotated[
        list[str] | None,
        Parameter(negative="", help="A private network in which it lies: `10.12.0.0/16`."),
    ] = None,
    out: Annotated[Path | None, Parameter(help="Write here, not to standard output.")] = None,
) -> int:
    """Look at a system and write a first source table, each guess marked; you finish it.

    It only reads, and little. Columns that are of persons are named, never taken or shown.
    """
    from connectors.suggest.asked import Asked  # noqa: PLC0415 - other commands do without
    from connectors.suggest.found import CannotLook  # noqa: PLC0415 - same
    from gateway import suggesting  # noqa: PLC0415 - same

    write_logs(logging.CRITICAL)
    asked = Asked(
        where=where,
        source=source or suggesting.id_of(where),
        kind=kind,
        table=table,
        token=token,
        header=header,
        networks=tuple(network or ()),
        base=Path() if out is None else out.parent,
        environ=os.environ,
    )
    try:
        found = asyncio.run(suggesting.suggestion(asked, date.today()))  # noqa: DTZ011 - of the person
        if out is None:
            sys.stdout.write(found.text)
        else:
            with out.open("x", encoding="utf-8") as opened:
                opened.write(found.text)
    except CannotLook as error:
        told = str(error)
        # An address may hold a password; whatever is named already need not be named again.
        _fail(told if "://" in where or where in told else f"{where}: {told}")
    except OSError as error:
        _fail(f"{out}: cannot be written ({error.strerror}); hint: name a file that does not exist")
    for problem in found.left:
        errors.print(f"  [bold]{escape(problem.path)}[/]: {escape(problem.message)}")
        if problem.hint:
            errors.print(f"    hint: {escape(problem.hint)}")
    count = len(found.left)
    errors.print(f"{count} left to fill in; then: simpul sources check --config {out or 'FILE'}")
    return 0


def _print_table(table: Table) -> None:
    """Print *table*, in a file or a pipe as wide as it is: nobody reads it through 80 columns."""
    width = None if output.is_terminal or "COLUMNS" in os.environ else _WIDEST
    Console(highlight=False, width=width).print(table)


def main() -> None:
    """Run the command line and exit."""
    sys.exit(cli())


def _print_answer(
    configuration: Configuration,
    viewer: Viewer,
    query: str,
    variables: Mapping[str, Any] | None,
    *,
    plan: bool = False,
) -> int:
    answer = asyncio.run(root.ask(configuration, viewer, query, variables, plan=plan))
    sys.stdout.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 1 if "errors" in answer else 0


def _loaded(paths: list[Path], environ: Mapping[str, str]) -> Configuration:
    try:
        return root.load(paths, environ)
    except ConfigurationError as error:
        count = len(error.problems)
        errors.print(f"[bold red]{count} mistake{'s' if count > 1 else ''} in the settings[/]")
        for problem in error.problems:
            errors.print(f"  [bold]{escape(problem.path)}[/]: {escape(problem.message)}")
            if problem.hint:
                errors.print(f"    hint: {escape(problem.hint)}")
        sys.exit(2)


def _text(query: str) -> str:
    return sys.stdin.read() if query == "-" else query


def _variables(text: str) -> Mapping[str, Any]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        _fail("--variables is no JSON object; hint: --variables '{\"first\": 3}'")
    return given


def _fail(message: str) -> NoReturn:
    errors.print(f"[bold red]error[/]: {escape(message)}")
    sys.exit(2)
