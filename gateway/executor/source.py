"""Generate source for the parts of an operation that only read attributes.

Each object becomes one function of one argument that builds its dictionary in one expression, with
a class check per leaf.  A value that is not exactly what the check expects goes to the scalar's own
coercion; one that is odd (null where none may be, an exception, an awaitable, a wrong type) raises
`Odd`, and the closures of `compile.py` answer that object again, exactly.
Only names that the grammar of GraphQL allows, and literals through `repr`, get into the source.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from keyword import iskeyword
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.pyutils import Path

from .complete import PLAIN_SCALARS, completion, ignores_info
from .plan import Site
from .runtime import Complete, Field, Info, Odd, Run, Select, await_fields, inert, is_inert, settle

if TYPE_CHECKING:
    from .compile import Compiler

Item = Callable[[Any], Any]
"""Completes one value that needs neither resolver nor path; raises on anything odd."""

_Step = tuple[Callable[..., Any] | None, str, Callable[..., Any]]
"""An inlined stretch and its exact twin, or None, a key and the field that answers it."""

_DEEPEST: Final = 3
"""Levels of nested objects written into one function; deeper ones are functions of their own."""


class Inliner:
    """Generates the functions of one plan."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._pure: dict[int, bool] = {}
        self._kept: list[Any] = []

    def complete(self, site: Site) -> Complete | None:
        """Make a completion for *site*, or None if it needs more than reading attributes."""
        type_ = site.definition.type
        named = get_named_type(type_)
        if not is_object_type(named) or not self._is_pure_object(site, named):
            return None
        item = self._function(site, type_)
        exact: Complete | None = None

        def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
            nonlocal exact
            try:
                return item(value)
            except Exception:  # noqa: BLE001, S110 - the exact way finds it again and tells it
                pass
            if exact is None:
                exact = completion(self._compiler, site, type_)
            return exact(run, info, path, value)

        return complete

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
        inlined = writer.build("o, answer", writer.store(sites))
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

    def _function(self, site: Site, type_: GraphQLOutputType) -> Item:
        writer = _Writer(self)
        body = [*writer.value(site, type_, "o", 1, 0), "    return o"]
        return writer.build("o", body)

    def below(self, site: Site, type_: GraphQLObjectType) -> list[Site]:
        """List the fields asked of *type_* below *site*."""
        return self._compiler.plan.below(site, type_)

    def attribute(self, site: Site) -> tuple[str, bool]:
        """Name the attribute read at *site*, and whether it may be a key of a mapping."""
        source = self._compiler.source(site)
        assert source.attribute is not None  # noqa: S101 - only asked of pure sites
        return source.attribute, source.is_default

    def _is_pure_site(self, site: Site) -> bool:
        """Whether answering *site* is reading an attribute and completing it inline."""
        found = self._pure.get(id(site))
        if found is None:
            found = self._pure[id(site)] = self._judge(site)
            self._kept.append(site)
        return found

    def _judge(self, site: Site) -> bool:
        if site.name == "__typename":
            return True
        if self._compiler.source(site).attribute is None:
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
        return self._function(site, type_)


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
                    inlined(source, answer)
                except Exception:  # noqa: BLE001 - the exact way finds it again, and says it right
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
            attribute, is_default = self._inliner.attribute(site)
            name = self._name("v")
            names.append((site, name))
            expressions.append((site.key, name))
            read = (
                f"{source}.{attribute}"
                if attribute.isidentifier() and not iskeyword(attribute)
                else f"getattr({source}, {attribute!r})"
            )
            plain.append(f"{name} = {read}")
            if is_default:
                mapped.append(f"{name} = {source}.get({attribute!r})")
        if mapped and len(mapped) == len(plain):
            lines.append(f"{pad}if type({source}) is dict:")
            lines += [f"{pad}    {line}" for line in mapped]
            lines.append(f"{pad}else:")
            lines += [f"{pad}    {line}" for line in plain]
        else:
            lines += [f"{pad}{line}" for line in plain]
        for site, name in names:
            lines += self.value(site, site.definition.type, name, indent, depth)
        return lines, expressions

    def value(
        self, site: Site, type_: GraphQLOutputType, name: str, indent: int, depth: int
    ) -> list[str]:
        """Write the statements that complete the value in variable *name*, in place."""
        pad = "    " * indent
        nullable = True
        if is_non_null_type(type_):
            nullable, type_ = False, type_.of_type
        if is_leaf_type(type_):
            return [pad + self._leaf(type_, name, nullable)]
        if is_list_type(type_):
            inner = self._list(site, type_.of_type, name)
        elif is_object_type(type_) and depth >= _DEEPEST:
            made = self._name("f", self._inliner.item(site, type_))
            inner = [f"{name} = {made}({name})"]
        elif is_object_type(type_):
            inner = self._object(site, type_, name, depth + 1)
        else:
            raise TypeError(f"Cannot inline {type_}")
        if not nullable:
            # A null has no class that the statements accept: it raises by itself.
            return [pad + line for line in [f"if {name} is None: raise Odd", *inner]]
        return [f"{pad}if {name} is not None:", *(f"{pad}    {line}" for line in inner)]

    def _list(self, site: Site, item_type: GraphQLOutputType, name: str) -> list[str]:
        made = self._name("f", self._inliner.item(site, item_type))
        return [
            f"if type({name}) is not list and type({name}) is not tuple: raise Odd",
            f"{name} = [*map({made}, {name})]",
        ]

    def _object(self, site: Site, type_: GraphQLObjectType, name: str, depth: int) -> list[str]:
        lines = []
        if type_.is_type_of is not None:
            check = self._name("c", type_.is_type_of)
            lines.append(f"if {check}({name}, None) is not True: raise Odd")
        below, expressions = self._fields(self._inliner.below(site, type_), name, 0, depth)
        pairs = ", ".join(f"{key!r}: {text}" for key, text in expressions)
        return [*lines, *below, f"{name} = {{{pairs}}}"]

    def _leaf(self, type_: Any, name: str, nullable: bool) -> str:
        other = self._name("s", _other(type_, nullable))
        null = f" and {name} is not None" if nullable else ""
        same = PLAIN_SCALARS.get(type_.name)
        if same is not None:
            return f"if type({name}) is not str{null}: {name} = {other}({name})"
        if type_.name == "Boolean":
            return f"if {name} is not True and {name} is not False{null}: {name} = {other}({name})"
        if type_.name == "Int":
            fits = f"type({name}) is int and -2147483648 <= {name} <= 2147483647"
            return f"if not ({fits}){null}: {name} = {other}({name})"
        if type_.name == "Float":
            # Infinity less itself is not a number, which is true.
            fits = f"type({name}) is not float or {name} - {name}"
            return f"if ({fits}){null}: {name} = {other}({name})"
        if isinstance(type_, GraphQLEnumType):
            members = _members(type_)
            if members:
                table = self._name("e", {key: word for key, (word, _) in members.items()})
                self._name("m", members)  # keeps the members alive, and so their ids their own
                unless = f"if {name} is not None: " if nullable else ""
                return f"{unless}{name} = {table}.get(id({name})) or {other}({name})"
        return (
            f"if {name} is not None: {name} = {other}({name})"
            if nullable
            else (f"{name} = {other}({name})")
        )


def _members(type_: GraphQLEnumType) -> dict[int, tuple[str, Any]]:
    """Answer the members of a Python enum by identity, which is all a member needs."""
    wrapped = getattr(type_, "wrapped_cls", None)
    members = (
        list(wrapped)
        if isinstance(wrapped, enum.EnumMeta)
        else [value.value for value in type_.values.values()]
    )
    if not all(isinstance(member, enum.Enum) for member in members):
        return {}
    try:
        return {id(member): (type_.coerce_output_value(member), member) for member in members}
    except Exception:  # noqa: BLE001 - a member that has no name here is an error when it is met
        return {}


def _other(type_: Any, nullable: bool) -> Callable[[Any], Any]:
    """Make the coercion of values that are not exactly of the expected class."""
    coerce = type_.coerce_output_value

    def other(value: Any) -> Any:
        if value is None and nullable:
            return None
        if value is None or value is Undefined or not is_inert(type(value)):
            raise Odd
        done = coerce(value)
        if done is None or done is Undefined or type(done) is CoroutineType:
            raise Odd
        return done

    return other
