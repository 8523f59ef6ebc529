"""Put titles, texts and invented people together; plant personal patterns and say which."""

import tomllib
from functools import cache
from pathlib import Path
from random import Random

from sandbox.world.categories import categories, top_of
from sandbox.world.complaint import Place, Reporter

SHARE_WITH_PERSONAL_PATTERNS = 0.07

_PROSE = tomllib.loads((Path(__file__).parent / "prose.toml").read_text(encoding="utf-8"))
_TITLES: dict[str, list[str]] = _PROSE["titles"]
_TEXT: dict[str, list[str]] = _PROSE["text"]


def street(chance: Random) -> str:
    """Name a street."""
    return _one(chance, _TEXT["streets"])


def reporter(chance: Random) -> Reporter:
    """Invent a person, reachable nowhere."""
    name = f"{_one(chance, _TEXT['first_names'])} {_one(chance, _TEXT['last_names'])}"
    if chance.random() < 0.7:
        return Reporter(name, telephone(chance))
    return Reporter(name, electronic_mail(chance, name))


def telephone(chance: Random) -> str:
    """Give a telephone number that belongs to nobody."""
    return f"0812-0000-{int(chance.random() * 10_000):04d}"


def electronic_mail(chance: Random, name: str) -> str:
    """Give an address in a domain kept for examples."""
    return f"{name.split(maxsplit=1)[0].lower()}{int(chance.random() * 1_000)}@example.id"


def write(chance: Random, category: int, place: Place) -> tuple[str, str, list[tuple[str, str]]]:
    """Give title, body and the personal patterns planted in them."""
    words = {
        "place": place.district_name,
        "street": place.address.split(",", 1)[0],
        "days": str(2 + int(chance.random() * 90)),
        "category": categories()[category].name.lower(),
    }
    title = _one(chance, _titles_for(category)).format_map(words)
    sentences = [_one(chance, _TEXT["open"]), _one(chance, _TEXT["middle"])]
    if chance.random() < 0.5:
        sentences.append(_one(chance, _TEXT["middle"]))
    sentences.append(_one(chance, _TEXT["close"]))
    body = " ".join(sentences).format_map(words)
    personal: list[tuple[str, str]] = []
    if chance.random() < SHARE_WITH_PERSONAL_PATTERNS:
        body, personal = _plant(chance, body)
        if chance.random() < 0.2:
            name = f"Bapak {_one(chance, _TEXT['first_names'])}"
            title = f"{title} ({name})"
            personal.append(("honorific", name))
    return title, body, personal


def _plant(chance: Random, body: str) -> tuple[str, list[tuple[str, str]]]:
    first = _one(chance, _TEXT["first_names"])
    kind = int(chance.random() * 5)
    if kind == 0:
        found = ("telephone", telephone(chance))
        sentence = f"Hubungi saya di {found[1]}."
    elif kind == 1:
        found = ("email", electronic_mail(chance, first))
        sentence = f"Surel saya {found[1]}."
    elif kind == 2:
        letters = "ABCDEFGHJKLMNP"
        tail = _one(chance, letters) + _one(chance, letters)
        plate = f"KT {1000 + int(chance.random() * 9000)} {tail}"
        found = ("plate", plate)
        sentence = f"Kendaraan bernomor {plate} sering melintas."
    elif kind == 3:
        honorific = _one(chance, ("Bapak", "Ibu", "Pak", "Bu", "Sdr."))
        found = ("honorific", f"{honorific} {first}")
        sentence = f"Sudah disampaikan kepada {found[1]} tetapi belum ada jawaban."
    else:
        number = f"0000{int(chance.random() * 10**12):012d}"
        found = ("identity_card", number)
        sentence = f"NIK saya {number}."
    return f"{body} {sentence}", [found]


@cache
def _titles_for(category: int) -> tuple[str, ...]:
    for key in (str(category), str(top_of(category))):
        if key in _TITLES:
            return tuple(_TITLES[key])
    return tuple(_TITLES["default"])


def _one(chance: Random, choices: list[str] | tuple[str, ...] | str) -> str:
    return choices[int(chance.random() * len(choices))]
