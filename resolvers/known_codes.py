"""Whether the codes that a client names are known, and what is said of one that is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from connectors.contract.code_shape import is_code
from resolvers.errors import BadFilter


def shaped(codes: tuple[str, ...], thing: str, error: str) -> tuple[str, ...]:
    """Give *codes*, which nobody lists; raises `BadFilter` with *error* if one cannot be any."""
    for code in codes:
        if not is_code(code):
            raise unknown(code, None, thing, error)
    return codes


def known_among(
    codes: Iterable[str], known: Mapping[str, object] | frozenset[str], thing: str, error: str
) -> None:
    """Raise `BadFilter` with *error* if one of *codes* is not *known*."""
    for code in codes:
        if code not in known:
            raise unknown(code, known, thing, error)


def unknown(
    code: str, known: Mapping[str, object] | frozenset[str] | None, thing: str, error: str
) -> BadFilter:
    """Give the *error* for *code*, which names none of the *known*; None: nobody lists them."""
    # The client's own word is repeated only if it has the shape of a code: it may hold anything.
    is_shaped = is_code(code)
    called = "code" if thing in ("agency", "region") else "id"
    shown = (
        f"there is no {thing} `{code}`"
        if is_shaped
        else f"what was given is the {called} of no {thing}"
    )
    if known is None:
        return BadFilter(error, shown, hint=_WRITTEN.get(thing, _ANY_WRITTEN))
    near = _meant_agency(code, known) if thing == "agency" else _meant(code, known)
    return BadFilter(error, shown, hint=f"did you mean `{near}`?" if near else _TO_FIND[thing])


def _meant(code: str, known: Iterable[str]) -> str | None:
    near = get_close_matches(code[:64], known, n=1)
    return near[0] if near else None


def _meant_agency(code: str, known: Iterable[str]) -> str | None:
    """Give the one agency whose code is *code* but for a slip; None if there are several.

    Another number, or a word that is only like it, is another government.
    """
    written = code[:64].casefold()
    digits = _digits(written)
    near = [each for each in known if _is_slip(written, each) and _digits(each) == digits]
    return near[0] if len(near) == 1 else None


def _is_slip(written: str, code: str) -> bool:
    """Say whether one letter is missing, too many or another, or two are swapped, at most."""
    if abs(len(written) - len(code)) > 1:
        return False
    start = _shared(written, code)
    written, code = written[start:], code[start:]
    end = _shared(written[::-1], code[::-1])
    written, code = written[: len(written) - end], code[: len(code) - end]
    return max(len(written), len(code)) <= 1 or (len(written) == 2 and written == code[::-1])


def _shared(one: str, other: str) -> int:
    """Give how many letters *one* and *other* begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _digits(code: str) -> str:
    return "".join(filter(str.isdigit, code))


_WRITTEN: Mapping[str, str] = {
    "region": "a region is asked by Kemendagri's code with dots, like `64` or `64.72`",
}
"""How a code is written, where nobody lists them."""
_ANY_WRITTEN = "write 1 to 64 letters, digits or signs of `. : _ -`"

_TO_FIND: Mapping[str, str] = {
    "agency": 'the query `agencies(filter: { text: "…" })` finds the code by a part of the name',
    "region": f"{_WRITTEN['region']}; the query `regions` finds it",
    "category": "the query `categories` lists the ids",
    "programme": "the query `priorityProgrammes` lists the ids",
    "channel": "the query `channels` lists the ids",
    "source": "the query `sources` lists the ids",
}
