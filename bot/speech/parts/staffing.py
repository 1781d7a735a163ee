"""Words about a change of the rotation's people or of owners: what it is, whose weeks it changes, what ends with it,
whom it tells. Facts in, lines of mrkdwn out, for modals, direct messages, the log and the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from bot.speech import say
from bot.speech import you_or_name as read
from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from bot.speech.parts import moves
from bot.speech.parts.silence import unless_silent
from models.changes import Change
from models.covers import Cover
from models.pipelines import Pipeline
from scheduler import entries
from scheduler.entries import PlanApplied, PlanState, RotationAfter, RotationChange, RotationReordered, RotationUndone
from scheduler.people import members
from scheduler.people import owners as owning
from scheduler.people.leaving import Settled
from scheduler.people.members import Decided
from scheduler.people.owners import Owned
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster

JOINS = "{who} join{s} it from {day}"
LEAVES = "{who} leave{s} it from {day}"
PAUSES = "{who} pause{s} from {day} until {back}"
NEW_ORDER = "its order is {order} from {day}"

CLAUSES = {members.ADDED: JOINS, members.REMOVED: LEAVES, members.PAUSED: PAUSES}
HEADS = {
    members.ADDED: "*{who} joins the rotation from {day}.*",
    members.REMOVED: "*{who} leaves the rotation from {day}.*",
    members.PAUSED: "*{who} pauses from {day} and is back from {back}.*",
    members.REORDERED: "*The rotation has a new order from {day}.*",
}
ORDER = "From {day}: {order}"
WEEKS = "*Weeks that change until {day}*"
NO_WEEK = "No week changes until {day}."
TIME_OFF_ENDS = "Time off of {who} that goes: {days}"
COVER_ENDS, SWAP_ENDS = "Cover that goes: {parts}", "Swap that goes: {parts}"
COVER_LAPSES, SWAP_LAPSES = "Cover that holds no more: {parts}", "Swap that holds no more: {parts}"
COVERS = "{who} for {instead_of}, {days}"
TAKE_OVER_ENDS = "Take-over that goes: {who}, from {starts}"
REQUEST_ENDS = "Request that ends: {who}, {days}"
NEEDS_OWNER = "*{pipeline}* needs an owner in place of {who}."
TELLS = "By direct message I tell {names}, once."
TELLS_NOBODY = "Nobody needs to be told."

OWNERS_HEAD = "*{pipeline}* changes hands."
OWNERS = "{before} → {after}"
PAIR = "{primary} (primary), {secondary} (secondary)"

MOST_WEEKS = 13


def preview(team: Roster, decided: Decided, owned: Sequence[Pipeline], by: str | None) -> list[str]:
    """What a change of the rotation comes to. `team` is the team before it."""
    wish, after = decided.wish, decided.after
    until = wish.starts + members.A_QUARTER
    return [
        head(after, wish.what, wish.who, wish.starts, wish.until),
        *orders(after, wish.starts),
        *weeks(after, within(decided.moved, until), until),
        *settled(after, decided.settled, decided.lapsed),
        *needs_owner(after, owning.without_owner(after, owned)),
        telling(team, [after.name(who) for who in members.told(decided, by)]),
    ]


def head(team: Roster, what: str, who: str | None, starts: date, back: date | None) -> str:
    """What is done, in a sentence."""
    day, until = say.day(starts), say.day(back) if back else ""
    return HEADS[what].format(who=escape(read.plain(team, who)), day=day, back=until)


def orders(team: Roster, starts: date) -> list[str]:
    """The versions that begin on `starts` or later."""
    return [
        ORDER.format(day=say.day(version.starts), order=order(team, version.order))
        for version in members.versions_from(team, starts)
    ]


def order(team: Roster, ids: Iterable[str]) -> str:
    """People's names, in this order."""
    return say.row([escape(team.name(who)) for who in ids])


def of_log(change: Change) -> Effect:
    """What a change in the log moved, as far as its preview showed it."""
    moved = entries.moved(change)
    match entries.facts(change):
        case RotationChange(after=RotationAfter(starts=starts)) | RotationUndone(before=RotationAfter(starts=starts)):
            return within(moved, starts + members.A_QUARTER)
        case _:
            return moved


def within(moved: Effect, until: date) -> Effect:
    """What moves before `until`."""
    early = tuple(m for m in moved.weeks if m.week < until), tuple(m for m in moved.days if m.day < until)
    torn, empty = (tuple(day for day in days if day < until) for days in (moved.torn, moved.empty))
    return Effect(*early, torn, empty, hours=moved.hours)


def weeks(team: Roster, moved: Effect, until: date) -> list[str]:
    """Whose weeks change before `until`, and what nobody can take then."""
    last = say.day(until - ONE_DAY)
    listed = moves.capped(team, moved, MOST_WEEKS)
    return [*([WEEKS.format(day=last), *listed] if listed else [NO_WEEK.format(day=last)]), *moves.gaps(moved)]


