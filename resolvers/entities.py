"""Things by the keys that other parts of a larger graph know them by."""

from __future__ import annotations

from resolvers.complaint.parts import Parts
from resolvers.context import Context, Thing, coded
from resolvers.identity import CodeId, SourceId, TrackedId, read_id

_COLLECTIONS = {"Agency": "agencies", "Region": "regions"}


async def entity(
    context: Context, type_name: str, key: str, value: str, wanted: frozenset[str], parts: Parts
) -> Thing | None:
    """Give the thing of a type that has *value* for one of its keys: `id`, or the name it goes by
    elsewhere; None if it is unknown, hidden, or of another type.
    """
    if key == "id":
        return await context.thing(value, wanted, parts) if _is_of(type_name, value) else None
    match type_name:
        case "Complaint":
            return await context.complaint(value, wanted, parts)
        case "OmbudsmanCase":
            return await context.loaders.case(value.strip())
        case _:
            directory = await context.needed(_COLLECTIONS[type_name])
            return coded(directory, type_name, value, context.today())


def _is_of(type_name: str, global_id: str) -> bool:
    match read_id(global_id):
        case TrackedId() | SourceId():
            return type_name == "Complaint"
        case CodeId(named, _):
            return named == type_name
    return False
