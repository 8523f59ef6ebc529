"""Sealed cursors: a place in a list that only this gateway can read, and only for the same list.

A cursor is AES-GCM over a padded msgpack body, under a ring of keys shared by all replicas.  It
holds no page number and no token of a source, only order keys, so that it outlives every source's
own paging.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from resolvers.errors import BadCursor
from resolvers.planner.plan import Key, Place

_VERSION = 1
_NONCE = 12
_PAD = 32
_LONGEST = 64 * 1024


class _Body(msgspec.Struct, array_like=True):
    expires: int
    fingerprint: bytes
    reached: Key | None
    positions: list[tuple[str, Key | None]]
    padding: bytes = b""


class CursorSeal:
    """Seals and opens cursors."""

    def __init__(
        self,
        keys: Mapping[str, bytes],
        current: str,
        *,
        lifetime: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        """Seal with the key named *current*, open with any of *keys* (16, 24 or 32 bytes each)."""
        if current not in keys:
            raise ValueError(f"no cursor key is named {current!r}")
        if any(not 1 <= len(name.encode()) <= 255 for name in keys):
            raise ValueError("a cursor key's name has 1 to 255 bytes")
        self._ciphers = {name.encode(): AESGCM(key) for name, key in keys.items()}
        self._current = current.encode()
        self._lifetime = lifetime
        self._clock = clock
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(_Body).decode

    def seal(self, place: Place, fingerprint: bytes) -> str:
        """Give the cursor of *place* in the list that *fingerprint* stands for."""
        expires = int((self._clock() + self._lifetime).timestamp())
        body = _Body(expires, fingerprint, place.reached, sorted(place.positions.items()))
        short = -len(self._encode(body)) % _PAD
        body.padding = b"\0" * short
        header = bytes((_VERSION, len(self._current))) + self._current
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, self._encode(body), header)
        return base64.urlsafe_b64encode(header + nonce + sealed).rstrip(b"=").decode()

    def open(self, text: str, fingerprint: bytes) -> Place:
        """Give the place of *text*; raise `BadCursor` if it is no live cursor of this list."""
        body = self._decode_sealed(text)
        if body.fingerprint != fingerprint:
            raise BadCursor(
                "CURSOR_FOREIGN",
                "the cursor belongs to another list",
                hint="use a cursor only with the filter, order and viewer that it came from",
            )
        if body.expires <= self._clock().timestamp():
            raise BadCursor(
                "CURSOR_EXPIRED", "the cursor has expired", hint="start again from the first page"
            )
        return Place(reached=body.reached, positions=dict(body.positions))

    def _decode_sealed(self, text: str) -> _Body:
        broken = BadCursor(
            "CURSOR_INVALID",
            "the cursor was not made by this gateway or was altered",
            hint="pass on endCursor or startCursor unchanged; "
            "if the gateway was started anew since, begin at the first page",
        )
        if len(text) > _LONGEST:
            raise broken
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if raw[0] != _VERSION:
                raise broken
            end = 2 + raw[1]
            cipher = self._ciphers[raw[2:end]]
            nonce, sealed = raw[end : end + _NONCE], raw[end + _NONCE :]
            return self._decode(cipher.decrypt(nonce, sealed, raw[:end]))
        except (
            ValueError,
            IndexError,
            KeyError,
            InvalidTag,
            binascii.Error,
            msgspec.MsgspecError,
        ) as error:
            raise broken from error
