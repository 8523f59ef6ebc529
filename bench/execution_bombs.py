"""How long it takes to refuse documents that are made to be expensive.

    python -m bench.execution_bombs

Each is prepared anew every time, in CPU time; the bar is 5 ms.
"""

from __future__ import annotations

import statistics
import time

from graphql import build_schema

from gateway.executor import Documents, Limits
from schema.costs import Cost

SCHEMA = build_schema("type Query { text: String node: Query dear: String }")
COSTS = {"Query.dear": Cost(own=1_000_000)}
LIMITS = Limits(max_cost=1_000)


def fragments(width: int, count: int, leaf: str) -> str:
    """Fragments that each spread the next one *width* times."""
    spread = "".join(" ...F{0}" for _ in range(width))
    bodies = [f"fragment F{n} on Query {{{spread.format(n + 1)} }}" for n in range(count)]
    return "\n".join(["{ ...F0 }", *bodies, f"fragment F{count} on Query {{ {leaf} }}"])


BOMBS = {
    "fragments, 2 wide and 30 deep, 850 bytes": fragments(2, 30, "text"),
    "fragments, 4 wide and 100 deep": fragments(4, 100, "text"),
    "aliases in fragments": fragments(3, 60, "a: text b: text c: text"),
    "a ring of fragments": fragments(1, 120, "...F0"),
    "fragments below the root": "{ node { ...F0 } }" + fragments(2, 40, "text")[9:],
    "fragments beside what is too dear": "{ dear " + fragments(2, 40, "...Z")[1:],
    "500 aliases": "{" + " ".join(f"a{n}: text" for n in range(500)) + "}",
    "190 levels": "{ node " * 190 + "{ text }" + "}" * 190,
    "1,500 tokens of the same field": "{" + " text" * 1500 + "}",
    "500 directives": "{ text " + "@skip(if: false) " * 250 + "}",
    "a million characters": "{ text " + " " * 1_000_000 + "}",
    "a string without end, 16,000 times escaped": '"""' + '\\"""' * 16_000,
    "100,000 tokens in 60 KB": "{" + "a " * 30_000 + "}",
}


def main() -> None:
    """Print the table."""
    print(f"{'document':<44} {'median ms':>10}  code")
    for name, text in BOMBS.items():
        documents = Documents(SCHEMA, max_bytes=0, costs=COSTS, limits=LIMITS)
        times = []
        for _ in range(21):
            started = time.process_time()
            prepared = documents.prepare(text)
            times.append((time.process_time() - started) * 1000)
        code = (prepared.problems[0].extensions or {}).get("code") if prepared.problems else None
        print(f"{name:<44} {statistics.median(times):>10.2f}  {code}")


if __name__ == "__main__":
    main()
