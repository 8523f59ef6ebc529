"""What a document adds up to, read off its parsed form with every fragment written out."""

from __future__ import annotations

from collections import Counter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    visit,
)
from graphql.language import Visitor

from gateway.executor.measure import Analysis, Measure


def expanded(document: DocumentNode, introspection_fields: frozenset[str]) -> Analysis:
    """Measure *document* the slow and obvious way; its fragments may not go round."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    counted = _Counter()
    visit(document, counted)
    measures = []
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            total = Measure(0, 0, 0, 0, 0, 0)
            _add(each, (0, 0, True), fragments, introspection_fields, total)
            measures.append(total)
    return Analysis(
        measures,
        counted.directives,
        bool(introspection_fields & counted.fields),
        sum(count * (count - 1) // 2 for count in counted.names.values()),
        len(fragments),
    )


class _Counter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.fields: set[str] = set()
        self.directives = 0

    def enter_directive(self, *_: Any) -> None:
        self.directives += 1

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.fields.add(node.name.value)
        self.names[(node.alias or node.name).value] += 1


def _add(
    node: Any,
    place: tuple[int, int, bool],
    fragments: dict[str, FragmentDefinitionNode],
    introspection_fields: frozenset[str],
    total: Measure,
) -> None:
    for each in node.selection_set.selections:
        if isinstance(each, FragmentSpreadNode):
            if each.name.value in fragments:
                found = fragments[each.name.value]
                _add(found, place, fragments, introspection_fields, total)
            continue
        inside = place
        if isinstance(each, FieldNode):
            depth, hidden, at_root = place
            if hidden or each.name.value in introspection_fields:
                hidden += 1
                total.introspection_depth = max(total.introspection_depth, hidden)
            else:
                depth += 1
                total.depth = max(total.depth, depth)
            total.height = max(total.height, depth + hidden)
            total.fields += 1
            total.aliases += each.alias is not None
            total.root_fields += at_root
            inside = (depth, hidden, False)
        if each.selection_set is not None:
            _add(each, inside, fragments, introspection_fields, total)
