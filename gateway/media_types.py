"""Which of our media types an `Accept` header asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gateway.asked import BadRequest

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

_LONGEST_KEPT = 256


def accepted(header: str | None, parted: Sequence[str] = ()) -> str:
    """Choose the media type of the answer; raises `BadRequest` if none of ours is accepted.

    Where nothing but media of *parted* answers is, it is the first of them.
    """
    if not header:
        return JSON
    # Headers repeat; long ones are not kept, for anybody can send any number of them.
    chosen = _kept(header) if len(header) <= _LONGEST_KEPT else _chosen(header)
    if chosen is not None:
        return chosen
    if parted:
        return parted[0]
    raise BadRequest(406, "NOT_ACCEPTABLE")


def _chosen(header: str) -> str | None:
    weights: dict[str, float] = {}
    for offer in header.split(","):
        medium, *parameters = (each.strip().lower() for each in offer.split(";"))
        weights.setdefault(medium, _weight(parameters))
    # In the order of the header; what only a wildcard allows comes last, plain JSON first.
    ours = [medium for medium in weights if medium in (JSON, GRAPHQL_JSON)]
    ours += [medium for medium in (JSON, GRAPHQL_JSON) if medium not in ours]
    wild = weights.get("application/*", weights.get("*/*", 0.0))
    best = max(ours, key=lambda medium: weights.get(medium, wild))
    return best if weights.get(best, wild) > 0 else None


def _weight(parameters: Sequence[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


_kept = lru_cache(maxsize=256)(_chosen)
