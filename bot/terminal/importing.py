"""`holidays import`: time off from a person's own calendar file, all of it or nothing."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.speech import permissions, say
from bot.speech.ask import Asker, terminal_key
from bot.speech.blocks import unmarked
from bot.speech.parts import moves
from bot.speech.parts.silence import unless_silent
from bot.speech.read import people
from bot.talk.holiday.command import told_of
from bot.terminal import ics_file
from bot.terminal.ics_file import LeftOut, NotACalendar, Read, Reason, Terms, TimeOff, Whose
from bot.terminal.shared import Terminal, now_option, refuse, terminal
from models.holidays import Holiday
from models.people import Person
from models.store.engine import Store
from scheduler import holidays
from scheduler.change import effect
from scheduler.rule.hours import ONE_DAY
from scheduler.team import roster
from scheduler.team.roster import Roster

MORE_BAD = "… and {count} more."
NOTHING_WITH_BAD = "Nothing was changed. Mend these, or leave them out with --skip-bad."
WOULD_BE = "{who} will be away:"
DAYS = "  {days} ({count})"
NOT_TAKEN = "Not taken:"
NOT_TAKEN_DAYS = "  {days} ({count}): {why}"
TIMES = "  {times} from {day} ({count}): {why}"
TAKEN_WITH = "{words}; {options} to take it all the same"
TOO_MUCH = "repeats on more days than can be taken; write its days down alone"
REASONS: dict[Reason, str] = {
    "free": "free or elsewhere",
    "tentative": "not certain yet",
    "repeating": "repeats",
}
LEFT_OUT = "Left out: {what}."
PASSED, CANCELLED, DECLINED = "{count} that passed", "{count} cancelled", "{count} declined"
OURS, UNREADABLE = "{count} from the bot's own calendar feeds", "{count} that can't be taken"
MOVES = "That moves:"
MOVES_NOTHING = "None of the on-call weeks is affected."
NO_CHANGE = "Nothing changes: {who} is away on all of these days already."
NONE_TO_COME = "There is no time off to come in {file}. Nothing was changed."
SHALL_I = "Declare this?"
NOT_ASKED = "Nobody is there to say yes. Look at the days above, then run it again with --yes."
LEFT = "Nothing was changed."
DECLARED = "Declared: {count}, without a note."
TELLS, TELLS_NOBODY = "In a minute the bot tells {names}.", "Nobody needs to be told."

MOST_BAD = 30  # a screen


@click.group("holidays")
def holidays_group() -> None:
    """Time off, from the terminal."""


@holidays_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "name", metavar="NAME", required=True, help="Whose time off it is: a person of the plan.")
@click.option("--skip-bad", is_flag=True, help="Leave out entries that can't be taken.")
@click.option("--repeating", is_flag=True, help="Also take entries that repeat, for two years ahead.")
@click.option("--free", is_flag=True, help="Also take entries that say free or working elsewhere.")
@click.option("--tentative", is_flag=True, help="Also take entries that are not certain yet.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@now_option
@terminal
def import_file(
    bot: Terminal, /, file: Path, name: str, skip_bad: bool, yes: bool, typed_now: str | None, **also: bool
) -> None:
    """Declare the whole days of a calendar file (.ics) as somebody's time off."""
    bot.check_begun()
    with bot.begun(typed_now) as (store, now):
        with store.reading() as tx:
            team = roster.own(tx)
        who = _person(team, name)
        found = _read(file, team, who, now, [reason for reason in REASONS if also[reason]])
        for sentence in (*found.odd, *_few(found.bad)):
            click.echo(sentence, err=True)
        if found.bad and not skip_bad:
            refuse(NOTHING_WITH_BAD)
        fresh = [off for off in found.taken if not _is_declared(team, who, off)]
        if not fresh:
            for line in _not_taken(found):
                click.echo(line)
            click.echo(NO_CHANGE.format(who=who.name) if found.taken else NONE_TO_COME.format(file=file))
            return
        click.echo("\n".join((*_shown(who, fresh, found), *_moves(team, who, fresh, now))))
        if not yes:
            _ask()
        told = declare(store, who, fresh, now)
    click.echo(DECLARED.format(count=say.count(len(fresh), "entry", "entries")))
    click.echo(unless_silent(team, TELLS.format(names=say.names(told)) if told else TELLS_NOBODY))


