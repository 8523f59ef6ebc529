"""The executor stands alone: it could be published without the rest."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gateway.executor

FOLDER = Path(gateway.executor.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
ALLOWED = {"graphql", "orjson", "msgspec", "strawberry", *sys.stdlib_module_names}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_the_executors_own_libraries_are_imported(file: Path) -> None:
    """Nothing of the gateway, and no library but these."""
    tree = ast.parse(file.read_text())
    outside = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        (node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
    }
    above = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level > 1]

    assert outside <= ALLOWED
    assert not above


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_one_concept(file: Path) -> None:
    """Under 400 lines, and told in its docstring."""
    text = file.read_text()

    assert len(text.splitlines()) < 400
    assert ast.get_docstring(ast.parse(text))


def test_strawberry_is_not_needed_for_other_schemas() -> None:
    """A plain graphql-core schema is served where Strawberry is not installed."""
    program = """
import sys
sys.modules["strawberry"] = None
from graphql import build_schema
from gateway.executor import prepare
schema = build_schema("type Query { text(a: Int = 1): String }")
print(prepare(schema, "{ text }").start(root={"text": "t"}).body())
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=FOLDER.parents[1],
    )

    assert done.stdout == "{'data': {'text': 't'}}\n", done.stderr
