"""Objects of an answer as structs instead of dictionaries, for the encoder alone to read.

To make one costs a third of making a dictionary with the same keys, to write one half.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec


@lru_cache(maxsize=1024)
def struct_of(keys: tuple[str, ...]) -> type[msgspec.Struct]:
    """Make the class of objects that are written with *keys*, in that order."""
    # A key may be a word of Python's, so fields have names of their own.
    names = {f"f{place}": key for place, key in enumerate(keys)}
    # No cycle goes through an answer, so the collector need not look.
    return msgspec.defstruct("Answer", list(names), rename=names, gc=False, eq=False)


def as_dict(answer: msgspec.Struct) -> dict[str, Any]:
    """Give *answer* as the dictionary that it stands for; what is in it stays as it is."""
    fields = msgspec.structs.fields(answer)
    return {each.encode_name: getattr(answer, each.name) for each in fields}