def settled(team: Roster, ends: Settled, lapsed: Sequence[Cover] = ()) -> list[str]:
    """A line for each cover, swap, take-over, request and day of time off that ends by it, and for what is agreed and
    has `lapsed`."""
    lines = [
        TIME_OFF_ENDS.format(who=bold(team.name(h.person_id)), days=_days(h.first, h.until)) for h in ends.holidays
    ]
    cut = [replace(cover, first=kept.until) if kept else cover for cover, kept in ends.covers]
    lines += [*_agreements(team, cut, COVER_ENDS, SWAP_ENDS), *_agreements(team, lapsed, COVER_LAPSES, SWAP_LAPSES)]
    for taken, left in ends.take_overs:
        starts = say.moment(left.ends if left else taken.starts, team.hours.zone)
        lines.append(TAKE_OVER_ENDS.format(who=bold(team.name(taken.person_id)), starts=starts))
    withdrawn = (was for was, _ in ends.requests if was.taken_by is None)
    lines += [REQUEST_ENDS.format(who=bold(team.name(w.person_id)), days=_days(w.first, w.until)) for w in withdrawn]
    return [f"• {line}" for line in lines]


def _agreements(team: Roster, covers: Sequence[Cover], of_cover: str, of_swap: str) -> Iterator[str]:
    """A line for each request on which these were agreed: a swap has both its halves."""
    for _, agreed in groupby(sorted(covers, key=lambda cover: cover.request_id), key=lambda cover: cover.request_id):
        theirs = list(agreed)
        parts = [
            COVERS.format(
                who=bold(team.name(each.person_id)),
                instead_of=bold(team.name(each.instead_of)),
                days=_days(each.first, each.until),
            )
            for each in theirs
        ]
        words = of_swap if len({each.person_id for each in theirs}) > 1 else of_cover
        yield words.format(parts="; ".join(parts))


def needs_owner(team: Roster, pipelines: Iterable[Pipeline]) -> list[str]:
    """A line for each pipeline that needs an owner."""
    gone = members.departed(team)
    lines = []
    for pipeline in pipelines:
        who = [team.name(each) for each in pipeline.owners if each in gone]
        lines.append(NEEDS_OWNER.format(pipeline=escape(pipeline.name), who=escape(say.names(who))))
    return lines


def telling(team: Roster, names: Sequence[str]) -> str:
    """Who will be told."""
    return unless_silent(team, TELLS.format(names=escape(say.names(names))) if names else TELLS_NOBODY)


def _days(first: date, until: date) -> str:
    return say.days(first, until - ONE_DAY)


# Owners


def owners_preview(owned: Owned, by: str | None) -> list[str]:
    """What a change of owners comes to."""
    team = owned.team
    names = [team.name(who) for who in owned.told(by)]
    changed = OWNERS.format(before=pair(team, owned.before), after=pair(team, owned.after))
    return [OWNERS_HEAD.format(pipeline=escape(owned.becomes.name)), changed, telling(team, names)]


def pair(team: Roster, owners: Sequence[str]) -> str:
    """Two owners, the primary first."""
    primary, secondary = (escape(team.name(who)) for who in owners)
    return PAIR.format(primary=primary, secondary=secondary)


# What was done, for news and the log


def did(team: Roster, change: Change, reader: str | None = None) -> str:
    """What a change did to the rotation, or, of an undo, what the change that it took back did, as a clause about
    "it"; nothing where it did nothing to it. Who reads it, the `reader`, is called "you"."""
    match entries.facts(change):
        case RotationChange(after=after) as facts:
            day, back = say.day(after.starts), say.day(after.back) if after.back else ""
            if isinstance(facts, RotationReordered):
                return _new_order(team, after, day)
            return _about(team, CLAUSES[change.what], change.about, reader, day, back)
        case RotationUndone(before=RotationAfter() as was):
            return _taken_back(team, change, was, reader)
        case PlanApplied(before=PlanState() as before, after=after) if after.starts:
            return _plan(team, before.rotation.order, after.rotation.order, say.day(after.starts), reader)
        case _:
            return ""


def _taken_back(team: Roster, change: Change, was: RotationAfter, reader: str | None) -> str:
    """Which change an undo took back, by what it had made of the rotation."""
    day, back = say.day(was.starts), say.day(was.back) if was.back else ""
    if change.about is None:
        return _new_order(team, was, day)
    return _about(team, PAUSES if was.back else JOINS if was.person else LEAVES, change.about, reader, day, back)


def _new_order(team: Roster, after: RotationAfter, day: str) -> str:
    latest = next(v for v in after.versions if v.starts >= after.starts)
    return NEW_ORDER.format(order=order(team, latest.order), day=day)


def _plan(team: Roster, was: Sequence[str], becomes: Sequence[str], day: str, reader: str | None) -> str:
    clauses = [_about(team, LEAVES, who, reader, day, "") for who in was if who not in becomes]
    clauses += [_about(team, JOINS, who, reader, day, "") for who in becomes if who not in was]
    return ", ".join(clauses) or NEW_ORDER.format(order=order(team, becomes), day=day)


def _about(team: Roster, words: str, who: str | None, reader: str | None, day: str, back: str) -> str:
    named, s = read.name(team, who, reader), read.verb(who, reader, "", "s")
    return words.format(who=named, s=s, day=day, back=back)