def declare(store: Store, who: Person, off: Sequence[TimeOff], now: datetime) -> list[str]:
    """Declare all of it, in one transaction. Returns the names of those who are told. Raises Refused, and then none of
    it is declared."""
    asker = Asker(person_id=who.id)
    told: set[str] = set()
    with store.writing() as tx:
        team = roster.own(tx)
        permissions.in_plan(asker, team)
        for each in off:
            by = asker.actor(team, now, terminal_key())
            saved = holidays.declare(tx, by, who.id, each.first, each.until)
            told |= set(told_of(saved, who.id).names)
    return sorted(told)


def _moves(team: Roster, who: Person, off: Sequence[TimeOff], now: datetime) -> list[str]:
    """What declaring all of it would move."""
    declared = [Holiday(None, who.id, each.first, each.until, None, now, False) for each in off]
    after = team.but(holidays=(*team.holidays, *declared))
    moved = effect.between(team, after, now, off[-1].until - ONE_DAY)
    lines = [*moves.lines(after, moved), *moves.gaps(moved)]
    return [MOVES, *(unmarked(f"  {line}") for line in lines)] if lines else [MOVES_NOTHING]


def _few(bad: Sequence[str]) -> list[str]:
    more = len(bad) - MOST_BAD
    return [*bad[:MOST_BAD], *([MORE_BAD.format(count=more)] if more > 0 else [])]


def _person(team: Roster, name: str) -> Person:
    try:
        return people.person(name, team)
    except people.UnknownName as unknown:
        refuse(unknown.sentence)


def _read(file: Path, team: Roster, who: Person, now: datetime, also: Sequence[Reason]) -> Read:
    zone = ZoneInfo(who.time_zone) if who.time_zone else team.hours.zone
    terms = Terms(zone, team.hours.zone, team.hours.date_of(now), Whose(who.name, who.email), also)
    try:
        return ics_file.read(file.read_bytes(), terms)
    except NotACalendar as problem:
        refuse(f"{str(problem).format(file=file)} {LEFT}")


def _is_declared(team: Roster, who: Person, off: TimeOff) -> bool:
    mine = (h for h in team.holidays if h.person_id == who.id)
    return any(h.first <= off.first and off.until <= h.until for h in mine)


def _shown(who: Person, fresh: Sequence[TimeOff], found: Read) -> Iterator[str]:
    yield WOULD_BE.format(who=who.name)
    for off in fresh:
        yield DAYS.format(days=_days(off), count=say.count(off.days, "day"))
    yield from _not_taken(found)


def _not_taken(found: Read) -> Iterator[str]:
    """What is not taken, and how it would be; and how much counts for nothing."""
    if found.left_out:
        yield NOT_TAKEN
    for left in found.left_out:
        count, why = say.count(left.days, "day"), _why(left)
        if "repeating" in left.reasons:
            yield TIMES.format(times=say.count(left.times, "time"), day=say.day(left.first.first), count=count, why=why)
        else:
            yield NOT_TAKEN_DAYS.format(days=_days(left.first), count=count, why=why)
    counts = (
        *((PASSED, found.passed), (CANCELLED, found.cancelled), (DECLINED, found.declined)),
        *((OURS, found.ours), (UNREADABLE, len(found.bad))),
    )
    if none := [words.format(count=count) for words, count in counts if count]:
        yield LEFT_OUT.format(what=say.names(none))


def _why(left: LeftOut) -> str:
    reasons = [reason for reason in REASONS if reason in left.reasons]
    words = ", ".join(REASONS[reason] for reason in reasons)
    options = " ".join(f"--{reason}" for reason in reasons)
    return TOO_MUCH if left.is_too_much else TAKEN_WITH.format(words=words, options=options)


def _days(off: TimeOff) -> str:
    return say.days(off.first, off.until - ONE_DAY)


def _ask() -> None:
    if not sys.stdin.isatty():
        refuse(NOT_ASKED)
    if not click.confirm(SHALL_I):
        refuse(LEFT)
