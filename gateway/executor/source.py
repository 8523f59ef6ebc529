"""Generate source for the parts of an operation that only read attributes.

Each object becomes one function that builds its dictionary in one expression, with a class check
per leaf; a resolver that can answer at once is called without info and path.
A value that is not exactly what the check expects goes to the scalar's own coercion; one that is
odd (null where none may be, an exception, an awaitable, a wrong type) raises `Odd`, and the
closures of `compile.py` answer that object again, exactly.
Only names that the grammar of GraphQL allows, and literals through `repr`, get into the source.
"""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.pyutils import Path

from .complete import completion, ignores_info
from .leaves import is_text, leaf, texts
from .plan import Site
from .resolve import Source
from .runtime import Complete, Field, Info, Odd, Run, Select, await_fields, inert, is_inert, settle

if TYPE_CHECKING:
    from .compile import Compiler

Item = Callable[[Any, Any], Any]
"""Completes one value, under the request's context, that needs no path; raises on anything odd."""

_Step = tuple[Callable[..., Any] | None, str, Callable[..., Any]]
"""An inlined stretch and its exact twin, or None, a key and the field that answers it."""

_DEEPEST: Final = 3
"""Levels of nested objects written into one function; deeper ones are functions of their own."""


class Inliner:
    """Generates the functions of one plan."""

    def __init__(self, compiler: Compiler, *, leave: bool = False) -> None:
        self._compiler = compiler
        self.leave = leave
        self._pure: dict[int, bool] = {}
        self._kept: list[Any] = []

    def complete(self, site: Site) -> tuple[Item, Complete] | None:
        """Make the inlined and the exact completion of *site*; None if it needs a resolver."""
        type_ = site.definition.type
        named = get_named_type(type_)
        if not is_object_type(named) or not self._is_pure_object(site, named):
            return None
        exact: Complete | None = None

        def exactly(run: Run, info: Info, path: Path, value: Any) -> Any:
            nonlocal exact
            if exact is None:
                exact = completion(self._compiler, site, type_)
            return exact(run, info, path, value)

        return self.item(site, type_), exactly

    def select(self, sites: list[Site]) -> Select | None:
        """Make the answer of a selection set, of which at least two fields can be inlined."""
        inlinable = [self._is_pure_site(site) for site in sites]
        if sum(inlinable) < 2:
            return None
        compiler = self._compiler
        steps: list[_Step] = []
        stretch: list[Site] = []
        for site, pure in zip(sites, inlinable, strict=True):
            if pure:
                stretch.append(site)
                continue
            if stretch:
                steps.append(self._stretch(stretch))
                stretch = []
            steps.append((None, site.key, compiler.field(site)))
        if stretch:
            steps.append(self._stretch(stretch))
        return _steps(steps)

    def _stretch(self, sites: list[Site]) -> _Step:
        """Inline neighbouring fields; beside it the same fields the exact way."""
        writer = _Writer(self)
        inlined = writer.build("o, answer, context", writer.store(sites))
        exact: list[tuple[str, Field]] = []

        def exactly(
            run: Run, path: Path | None, source: Any, answer: dict[str, Any], pending: list[str]
        ) -> None:
            if not exact:
                exact.extend((site.key, self._compiler.field(site)) for site in sites)
            for key, run_field in exact:
                done = answer[key] = run_field(run, path, source)
                if type(done) is CoroutineType:
                    pending.append(key)

        return (inlined, "", exactly)

    def below(self, site: Site, type_: GraphQLObjectType) -> list[Site]:
        """List the fields asked of *type_* below *site*."""
        return self._compiler.plan.below(site, type_)

    def source(self, site: Site) -> Source:
        """Tell how the value at *site*, which is pure, is fetched."""
        return self._compiler.source(site)

    def _is_pure_site(self, site: Site) -> bool:
        """Whether *site* is an attribute, or answered at once, and can be completed inline."""
        found = self._pure.get(id(site))
        if found is None:
            found = self._pure[id(site)] = self._judge(site)
            self._kept.append(site)
        return found

    def _judge(self, site: Site) -> bool:
        if site.name == "__typename":
            return True
        source = self._compiler.source(site)
        if source.attribute is None and source.at_once is None:
            return False
        named = get_named_type(site.definition.type)
        if is_object_type(named):
            return self._is_pure_object(site, named)
        return is_leaf_type(named)

    def _is_pure_object(self, site: Site, type_: GraphQLObjectType) -> bool:
        if type_.is_type_of is not None and not ignores_info(type_.is_type_of):
            return False
        return all(map(self._is_pure_site, self._compiler.plan.below(site, type_)))

    def item(self, site: Site, type_: GraphQLOutputType) -> Item:
        """Make the function that completes one value of *type_* at *site*."""
        writer = _Writer(self)
        body = [*writer.value(site, type_, "o", 1, 0), "    return o"]
        return writer.build("o, context", body)


def _steps(steps: list[_Step]) -> Select:
    """Make the function that takes *steps* in turn: inlined stretches and single fields."""

    def answer_all(run: Run, path: Path | None, source: Any) -> Any:
        answer: dict[str, Any] = {}
        pending: list[str] = []
        try:
            for inlined, key, then in steps:
                if inlined is None:
                    done = answer[key] = then(run, path, source)
                    if type(done) is CoroutineType:
                        pending.append(key)
                    continue
                try:
                    inlined(source, answer, run.context)
                    continue
                except Exception:  # noqa: BLE001, S110 - the exact way finds it again and tells it
                    pass
                then(run, path, source, answer, pending)
        except Exception:
            if pending:
                settle([answer[key] for key in pending])
            raise
        return await_fields(answer, pending) if pending else answer

    return answer_all


