"""What every answer says of itself: that it is data, and what it depends on.

No page may take an answer for anything but data: not for a script, a frame or a picture.
"""

from __future__ import annotations

from typing import Final

GUARDS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
VARY: Final = (b"vary", b"Authorization, Accept, Accept-Encoding")
"""Of answers to operations: whoever asks otherwise is answered otherwise."""
