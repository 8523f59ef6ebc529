"""Everything that can go wrong with a source.

    SourceError
    ├── Unavailable   nobody answered, or the answer was a server's failure
    ├── TimedOut      no answer within the time left
    ├── RateLimited   the source asked us to wait
    ├── Refused       the source does not let us in, or rejects the question
    └── Malformed     the answer breaks the source's own rules

Messages may name the source and its rule, never a row's contents or a credential.
"""

from __future__ import annotations

from typing import ClassVar


class SourceError(Exception):
    """A source could not answer."""

    code: ClassVar[str] = "UNAVAILABLE"
    retryable: ClassVar[bool] = False

    reason: str | None = None
    """A finer code, where there is one: what the source was found out at."""

    def __init__(self, source: str, message: str) -> None:
        """Keep which *source* failed and a *message* without personal data."""
        super().__init__(message)
        self.source = source
        self.message = message

    def __str__(self) -> str:
        """Write source, code and message in one line."""
        return f"{self.source}: {self.reason or self.code}: {self.message}"


class Unavailable(SourceError):
    """Nobody answered, or the answer was a server's failure."""

    code = "UNAVAILABLE"
    retryable = True


class TimedOut(SourceError):
    """No answer came within the time left."""

    code = "TIMED_OUT"
    retryable = True


class RateLimited(SourceError):
    """The source asked to be asked later."""

    code = "RATE_LIMITED"
    retryable = True

    def __init__(self, source: str, message: str, retry_after: float | None = None) -> None:
        """Keep *retry_after*, in seconds, if the source named it."""
        super().__init__(source, message)
        self.retry_after = retry_after


class Refused(SourceError):
    """The source does not let us in, or rejects the question."""

    code = "REFUSED"


class Malformed(SourceError):
    """The answer breaks the source's own rules."""

    code = "MALFORMED"

    def __init__(self, source: str, message: str, reason: str | None = None) -> None:
        """Keep the *reason*, a stable word, if the rule that it breaks has one."""
        super().__init__(source, message)
        self.reason = reason
