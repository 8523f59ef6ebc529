"""Read the XML of a GeoReport answer into the shape that its JSON has: no entities, bounded.

Every value is a text, an empty element is null, a repeated one a list; attributes are ignored.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn
from xml.parsers import expat

MOST_ELEMENTS: Final = 500_000
DEEPEST: Final = 8


class NoXml(ValueError):
    """The text is no XML that an honest source would send."""


def rows(body: bytes) -> list[Any]:
    """Give what stands below the root, one entry an element; raises `NoXml`."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    # Nothing in a GeoReport answer needs a document type, and every trap of XML does.
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise NoXml from None
    return reader.found


class _Reader:
    """Builds the rows while the parser tells what it meets."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._count = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            raise NoXml
        self._open.append((name.rpartition(":")[2], {}, []))

    def text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        value: Any = children or "".join(texts).strip() or None
        if len(self._open) == 1:
            self.found.append(value)
        elif self._open:
            siblings = self._open[-1][1]
            if name not in siblings:
                siblings[name] = value
            elif isinstance(siblings[name], list):
                siblings[name].append(value)
            else:
                siblings[name] = [siblings[name], value]


def _refuse(*_: object) -> NoReturn:
    raise NoXml
