"""Retell a national story as the agency that handled it lived it, knowing only what it saw."""

from random import Random

from sandbox.world.complaint import Complaint, Event, Handling, Story
from sandbox.world.moments import DAY, in_office_hours


def retold(
    complaint: Complaint, held: list[int], chance: Random, now: int, *, system: str
) -> Handling:
    """Give *complaint* as *system* holds it; *held* says at which events it came to its agency."""
    events = complaint.story.events
    agency = events[held[-1]].target
    lag = 300 + int(chance.lognormvariate(8.5, 1.2))
    if system == "kaltim" and chance.random() < 0.3:
        lag = -(600 + int(chance.random() * 4 * 3_600))  # reported there, then passed on
        complaint.channel = "api"
    arrived = events[held[-1]].at + lag if lag > 0 else events[0].at + lag
    arrived = min(arrived, now - 60)
    told = [Event(arrived, "submitted")]
    if events[held[-1]].at + max(lag, 0) < now:
        told.append(Event(max(events[held[-1]].at, arrived), "disposed", "", agency))
    for event in events[held[-1] + 1 :]:
        if event.kind == "disposed":
            continue
        kind = "out_of_scope" if event.kind == "bounced" else event.kind
        told.append(Event(max(event.at, told[-1].at), kind, agency, text=event.text))
        if event.kind == "bounced":
            break
    if len(told) > 3 and told[-1].kind.startswith("closed") and chance.random() < 0.06:
        told.pop()  # the agency has not noticed the closing
    elif told[-1].kind == "followed_up" and chance.random() < 0.1:
        at = in_office_hours(told[-1].at + DAY, chance.random())
        if at < now:
            told.append(Event(at, "closed_by_admin", agency))  # or closes before the centre
    return Handling(complaint, Story(told, agency), "tracking", agency)
