"""What one person is told by direct message: a reminder, duty out of turn, news of a change. Facts → blocks."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, reply, sections
from bot.speech.blocks import say as say_lines
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, moves, staffing, weeks
from bot.speech.you_or_name import bold_by, plain
from scheduler.covers import state
from scheduler.entries import DeclineUndone, WeekDeclined
from scheduler.people import undo
from scheduler.rule.duty import Stretch
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.rule.rotation import Week
from scheduler.rule.spans import in_a_row
from scheduler.team.roster import Roster

REMINDER = "You are on call *{days}*, from {starts}."
ALL_ON_NOTICE = "If you will be away then, please declare it {by_when}: that is still {notice} days of notice."
TODAY, UNTIL = "today", "by {day}"
SOME_ON_NOTICE = "If you will be away then: time off from {day} on still has {notice} days of notice if declared today."
NONE_ON_NOTICE = "If you will be away then, please declare it soon: it is short notice by now, but counts all the same."
SOME_DAYS = "Some of its days are somebody else's:"
YOU_COVER = "You cover for {holder}, whose week it is."

ON_DUTY = "You are on call from *{starts}* until {ends}."

YOURS_DECLARED = "{by} declared that you are away {days}."
YOURS_CANCELLED = "{by} declared that you are not away {days} any more."
YOURS_UNDONE = "{by} put your time off back as it was before."
OTHERS = "The rotation was repaired around {about}'s time off."
OTHERS_BACK = "The rotation was repaired after {about}'s time off changed."
NEW_PLAN = "{by} changed the on-call plan."
NEW_ROTATION = "{by} changed the rotation: {did}."
OWNERS = "{by} changed the owners of {pipeline}: {before} → {after}."
SETTLED = {  # what people settled among themselves, by the kind of the change
    WeekDeclined.what: "{by} can't take a week that came on short notice, so it passes on.",
    DeclineUndone.what: "{by} can take a week after all, so everything is as it was before.",
    undo.UNDONE: "{by} took a change of the rotation back{which}.",
    **dict.fromkeys(
        (state.COVER_AGREED, state.SWAP_AGREED, state.TAKEN_BACK, state.REQUEST_WITHDRAWN),
        "{by} changed what was agreed on a cover, and that moves more.",
    ),
}
NOTHING_OF_YOURS = "None of your weeks is affected."
COMING = "You are next on call {days}."


class News(NamedTuple):
    """A change: by and about whom (people's ids), the words for what was done, on which days (inclusive), which of the
    reader's weeks and days moved, and, of the rotation itself, what it `did` to it."""

    what: str
    by: str | None
    about: str | None
    first: date | None
    last: date | None
    moved: Effect
    did: str = ""


def reminder(team: Roster, week: Week, reader: str, today: date) -> Reply:
    """Two weeks before an on-call week, the reader's days of it: until when time off then still has its notice, as of
    the day it is sent."""
    own = [day.date for day in week.days_of(reader)]
    starts = say.moment(team.hours.handoff(own[0]), team.hours.zone)
    lines = [REMINDER.format(days=", ".join(say.days(*run) for run in in_a_row(own)), starts=starts)]
    if week.holder != reader:
        lines.append(YOU_COVER.format(holder=bold(plain(team, week.holder))))
    if len(own) < len(week.days):
        lines += [SOME_DAYS, f"• {weeks.week_line(team, week)}"]
    lines.append(_notice(own[0], own[-1] + ONE_DAY, today, team.facts.notice_days))
    form, need = buttons.declare(own[0]), buttons.need_cover(own[0])
    return reply([*sections(lines), actions(form, need, buttons.more_weeks())])


def _notice(first: date, until: date, today: date, notice: int) -> str:
    latest = first - timedelta(days=notice)
    if today <= latest:
        by_when = TODAY if today == latest else UNTIL.format(day=say.day(latest))
        return ALL_ON_NOTICE.format(by_when=by_when, notice=notice)
    first_on_notice = today + timedelta(days=notice)
    if first_on_notice < until:
        return SOME_ON_NOTICE.format(day=say.day(first_on_notice), notice=notice)
    return NONE_ON_NOTICE


def duty(team: Roster, stretch: Stretch) -> Reply:
    """The day before coming on duty other than by the Monday handoff."""
    zone = team.hours.zone
    line = ON_DUTY.format(starts=say.moment(stretch.starts, zone), ends=say.moment(stretch.ends, zone))
    reason = weeks.why(team, stretch, stretch.who)
    return reply(sections([line, f"_{reason}_"] if reason else [line]))


def news(team: Roster, reader: str, told: News, coming: tuple[date, date] | None, beside: Sequence[str] = ()) -> Reply:
    """What changed for `reader`, before and after; `coming` are their next on-call days, inclusive; `beside`: lines
    about what they agreed on."""
    lines = [_cause(team, reader, told), *(moves.some(team, told.moved, reader) or [NOTHING_OF_YOURS])]
    lines += [moves.AND_ON] if told.moved.endless else []
    lines += [*beside, *([COMING.format(days=say.days(*coming))] if coming else [])]
    return reply([*sections(lines), actions(buttons.more_weeks())])


def owners(team: Roster, by: str | None, changed: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> Reply:
    """Which pipelines (their names) have other owners than before: two people's ids each, the primary first."""
    who = bold_by(team, by)
    return say_lines(
        *(
            OWNERS.format(
                by=who, pipeline=bold(name), before=staffing.pair(team, before), after=staffing.pair(team, after)
            )
            for name, before, after in changed
        )
    )


def _cause(team: Roster, reader: str, told: News) -> str:
    by = bold_by(team, told.by)
    if words := SETTLED.get(told.what):
        return words.format(by=by, which=f": {told.did}" if told.did else "")
    if told.about is None:
        return NEW_ROTATION.format(by=by, did=told.did) if told.did else NEW_PLAN.format(by=by)
    if told.about != reader:
        return (OTHERS if told.what == "declared" else OTHERS_BACK).format(about=escape(team.name(told.about)))
    words = {"declared": YOURS_DECLARED, "cancelled": YOURS_CANCELLED}.get(told.what, YOURS_UNDONE)
    days = say.days(told.first, told.last) if told.first and told.last else ""
    return words.format(by=by, days=days)
