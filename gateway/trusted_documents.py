"""Operations by id: those of the manifest, which are known beforehand, and those that clients kept.

Where only the manifest's are answered (`require`), no text from outside is ever parsed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256

from msgspec.structs import replace

from gateway.asked import Asked, BadRequest

_BYTES_PER_ENTRY = 256


class AutomaticDocuments:
    """Texts that clients sent once, to be asked by their hash; the longest unasked go first."""

    def __init__(self, max_bytes: int) -> None:
        """Keep texts of up to *max_bytes* together."""
        self._max_bytes = max_bytes
        self._texts: OrderedDict[str, str] = OrderedDict()
        self.used_bytes = 0

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, digest: str) -> str | None:
        """Give the text of *digest*, None if it is not kept."""
        text = self._texts.get(digest)
        if text is not None:
            self._texts.move_to_end(digest)
        return text

    def keep(self, digest: str, text: str) -> None:
        """Keep *text*, whose hash is *digest*."""
        if digest in self._texts or _weight(text) > self._max_bytes:
            return
        self._texts[digest] = text
        self.used_bytes += _weight(text)
        while self.used_bytes > self._max_bytes:
            _, dropped = self._texts.popitem(last=False)
            self.used_bytes -= _weight(dropped)


class TrustedDocuments:
    """Finds the text of what was asked by id, and refuses what may not be asked."""

    def __init__(
        self,
        known: Mapping[str, str],
        *,
        is_required: bool = False,
        automatic: AutomaticDocuments | None = None,
    ) -> None:
        """Answer the texts of *known* by their ids, nothing else if *is_required*."""
        self.known = known
        self._is_required = is_required
        self._automatic = automatic

    def is_trusted(self, asked: Asked) -> bool:
        """Say whether *asked* names a document of the manifest."""
        return _id_of(asked) in self.known

    def found(self, asked: Asked, can_run: Callable[[Asked], bool]) -> Asked:
        """Give *asked* with its text; raises `BadRequest` if there is none or it is not allowed.

        A text that came with its hash is kept if it *can_run*.
        """
        text = self.known.get(_id_of(asked) or "")
        if text is not None:
            if asked.query not in ("", text):
                raise _mismatch()
            return replace(asked, query=text)
        if asked.document_id is not None:
            raise BadRequest(400, "PERSISTED_DOCUMENT_NOT_FOUND")
        if self._is_required:
            code = "PERSISTED_DOCUMENT_NOT_FOUND" if asked.digest else "PERSISTED_DOCUMENT_REQUIRED"
            raise BadRequest(400, code)
        return asked if asked.digest is None else self._by_digest(asked, asked.digest, can_run)

    def _by_digest(self, asked: Asked, digest: str, can_run: Callable[[Asked], bool]) -> Asked:
        # Apollo's clients know these two by their words; both are answers, not failures.
        if not asked.query:
            if self._automatic is None:
                raise BadRequest(200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
            text = self._automatic.get(digest)
            if text is None:
                raise BadRequest(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
            return replace(asked, query=text)
        if _digest(asked.query) != digest:
            raise _mismatch()
        if self._automatic is not None and can_run(asked):
            self._automatic.keep(digest, asked.query)
        return asked


def _id_of(asked: Asked) -> str | None:
    return asked.digest if asked.document_id is None else asked.document_id


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _mismatch() -> BadRequest:
    return BadRequest(400, "BAD_REQUEST", "the query is not the one of its id; hint: send only one")


def _weight(text: str) -> int:
    return _BYTES_PER_ENTRY + len(text.encode("utf-8", "surrogatepass"))
