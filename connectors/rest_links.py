"""Read `Link` headers (RFC 8288): where the next page is, as the query of the same path.

A target's host is never followed: a source answers for its own address only, and behind a proxy it
does not always know it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from connectors.contract.errors import Malformed
from connectors.rest_settings import Params

_TARGET = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s;,=\"]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]*))?)*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_LONGEST = 16_384


def next_query(source: str, links: Sequence[str], path: str) -> str | None:
    """Give the query of the link to the next page of *path*, None if there is none."""
    targets = {
        target
        for header in links
        for target, parameters in _TARGET.findall(header[:_LONGEST])
        if _is_next(parameters)
    }
    if not targets:
        return None
    if len(targets) > 1:
        raise Malformed(source, "it names more than one next page")
    target: str = targets.pop()
    try:
        parts = urlsplit(target)
    except ValueError:
        raise Malformed(source, "its link to the next page is no address") from None
    if parts.path and not parts.path.rstrip("/").endswith(path.rstrip("/")):
        raise Malformed(source, "its link to the next page leads to another path")
    if not parts.query:
        raise Malformed(source, "its link to the next page names no page")
    return parts.query


def pairs(query: str) -> Params:
    """Give the parameters of a link's *query*."""
    return tuple(parse_qsl(query, keep_blank_values=True))


def _is_next(parameters: str) -> bool:
    # The first `rel` counts, and may name several relations.
    found = _RELATION.search(parameters)
    return found is not None and "next" in (found[1] or found[2] or "").casefold().split()
