"""Compile one plan: a closure per field, and inlined source for what only reads attributes.

The closures answer anything, exactly.  When an operation is asked again, the parts of it that need
no resolver are generated as source (`source.py`); whatever that code finds odd, it leaves to the
closures, before anything but attributes was read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from types import CoroutineType
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_non_null_type,
    is_object_type,
)
from graphql.pyutils import Path, is_awaitable

from .complete import completion
from .plan import Plan, Site
from .resolve import Source, source_of
from .runtime import (
    Complete,
    Field,
    Info,
    Run,
    Select,
    await_done,
    await_fields,
    await_value,
    fail,
    inert,
    new,
    settle,
)
from .source import Inliner
from .strawberry_fields import Fetch
from .writer import Item

Root = Callable[[Run, Any], Any]
"""Runs a whole operation over a root value: its data, or a coroutine that gives it."""


class Compiler:
    """Makes the functions of one plan."""

    def __init__(self, plan: Plan, info_class: type, *, inline: bool, leave: bool = False) -> None:
        self.plan = plan
        self.info_class = info_class
        self.inliner = Inliner(self, leave=leave) if inline else None
        self._sources: dict[int, Source] = {}
        self._sites: list[Site] = []

    def source(self, site: Site) -> Source:
        """Tell how the value at *site* is fetched."""
        found = self._sources.get(id(site))
        if found is None:
            found = self._sources[id(site)] = source_of(
                self.plan.schema, site, hide_suggestions=self.plan.hide_suggestions
            )
            self._sites.append(site)  # kept, so that its id stays its own
        return found

    def root(self) -> Root:
        """Compile the operation."""
        operation = self.plan.operation
        root_type = self.plan.schema.get_root_type(operation.operation)
        if root_type is None:
            message = f"Schema is not configured to execute {operation.operation.value} operation."

            def refuse(run: Run, _source: Any) -> None:
                run.add(GraphQLError(message, operation), None)

            return refuse
        sites = self.plan.root(root_type)
        if operation.operation == OperationType.MUTATION:
            return _guard(serial([(site.key, self.field(site)) for site in sites]))
        return _guard(self.select_sites(sites))

    def select(self, site: Site, type_: GraphQLObjectType) -> Select:
        """Compile what is asked of *type_* below *site*."""
        return self.select_sites(self.plan.below(site, type_))

    def select_sites(self, sites: list[Site]) -> Select:
        """Compile a selection set."""
        if self.inliner:
            inlined = self.inliner.select(sites)
            if inlined:
                return inlined
        return select([(site.key, self.field(site)) for site in sites])

    def field(self, site: Site) -> Field:
        """Compile the fetching and completing of one field."""
        if site.name == "__typename":
            typename = site.parent.name
            return lambda _run, _prev, _source: typename
        source = self.source(site)
        info_class = self.info_class if source.wants_info or wants_info(site) else None
        inlined = self.inliner.complete(site) if self.inliner else None
        if inlined is None:
            return field(site, source, completion(self, site, site.definition.type), info_class)
        item, exactly = inlined
        if source.wants_info:
            return field(site, source, _item_first(item, exactly), info_class)
        return inlined_field(site, source.fetch, item, field(site, FETCHED, exactly, info_class))


def wants_info(site: Site) -> bool:
    """Whether completing the value at *site* may hand the resolve info to somebody."""
    named = get_named_type(site.definition.type)
    return is_abstract_type(named) or (is_object_type(named) and named.is_type_of is not None)


def field(site: Site, source: Source, complete: Complete, info_class: type | None) -> Field:
    """Make the function of one field."""
    key, parent, nodes = site.key, site.parent.name, site.nodes
    strict = is_non_null_type(site.definition.type)
    head = (site.name, nodes, site.definition.type, site.parent)
    fetch = source.fetch

    def run_field(run: Run, prev: Path | None, value: Any) -> Any:
        path: Path = new(Path, (prev, key, parent))
        try:
            info = new(info_class, (*head, path, *run.tail)) if info_class else None
            value = fetch(run, value, info)
            cls = type(value)
            if cls is CoroutineType or (cls not in inert and is_awaitable(value)):
                return await_value(run, complete, nodes, strict, info, path, value)
            done = complete(run, info, path, value)
        except Exception as raw:  # noqa: BLE001 - every failure of a resolver becomes an error entry
            return fail(run, raw, nodes, path, strict)
        if type(done) is CoroutineType:
            return await_done(run, nodes, strict, path, done)
        return done

    return run_field


FETCHED: Final = Source(lambda _run, value, _info: value, wants_info=False)
"""For a field whose value was fetched already."""


def inlined_field(site: Site, fetch: Fetch, item: Item, odd: Field) -> Field:
    """Make the function of a field that needs neither info nor path while all goes well."""
    key, parent, nodes = site.key, site.parent.name, site.nodes
    strict = is_non_null_type(site.definition.type)

    def run_field(run: Run, prev: Path | None, value: Any) -> Any:
        try:
            value = fetch(run, value, None)
        except Exception as raw:  # noqa: BLE001 - every failure of a resolver becomes an error entry
            return fail(run, raw, nodes, new(Path, (prev, key, parent)), strict)
        try:
            return item(value, run.context)
        except Exception:  # noqa: BLE001, S110 - the exact way finds it again and tells it
            pass
        return odd(run, prev, value)

    return run_field


def _item_first(item: Item, exactly: Complete) -> Complete:
    def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
        try:
            return item(value, run.context)
        except Exception:  # noqa: BLE001, S110 - the exact way finds it again and tells it
            pass
        return exactly(run, info, path, value)

    return complete


def select(fields: list[tuple[str, Field]]) -> Select:
    """Make the function that answers *fields*, all of which may be awaited at once."""

    def answer_all(run: Run, path: Path | None, source: Any) -> Any:
        answer: dict[str, Any] = {}
        pending: list[str] = []
        try:
            for key, run_field in fields:
                done = answer[key] = run_field(run, path, source)
                if type(done) is CoroutineType:
                    pending.append(key)
        except Exception:
            if pending:
                settle([answer[key] for key in pending])
            raise
        return await_fields(answer, pending) if pending else answer

    return answer_all


def serial(fields: list[tuple[str, Field]]) -> Select:
    """Make the function that answers *fields* one after the other, as mutations need."""

    async def later(
        run: Run,
        source: Any,
        answer: dict[str, Any],
        first: tuple[str, Awaitable[Any]],
        rest: Iterator[tuple[str, Field]],
    ) -> dict[str, Any]:
        answer[first[0]] = await first[1]
        for key, run_field in rest:
            done = run_field(run, None, source)
            answer[key] = await done if type(done) is CoroutineType else done
        return answer

    def answer_in_turn(run: Run, _path: Path | None, source: Any) -> Any:
        answer: dict[str, Any] = {}
        rest = iter(fields)
        for key, run_field in rest:
            done = run_field(run, None, source)
            if type(done) is CoroutineType:
                return later(run, source, answer, (key, done), rest)
            answer[key] = done
        return answer

    return answer_in_turn


def _guard(answer: Select) -> Root:
    """Answer null for the whole where an error reached the root."""

    async def later(run: Run, data: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await data
        except GraphQLError as error:
            run.add(error, None)
            return None

    def start(run: Run, source: Any) -> Any:
        try:
            data = answer(run, None, source)
        except GraphQLError as error:
            run.add(error, None)
            return None
        return later(run, data) if type(data) is CoroutineType else data

    return start
