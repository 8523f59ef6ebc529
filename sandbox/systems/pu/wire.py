"""The PostgreSQL wire protocol, as far as a proxy between client and server must know it."""

import struct
from dataclasses import dataclass, field

SSL_REQUEST = 80_877_103
GSS_REQUEST = 80_877_104
CANCEL_REQUEST = 80_877_102

_NOISE = (
    "set ", "reset ", "show ", "begin", "commit", "rollback", "start transaction", "discard",
    "deallocate", "close ", "listen ", "unlisten", "savepoint", "release",
    "select pg_advisory_unlock_all",
)  # fmt: skip


def is_noise(statement: str) -> bool:
    """Tell whether a driver says *statement* of its own accord."""
    text = statement.strip().lower()
    return not text or text.startswith(_NOISE) or "pg_catalog." in text or "typeinfo" in text


def error(code: str, message: str, severity: str = "ERROR") -> bytes:
    """Write an error as the server would."""
    parts = (b"S", severity), (b"V", severity), (b"C", code), (b"M", message)
    body = b"".join(kind + text.encode() + b"\0" for kind, text in parts) + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body


def ready(status: bytes) -> bytes:
    """Write that the server is ready for the next request."""
    return b"Z" + struct.pack("!I", 5) + status


@dataclass(slots=True)
class Outcome:
    """How one request ended."""

    rows: int = 0
    code: str = "00000"


@dataclass(slots=True)
class Batch:
    """Messages of a client up to the next one that wants an answer."""

    messages: list[bytes] = field(default_factory=list)
    statement: str | None = None
    runs: bool = False
    ends: bytes = b""

    @property
    def is_request(self) -> bool:
        """Whether somebody, not the driver, wants a statement run."""
        return self.runs and self.statement is not None and not is_noise(self.statement)


class ClientSide:
    """Puts a client's messages together into batches."""

    def __init__(self) -> None:
        self._statements: dict[bytes, str] = {}
        self._portals: dict[bytes, str] = {}
        self._batch = Batch()

    def take(self, kind: bytes, body: bytes) -> Batch | None:
        """Take one message; give the batch if it is complete."""
        batch = self._batch
        batch.messages.append(kind + struct.pack("!I", len(body) + 4) + body)
        if kind == b"P":
            name, text, _ = body.split(b"\0", 2)
            self._statements[name] = text.decode(errors="replace")
        elif kind == b"B":
            portal, name, _ = body.split(b"\0", 2)
            self._portals[portal] = self._statements.get(name, "")
        elif kind == b"E":
            batch.statement = self._portals.get(body.split(b"\0", 1)[0], "")
            batch.runs = True
        elif kind == b"Q":
            batch.statement = body.rstrip(b"\0").decode(errors="replace")
            batch.runs = True
        if kind in b"BPDEC":
            return None
        batch.ends = kind
        self._batch = Batch()
        return batch


class ServerSide:
    """Watches a server's messages go by, whole or in pieces."""

    def __init__(self) -> None:
        self.status = b"I"
        self.key: tuple[int, int] | None = None
        self.outcome = Outcome()
        self._rest = b""
        self._skip = 0

    def watch(self, data: bytes) -> int:
        """Look at *data* and tell how often the server said that it is ready."""
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, size, ready_times, rows = self._skip, len(data), 0, 0
        while at + 5 <= size:
            kind = data[at]
            length = int.from_bytes(data[at + 1 : at + 5], "big")
            end = at + 1 + length
            if kind == 0x44:  # DataRow
                rows += 1
            elif kind in b"ZKE":
                if end > size:
                    break
                ready_times += self._note(kind, data[at + 5 : end])
            at = end
        if rows:
            self.outcome.rows += rows
        if at < size:
            self._rest, self._skip = data[at:], 0
        else:
            self._skip = at - size
        return ready_times

    def _note(self, kind: int, body: bytes) -> int:
        if kind == 0x5A:  # ReadyForQuery
            self.status = body[:1]
            return 1
        if kind == 0x43:  # CommandComplete
            tag = body.rstrip(b"\0").split()
            if tag and tag[0] == b"SELECT":
                self.outcome.rows = (self.outcome.rows or 0) + int(tag[-1])
        elif kind == 0x4B:  # BackendKeyData
            self.key = struct.unpack("!II", body[:8])
        elif kind == 0x45:  # ErrorResponse
            for part in body.split(b"\0"):
                if part[:1] == b"C":
                    self.outcome.code = part[1:].decode(errors="replace")
        return 0
