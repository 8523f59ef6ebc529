"""A compiled executor for any Strawberry or graphql-core schema.

`Documents(schema).prepare(text)` gives an operation that was parsed, limited, validated and
compiled once; `await prepared.run(variables, context, root)` answers a request.
"""

from .cost import FieldCost, Price
from .dearest import too_costly
from .document import DEFAULT_LIMITS, Documents, default_format, prepare
from .encode import encode
from .limits import UNLIMITED, LimitExceeded, Limits
from .prepared import Prepared, Result
from .reference import Reference

__all__ = [
    "DEFAULT_LIMITS",
    "UNLIMITED",
    "Documents",
    "FieldCost",
    "LimitExceeded",
    "Limits",
    "Prepared",
    "Price",
    "Reference",
    "Result",
    "default_format",
    "encode",
    "prepare",
    "too_costly",
]
