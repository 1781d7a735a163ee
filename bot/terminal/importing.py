"""`holidays import`: time off from a person's own calendar file, all of it or nothing."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot import ics_file, people, say, standing
from bot.ask import Asker, terminal_key
from bot.commands.holiday import told_of
from bot.ics_file import NotACalendar, Read, TimeOff
from bot.terminal.shared import Terminal, now_option, refuse, terminal
from bot.views import moves
from bot.views.blocks import unmarked
from bot.views.holiday import NOT_SPEAKING
from models.holidays import Holiday
from models.people import Person
from models.store import Store
from scheduler import change, effect, roster
from scheduler.hours import ONE_DAY
from scheduler.roster import Roster

NOTHING_WITH_BAD = "Nothing was changed. Mend these, or leave them out with --skip-bad."
WOULD_BE = "{who} will be away:"
DAYS = "  {days} ({count})"
LEFT_OUT = "Left out: {what}."
PASSED, CANCELLED, UNREADABLE = "{count} that passed", "{count} that was cancelled", "{count} that can't be taken"
MOVES = "That moves:"
MOVES_NOTHING = "None of the on-call weeks is affected."
NO_CHANGE = "Nothing changes: {who} is away on all of these days already."
NONE_TO_COME = "There is no time off to come in {file}. Nothing was changed."
SHALL_I = "Declare this?"
NOT_ASKED = "Nobody is there to say yes. Look at the days above, then run it again with --yes."
LEFT = "Nothing was changed."
DECLARED = "Declared: {count}, without a note."
TELLS, TELLS_NOBODY = "In a minute the bot tells {names}.", "Nobody needs to be told."


@click.group("holidays")
def holidays_group() -> None:
    """Time off, from the terminal."""


@holidays_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "name", metavar="NAME", required=True, help="Whose time off it is: a person of the plan.")
@click.option("--skip-bad", is_flag=True, help="Leave out entries that can't be taken.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@now_option
@terminal
def import_file(bot: Terminal, file: Path, name: str, skip_bad: bool, yes: bool, typed_now: str | None) -> None:
    """Declare the whole days of a calendar file (.ics) as somebody's time off."""
    bot.check_begun()
    with bot.begun(typed_now) as (store, now):
        with store.reading() as tx:
            known = roster.load(tx)
        who = _person(known, name)
        found = _read(file, known, who, now)
        for sentence in found.bad:
            click.echo(sentence, err=True)
        if found.bad and not skip_bad:
            refuse(NOTHING_WITH_BAD)
        fresh = [off for off in found.taken if not _is_declared(known, who, off)]
        if not fresh:
            click.echo(NO_CHANGE.format(who=who.name) if found.taken else NONE_TO_COME.format(file=file))
            return
        click.echo("\n".join((*_shown(who, fresh, found), *_moves(known, who, fresh, now))))
        if not yes:
            _ask()
        told = declare(store, who, fresh, now)
    click.echo(DECLARED.format(count=say.count(len(fresh), "entry", "entries")))
    silent = NOT_SPEAKING if known.team.speaks_since is None else TELLS_NOBODY
    click.echo(TELLS.format(names=say.names(told)) if told else silent)


def declare(store: Store, who: Person, off: Sequence[TimeOff], now: datetime) -> list[str]:
    """Declare all of it, in one transaction. Returns the names of those who are told. Raises Refused, and then none of
    it is declared."""
    asker = Asker(person_id=who.id)
    told: set[str] = set()
    with store.writing() as tx:
        known = roster.load(tx)
        standing.in_plan(asker, known)
        for each in off:
            request = asker.request(known, now, terminal_key())
            saved = change.declare(tx, request, who.id, each.first, each.until)
            told |= set(told_of(tx, saved, who.id).names)
    return sorted(told)


def _moves(known: Roster, who: Person, off: Sequence[TimeOff], now: datetime) -> list[str]:
    """What declaring all of it would move."""
    declared = [Holiday(None, who.id, each.first, each.until, None, now, False) for each in off]
    then = known.but(holidays=(*known.holidays, *declared))
    moved = effect.between(known, then, now, off[-1].until - ONE_DAY)
    lines = [*moves.lines(then, moved), *moves.gaps(moved)]
    return [MOVES, *(unmarked(f"  {line}") for line in lines)] if lines else [MOVES_NOTHING]


def _person(known: Roster, name: str) -> Person:
    try:
        return people.person(name, known)
    except people.UnknownPerson as unknown:
        refuse(unknown.sentence)


def _read(file: Path, known: Roster, who: Person, now: datetime) -> Read:
    zone = ZoneInfo(who.time_zone) if who.time_zone else known.hours.zone
    try:
        return ics_file.read(file.read_bytes(), zone, known.hours.date_of(now))
    except NotACalendar as problem:
        refuse(f"{str(problem).format(file=file)} {LEFT}")


def _is_declared(known: Roster, who: Person, off: TimeOff) -> bool:
    mine = (h for h in known.holidays if h.person_id == who.id)
    return any(h.first <= off.first and off.until <= h.until for h in mine)


def _shown(who: Person, fresh: Sequence[TimeOff], found: Read) -> Iterator[str]:
    yield WOULD_BE.format(who=who.name)
    for off in fresh:
        count = say.count((off.until - off.first).days, "day")
        yield DAYS.format(days=say.days(off.first, off.until - ONE_DAY), count=count)
    counts = ((PASSED, found.passed), (CANCELLED, found.cancelled), (UNREADABLE, len(found.bad)))
    left = [words.format(count=count) for words, count in counts if count]
    if left:
        yield LEFT_OUT.format(what=say.names(left))


def _ask() -> None:
    if not sys.stdin.isatty():
        refuse(NOT_ASKED)
    if not click.confirm(SHALL_I):
        refuse(LEFT)
