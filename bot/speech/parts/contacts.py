"""How to reach a pipeline's owners: facts → lines of mrkdwn. For full members of the workspace only."""

from datetime import datetime

from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape, phone
from bot.speech.parts import weeks
from models.people import Person
from models.pipelines import Pipeline
from scheduler.team.roster import Roster

LINE = "• {role}: {name}{away}{reach}"
ROLES = (("Primary owner", "primary_id"), ("Secondary owner", "secondary_id"))
CALL = "Call {phone}."
NO_CONTACT = ", no contact in the plan"
WITHHELD = (
    "Contact details are shown to members of this workspace only. "
    "If you are one and ask for the first time, ask once more in a moment."
)


def of_pipeline(team: Roster, pipeline: Pipeline, now: datetime, *, reach: bool) -> list[str]:
    """The owners, with phones and emails if `reach`; who is away comes second."""
    owners = [(role, team.people[getattr(pipeline, field)]) for role, field in ROLES]
    owners.sort(key=lambda owner: team.away_until(owner[1].id, now) is not None)
    lines = [
        LINE.format(
            role=role,
            name=bold(person.name),
            away=weeks.away(team, person.id, now),
            reach=_reach(person) if reach else "",
        )
        for role, person in owners
    ]
    return lines if reach else [*lines, WITHHELD]


def call(person: Person | None) -> list[str]:
    """The line with the phone number of somebody; none where there is none."""
    return [CALL.format(phone=phone(person.phone))] if person and person.phone else []


def _reach(person: Person) -> str:
    ways = [phone(person.phone)] if person.phone else []
    ways += [escape(person.email)] if person.email else []
    return f", {', '.join(ways)}" if ways else NO_CONTACT
