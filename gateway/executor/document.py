"""From text to a prepared operation: parsed, limited, validated and kept, once per text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from .cost import FieldCost, Price, price
from .dearest import RootPrice, root_prices, too_costly
from .limits import Limits, capped, check_text, too_many_tokens
from .prepared import Engine, Prepared
from .reference import FormatError, Reference
from .runtime import INFO_CLASS, ResolveInfo

DEFAULT_LIMITS: Final = Limits()

_BYTES_PER_ENTRY: Final = 16_384
_BYTES_PER_CHARACTER: Final = 384
"""What a parsed and compiled document without spreads weighs for each character, measured."""
_BYTES_PER_PARSED_CHARACTER: Final = 128
_BYTES_PER_FIELD: Final = 2_560
"""What each field adds to a parsed document when it is compiled: once wherever it is spread."""


def default_format(error: GraphQLError) -> dict[str, Any]:
    """Format *error* as the specification has it, nothing left out."""
    return dict(error.formatted)


@dataclass(slots=True)
class Documents:
    """Prepared operations by their text, the least recently asked dropped first."""

    schema: Any
    """A graphql-core schema or a Strawberry schema."""
    limits: Limits = DEFAULT_LIMITS
    format_error: FormatError = default_format
    rules: Collection[type[ASTValidationRule]] | None = None
    """Validation rules; those of the specification, and Strawberry's own, unless given."""
    max_bytes: int = 64 * 1024 * 1024
    costs: Mapping[str, FieldCost] | None = None
    """What fields cost, by `Type.field`; without it nothing is priced."""
    inline_after: int = 1
    """Runs of an operation before its source is generated; 0 generates it at once."""
    leave_to_encoder: bool = False
    """Moments may stand in `data` as they are, where `encode` writes what their scalar would."""
    engine: Engine = field(init=False)
    used_bytes: int = field(default=0, init=False)
    _kept: OrderedDict[tuple[str, str | None, Limits | None], Prepared] = field(
        default_factory=OrderedDict, init=False
    )

    def __post_init__(self) -> None:
        schema = getattr(self.schema, "_schema", self.schema)
        is_strawberry = getattr(schema, "_strawberry_schema", None) is not None
        if self.rules is None:
            self.rules = (*specified_rules, *(_strawberry_rules() if is_strawberry else ()))
        self.engine = Engine(
            schema=schema,
            reference=Reference(schema),
            info_class=ResolveInfo if is_strawberry else INFO_CLASS,
            is_strawberry=is_strawberry,
            format_error=self.format_error,
            inline_after=self.inline_after,
            leave_to_encoder=self.leave_to_encoder,
            grown=self._grown,
        )

    def prepare(
        self, text: str, operation_name: str | None = None, limits: Limits | None = None
    ) -> Prepared:
        """Give the operation called *operation_name* in *text*, ready to run.

        A text that cannot run is prepared too: running it gives its errors.
        """
        # The limits of the server, the common case, need not be hashed each time.
        key = (text, operation_name, limits)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        prepared = self._prepare(text, operation_name, limits or self.limits)
        self._keep(key, prepared)
        return prepared

    def roots_of(self, prepared: Prepared) -> tuple[RootPrice, ...]:
        """Give what each field at the root of *prepared* costs: told only to whoever is refused."""
        if prepared.roots is None:
            document, operation = prepared.document, prepared.operation
            if self.costs is None or document is None or operation is None:
                return ()
            prepared.roots = root_prices(self.engine.schema, document, operation, self.costs)
        return prepared.roots

    def __len__(self) -> int:
        return len(self._kept)

    def _keep(self, key: tuple[str, str | None, Limits | None], prepared: Prepared) -> None:
        weight = _weight(key, prepared.fields)
        if weight > self.max_bytes:
            return
        prepared.weight = weight
        self._kept[key] = prepared
        self.used_bytes += weight
        self._drop()

    def _grown(self, prepared: Prepared) -> None:
        # What was dropped, or never kept, weighs nothing.
        self.used_bytes += prepared.weight
        self._drop()

    def _drop(self) -> None:
        while self.used_bytes > self.max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self.used_bytes -= dropped.kept_bytes
            dropped.weight = 0

    def _prepare(self, text: str, operation_name: str | None, limits: Limits) -> Prepared:
        try:
            found = check_text(text, limits)
            document = _parse(text, limits)
            operation = _operation(document, operation_name)
        except GraphQLError as error:
            return self._refused([error], limits)
        priced = None
        if self.costs is not None:
            priced = price(self.engine.schema, document, operation, self.costs)
            most, least = limits.max_cost, priced.least()
            if most is not None and least > most:
                roots = root_prices(self.engine.schema, document, operation, self.costs)
                return self._refused([too_costly(least, most, roots)], limits, priced, roots)
        errors = self._validate(document, limits)
        if errors:
            return self._refused(errors, limits)
        fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        fields = max((each.fields for each in found.measures), default=0)
        return Prepared(
            self.engine, limits, document, operation, fragments, price=priced, fields=fields
        )

    def _validate(self, document: DocumentNode, limits: Limits) -> list[GraphQLError]:
        most = limits.max_validation_errors
        errors = validate(
            self.engine.schema,
            document,
            self.rules,
            max_errors=most,
            hide_suggestions=not limits.suggestions,
        )
        return errors if most is None else errors[:most]

    def _refused(
        self,
        errors: list[GraphQLError],
        limits: Limits,
        priced: Price | None = None,
        roots: tuple[RootPrice, ...] | None = None,
    ) -> Prepared:
        for error in errors:
            error.message = capped(error.message)
            error.__traceback__ = None  # its frames would be kept with it
        return Prepared(self.engine, limits, problems=errors, price=priced, roots=roots)


