"""Settings by reference: `env:NAME` is the environment's value, `file:PATH` a file's text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LARGEST_FILE = 64 * 1024


class Secret:
    """A text that is never written out by accident."""

    __slots__ = ("_text", "reference")

    def __init__(self, text: str, reference: str) -> None:
        """Hold *text*, found under *reference*."""
        self._text = text
        self.reference = reference

    def reveal(self) -> str:
        """Give the text: only where it is sent to its source."""
        return self._text

    def __repr__(self) -> str:
        """Name the reference, never the text."""
        return f"Secret({self.reference})"

    __str__ = __repr__

    def __reduce__(self) -> tuple[type[Secret], tuple[str, str]]:
        """Refuse to be copied into a dump."""
        raise TypeError("a secret cannot be pickled")


class Unresolved(Exception):
    """A reference leads nowhere."""

    def __init__(self, message: str, hint: str) -> None:
        """Say what is missing and what to do."""
        super().__init__(message)
        self.message = message
        self.hint = hint


def is_reference(text: str) -> bool:
    """Say whether *text* refers to a value kept elsewhere."""
    return text.startswith(("env:", "file:"))


@dataclass(frozen=True, slots=True)
class References:
    """Where references lead: an environment, and the folder that relative paths start from."""

    environ: Mapping[str, str]
    folder: Path

    def resolve(self, text: str) -> str:
        """Give what the reference *text* stands for; raises `Unresolved`."""
        kind, _, name = text.partition(":")
        if kind == "env":
            value = self.environ.get(name)
            if not value:
                raise Unresolved(
                    f"the environment variable {name or '(no name)'} is not set",
                    f"set {name or 'it'} before starting",
                )
            return value
        path = self.folder / Path(name).expanduser()
        try:
            with path.open("rb") as opened:
                content = opened.read(_LARGEST_FILE + 1)
            text = content.decode("utf-8").strip()
        except (OSError, ValueError) as error:
            reason = type(error).__name__
            raise Unresolved(
                f"the file {name or '(no name)'} cannot be read ({reason})",
                "relative paths start from the folder of the settings file",
            ) from None
        if len(content) > _LARGEST_FILE or not text:
            raise Unresolved(f"the file {name} is empty or too large", "put only the value into it")
        return text
