"""The pages of `docs/` name what there is, and the README leads to each of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gateway.demo import CONFIGS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
_TOPS = "bench|connectors|console|deploy|docs|gateway|resolvers|sandbox|schema|tests"
_PATH = re.compile(rf"`((?:{_TOPS})/[\w./*-]*|\w+\.md)`")


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name
)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    """Files, folders and patterns alike."""
    named = _PATH.findall(page.read_text(encoding="utf-8"))

    missing = [name for name in named if not any(ROOT.glob(name.rstrip("/")))]
    assert missing == []


def test_the_path_of_a_request_is_told_in_files() -> None:
    """The page is one page, and names more than a few files of every layer."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = _PATH.findall(text)

    assert len(text.splitlines()) < 60
    for layer in ("gateway/", "schema/", "resolvers/", "connectors/"):
        assert any(name.startswith(layer) for name in named)
    assert len(named) > 30


def test_the_readme_leads_to_every_page() -> None:
    """None is written for nobody."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in PAGES if f"docs/{page.name}" not in text] == []


def test_the_readme_counts_the_demonstration() -> None:
    """So many systems are programs, so many sources are asked."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    sources = [
        source
        for path in CONFIGS
        for source in tomllib.loads(path.read_text(encoding="utf-8"))["sources"].values()
    ]
    programs = [each for each in sources if each["kind"] != "sheet"]

    assert (len(programs), len(sources)) == (5, 7)
    assert "# five agencies' systems as programs of their own, and the gateway over seven" in text
