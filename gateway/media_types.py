"""Which media type a body has to have, and which of ours an `Accept` header asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from gateway.asked import BadRequest

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

_JSON = JSON.encode()
_LONGEST_KEPT = 256


def insist_on_json(headers: Mapping[bytes, bytes]) -> None:
    """Raise `BadRequest` unless *headers* say that the body is JSON, as it is."""
    given = headers.get(b"content-type", b"")
    # A packed body could be a bomb, and nobody needs to send one.
    if headers.get(b"content-encoding", b"identity") != b"identity":
        what = "the body is compressed, or said to be"
        hint = "send it as it is, without `Content-Encoding`"
    elif given.partition(b";")[0].strip().lower() == _JSON:
        return
    else:
        lacks = "names another type than JSON" if given else "is missing"
        what, hint = f"the header `Content-Type` {lacks}", "send `Content-Type: application/json`"
    raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", f"{what}; hint: {hint}")


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
