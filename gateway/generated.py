"""The pages of `docs/` that are written from the code; a test compares them."""

from __future__ import annotations

from pathlib import Path

from gateway import errors, fields_page, limits_page, settings
from resolvers.complaint import precedence

ROOT = Path(__file__).parents[1]


def pages() -> dict[Path, str]:
    """Give each generated page with its text."""
    source = Path(settings.__file__).read_text(encoding="utf-8")
    return {
        ROOT / "docs" / "errors.md": errors.documented(),
        ROOT / "docs" / "fields.md": fields_page.documented(),
        ROOT / "docs" / "limits.md": limits_page.documented(),
        ROOT / "docs" / "merge.md": precedence.documented(),
        ROOT / "docs" / "settings.md": settings.documented(source),
    }


def write() -> list[Path]:
    """Write every page and give their paths from the root."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return [path.relative_to(ROOT) for path in pages()]
