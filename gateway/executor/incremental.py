"""Why an operation is left to graphql-core, and how one that answers in parts is made whole."""

from __future__ import annotations

from typing import Any, Final

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, OperationType
from graphql.language import REMOVE, Visitor, visit

INCREMENTAL: Final = "incremental"
SUBSCRIPTION: Final = "subscription"

INCREMENTAL_DIRECTIVES: Final = frozenset({"defer", "stream"})


def fallback_reason(document: DocumentNode, operation: OperationDefinitionNode) -> str | None:
    """Say why *operation* cannot be compiled; None if it can."""
    if operation.operation == OperationType.SUBSCRIPTION:
        return SUBSCRIPTION
    if any(
        isinstance(definition, FragmentDefinitionNode) and definition.variable_definitions
        for definition in document.definitions
    ):
        return "fragment variables"
    finder = _Finder()
    visit(document, finder)
    return finder.reason


def in_one_piece(document: DocumentNode) -> DocumentNode:
    """Give *document* without `@defer` and `@stream`: a server may always leave them unheeded."""
    whole: DocumentNode = visit(document, _Remover())
    return whole


class _Finder(Visitor):
    """Looks for what is left to graphql-core."""

    def __init__(self) -> None:
        super().__init__()
        self.reason: str | None = None

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in INCREMENTAL_DIRECTIVES:
            self.reason = INCREMENTAL
        elif node.name.value == "experimental_disableErrorPropagation":
            self.reason = "error propagation"


class _Remover(Visitor):
    """Takes the directives out that part an answer."""

    def enter_directive(self, node: Any, *_: Any) -> Any:
        return REMOVE if node.name.value in INCREMENTAL_DIRECTIVES else None