def prepare(
    schema: GraphQLSchema | Any,
    text: str,
    operation_name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Prepared:
    """Prepare one operation without keeping it; a server keeps a `Documents`."""
    return Documents(schema, limits, inline_after=0).prepare(text, operation_name)


def _parse(text: str, limits: Limits) -> DocumentNode:
    try:
        return parse(text, max_tokens=limits.max_tokens)
    except GraphQLError as error:
        if error.message.endswith("tokens. Parsing aborted."):
            raise too_many_tokens(limits) from None
        raise


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Pick the operation to run, with graphql-core's words where there is none."""
    operations = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    if name is None:
        if len(operations) > 1:
            raise GraphQLError("Must provide operation name if query contains multiple operations.")
        if not operations:
            raise GraphQLError("Must provide an operation.")
        return operations[0]
    for operation in operations:
        if operation.name and operation.name.value == name:
            return operation
    raise GraphQLError(f"Unknown operation named '{name}'.")


def _strawberry_rules() -> tuple[type[ASTValidationRule], ...]:
    # Only imported where a schema of Strawberry's shows that it is there.
    from strawberry.schema.validation_rules.maybe_null import (  # noqa: PLC0415
        MaybeNullValidationRule,
    )
    from strawberry.schema.validation_rules.one_of import (  # noqa: PLC0415
        OneOfInputValidationRule,
    )

    return (MaybeNullValidationRule, OneOfInputValidationRule)


def _weight(key: tuple[str, str | None, Limits | None], fields: int) -> int:
    """Weigh what is kept under *key*, with so many *fields* once fragments are written out.

    Values weigh most for their letters, short names and spreads for their fields: whichever is
    more is counted, which is no less than half of both.
    """
    text, operation_name, _ = key
    # A name is kept too, and may be longer than the text, of which it need not be a part.
    letters = len(text) + (0 if operation_name is None else len(operation_name))
    spread = _BYTES_PER_PARSED_CHARACTER * letters + _BYTES_PER_FIELD * fields
    return _BYTES_PER_ENTRY + max(_BYTES_PER_CHARACTER * letters, spread)
