"""What requests to the imitated systems ask: their parameters, read or answered with 400."""

from datetime import datetime

from aiohttp import web

from sandbox.world.moments import WIB


def known_parameters(request: web.Request, known: set[str]) -> None:
    """Raise 400 for a parameter that is not in *known*, or one given twice."""
    for name in request.query:
        if name not in known:
            raise web.HTTPBadRequest(reason=f"parameter tidak dikenal: {name[:40]!r}")
    if len(request.query) != len(set(request.query)):
        raise web.HTTPBadRequest(reason="parameter ganda")


def whole_number(request: web.Request, name: str, default: int, at_most: int) -> int:
    """Read a positive whole number, or raise 400."""
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= at_most:
        raise web.HTTPBadRequest(reason=f"{name} harus 1 sampai {at_most}")
    return int(text)


def listed(request: web.Request, name: str, at_most: int, separator: str = ",") -> list[str] | None:
    """Read a list of at most so many values, None if it is not asked; or raise 400."""
    text = request.query.get(name)
    if text is None:
        return None
    found = [part.strip() for part in text.split(separator)]
    if not all(found) or len(found) > at_most:
        raise web.HTTPBadRequest(reason=f"{name}: 1 sampai {at_most} nilai")
    return found


def moment(request: web.Request, name: str) -> float | None:
    """Read a moment, of Jakarta's clock if it names no zone, None if not asked; or raise 400."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise web.HTTPBadRequest(reason=f"{name} bukan waktu ISO 8601") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=WIB)
    return found.timestamp()


def folded(word: object) -> str:
    """Give a word without regard to case and surplus blanks."""
    return " ".join(str(word).split()).casefold()
