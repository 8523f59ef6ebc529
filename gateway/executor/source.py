"""Find the parts of an operation that only read attributes, and have them written as source.

What is read may also be what a resolver answers at once, without info and path.  Where the written
code (`writer.py`) raises, the closures of `compile.py` answer that object again, exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CoroutineType, MemberDescriptorType
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from graphql.pyutils import Path

from .complete import accepted_class, completion, ignores_info
from .plan import Site
from .resolve import Source
from .runtime import Complete, Field, Info, Run, Select, await_fields, is_inert, settle
from .writer import Item, Writer

if TYPE_CHECKING:
    from .compile import Compiler

_Step = tuple[Callable[..., Any] | None, str, Callable[..., Any]]
"""An inlined stretch and its exact twin, or None, a key and the field that answers it."""


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
        writer = Writer(self)
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

    def is_steady(self, site: Site) -> bool:
        """Whether what stands at *site* is a leaf, or an object made of nothing but the slots of
        one known class: then one source always gives one answer.
        """
        type_ = site.definition.type
        type_ = type_.of_type if is_non_null_type(type_) else type_
        if is_leaf_type(type_):
            return True
        if not is_object_type(type_) or type_.is_type_of is None:
            return False
        expected = accepted_class(type_.is_type_of)
        if expected is None or not is_inert(expected):
            return False
        return all(self._is_steady_leaf(below, expected) for below in self.below(site, type_))

    def _is_steady_leaf(self, site: Site, expected: type) -> bool:
        if site.name == "__typename":
            return True
        source = self.source(site)
        # A property could say something else each time; what is answered at once may not.
        slot = getattr(expected, source.attribute or "", None)
        fixed = source.at_once is not None or isinstance(slot, MemberDescriptorType)
        return fixed and is_leaf_type(get_named_type(site.definition.type))

    def item(self, site: Site, type_: GraphQLOutputType) -> Item:
        """Make the function that completes one value of *type_* at *site*."""
        writer = Writer(self)
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
