"""The table of errors is whole, and what it tells is safe."""

# ruff: noqa: E501 - the table reads better unbroken

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from graphql import GraphQLError

import connectors.contract
import resolvers
from connectors.contract.errors import Unavailable
from gateway import errors, generated
from gateway.errors import AT_START, CODES, INTERNAL, RULES, Phase, rule_of, show
from resolvers.errors import BadFilter, ClientError

ROOT = Path(__file__).parents[2]


def exceptions() -> set[type[Exception]]:
    """Every exception class that resolvers and the contract define."""
    found: set[type[Exception]] = set()
    for package in (resolvers, connectors.contract):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for held in vars(importlib.import_module(module.name)).values():
                if (
                    isinstance(held, type)
                    and issubclass(held, Exception)
                    and held.__module__ == module.name
                ):
                    found.add(held)
    return found


def test_no_exception_of_ours_is_missing() -> None:
    """Each class that resolvers or the contract define has its own entry in the table."""
    assert {ClientError, BadFilter, Unavailable} <= exceptions()
    missing = {each.__name__ for each in exceptions() - set(RULES)}
    assert missing <= AT_START


def test_every_code_that_is_raised_is_documented() -> None:
    """Each code literal beside a client's error, and each of the table, has its meaning."""
    raised: set[str] = set()
    classes = "|".join(each.__name__ for each in exceptions() if issubclass(each, ClientError))
    for package in ("resolvers", "schema", "gateway"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            raised.update(re.findall(rf'(?:{classes})\(\s*"([A-Z_]+)"', text))
            raised.update(re.findall(r'(?:LimitExceeded|_bound)\(\s*"([A-Z_]+)"', text))
            raised.update(re.findall(r'BadRequest\(\d+, "([A-Z_]+)"', text))
            raised.update(re.findall(r', "(UNKNOWN_[A-Z]+)"\)', text))
    raised.update(rule.code for rule in RULES.values() if rule.code is not None)

    assert len(raised) > 30
    assert raised - set(CODES) == set()


def test_docs_are_what_the_code_says() -> None:
    """The generated pages are as the code would write them; `make docs` renews them."""
    for path, text in generated.pages().items():
        assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("error", "phase", "code", "message"),
    [
        (GraphQLError("x", original_error=BadFilter("A_CODE", "why", hint="do")), Phase.EXECUTE, "A_CODE", "why; hint: do"),
        (GraphQLError("x", original_error=Unavailable("sp4n", "10.1.2.3 refused")), Phase.EXECUTE, "SOURCE_UNAVAILABLE", None),
        (GraphQLError("x", original_error=TimeoutError()), Phase.EXECUTE, "DEADLINE_EXCEEDED", None),
        (GraphQLError("row of Siti", path=["a"], original_error=ValueError("Siti")), Phase.EXECUTE, "INTERNAL", None),
        (GraphQLError("cannot write Siti", path=["a"]), Phase.EXECUTE, "INTERNAL", None),
        (GraphQLError("x", path=["a"], original_error=GraphQLError("cannot write Siti")), Phase.EXECUTE, "INTERNAL", None),
        (GraphQLError("Variable '$a' is wrong"), Phase.EXECUTE, "BAD_USER_INPUT", "Variable '$a' is wrong"),
        (GraphQLError("Syntax"), Phase.PARSE, "GRAPHQL_PARSE_FAILED", "Syntax"),
        (GraphQLError("No field", original_error=ValueError("z")), Phase.VALIDATE, "GRAPHQL_VALIDATION_FAILED", "No field"),
        (GraphQLError("long", extensions={"code": "TOO_MANY_ALIASES"}), Phase.VALIDATE, "TOO_MANY_ALIASES", "long"),
    ],
)  # fmt: skip
def test_errors_are_told_by_the_table(
    error: GraphQLError, phase: Phase, code: str, message: str | None
) -> None:
    """A client's mistake keeps its words; a failure of ours has generic ones and a trace id."""
    shown = show(error, phase, "trace")

    assert shown.code == shown.body["extensions"]["code"] == code
    if message is not None:
        assert shown.body["message"] == message
    assert "Siti" not in shown.body["message"]
    assert "10.1.2.3" not in shown.body["message"]
    assert (shown.body["extensions"].get("traceId") == "trace") is (code == "INTERNAL")
    assert (shown.hidden is not None) is (code == "INTERNAL")


def test_a_class_is_told_like_its_ancestor() -> None:
    """A subclass that the table does not name is told like the nearest class that it does."""

    class Newer(BadFilter):
        """A class of later."""

    assert rule_of(Newer("A", "b")) is RULES[BadFilter]
    assert rule_of(KeyError()) is INTERNAL
    assert errors.capped("x" * 501).endswith("…")
