"""Read a TOML file of legal data strictly: an unknown key or a wrong type is refused."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


class BadLegalFile(Exception):
    """A file of rules or days off cannot be used; the message lists every mistake found."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        """Keep *where* the mistakes are and the *problems*, one sentence each."""
        super().__init__("\n".join(f"{where}: {problem}" for problem in problems))
        self.problems = tuple(problems)


def shipped(name: str, kind: type[T]) -> T:
    """Read the file *name* that comes with this package."""
    return _decode(name, files(__package__).joinpath(name).read_bytes(), kind)


def read(path: Path, kind: type[T]) -> T:
    """Read the override file at *path*; raises `BadLegalFile`."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadLegalFile(str(path), [f"cannot be read: {error.strerror}"]) from error
    return _decode(str(path), text, kind)


def _decode(where: str, text: bytes, kind: type[T]) -> T:
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise BadLegalFile(where, [str(error)]) from error
    except UnicodeDecodeError as error:
        raise BadLegalFile(where, ["is not UTF-8"]) from error
