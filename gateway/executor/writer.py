"""Write the source of one inlined function.

Each object becomes one expression that builds its dictionary, with a class check per leaf before
it; each list a loop.  A value that is not exactly what the check expects goes to the scalar's own
coercion; one that is odd (null where none may be, an exception, an awaitable, a wrong type) raises.
Only names that the grammar of GraphQL allows, and literals through `repr`, get into the source.
"""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
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

from .compact import struct_of
from .complete import accepted_class
from .leaves import is_text, leaf, texts
from .plan import Site
from .runtime import Odd, inert, is_inert

if TYPE_CHECKING:
    from .source import Inliner

Item = Callable[[Any, Any], Any]
"""Completes one value, under the request's context, that needs no path; raises on anything odd."""

DEEPEST: Final = 5
"""Levels of nested objects written into one function; deeper ones are functions of their own."""


class Writer:
    """Writes the source of one function and keeps what it refers to."""

    def __init__(self, inliner: Inliner) -> None:
        self._inliner = inliner
        self._names = 0
        self._globals: dict[str, Any] = {"Odd": Odd, "inert": inert, "is_inert": is_inert}
        self._columns: dict[int, str] = {}
        """Sites whose value a list has fetched for all its items, by the variable that holds it."""
        self._is_in_list = False
        """Of lists there may be many objects: worth a class of their own."""
        self._memos: list[str] = []
        """Dictionaries of what was answered, by key."""

    def build(self, parameters: str, body: list[str]) -> Callable[..., Any]:
        """Make the function of *body*, which is written by the methods below."""
        # What it refers to is at hand as parameters: locals are found in half the steps of globals.
        kept = [f"{name}={name}" for name in ("type", "str", *self._globals)]
        memos = [f"    {name} = {{}}" for name in self._memos]
        head = f"def inlined({', '.join([parameters, *kept])}):"
        text = "\n".join([head, *memos, *body])
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
        lines.insert(0, f"    {self._data('o')}")
        lines += [f"    answer[{key!r}] = {text}" for key, text in expressions]
        return lines

    def _fields(
        self, sites: list[Site], source: str, indent: int, depth: int
    ) -> tuple[list[str], list[tuple[str, str]]]:
        pad = "    " * indent
        lines = []
        keyed = []
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
            name = self._columns.get(id(site)) or self._name("v")
            expressions.append((site.key, name))
            if self._is_keyed(site):
                keyed += self._keyed(site, name, source, depth)
                continue
            names.append((site, name))
            if id(site) in self._columns:
                continue
            if attribute is None:
                plain.append(f"{name} = {self._name('q', fetched.at_once)}({source}, context)")
                continue
            plain.append(f"{name} = {_read(source, attribute)}")
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
        lines += [f"{pad}{line}" for line in keyed]
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
        elif is_object_type(type_) and depth >= DEEPEST:
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
        if depth > DEEPEST:
            made = self._name("f", self._inliner.item(site, item_type))
            return [expect, f"{name} = [{made}(item, context) for item in {name}]"]
        items, item = self._name("l"), self._name("i")
        outside, self._is_in_list = self._is_in_list, True
        each, columns = self._columns_of(site, item_type, name, depth)
        body = self.value(site, item_type, item, 1, depth)
        self._is_in_list = outside
        return [
            expect,
            *columns,
            f"{items} = []",
            each.format(item=item),
            *body,
            f"    {items}.append({item})",
            f"{name} = {items}",
        ]

    def _columns_of(
        self, site: Site, item_type: GraphQLOutputType, name: str, depth: int
    ) -> tuple[str, list[str]]:
        """Write the head of a loop over the list *name*, and what it needs beforehand.

        Where fields can be fetched for all items at once:

            w1 = q1(o, context)
            w2 = q2(o, context)
            for i1, v1, v2 in zip(o, w1, w2, strict=True):
        """
        plain = (f"for {{item}} in {name}:", list[str]())
        if not is_non_null_type(item_type) or not is_object_type(item_type.of_type):
            return plain
        if depth >= DEEPEST:
            return plain
        values: list[str] = []
        columns: list[str] = []
        lines: list[str] = []
        for below in self._inliner.below(site, item_type.of_type):
            fetch = None
            if below.name != "__typename":
                fetch = self._inliner.source(below).all_at_once
            if fetch is None or self._is_keyed(below):
                continue
            value, column = self._name("v"), self._name("w")
            self._columns[id(below)] = value
            values.append(value)
            columns.append(column)
            lines.append(f"{column} = {self._name('q', fetch)}({name}, context)")
        if not values:
            return plain
        told = ", ".join(["{item}", *values])
        return f"for {told} in zip({name}, {', '.join(columns)}, strict=True):", lines

    def _is_keyed(self, site: Site) -> bool:
        """Whether the answer at *site* is written once for each key, in a list: not for one."""
        if not self._is_in_list or site.name == "__typename":
            return False
        return self._inliner.source(site).by_key is not None and self._inliner.is_steady(site)

    def _keyed(self, site: Site, name: str, source: str, depth: int) -> list[str]:
        """Write the statements that answer *site* of *source* in variable *name*, by its key.

        For instance an agency:

            try:
                v1 = d1[i1.agency]
            except KeyError:
                k1 = i1.agency
                v1 = q1(k1, context)
                …
                d1[k1] = v1
        """
        by_key = self._inliner.source(site).by_key
        assert by_key is not None  # noqa: S101 - the caller has looked
        attribute, fetch = by_key
        memo, key = self._name("d"), self._name("k")
        self._memos.append(memo)
        named = get_named_type(site.definition.type)
        exact = []
        if is_object_type(named):
            # Of any other class it might answer something else each time.
            kind = self._name("t", accepted_class(named.is_type_of))
            exact = [f"    if {name} is not None and type({name}) is not {kind}: raise Odd"]
        return [
            "try:",
            f"    {name} = {memo}[{_read(source, attribute)}]",
            "except KeyError:",
            f"    {key} = {_read(source, attribute)}",
            f"    {name} = {self._name('q', fetch)}({key}, context)",
            *exact,
            *self.value(site, site.definition.type, name, 1, depth),
            f"    {memo}[{key}] = {name}",
        ]

    def _object(self, site: Site, type_: GraphQLObjectType, name: str, depth: int) -> list[str]:
        check = self._data(name)
        if type_.is_type_of is not None:
            is_type_of = self._name("c", type_.is_type_of)
            lines = [f"if {is_type_of}({name}, None) is not True: raise Odd", check]
            expected = accepted_class(type_.is_type_of)
            if expected is not None and is_inert(expected):
                seen = f"if type({name}) is not {self._name('t', expected)}:"
                lines = [seen, *(f"    {line}" for line in lines)]
        else:
            lines = [check]
        below, expressions = self._fields(self._inliner.below(site, type_), name, 0, depth)
        if self._inliner.leave and self._is_in_list:
            made = self._name("a", struct_of(tuple(key for key, _ in expressions)))
            values = ", ".join(text for _, text in expressions)
            return [*lines, *below, f"{name} = {made}({values})"]
        pairs = ", ".join(f"{key!r}: {text}" for key, text in expressions)
        return [*lines, *below, f"{name} = {{{pairs}}}"]

    def _data(self, name: str) -> str:
        """Write the check that *name* is plain data, whose attributes can be read."""
        return f"if type({name}) not in inert and not is_inert(type({name})): raise Odd"


def _read(source: str, attribute: str) -> str:
    """Write what reads *attribute* of the variable *source*."""
    if attribute.isidentifier() and not iskeyword(attribute):
        return f"{source}.{attribute}"
    return f"getattr({source}, {attribute!r})"
