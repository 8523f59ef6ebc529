"""What the systems that are started when named do alike when they write what they hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson

from sandbox.world.complaint import Event, Handling
from sandbox.world.dirt import Row, Spade, Spoil, entities, hashed, mojibake, put
from sandbox.world.further import Holding, settle
from sandbox.world.ground_truth import Published
from sandbox.world.moments import iso
from sandbox.world.population import World

STEPS = ("disposed", "started", "followed_up", "replied", "out_of_scope", "reopened")
"""What such a system tells of a complaint's life; it has a word of its own for each."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What one system holds, row by row."""

    handlings: list[Handling]
    rows: list[Row]
    chance: Random
    """With which the rows were made, and their dirt is to be planted."""
    published: dict[int, list[Published]]
    """By the serial of the complaint."""


def publication(
    world: World,
    size: int,
    holding: Holding,
    row: Callable[[Handling, Random], tuple[Row, Published]],
) -> Publication:
    """Settle what a system of *holding* has, and tell each complaint as its *row* says it."""
    handlings = settle(world, size, holding)
    chance = Random(f"{holding.system}:rows:{world.seed}:{world.as_of}:{size}")
    rows: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in handlings:
        told, truth = row(handling, chance)
        rows.append(told)
        published.setdefault(handling.complaint.serial, []).append(truth)
    return Publication(handlings, rows, chance, published)


def truth_of(
    handling: Handling,
    *,
    agency: str | None,
    category: int | None,
    region: str | None,
    supervisory: bool | None = None,
) -> Published:
    """Give what a row truly says that is told of *handling* as it stands."""
    return Published(
        id=handling.local_id,
        agency=agency,
        category=category,
        region=region,
        supervisory=supervisory,
        story=handling.story,
        tracking=number_of(handling),
        link=handling.link,
    )


def number_of(handling: Handling) -> str | None:
    """Give the national number that its row carries, if any."""
    return handling.complaint.tracking if handling.link == "tracking" else None


def iso_or_none(moment: int | None) -> str | None:
    """Write a moment that may not have come, as ISO 8601 with Jakarta's offset."""
    return None if moment is None else iso(moment)


def steps_of(handling: Handling) -> Iterator[tuple[int, Event]]:
    """Number the steps that a system tells of a complaint."""
    return enumerate((event for event in handling.story.events if event.kind in STEPS), 1)


def write_lines(path: Path, rows: Iterable[object]) -> None:
    """Write one JSON document a line."""
    with path.open("wb") as out:
        for row in rows:
            out.write(orjson.dumps(row) + b"\n")


@dataclass(frozen=True, slots=True)
class Soil:
    """In which fields of its rows a system's dirt lies, where it is the same dirt as elsewhere."""

    closed: str
    tracking: str
    title: str
    body: str
    hide: Spoil
    """Spoils the word on who may see the row."""
    long_ago: object = "2001-01-01T00:00:00Z"
    """A moment before anything was reported, as the system writes it."""

    def plant(self, spade: Spade, rows: list[Row]) -> None:
        """Plant it."""
        done = lambda row: row[self.closed] is not None  # noqa: E731 - a predicate with a name
        linked = lambda row: row[self.tracking] is not None  # noqa: E731 - same
        spade.plant("negative_duration", rows, 0.004, put(self.closed, self.long_ago), done)
        spade.plant("missing_close_time", rows, 0.01, put(self.closed, None), done)
        spade.plant("leading_hash", rows, 0.01, hashed(self.tracking), linked)
        spade.plant("mojibake", rows, 0.004, mojibake(self.body))
        spade.plant("html_entities", rows, 0.004, entities(self.title))
        spade.plant("missing_visibility", rows, 0.004, self.hide)
