"""Whether the codes that a client names are known, and what is said of one that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from resolvers.errors import BadFilter

_CODE = re.compile(r"[\w.:-]{1,64}", re.ASCII)


def shaped(codes: tuple[str, ...], thing: str, error: str) -> tuple[str, ...]:
    """Give *codes*, which nobody lists; raises `BadFilter` with *error* if one cannot be any."""
    for code in codes:
        if not _CODE.fullmatch(code):
            raise unknown(code, {}, thing, error)
    return codes


def known_among(
    codes: Iterable[str], known: Mapping[str, object] | frozenset[str], thing: str, error: str
) -> None:
    """Raise `BadFilter` with *error* if one of *codes* is not *known*."""
    for code in codes:
        if code not in known:
            raise unknown(code, known, thing, error)


def unknown(
    code: str, known: Mapping[str, object] | frozenset[str], thing: str, error: str
) -> BadFilter:
    """Give the *error* for *code*, which names no *thing* that is *known*."""
    # The client's own word is repeated only if it has the shape of a code: it may hold anything.
    shown = f" `{code}`" if _CODE.fullmatch(code) else ""
    near = get_close_matches(code[:64], known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else _WHERE_TO_LOOK[thing]
    return BadFilter(error, f"there is no {thing}{shown}", hint=hint)


_WHERE_TO_LOOK: Mapping[str, str] = {
    "agency": "the query `agencies` lists the codes",
    "region": "write Kemendagri's code with dots, as in 64.72; the query `regions` lists them",
    "category": "the query `categories` lists the ids",
    "programme": "the query `priorityProgrammes` lists the ids",
    "channel": "the query `channels` lists the ids",
    "source": "the query `sources` lists the ids",
}
