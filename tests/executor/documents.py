"""Well-formed documents of every shape that the grammar allows, as hypothesis draws them."""

from __future__ import annotations

import random

from hypothesis import strategies as st

NAMES = ["a", "b", "on", "query", "fragment", "type", "true", "null", "__schema", "_service", "e5"]
FRAGMENTS = ["F0", "F1", "F2", "query", "fragment"]
IGNORED = [" ", " ", "\n", ", ", ' # { a: b } @c ...F0 "\n', "\t", "\ufeff", "\r\n"]
VALUES = [
    "1", "-1.5e+3", "0 ", '""', '"s \\" { } @x"', '"""block "" \\""" { a: b }"""', '""""""',
    "$v", "true", "ENUM", "[1 -2-3 [$v]]", "{a: 1 b: {c: [] d: {}}}", "[]", "{}", '"#"',
]  # fmt: skip
CONSTANTS = [each for each in VALUES if "$" not in each]


def documents() -> st.SearchStrategy[str]:
    """Draw the text of a document; a fragment only spreads those after it."""
    return st.integers(0, 2**32).map(lambda seed: _Maker(random.Random(seed)).document())


class _Maker:
    """Makes one document."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._room = 60
        """Selections that may still be written."""

    def document(self) -> str:
        chance = self._chance
        count = chance.randint(0, len(FRAGMENTS))
        definitions = [self._operation(count) for _ in range(chance.randint(1, 3))]
        for number in range(count):
            head = ["fragment", FRAGMENTS[number], "on", "T", *self._directives(VALUES)]
            definitions.append([*head, *self._selections(range(number + 1, count), 0)])
        chance.shuffle(definitions)
        tokens = [token for each in definitions for token in each]
        return self._gap(sure=False) + "".join(
            token + self._gap(sure=token[-1].isalnum() or token[-1] in '_"') for token in tokens
        )

    def _gap(self, *, sure: bool) -> str:
        """Give what stands between two tokens; names and numbers must not run together."""
        return self._chance.choice(IGNORED) if sure or self._maybe() else ""

    def _maybe(self) -> bool:
        return self._chance.random() < 0.5

    def _operation(self, count: int) -> list[str]:
        tokens: list[str] = []
        if self._maybe():
            tokens.append(self._chance.choice(["query", "mutation", "subscription"]))
            tokens += [self._chance.choice(NAMES)] if self._maybe() else []
            if self._maybe():
                tokens += ["(", "$", "v", ":", "[", "Int", "!", "]"]
                tokens += ["=", self._chance.choice(CONSTANTS)] if self._maybe() else []
                tokens += [*self._directives(CONSTANTS), ")"]
            tokens += self._directives(VALUES)
        return [*tokens, *self._selections(range(count), 0)]

    def _arguments(self, values: list[str]) -> list[str]:
        count = self._chance.choice([0, 0, 1, 2])
        tokens: list[str] = []
        for _ in range(count):
            tokens += [self._chance.choice(NAMES), ":", self._chance.choice(values)]
        return ["(", *tokens, ")"] if count else []

    def _directives(self, values: list[str]) -> list[str]:
        tokens: list[str] = []
        for _ in range(self._chance.choice([0, 0, 0, 1, 2])):
            tokens += ["@", self._chance.choice(NAMES), *self._arguments(values)]
        return tokens

    def _selections(self, spreads: range, depth: int) -> list[str]:
        chance = self._chance
        tokens = ["{"]
        for _ in range(chance.randint(1, 3)):
            self._room -= 1
            opens = depth < 5 and self._room > 0
            kind = chance.choice(["field", "field", "field", "inline", "spread"])
            if kind == "spread" and spreads:
                tokens += ["...", FRAGMENTS[chance.choice(spreads)], *self._directives(VALUES)]
            elif kind == "inline" and opens:
                tokens += ["...", *(["on", chance.choice(NAMES)] if self._maybe() else [])]
                tokens += [*self._directives(VALUES), *self._selections(spreads, depth + 1)]
            else:
                tokens += [chance.choice(NAMES), ":"] if self._maybe() else []
                tokens += [chance.choice(NAMES), *self._arguments(VALUES)]
                tokens += self._directives(VALUES)
                tokens += self._selections(spreads, depth + 1) if opens and self._maybe() else []
        return [*tokens, "}"]
