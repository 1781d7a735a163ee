"""Takes back what a clock that was ahead has put on record: else every command is refused until that moment comes.

Duty, weeks handed over, take-overs begun and messages that the clock alone brought about go, as far as they are later
than the moment asked for; what people declared or agreed stays, by its dates. It stands in the log.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import changes, teams
from models.keeping import ahead
from models.store.engine import Tx
from scheduler.entries import RecordState, RecordTakenBack
from scheduler.messages import (
    Announcement,
    AwayDigest,
    DayReminder,
    DutyReminder,
    GapRun,
    HandoffDue,
    HandoffPicture,
    NoAnswer,
    PictureGone,
    Reminder,
    RequestReminder,
    RequestStillOpen,
    RequestUnanswered,
    StillNoAnswer,
    WeekReminder,
)
from scheduler.refusals import Refused
from scheduler.team import roster

BY_THE_CLOCK = (
    *(HandoffDue.kind, Reminder.kind, DutyReminder.kind, WeekReminder.kind, DayReminder.kind, Announcement.kind),
    *(AwayDigest.kind, GapRun.kind, HandoffPicture.kind, PictureGone.kind, NoAnswer.kind, StillNoAnswer.kind),
    *(RequestReminder.kind, RequestStillOpen.kind, RequestUnanswered.kind),
)


class NothingAhead(Refused):
    """Nothing is on record after that moment."""


class NotYet(Refused):
    """What is to come is never on record."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back: up to which moment duty was on record, and how many stretches of duty, take-overs and
    messages of moments that never came have gone."""

    ended: datetime
    stretches: int
    take_overs: int
    messages: int


def back_to(tx: Tx, moment: datetime, now: datetime) -> TakenBack:
    """Let nothing after `moment` be on record. `now` is the real one. Raises NoPlan, NotYet and NothingAhead."""
    if moment > now:
        raise NotYet
    team = roster.load(tx, teams.lock(tx, None))
    if not team.duty.past or team.duty.past[-1].ends <= moment:
        raise NothingAhead
    week = team.hours.week_of(team.hours.on_call_day(moment)) + timedelta(weeks=1)
    team_id, ended = team.id, team.duty.past[-1].ends
    back = TakenBack(
        ended,
        ahead.forget_duty(tx, team_id, moment, week),
        ahead.forget_take_overs(tx, team_id, moment),
        ahead.forget_messages(tx, team_id, moment, BY_THE_CLOCK),
    )
    ahead.forget_waits(tx, now)
    changes.record(tx, team_id, RecordTakenBack(RecordState(ended), RecordState(moment)), at=now, by=None)
    return back
