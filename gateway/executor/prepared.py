"""A prepared operation: its compiled variants, and how a request runs one of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from types import CoroutineType
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import is_awaitable

from .compile import Compiler, Root
from .cost import Price
from .dearest import RootPrice
from .incremental import INCREMENTAL, fallback_reason, in_one_piece
from .limits import Limits, capped
from .plan import Plan, switch_variables
from .reference import EventContext, FormatError, Reference, Respond, payload
from .runtime import ASYNC_HELPERS, Run
from .variables import Variables

MOST_VARIANTS: Final = 32
"""Compiled variants kept of one operation: one per combination of its switches."""


@dataclass(slots=True)
class Engine:
    """What all operations over one schema share."""

    schema: GraphQLSchema
    reference: Reference
    info_class: type
    is_strawberry: bool
    format_error: FormatError
    inline_after: int
    leave_to_encoder: bool = False
    grown: Callable[[Prepared], None] = lambda _prepared: None
    """Is told of an operation that holds one more compiled variant than its first."""


@dataclass(slots=True)
class Result:
    """The answer to one request."""

    data: dict[str, Any] | None
    errors: list[Any] | None
    """What the client may read of the errors, formatted."""
    originals: list[GraphQLError]
    """The errors themselves, for the log."""
    executed: bool = True
    """False if the request was refused before any field ran; there is no `data` then."""

    def body(self) -> dict[str, Any]:
        """Give the response map of the specification."""
        if not self.executed:
            return {"errors": self.errors}
        if self.errors:
            return {"data": self.data, "errors": self.errors}
        return {"data": self.data}


@dataclass(slots=True)
class _Variant:
    root: Root
    runs: int
    inlined: bool


@dataclass(slots=True)
class Prepared:
    """An operation that can be run any number of times, by many requests at once."""

    engine: Engine
    limits: Limits
    document: DocumentNode | None = None
    operation: OperationDefinitionNode | None = None
    fragments: Mapping[str, FragmentDefinitionNode] = field(default_factory=dict)
    problems: list[GraphQLError] = field(default_factory=list)
    """Why it cannot run at all; empty for an operation that can."""
    price: Price | None = None
    """What it costs, to be held against a budget before anything else is done with it."""
    roots: tuple[RootPrice, ...] | None = None
    """What each field at its root costs; None until somebody wants to know."""
    fields: int = 0
    """How many fields the largest operation of its text has, fragments written out."""
    fallback: str | None = field(default=None, init=False)
    """Why it is not compiled; None if it is."""
    weight: int = field(default=0, init=False)
    """What each variant counts for whoever keeps this; 0 if nobody does."""
    part_of: Prepared | None = field(default=None, init=False)
    """The operation in parts whose answer in one piece this is."""
    _variables: Variables = field(init=False)
    _switches: tuple[str, ...] = field(default=(), init=False)
    _variants: dict[tuple[bool, ...], _Variant] = field(default_factory=dict, init=False)
    _introspection: dict[str, Any] | None = field(default=None, init=False)
    _is_introspection: bool = field(default=False, init=False)
    _whole: Prepared | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.document is None or self.operation is None:
            return
        self.fallback = fallback_reason(self.document, self.operation)
        self._switches = switch_variables(self.document)
        self._variables = Variables(
            self.engine.schema,
            self.operation.variable_definitions or (),
            hide_suggestions=not self.limits.suggestions,
        )
        self._is_introspection = (
            not self.operation.variable_definitions
            and self.operation.operation == OperationType.QUERY
            and _only_introspects(self.operation.selection_set, self.fragments)
        )

    @property
    def kept_bytes(self) -> int:
        """What it counts for whoever keeps it: its text alone weighs as much as one variant."""
        return self.weight * max(1, self.variants)

    @property
    def variants(self) -> int:
        """How many compiled variants it holds."""
        return len(self._variants) if self._whole is None else self._whole.variants

    @property
    def kind(self) -> OperationType | None:
        """Whether this is a query, a mutation or a subscription; None if it cannot run."""
        return self.operation.operation if self.operation else None

    async def run(
        self,
        variables: dict[str, Any] | None = None,
        context: Any = None,
        root: Any = None,
        **options: Any,
    ) -> Result:
        """Answer one request; see `start` for the *options*."""
        result = self.start(variables, context, root, **options)
        return result if isinstance(result, Result) else await result

    def start(
        self,
        variables: dict[str, Any] | None = None,
        context: Any = None,
        root: Any = None,
        *,
        operation_extensions: dict[str, Any] | None = None,
        abort_signal: Any = None,
    ) -> Result | Coroutine[Any, Any, Result]:
        """Answer one request: at once if nothing has to be awaited, else by a coroutine.

        *operation_extensions* reach Strawberry resolvers as `info.input_extensions`.  A request
        with an *abort_signal* is run by graphql-core; cancelling the task works in any case.
        `@defer` and `@stream` are not heeded here: `stream` is what answers in parts.
        """
        if self.problems:
            return self._refuse(self.problems)
        if self.fallback == INCREMENTAL:
            return self._in_one_piece().start(
                variables,
                context,
                root,
                operation_extensions=operation_extensions,
                abort_signal=abort_signal,
            )
        reason = self.fallback or ("abort signal" if abort_signal is not None else None)
        if reason is not None:
            return self._by_reference(
                reason, variables, context, root, operation_extensions, abort_signal
            )
        values = self._variables.coerce(variables or {})
        if not isinstance(values, VariableValues):
            return self._refuse(values)
        variant = self._variant(values.coerced)
        if variant is None:
            return self._by_reference("switch", variables, context, root, operation_extensions)
        if self._introspection is not None:
            return Result(self._introspection, None, [])
        run = self._run(values, context, root, operation_extensions)
        data = variant(run, root)
        if type(data) is CoroutineType:
            return self._later(run, data)
        return self._finish(run, data)

    def _run(
        self, values: VariableValues, context: Any, root: Any, extensions: dict[str, Any] | None
    ) -> Run:
        engine = self.engine
        run = Run(values, context)
        run.tail = (
            engine.schema,
            self.fragments,
            root,
            self.operation,
            values.coerced if engine.is_strawberry else values,
            context,
            is_awaitable,
            None,
            ASYNC_HELPERS,
            *((extensions,) if engine.is_strawberry else ()),
        )
        return run

    def stream(
        self,
        variables: dict[str, Any] | None = None,
        context: Any = None,
        root: Any = None,
        *,
        format_error: FormatError | None = None,
        event_context: EventContext | None = None,
        **options: Any,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Give the payloads of a subscription or an incremental operation.

        graphql-core runs them, but for what is answered to each event of a subscription: that is
        compiled.  Each has a context of its own if *event_context* gives one.  Raises `ValueError`
        for an operation that cannot run at all.
        """
        if self.document is None or self.operation is None:
            raise ValueError("This operation cannot run: look at its problems first")
        self.engine.reference.runs[self.fallback or "stream"] += 1
        return self.engine.reference.stream(
            self.document,
            self.operation,
            variables,
            context,
            root,
            format_error or self.engine.format_error,
            event_context,
            self._respond(variables, options.get("operation_extensions")),
            hide_suggestions=not self.limits.suggestions,
            **options,
        )

    def _respond(
        self, variables: dict[str, Any] | None, extensions: dict[str, Any] | None
    ) -> Respond | None:
        """Make what answers one event; None if that cannot be compiled."""
        values = self._variables.coerce(variables or {})
        if self.kind is not OperationType.SUBSCRIPTION or not isinstance(values, VariableValues):
            return None

        def finish(run: Run, data: dict[str, Any] | None) -> ExecutionResult:
            return ExecutionResult(data, run.errors or None)

        async def later(run: Run, data: Coroutine[Any, Any, Any]) -> ExecutionResult:
            return finish(run, await data)

        def respond(event: Any, context: Any) -> Any:
            # Looked up each time: after the first events there is faster code.
            variant = self._variant(values.coerced)
            if variant is None:
                return None
            run = self._run(values, context, event, extensions)
            data = variant(run, event)
            return later(run, data) if type(data) is CoroutineType else finish(run, data)

        return respond

    def refusal(self, variables: dict[str, Any] | None) -> list[GraphQLError]:
        """Say why this cannot be run with *variables*; empty if it can."""
        if self.problems:
            return self.problems
        values = self._variables.coerce(variables or {})
        return [] if isinstance(values, VariableValues) else values

    def _variant(self, coerced: dict[str, Any]) -> Root | None:
        """Give the code for this combination of switches; None if a switch is not set."""
        key: tuple[Any, ...] = tuple([coerced.get(name) for name in self._switches])
        variant = self._variants.get(key)
        if variant is None:
            if not all(isinstance(switch, bool) for switch in key):
                return None
            inline = self.engine.inline_after < 1
            variant = _Variant(self._compile(key, inline=inline), 0, inline)
            is_full = len(self._variants) >= MOST_VARIANTS
            if is_full:
                del self._variants[next(iter(self._variants))]
            self._variants[key] = variant
            if len(self._variants) > 1 and not is_full:
                self.engine.grown(self.part_of or self)
        elif not variant.inlined and variant.runs >= self.engine.inline_after:
            variant.root, variant.inlined = self._compile(key, inline=True), True
        variant.runs += 1
        return variant.root

    def _compile(self, key: tuple[bool, ...], *, inline: bool) -> Root:
        assert self.operation is not None  # noqa: S101 - only operations that can run are compiled
        plan = Plan(
            self.engine.schema,
            self.operation,
            self.fragments,
            dict(zip(self._switches, key, strict=True)),
            hide_suggestions=not self.limits.suggestions,
        )
        engine = self.engine
        leave = engine.leave_to_encoder
        return Compiler(plan, engine.info_class, inline=inline, leave=leave).root()

    def _in_one_piece(self) -> Prepared:
        if self._whole is None:
            assert self.document is not None  # noqa: S101 - there are no problems
            assert self.operation is not None  # noqa: S101 - there are no problems
            place = self.document.definitions.index(self.operation)
            document = in_one_piece(self.document)
            operation = document.definitions[place]
            assert isinstance(operation, OperationDefinitionNode)  # noqa: S101 - it was one
            fragments = {
                definition.name.value: definition
                for definition in document.definitions
                if isinstance(definition, FragmentDefinitionNode)
            }
            self._whole = Prepared(self.engine, self.limits, document, operation, fragments)
            self._whole.part_of = self
        return self._whole

    async def _later(self, run: Run, data: Coroutine[Any, Any, Any]) -> Result:
        return self._finish(run, await data)

    def _finish(self, run: Run, data: dict[str, Any] | None) -> Result:
        errors = run.errors
        if not errors:
            if self._is_introspection:
                self._introspection = data
            return Result(data, None, errors)
        return Result(data, [self.engine.format_error(error) for error in errors], errors[:])

    def _refuse(self, errors: list[GraphQLError]) -> Result:
        errors = errors[: self.limits.max_validation_errors]
        for error in errors:
            error.message = capped(error.message)
        formatted = [self.engine.format_error(error) for error in errors]
        return Result(None, formatted, errors, executed=False)

    def _by_reference(
        self,
        reason: str,
        variables: dict[str, Any] | None,
        context: Any,
        root: Any,
        operation_extensions: dict[str, Any] | None,
        abort_signal: Any = None,
    ) -> Result | Coroutine[Any, Any, Result]:
        reference = self.engine.reference
        reference.runs[reason] += 1
        assert self.document is not None  # noqa: S101 - there are no problems
        assert self.operation is not None  # noqa: S101 - there are no problems
        name = self.operation.name.value if self.operation.name else None
        answer = reference.execute(
            self.document,
            name,
            variables,
            context,
            root,
            operation_extensions=operation_extensions,
            abort_signal=abort_signal,
            hide_suggestions=not self.limits.suggestions,
        )

        def result(found: Any) -> Result:
            assert isinstance(found, ExecutionResult)  # noqa: S101 - parts were made whole
            formatted = payload(found, self.engine.format_error).get("errors")
            return Result(found.data, formatted, found.errors or [])

        async def later() -> Result:
            return result(await answer)

        return later() if isawaitable(answer) else result(answer)


def _only_introspects(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> bool:
    """Whether nothing but the schema is asked: the answer is the same for ever."""
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            if not node.name.value.startswith("__"):
                return False
        elif isinstance(node, InlineFragmentNode):
            if not _only_introspects(node.selection_set, fragments):
                return False
        else:
            return False
    return True
