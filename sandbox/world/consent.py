"""Ask reporters whether the Ombudsman may take over what was not finished in sixty working days."""

from random import Random

from sandbox.world.complaint import Complaint, Consent
from sandbox.world.moments import DAY, after_working_days, in_office_hours

LIMIT = 60
_ASKED = 0.02
_OPEN = frozenset({"DISPOSED", "IN_PROGRESS"})


def ask(national: list[Complaint], chance: Random, now: int) -> None:
    """Ask a few of those who may be asked; who has been passed on agreed before.

    One of those asked at least agreed weeks ago and still waits for a case to be opened.
    """
    waits = False
    for complaint in national:
        story = complaint.story
        passed_on = story.first("escalated")
        if passed_on is not None:
            asked = passed_on - 2 * DAY - int(chance.random() * 5 * DAY)
            complaint.consent = Consent(asked, given=passed_on)
            continue
        if complaint.kind != "COMPLAINT" or story.status not in _OPEN:
            continue
        asked = in_office_hours(
            after_working_days(story.first("disposed") or story.submitted, LIMIT)
            + int((20 + chance.random() * 30) * DAY),
            chance.random(),
        )
        answered = in_office_hours(asked + int(chance.random() * 12 * DAY), chance.random())
        dice = chance.random()
        first = not waits and not complaint.secret and answered < now - 14 * DAY
        if answered >= now or (not first and dice >= _ASKED):
            continue
        complaint.consent = Consent(asked)
        story.touched = asked
        if first or dice < 0.3 * _ASKED:
            waits = waits or first
            complaint.consent.given = story.touched = answered
        elif dice < 0.7 * _ASKED:
            complaint.consent.refused = story.touched = answered
