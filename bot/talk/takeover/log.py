"""What the log says of take-overs and of weeks on short notice."""

from bot.speech import say
from bot.talk.did import Words, named, tells, week, whose
from models.changes import Change
from scheduler.entries import (
    DeclineUndone,
    DutyTakenOver,
    ShortNoticeAccepted,
    TakeOverChanged,
    TakeOverGivenBack,
    WeekDeclined,
)
from scheduler.team.roster import Roster

TAKEN_OVER = "took over from {other} until {ends}"
PUT_ON_CALL = "put {who} on call instead of {other} until {ends}"
TAKE_OVER_CHANGED = "changed until when {taker} has taken over: {before} → {after}"
GIVEN_BACK = "gave back what they had taken over{back}"
ENDED = "ended the take-over of {taker}{back}"
IS_BACK = ": {who} is on call again"
WEEK_TAKEN = "has got the week {days}, on short notice"
WEEK_DECLINED = "can't take {days}{whose}"
DECLINE_UNDONE = "can take {days} after all{whose}"


def _week_taken(team: Roster, change: Change, facts: ShortNoticeAccepted) -> str:
    return WEEK_TAKEN.format(days=week(facts.after.week))


def _declined(team: Roster, change: Change, facts: WeekDeclined) -> str:
    declined = facts.after.decline
    return WEEK_DECLINED.format(days=say.span(declined.first, declined.until), whose=whose(team, change))


def _decline_undone(team: Roster, change: Change, facts: DeclineUndone) -> str:
    declined = facts.before.decline
    return DECLINE_UNDONE.format(days=say.span(declined.first, declined.until), whose=whose(team, change))


def _taken_over(team: Roster, change: Change, facts: DutyTakenOver) -> str:
    ends = say.moment(facts.after.take_over.ends, team.hours.zone)
    words = TAKEN_OVER if change.about == change.by else PUT_ON_CALL
    return words.format(who=named(team, change.about), other=named(team, facts.after.instead_of), ends=ends)


def _take_over_changed(team: Roster, change: Change, facts: TakeOverChanged) -> str:
    before, after = (say.moment(each.take_over.ends, team.hours.zone) for each in (facts.before, facts.after))
    taker = named(team, facts.after.take_over.person_id)
    return TAKE_OVER_CHANGED.format(taker=taker, before=before, after=after)


def _given_back(team: Roster, change: Change, facts: TakeOverGivenBack) -> str:
    taker, back = facts.before.take_over.person_id, facts.after.instead_of
    words = GIVEN_BACK if taker == change.by else ENDED
    return words.format(taker=named(team, taker), back=IS_BACK.format(who=named(team, back)) if back else "")


DID: Words = {
    **tells(DutyTakenOver, _taken_over),
    **tells(TakeOverChanged, _take_over_changed),
    **tells(TakeOverGivenBack, _given_back),
    **tells(ShortNoticeAccepted, _week_taken),
    **tells(WeekDeclined, _declined),
    **tells(DeclineUndone, _decline_undone),
}
