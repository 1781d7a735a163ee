"""What the log says of time off."""

from collections.abc import Callable

from bot.speech import say
from bot.talk.did import Words, tells, whose
from models.changes import Change
from scheduler.entries import (
    HolidayCancelled,
    HolidayDeclared,
    HolidayUndone,
    TimeOffChange,
)
from scheduler.rule.time_off import Exchange
from scheduler.team.roster import Roster

DECLARED = "declared time off{whose}: {days}"
CANCELLED = "cancelled time off{whose}: {days}"
UNDONE = "took a change of time off{whose} back: {days}"


def _time_off(template: str) -> Callable[[Roster, Change, TimeOffChange], str]:
    def told(team: Roster, change: Change, facts: TimeOffChange) -> str:
        first, last = Exchange(facts.before, facts.after).span
        return template.format(whose=whose(team, change), days=say.days(first, last))

    return told


DID: Words = {
    **tells(HolidayDeclared, _time_off(DECLARED)),
    **tells(HolidayCancelled, _time_off(CANCELLED)),
    **tells(HolidayUndone, _time_off(UNDONE)),
}
