"""`/holiday`: facts → blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.desk import Desk
from bot.speech import forms, say, you_or_name
from bot.speech import question as asking
from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, button, context, fitting, plain, reply, sections
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, moves
from bot.speech.parts.moves import MARK_SHORT
from bot.speech.parts.silence import NOT_SPEAKING
from bot.speech.read import people
from bot.speech.read.dates import LONGEST_NOTE, Passed
from bot.talk.holiday.wish import HolidayWish
from models.holidays import Holiday
from scheduler.holidays import Saved
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.spans import in_a_row
from scheduler.rule.time_off import Exchange
from scheduler.team.roster import Roster

AWAY = "*{who} away {days}* ({count}{joined})."
JOINED, JOINED_WITHIN = "; with {before}, declared before: {all} in all", "; {before} declared before"
ALREADY_AWAY, WITHIN = "{who} away {days} already{within}. Nothing was changed.", " ({all} in all)"
ENOUGH_NOTICE = "{days} of notice; {asked} are asked for."
SHORT_NOTICE = "*Short notice*: {days}, where {asked} are asked for. It is declared all the same."
HITS = "It hits {whose} on-call {weeks}."
NONE_AFFECTED = "None of {whose} weeks is affected."
NOT_AWAY, WERE_DECLARED = "*{who} not away {days}* any more ({count}{of_them}).", ": {days}"
STILL_AWAY = "Still away: {days}."
UNDONE = "*Undone*: {whose} time off {days} is taken back, and everything is as it was before."
UNDONE_BACK = "*Undone*: {whose} time off {days} is there again, and everything is as it was before."
UNDONE_NOTE = "*Undone*: the note of {whose} time off {days} is as it was before."
UNDONE_AWAY = "{who} away {days}."
UNDONE_NOT_AWAY = "{who} not away {days}."
TELLS = "In a minute I tell {names}."
TELLS_NOW = "I tell {names} now."
TELLS_CHANNEL = "In a minute I say so in {channel}, where the admins are mentioned."
ANNOUNCES = "In a minute I announce it in {channel}."
NOBODY_TOLD = "Nobody needs to be told."
UNDO_BY_COMMAND = "To take it back later: `{command}`"
UNDO = "Undo"

ASK_LONG = "That is {count}, {days}. Shall I declare it?"
YES_LONG = "Yes, {count}"
ASK_SPLIT = "That takes {days} out of the middle of {holiday} and leaves two holidays. Shall I?"
YES_SPLIT = "Yes, split it"
LEFT = "Nothing was changed."

COMING = "*Coming time off*"
YOURS = "*Your coming time off*"
THEIRS = "*{who}'s coming time off*"
NONE_COMING = "Nobody has time off coming up."
NONE_OF_THEIRS = "{who} has no time off coming up."
NONE_OF_YOURS = "You have no time off coming up."
LISTED = "• {who}{days}{mark}{note}"
NOTE = " – {note}"
ALL = "All {count}"
EXAMPLES = "`{declare}` declares, `{cancel}` takes back, `{help}` says more."

MODAL = "Time off"
FIRST_DAY, LAST_DAY, NOTE_LABEL = "First day", "Last day", "Note"
NOTE_HINT = "Shown to nobody but you and the admins."
SAVE = "Declare"

DECLARE_ACTION, CANCEL_ACTION, UNDO_ACTION = "holiday.declare", "holiday.cancel", "holiday.undo"
# Beside the first: action ids differ within a row.
DECLARE_OTHER_ACTION, CANCEL_OTHER_ACTION = "holiday.declare-other", "holiday.cancel-other"
LIST_ACTION = "holiday.list"
MODAL_CALLBACK = "holiday.modal"

MOST_LISTED = 12
LATER = "… and {count} more, later than these."


@dataclass(frozen=True, slots=True)
class WhoIsTold:
    """Who will hear of a change: names, and whether the channel does, as a gap or as an announcement. `now`: names of
    who hears at once."""

    names: Sequence[str] = ()
    gap: bool = False
    announced: bool = False
    now: Sequence[str] = ()


def declared(desk: Desk, saved: Saved, me: str | None, now: datetime, told: WhoIsTold, wish: HolidayWish) -> Reply:
    """What was asked for and what it joined, which weeks that hits, what moved, whom it tells, and how to undo it."""
    if saved.id is None:
        raise ValueError("nothing was declared")
    who, days = you_or_name.who_is(saved.team, saved.about, me), say.days(wish.first, wish.last)
    lines = [AWAY.format(who=who, days=days, count=say.count(wish.days, "day"), joined=_joined(saved, days))]
    lines.append(_notice(saved.team, saved.exchange.span[0], now))
    lines += _effect(saved, me)
    lines += _telling(saved.team, told)
    return _with_undo(desk, saved, saved.team.hours.date_of(now), lines, _cancel_command(saved, me))


def _joined(saved: Saved, asked: str) -> str:
    """Time off declared before that the days `asked` for touch, and what it is in all."""
    if not saved.exchange.before:
        return ""
    before, in_all = say.names([_days(h) for h in saved.exchange.before]), _days(saved.exchange.after[0])
    return (JOINED_WITHIN if in_all == asked else JOINED).format(before=before, all=in_all)


def already(saved: Saved, me: str | None, wish: HolidayWish) -> Reply:
    """That it was declared before, and as a part of which time off."""
    mine = (h for h in saved.team.holidays if h.person_id == wish.who and h.first <= wish.first < h.until)
    days = say.days(wish.first, wish.last)
    within = [WITHIN.format(all=_days(h)) for h in mine if _days(h) != days]
    who = you_or_name.who_is(saved.team, wish.who, me)
    return reply(sections([ALREADY_AWAY.format(who=who, days=days, within="".join(within))]))


def cancelled(desk: Desk, saved: Saved, me: str | None, now: datetime, told: WhoIsTold, wish: HolidayWish) -> Reply:
    """What was asked for and taken back, what moved, whom it tells, and how to declare it again."""
    who, days = you_or_name.who_is(saved.team, saved.about, me), say.days(wish.first, wish.last)
    gone = _given_up(saved.exchange)
    of_them = "" if gone == days else WERE_DECLARED.format(days=gone)
    count = say.count(len(saved.exchange.dates), "day")
    lines = [NOT_AWAY.format(who=who, days=days, count=count, of_them=of_them)]
    if saved.exchange.after:
        lines.append(STILL_AWAY.format(days=say.names([_days(h) for h in saved.exchange.after])))
    lines += [*_effect(saved, me), *_telling(saved.team, told)]
    return _with_undo(desk, saved, saved.team.hours.date_of(now), lines, _declare_command(saved, me))


def _given_up(exchange: Exchange) -> str:
    """The days that are time off on one side only, in rows."""
    return say.names([say.days(*run) for run in in_a_row(sorted(exchange.dates))])


def undone(saved: Saved, me: str | None, told: WhoIsTold) -> Reply:
    """Which change an undo took back, and what that did."""
    team, exchange = saved.team, saved.exchange
    who, whose = you_or_name.who_is(team, saved.about, me), you_or_name.whose(team, saved.about, me)
    if not exchange.dates:
        return reply(sections([UNDONE_NOTE.format(whose=whose, days=say.days(*exchange.span))]))
    is_back = any(h.first <= day < h.until for h in exchange.after for day in exchange.dates)
    first = (UNDONE_BACK if is_back else UNDONE).format(whose=whose, days=_given_up(exchange))
    now_away = [UNDONE_AWAY.format(who=who, days=_days(h)) for h in exchange.after]
    lines = [first, *(now_away or [UNDONE_NOT_AWAY.format(who=who, days=say.days(*exchange.span))])]
    return reply(sections([*lines, *moves.lines(team, saved.moved, me), *_telling(team, told)]))


def _notice(team: Roster, first: date, now: datetime) -> str:
    given, asked = (first - team.hours.date_of(now)).days, team.facts.notice_days
    words = ENOUGH_NOTICE if given >= asked else SHORT_NOTICE
    return words.format(days=say.count(given, "day"), asked=asked)


def _effect(saved: Saved, me: str | None) -> list[str]:
    moved, whose = saved.moved, you_or_name.whose(saved.team, saved.about, me)
    weeks = {m.week for m in moved.weeks if m.before == saved.about}
    weeks |= {saved.team.hours.week_of(m.day) for m in moved.days if m.before == saved.about}
    first, last = saved.exchange.span
    hit = [say.days(w, w + timedelta(days=6)) for w in sorted(weeks) if w <= last and first < w + timedelta(days=7)]
    lines = [HITS.format(whose=whose, weeks=("week " if len(hit) == 1 else "weeks ") + say.names(hit))] if hit else []
    if not moved:
        lines = [NONE_AFFECTED.format(whose=whose)]
    return [*lines, *moves.lines(saved.team, moved, me), *moves.gaps(moved)]


def _telling(team: Roster, told: WhoIsTold) -> list[str]:
    if team.facts.speaks_since is None:
        return [NOT_SPEAKING]
    channel = escape(team.facts.channel)
    lines = [TELLS_NOW.format(names=escape(say.names(told.now)))] if told.now else []
    lines += [TELLS.format(names=escape(say.names(told.names)))] if told.names else []
    lines += [TELLS_CHANNEL.format(channel=channel)] if told.gap else []
    lines += [ANNOUNCES.format(channel=channel)] if told.announced else []
    return lines or [NOBODY_TOLD]


def _with_undo(desk: Desk, saved: Saved, today: date, lines: list[str], command: str | None) -> Reply:
    blocks = sections(lines)
    if saved.exchange.span[0] >= today:
        blocks.append(actions(button(UNDO, UNDO_ACTION, str(saved.id))))
    if command:
        blocks.append(context(UNDO_BY_COMMAND.format(command=escape(desk.command(command)))))
    return reply(blocks)


def _cancel_command(saved: Saved, me: str | None) -> str | None:
    """What to type to take it back; None where the days that were added are not in a row."""
    first, last = saved.exchange.span
    before = any(h.first <= last and first < h.until for h in saved.exchange.before)
    return None if before else f"holiday cancel {_of(saved, me)}{_typed(first, last)}"


def _declare_command(saved: Saved, me: str | None) -> str | None:
    first, last = saved.exchange.span
    still = any(h.first <= last and first < h.until for h in saved.exchange.after)
    return None if still or len(saved.exchange.before) > 1 else f"holiday {_of(saved, me)}{_typed(first, last)}"


def _of(saved: Saved, me: str | None) -> str:
    return "" if saved.about == me else f"{people.handle(saved.about, saved.team)} "


def _typed(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} {last}"


def _typed_note(note: str | None) -> str:
    """A note as it stands behind days in a command, which a backtick of it would end."""
    return f": {note}".replace("`", "'") if note else ""


def _days(holiday: Holiday) -> str:
    return say.days(holiday.first, holiday.until - ONE_DAY)


# What is asked back


def ask_long(wish: HolidayWish) -> Reply:
    """Whether so long a time off is meant."""
    count = say.count(wish.days, "day")
    asked = ASK_LONG.format(count=count, days=say.days(wish.first, wish.last))
    return _asking(asked, YES_LONG.format(count=count), DECLARE_ACTION, wish)


def ask_split(wish: HolidayWish, holiday: Holiday) -> Reply:
    """Whether a holiday is to be split."""
    asked = ASK_SPLIT.format(days=say.days(wish.first, wish.last), holiday=_days(holiday))
    return _asking(asked, YES_SPLIT, CANCEL_ACTION, wish)


def passed(desk: Desk, team: Roster, bad: Passed, who: str, me: str, *, cancels: bool = False) -> Reply:
    """That the days have begun or have passed, with what may be meant on buttons: the days left of them, or those of
    the next year."""
    ids = (CANCEL_ACTION, CANCEL_OTHER_ACTION) if cancels else (DECLARE_ACTION, DECLARE_OTHER_ACTION)
    wishes = [HolidayWish(who, *span, bad.note) for span in (bad.left, bad.coming) if span]
    labels = [asking.label(bad, wish.first, wish.last) for wish in wishes]
    choices = [(label, id_, wish.written()) for label, id_, wish in zip(labels, ids, wishes, strict=False)]
    whose = "" if who == me else f"{people.handle(who, team)} "
    if cancels:
        typed = [f"holiday cancel {whose}{_typed(wish.first, wish.last)}" for wish in wishes]
    else:
        note = _typed_note(bad.note)
        typed = [f"holiday {whose}{_typed(wish.first, wish.last)}{note}" for wish in wishes]
    return asking.back(desk, escape(bad.sentence), choices, typed)


def _asking(question: str, yes: str, action: str, wish: HolidayWish) -> Reply:
    return asking.choice(question, [(yes, action, wish.written())])


def left() -> Reply:
    """That nothing was changed."""
    return reply(sections([LEFT]))


# Lists


def listed(team: Roster, coming: Sequence[Holiday], me: str | None, *, notes: bool, everything: bool) -> Reply:
    """Everybody's coming time off; the first of it, and a button for all."""
    shown = coming if everything else coming[:MOST_LISTED]
    lines = [_line(h, f"{bold(team.name(h.person_id))}: ", notes or h.person_id == me) for h in shown]
    blocks = sections(fitting([COMING, *lines], LATER)) if lines else sections([NONE_COMING])
    if len(shown) < len(coming):
        blocks.append(actions(button(ALL.format(count=len(coming)), LIST_ACTION)))
    return reply(blocks)


