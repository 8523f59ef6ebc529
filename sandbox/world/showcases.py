"""Complaints that questions need and chance alone rarely makes: agencies at work side by side.

Existing complaints are changed, with chances of their own: nothing else becomes different.
"""

from collections.abc import Iterator
from random import Random

from sandbox.world import prose
from sandbox.world.agencies import at_the_time
from sandbox.world.categories import categories
from sandbox.world.complaint import Event, Handling

HOW_MANY = 4
_AGRARIAN = (29, 1513, 2901, 2902)
_BESIDE = frozenset({"esdm", "kemenhut", "kemdiktisaintek", "kemendikdasmen", "kemenhub"})
"""Ministries without a system of their own here."""


def at_a_ministry_while_the_province_works(kaltim: list[Handling]) -> None:
    """Hand complaints that a unit of the province works on to a ministry; the unit goes on."""
    for handling in _worked_on(kaltim):
        ministry = categories()[handling.complaint.category].ministry
        code = at_the_time(ministry, handling.complaint.story.events[-1].at)
        _hand_on(handling, code if code in _BESIDE else "esdm")


def agrarian_between_ministries(public_works: list[Handling], seed: int) -> None:
    """Make complaints that public works has about land, and hand them to forestry as well."""
    chance = Random(f"showcases:{seed}")
    for number, handling in enumerate(_worked_on(public_works)):
        complaint = handling.complaint
        complaint.category = _AGRARIAN[number % len(_AGRARIAN)]
        words = prose.write(chance, complaint.category, complaint.place)
        complaint.title, complaint.body, complaint.personal = words
        _hand_on(handling, at_the_time("kemenhut", complaint.story.events[-1].at))


def _worked_on(handlings: list[Handling]) -> Iterator[Handling]:
    """Give the first that both the agency and the national system have as begun."""
    found = 0
    for handling in handlings:
        complaint = handling.complaint
        steps = complaint.story.events
        if (
            handling.link == "tracking"
            and not complaint.secret
            and complaint.story.status == handling.story.status == "IN_PROGRESS"
            and complaint.story.agency == handling.agency
            and steps[-1].kind == "started"
        ):
            yield handling
            found += 1
        if found == HOW_MANY:
            return


def _hand_on(handling: Handling, ministry: str) -> None:
    story = handling.complaint.story
    began = story.events.pop()
    story.events.append(Event(began.at, "disposed", story.agency, ministry))
    story.agency = ministry
