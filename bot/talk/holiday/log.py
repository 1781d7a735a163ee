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
UNDONE, UNDONE_BACK = "took time off{whose} back: {days}", "took the cancelling of time off{whose} back: {days}"
UNDONE_NOTE = "took a change of time off{whose} back: {days}"


def _time_off(template: str) -> Callable[[Roster, Change, TimeOffChange], str]:
    def told(team: Roster, change: Change, facts: TimeOffChange) -> str:
        first, last = Exchange(facts.before, facts.after).span
        return template.format(whose=whose(team, change), days=say.days(first, last))

    return told


def _undone(team: Roster, change: Change, facts: HolidayUndone) -> str:
    exchange = Exchange(facts.before, facts.after)
    is_back = any(h.first <= day < h.until for h in facts.after for day in exchange.dates)
    first, last = exchange.span
    words = UNDONE_BACK if is_back else UNDONE if exchange.dates else UNDONE_NOTE
    return words.format(whose=whose(team, change), days=say.days(first, last))


DID: Words = {
    **tells(HolidayDeclared, _time_off(DECLARED)),
    **tells(HolidayCancelled, _time_off(CANCELLED)),
    **tells(HolidayUndone, _undone),
}
