"""GraphQL over HTTP as npm's `graphql-http` audits it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.running import AUDITS, CannotAudit, audit, install, served


def test_every_audit_is_met(tmp_path: Path) -> None:
    """All audits come out well: what MUST be, what SHOULD be, and what MAY be."""
    try:
        node = install()
    except CannotAudit as error:
        pytest.skip(str(error))
    with served(tmp_path) as address:
        found = audit(node, address)

    assert [each for each in found if each[0] != "ok"] == []
    assert len(found) == AUDITS
