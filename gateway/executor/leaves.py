"""The statements that check and coerce one leaf, written for `source.py`."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import UTC, datetime
from types import CoroutineType
from typing import Any

import orjson
from graphql import GraphQLEnumType, Undefined

from .complete import PLAIN_SCALARS
from .isodates import is_isoformat, whole_minutes
from .runtime import Odd, inert, is_inert

Bind = Callable[[str, Any], str]
"""Makes a value reachable from the source under a name of its own, beginning with a letter."""


def is_text(type_: Any) -> bool:
    """Whether a value of exactly `str` is its own answer."""
    return PLAIN_SCALARS.get(type_.name) is str


def texts(bind: Bind, fields: list[tuple[Any, str]]) -> list[str]:
    """Write the check of several texts at once: none may be null."""
    if len(fields) == 1:
        return [leaf(bind, *fields[0], nullable=False)]
    chain = " is ".join(f"type({name})" for _, name in fields)
    singly = [f"    {leaf(bind, type_, name, nullable=False)}" for type_, name in fields]
    return [f"if not ({chain} is str):", *singly]


LEFT_TO_ENCODER = "left_to_encoder"
"""An attribute of a scalar's coercion: of moments in UTC it says just what `encode` writes."""


def leaf(bind: Bind, type_: Any, name: str, *, nullable: bool, leave: bool = False) -> str:
    """Write the check of one leaf in variable *name*, and its coercion in place.

    With *leave*, what the encoder writes as the coercion would is left as it is.
    """
    other = bind("s", _other(type_, nullable=nullable))
    null = f" and {name} is not None" if nullable else ""
    unless_null = f"if {name} is not None: " if nullable else ""
    if is_text(type_):
        return f"if type({name}) is not str{null}: {name} = {other}({name})"
    if type_.name == "Boolean":
        return f"if {name} is not True and {name} is not False{null}: {name} = {other}({name})"
    if type_.name == "Int":
        fits = f"type({name}) is int and -2147483648 <= {name} <= 2147483647"
        return f"if not ({fits}){null}: {name} = {other}({name})"
    if type_.name == "Float":
        # Infinity less itself is not a number, which is true.
        odd = f"type({name}) is not float or {name} - {name}"
        return f"if ({odd}){null}: {name} = {other}({name})"
    if leave and getattr(type_.coerce_output_value, LEFT_TO_ENCODER, False):
        fits = f"type({name}) is {bind('d', datetime)} and {name}.tzinfo is {bind('u', UTC)}"
        return f"if not ({fits}){null}: {name} = {other}({name})"
    if is_isoformat(type_.coerce_output_value):
        date, zones, dumps = bind("d", datetime), bind("z", whole_minutes), bind("j", orjson.dumps)
        fits = f"type({name}) is {date} and {name}.tzinfo in {zones}"
        text = f"{dumps}({name})[1:-1].decode()"
        return f"{unless_null}{name} = {text} if {fits} else {other}({name})"
    if isinstance(type_, GraphQLEnumType):
        members = _members(type_)
        words = _words(type_, members)
        if words:
            # What is no word of the enum raises, and is answered the exact way.
            return f"{unless_null}{name} = {bind('e', words)}[{name}]"
        if members:
            table = bind("e", {key: word for key, (word, _) in members.items()})
            bind("m", members)  # keeps the members alive, and so their ids their own
            return f"{unless_null}{name} = {table}.get(id({name})) or {other}({name})"
    return f"{unless_null}{name} = {other}({name})"


def _members(type_: GraphQLEnumType) -> dict[int, tuple[str, Any]]:
    """Answer the members of a Python enum by identity, which is all a member needs."""
    wrapped = getattr(type_, "wrapped_cls", None)
    members = (
        list(wrapped)
        if isinstance(wrapped, enum.EnumMeta)
        else [value.value for value in type_.values.values()]
    )
    if not all(isinstance(member, enum.Enum) for member in members):
        return {}
    try:
        return {id(member): (type_.coerce_output_value(member), member) for member in members}
    except Exception:  # noqa: BLE001 - a member that has no name here is an error when it is met
        return {}


def _words(type_: GraphQLEnumType, members: dict[int, tuple[str, Any]]) -> dict[str, str]:
    """Answer the members of an enum of texts by their text, if the text alone is answered alike."""
    words: dict[str, str] = {}
    for word, member in members.values():
        # Such a member and its text are one key: they are equal and hash alike.
        if not isinstance(member, enum.StrEnum) or type(member).__hash__ is not str.__hash__:
            return {}
        try:
            if type_.coerce_output_value(member.value) != word:
                return {}
        except Exception:  # noqa: BLE001 - then a text is not answered as its member is
            return {}
        words[str(member.value)] = word  # a plain text is looked up faster than a member
    return words


def _other(type_: Any, *, nullable: bool) -> Callable[[Any], Any]:
    """Make the coercion of values that are not exactly of the expected class."""
    coerce = type_.coerce_output_value

    def other(value: Any) -> Any:
        if type(value) not in inert and not is_inert(type(value)):
            raise Odd
        if value is None and nullable:
            return None
        if value is None:
            raise Odd
        done = coerce(value)
        if done is None or done is Undefined or type(done) is CoroutineType:
            raise Odd
        return done

    return other
