"""What the client did wrong, in words the client may read.

    ClientError
    ├── BadFilter      a filter names something unknown, or asks too much
    ├── BadPage        the paging arguments do not fit together
    ├── BadCursor      a cursor is altered, foreign or expired
    ├── NeedsIndex     only our own store could answer this, and there is none
    ├── Missing        the caller wanted all sources or nothing, and some did not answer
    ├── NotAnswering   what the question cannot do without did not answer
    └── NotConfigured  what the question cannot do without is nowhere configured

Every message says what is wrong and, after `hint:`, what to do.  It never repeats a record's
contents.
"""

from __future__ import annotations


class ClientError(Exception):
    """A question that cannot be answered as it was asked."""

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        """Keep a stable *code*, a *message* in plain words and a *hint* on what to do."""
        super().__init__(message if hint is None else f"{message}; hint: {hint}")
        self.code = code


class BadFilter(ClientError):
    """A filter names something unknown, or asks too much."""


class BadPage(ClientError):
    """The paging arguments do not fit together."""


class BadCursor(ClientError):
    """A cursor is altered, foreign or expired."""


class NeedsIndex(ClientError):
    """Only a store of our own could answer this."""


class Missing(ClientError):
    """The caller wanted all sources or nothing, and some did not answer."""


class NotAnswering(ClientError):
    """What the question cannot do without did not answer; asking again later may help."""


class NotConfigured(ClientError):
    """What the question cannot do without is nowhere configured; asking again does not help."""


def no_source_of(*collections: str) -> NotConfigured:
    """Give the error for a question that needs *collections* where no source holds them."""
    return NotConfigured(
        "REFERENCE_NOT_CONFIGURED",
        f"no source of {', '.join(collections)} is configured here",
        hint="ask without them; whoever runs this gateway adds one as docs/connecting.md says",
    )


def not_to_be_filtered_by(name: str | None) -> BadFilter:
    """Give the refusal of a filter whose field *name*, as the client spells it, tells too much."""
    return BadFilter(
        "FILTER_NOT_ALLOWED",
        f"the filter names {'what' if name is None else f'`{name}`, which'} you may not filter by",
        hint="leave it out; docs/queries.md tells what the public may filter by",
    )
