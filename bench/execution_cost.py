"""What pricing an operation takes: once per text, and once per request.

python -m bench.execution_cost
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from graphql import OperationDefinitionNode, parse

from gateway.executor.cost import price
from gateway.limits_page import EXAMPLES
from schema.build import build_schema
from schema.costs import COSTS

ROUNDS = 31


def median(work: Callable[[], object], times: int) -> float:
    """Give the median of what one call of *work* takes, in microseconds."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            work()
        found.append((time.perf_counter() - began) / times * 1e6)
    return statistics.median(found)


def main() -> None:
    """Print the table."""
    schema = build_schema()._schema  # noqa: SLF001 - the executor does the same
    print(f"{'query':<48} {'once, µs':>10} {'per request, µs':>16}")
    for example in EXAMPLES[:5]:
        document = parse(example.query)
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)  # noqa: S101 - for the type
        found = price(schema, document, operation, COSTS)
        once = median(lambda: price(schema, document, operation, COSTS), 20)  # noqa: B023
        each = median(lambda: found.of(example.variables), 1000)  # noqa: B023
        print(f"{example.title:<48} {once:>10.1f} {each:>16.2f}")


if __name__ == "__main__":
    main()
