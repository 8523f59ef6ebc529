"""As much of a MySQL 8 as lets somebody in by `caching_sha2_password`: no such server is at hand.

It speaks the protocol as its manual describes it ("Caching SHA-2 Pluggable Authentication"): a
known password is told by a scramble, one that is not cached by the public key of the server.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_NONCE = bytes(range(33, 53))
# Protocol 4.1, secure connection, transactions, a database, log-ins by plugins.
_CAN = 0x1 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000 | 0x200000
_OK = b"\x00\x00\x00" + struct.pack("<HH", 2, 0)
_DENIED = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied"
_PLUGIN = b"caching_sha2_password\x00"


@dataclass
class Mysql8:
    """One server, with one user."""

    password: str
    cached: bool
    """Whether it has met the user before."""
    ways: list[str] = field(default_factory=list)
    """How each was let in, or `denied`."""
    asked: list[str] = field(default_factory=list)
    """All statements."""
    _key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet one client, see who it is, and say yes to whatever it asks."""
        try:
            _send(writer, 0, self._greeting())
            number, told = await _packet(reader)
            if await self._lets_in(reader, writer, number, told):
                while True:
                    number, told = await _packet(reader)
                    if told[:1] != b"\x03":
                        return
                    self.asked.append(told[1:].decode())
                    _send(writer, number + 1, _OK)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    async def _lets_in(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int, told: bytes
    ) -> bool:
        user_end = told.index(b"\x00", 32)
        length = told[user_end + 1]
        scramble = told[user_end + 2 : user_end + 2 + length]
        if self.cached and scramble == _scrambled(self.password.encode()):
            _send(writer, number + 1, b"\x01\x03")
            _send(writer, number + 2, _OK)
            self.ways.append("scramble")
            return True
        _send(writer, number + 1, b"\x01\x04")
        number, told = await _packet(reader)
        assert told == b"\x02", "a password is never told in the open"
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _send(writer, number + 1, b"\x01" + public)
        number, told = await _packet(reader)
        mixed = self._key.decrypt(
            told,
            padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303 - as the protocol has it
        )
        plain = bytes(one ^ _NONCE[at % len(_NONCE)] for at, one in enumerate(mixed))
        good = plain == self.password.encode() + b"\x00"
        _send(writer, number + 1, _OK if good else _DENIED)
        self.ways.append("key" if good else "denied")
        return good

    def _greeting(self) -> bytes:
        return (
            b"\x0a8.0.36\x00"
            + struct.pack("<I", 7)
            + _NONCE[:8]
            + b"\x00"
            + struct.pack("<HBHH", _CAN & 0xFFFF, 255, 2, _CAN >> 16)
            + bytes([len(_NONCE) + 1])
            + bytes(10)
            + _NONCE[8:]
            + b"\x00"
            + _PLUGIN
        )


def _scrambled(password: bytes) -> bytes:
    once = sha256(password).digest()
    mask = sha256(sha256(once).digest() + _NONCE).digest()
    return bytes(one ^ other for one, other in zip(once, mask, strict=True))


def _send(writer: asyncio.StreamWriter, number: int, body: bytes) -> None:
    writer.write(len(body).to_bytes(3, "little") + bytes([number % 256]) + body)


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readexactly(4)
    return head[3], await reader.readexactly(int.from_bytes(head[:3], "little"))


@asynccontextmanager
async def mysql8(password: str, *, cached: bool) -> AsyncIterator[tuple[Mysql8, str]]:
    """Run one; gives it and its address."""
    imitated = Mysql8(password, cached)
    server = await asyncio.start_server(imitated.serve, "127.0.0.1", 0)
    async with server:
        yield imitated, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