def mine(desk: Desk, coming: Sequence[Holiday]) -> Reply:
    """The asker's own, with notes, and what can be done."""
    lines = [YOURS, *(_line(h, "", True) for h in coming)] if coming else [NONE_OF_YOURS]
    return _to_do(desk, fitting(lines, LATER))


def of_person(team: Roster, who: str, coming: Sequence[Holiday]) -> Reply:
    """Somebody's, for an admin."""
    lines = [THEIRS.format(who=escape(team.name(who))), *(_line(h, "", True) for h in coming)]
    return reply(sections(fitting(lines, LATER) if coming else [NONE_OF_THEIRS.format(who=escape(team.name(who)))]))


def _to_do(desk: Desk, lines: list[str]) -> Reply:
    declare, cancel, help_ = (desk.command(f"holiday {typed}") for typed in ("24 Dec - 2 Jan", "cancel 24 Dec", "help"))
    examples = context(EXAMPLES.format(declare=declare, cancel=cancel, help=help_))
    return reply([*sections(lines), actions(buttons.declare()), examples])


def _line(holiday: Holiday, who: str, with_note: bool) -> str:
    note = NOTE.format(note=escape(holiday.note)) if with_note and holiday.note else ""
    return LISTED.format(who=who, days=_days(holiday), mark=MARK_SHORT if holiday.short_notice else "", note=note)


# The modal


def modal(first: date) -> dict[str, Any]:
    """A form to declare time off, with `first` as the day to begin with."""
    note = forms.text("note", NOTE_LABEL, most=LONGEST_NOTE, optional=True) | {"hint": plain(NOTE_HINT)}
    blocks = [forms.day("first", FIRST_DAY, first), forms.day("last", LAST_DAY, first), note]
    return forms.modal(MODAL, MODAL_CALLBACK, SAVE, blocks)