class _Writer:
    """Writes the source of one function and keeps what it refers to."""

    def __init__(self, inliner: Inliner) -> None:
        self._inliner = inliner
        self._names = 0
        self._globals: dict[str, Any] = {"Odd": Odd, "inert": inert, "is_inert": is_inert}

    def build(self, parameters: str, body: list[str]) -> Callable[..., Any]:
        text = "\n".join([f"def inlined({parameters}):", *body])
        exec(compile(text, "<operation>", "exec"), self._globals)  # noqa: S102 - see the module
        made: Callable[..., Any] = self._globals["inlined"]
        return made

    def _name(self, prefix: str, value: Any = None) -> str:
        self._names += 1
        name = f"{prefix}{self._names}"
        if value is not None:
            self._globals[name] = value
        return name

    def store(self, sites: list[Site]) -> list[str]:
        """Write the statements that put *sites* of `o` into `answer`."""
        lines, expressions = self._fields(sites, "o", 1, 0)
        lines += [f"    answer[{key!r}] = {text}" for key, text in expressions]
        return lines

    def _fields(
        self, sites: list[Site], source: str, indent: int, depth: int
    ) -> tuple[list[str], list[tuple[str, str]]]:
        pad = "    " * indent
        lines = [f"{pad}if type({source}) not in inert and not is_inert(type({source})): raise Odd"]
        expressions = []
        names: list[tuple[Site, str]] = []
        mapped: list[str] = []
        plain: list[str] = []
        for site in sites:
            if site.name == "__typename":
                expressions.append((site.key, repr(site.parent.name)))
                continue
            fetched = self._inliner.source(site)
            attribute = fetched.attribute
            name = self._name("v")
            names.append((site, name))
            expressions.append((site.key, name))
            if attribute is None:
                plain.append(f"{name} = {self._name('q', fetched.at_once)}({source}, context)")
                continue
            read = (
                f"{source}.{attribute}"
                if attribute.isidentifier() and not iskeyword(attribute)
                else f"getattr({source}, {attribute!r})"
            )
            plain.append(f"{name} = {read}")
            if fetched.is_default:
                mapped.append(f"{name} = {source}.get({attribute!r})")
        if mapped and len(mapped) == len(plain):
            lines.append(f"{pad}if type({source}) is dict:")
            lines += [f"{pad}    {line}" for line in mapped]
            lines.append(f"{pad}else:")
            lines += [f"{pad}    {line}" for line in plain]
        else:
            lines += [f"{pad}{line}" for line in plain]
        lines += self._completed(names, indent, depth)
        return lines, expressions

    def _completed(self, names: list[tuple[Site, str]], indent: int, depth: int) -> list[str]:
        """Write the completion of each field; texts that may not be null are checked at once."""
        sure: list[tuple[Any, str]] = []
        rest: list[str] = []
        for site, name in names:
            type_ = site.definition.type
            inner = type_.of_type if is_non_null_type(type_) else None
            if inner is not None and is_leaf_type(inner) and is_text(inner):
                sure.append((inner, name))
            else:
                rest += self.value(site, type_, name, indent, depth)
        if not sure:
            return rest
        return ["    " * indent + line for line in texts(self._name, sure)] + rest

    def value(
        self, site: Site, type_: GraphQLOutputType, name: str, indent: int, depth: int
    ) -> list[str]:
        """Write the statements that complete the value in variable *name*, in place."""
        pad = "    " * indent
        nullable = True
        if is_non_null_type(type_):
            nullable, type_ = False, type_.of_type
        if is_leaf_type(type_):
            leave = self._inliner.leave
            return [pad + leaf(self._name, type_, name, nullable=nullable, leave=leave)]
        if is_list_type(type_):
            inner = self._list(site, type_.of_type, name, depth + 1)
        elif is_object_type(type_) and depth >= _DEEPEST:
            made = self._name("f", self._inliner.item(site, type_))
            inner = [f"{name} = {made}({name}, context)"]
        elif is_object_type(type_):
            inner = self._object(site, type_, name, depth + 1)
        else:
            raise TypeError(f"Cannot inline {type_}")
        if not nullable:
            # A null has no class that the statements accept: it raises by itself.
            return [pad + line for line in [f"if {name} is None: raise Odd", *inner]]
        return [f"{pad}if {name} is not None:", *(f"{pad}    {line}" for line in inner)]

    def _list(self, site: Site, item_type: GraphQLOutputType, name: str, depth: int) -> list[str]:
        expect = f"if type({name}) is not list and type({name}) is not tuple: raise Odd"
        if depth > _DEEPEST:
            made = self._name("f", self._inliner.item(site, item_type))
            return [expect, f"{name} = [{made}(item, context) for item in {name}]"]
        items, push, item = self._name("l"), self._name("p"), self._name("i")
        return [
            expect,
            f"{items} = []",
            f"{push} = {items}.append",
            f"for {item} in {name}:",
            *self.value(site, item_type, item, 1, depth),
            f"    {push}({item})",
            f"{name} = {items}",
        ]

    def _object(self, site: Site, type_: GraphQLObjectType, name: str, depth: int) -> list[str]:
        lines = []
        if type_.is_type_of is not None:
            check = self._name("c", type_.is_type_of)
            lines.append(f"if {check}({name}, None) is not True: raise Odd")
        below, expressions = self._fields(self._inliner.below(site, type_), name, 0, depth)
        pairs = ", ".join(f"{key!r}: {text}" for key, text in expressions)
        return [*lines, *below, f"{name} = {{{pairs}}}"]
