"""What is wrong with the settings, and where: collected, then told all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the settings."""

    path: str
    """The dotted path of the setting: `sources.sp4n.collections.complaints.mapping.statsu`."""
    message: str
    """What is wrong; never the value of a secret."""
    hint: str | None = None
    """What to do about it."""

    def __str__(self) -> str:
        """Write it in one line."""
        told = f"{self.path}: {self.message}" if self.path else self.message
        return told if self.hint is None else f"{told}; hint: {self.hint}"


class ConfigurationError(Exception):
    """The settings cannot be used; `problems` holds every mistake of every source."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the *problems*, of which there is at least one."""
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Write one problem a line."""
        return "\n".join(map(str, self.problems))
