"""What a GraphQL endpoint says of its own types, as far as lists of complaints need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INTROSPECTION = """
query Simpul {
  __schema {
    queryType { name }
    types {
      kind
      name
      enumValues { name }
      fields {
        name
        args { name defaultValue type { ...T } }
        type { ...T }
      }
    }
  }
}
fragment T on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
}
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type without its wrappers, and what they were."""

    name: str
    is_list: bool
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a field."""

    name: str
    kind: Kind
    default: str | None

    @property
    def is_needed(self) -> bool:
        """It has to be sent."""
        return self.kind.is_needed and self.default is None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object."""

    name: str
    kind: Kind
    arguments: Mapping[str, Argument]

    @property
    def is_free(self) -> bool:
        """It can be asked for without arguments."""
        return not any(each.is_needed for each in self.arguments.values())


@dataclass(frozen=True, slots=True)
class Types:
    """All types of an endpoint."""

    query: str
    objects: Mapping[str, Mapping[str, Field]]
    enums: Mapping[str, list[str]]


def read_types(schema: Mapping[str, Any]) -> Types:
    """Read the answer to `INTROSPECTION`; raises `KeyError` and the like if it is none."""
    objects: dict[str, Mapping[str, Field]] = {}
    enums: dict[str, list[str]] = {}
    for each in schema["types"]:
        name = str(each["name"])
        if each["kind"] == "ENUM":
            enums[name] = [str(value["name"]) for value in each["enumValues"]]
        elif each["kind"] == "OBJECT" and not name.startswith("__"):
            objects[name] = {str(field["name"]): _field(field) for field in each["fields"]}
    return Types(str(schema["queryType"]["name"]), objects, enums)


def _field(described: Mapping[str, Any]) -> Field:
    arguments = {
        str(each["name"]): Argument(str(each["name"]), _kind(each["type"]), each["defaultValue"])
        for each in described["args"]
    }
    return Field(str(described["name"]), _kind(described["type"]), arguments)


def _kind(described: Mapping[str, Any]) -> Kind:
    is_list, is_needed = False, described["kind"] == "NON_NULL"
    while described.get("ofType"):
        is_list = is_list or described["kind"] == "LIST"
        described = described["ofType"]
    return Kind(str(described["name"]), is_list or described["kind"] == "LIST", is_needed)
