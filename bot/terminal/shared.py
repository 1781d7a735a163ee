"""What the terminal's commands share: settings, the store that they are about, what `--now` means."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from bot import opening
from bot.clock import SystemClock, keep_right
from bot.config import BOT_TOKEN, DATABASE, PLAN, Settings, read
from bot.desk import Desk
from bot.ops import logs
from bot.plan import apply as plan
from bot.plan import file
from bot.runbooks.library import Library
from bot.speech import say
from bot.speech.read import dates
from models import teams
from models.store.engine import Store
from scheduler.rule.hours import Hours
from scheduler.team import record, roster

NOT_WITH_NOW = "This is a real store: what is written there is written now. Leave --now out, or use a sandbox's store."
ON_RECORD = "What was before {ends} is on record in this store. Give a later moment with --now."
FROM_THE_PLAN = (
    "{lack} This is answered from the plan that it would begin with, and nothing is kept: `run` makes one from "
    "ONCALL_PLAN, or `plan apply FILE` from a plan of yours."
)
FROM_THE_EXAMPLE = (
    "{lack} This is answered from the example plan that comes with the bot, and nothing is kept: for your own team, "
    "set ONCALL_PLAN to a plan of yours, or `plan apply FILE`."
)
MAKE_ONE = "{lack} `run` makes one from ONCALL_PLAN, or `plan apply FILE` from a plan of yours. Nothing was changed."
THE_LAST = "From {day} on, the last such day. For another one: {option} {iso}"
NOT_A_MOMENT = "{typed} is no date and time. For example: --now 2026-12-24T09:00"

REFUSED = "refused"

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


class NotWithNow(opening.CannotOpen):
    """A command that writes was given a `--now` on a real store."""


class OnRecord(opening.CannotOpen):
    """A command is to be answered as of a moment that is history in its store."""


@dataclass
class Terminal:
    """What the commands share: settings, and the store that they are about."""

    database: str | None

    @cached_property
    def settings(self) -> Settings:
        """The settings, with `--database` before the environment's. Raises BadSettings."""
        return read(os.environ, database=self.database)

    def settings_for_running(self) -> Settings:
        """The settings with those that only `run` needs. Raises BadSettings."""
        return read(os.environ, database=self.database, for_running=True)

    def settings_of(self, *names: str) -> Settings:
        """Only what these variables say, so that nothing that is wrong with others is in the way of a command that does
        without them. Raises BadSettings."""
        return read(os.environ, database=self.database, only=names)

    @cached_property
    def database_url(self) -> str:
        """The store's address, whatever else is wrong with the settings. Raises BadSettings."""
        return self.settings_of(DATABASE).database_url

    @contextmanager
    def desk(self, typed_now: str | None, *, begins: bool = False) -> Iterator[tuple[Desk, datetime]]:
        """A desk to answer from, and the moment it is asked at: of a store as `begun` gives it."""
        settings = self.settings_of("ONCALL_RUNBOOKS", "ONCALL_PREFIX", "ONCALL_URL")
        with self.begun(typed_now, begins=begins) as (store, now):
            yield Desk(store, Library(settings.runbooks), settings.prefix, settings.url or ""), now

    @contextmanager
    def begun(self, typed_now: str | None, *, begins: bool = False) -> Iterator[tuple[Store, datetime]]:
        """A store that has a plan, and the moment of `--now`. Where there is none, one `begins`, or else one that is
        thrown away takes its place: as it would begin, for reading only; which is said on standard error."""
        lack = opening.lack(self.database_url)
        if lack and not begins:
            with _as_if_begun(typed_now, self._plan, lack) as (store, now):
                _check_not_on_record(store, now)
                yield store, now
            words = FROM_THE_EXAMPLE if self._plan == file.PACKAGED else FROM_THE_PLAN
            click.echo(words.format(lack=lack), err=True)
            return
        with self.store(typed_now, lambda: file.read(self._plan).hours) as (store, now):
            if lack:
                opening.begin_team(store, self._plan, now)
            _check_not_on_record(store, now)
            yield store, now
            _say_if_closed(store)

    @cached_property
    def _plan(self) -> Path:
        """The plan that a store begins with. One that has begun needs none."""
        return self.settings_of(PLAN).plan

    def check_who_begins(self) -> None:
        """What talks to Slack begins as no team that nobody has chosen. Raises CannotOpen where a store without one is
        to be worked with, with a token and without a plan."""
        try:
            opening.check_has_team(self.database_url)
        except opening.CannotOpen:
            given = self.settings_of(BOT_TOKEN, PLAN)
            if given.bot_token and given.proposed is None:
                raise

    def check_begun(self) -> None:
        """Raises CannotOpen where there is no store with a plan yet."""
        if lack := opening.lack(self.database_url):
            raise opening.CannotOpen(MAKE_ONE.format(lack=lack))

    @contextmanager
    def kept(self) -> Iterator[Store]:
        """A store that has a plan; one that is closed says so on standard error. Raises CannotOpen where there is none
        yet."""
        self.check_begun()
        with closing(opening.for_asking(self.database_url)) as store:
            yield store
            _say_if_closed(store)

    @contextmanager
    def looked_into(self, typed_now: str | None, hours: Hours) -> Iterator[tuple[Store, datetime]]:
        """As `store`, but where there is none, none is made: an empty one takes its place, and is thrown away."""
        if opening.is_made(self.database_url):
            with self.store(typed_now, lambda: hours) as (store, now):
                yield store, now
            return
        with opening.thrown_away() as store:
            yield store, moment(hours, typed_now)

    @contextmanager
    def store(self, typed_now: str | None, hours: Callable[[], Hours]) -> Iterator[tuple[Store, datetime]]:
        """The store, and the moment of `--now`: in the team's hours, in these if there is no team yet. A real store
        takes no writing with `--now`."""
        store = opening.for_asking(self.database_url)
        try:
            with store.reading() as tx:
                begun = teams.beginning(tx, None)
            now = moment(roster.hours_of(begun.team) if begun else hours(), typed_now)
            if typed_now is None:
                keep_right(store, clock := SystemClock())
                now = clock.now()
            elif _is_real(store):
                store.before_writing = _not_with_now
            yield store, now
        finally:
            store.close()


@contextmanager
def _as_if_begun(typed_now: str | None, plan_path: Path, lack: str) -> Iterator[tuple[Store, datetime]]:
    """A store as its first start would make it, thrown away afterwards. Who wants to write there meets CannotOpen."""

    def refuse_to_write(_: object) -> NoReturn:
        raise opening.CannotOpen(MAKE_ONE.format(lack=lack))

    proposed = file.read(plan_path)
    now = moment(proposed.hours, typed_now)
    with opening.thrown_away() as store:
        plan.first(store, proposed, now)
        store.before_writing = refuse_to_write
        yield store, now


def _say_if_closed(store: Store) -> None:
    """What is read in a store that was copied away is what was so then. Who wanted to write has heard of it."""
    try:
        opening.check_open(store)
    except opening.CannotOpen as closed:
        click.echo(str(closed), err=True)


def _not_with_now(_: object) -> NoReturn:
    raise NotWithNow(NOT_WITH_NOW)


def _check_not_on_record(store: Store, now: datetime) -> None:
    """Answers start from what is on record, of late at least. Raises OnRecord for a moment well before its end."""
    with store.reading() as tx:
        team = roster.own(tx)
    last = team.duty.last
    if last and last.ends - now > record.LITTLE:
        raise OnRecord(ON_RECORD.format(ends=say.moment(last.ends, team.hours.zone)))


def _is_real(store: Store) -> bool:
    with store.reading() as tx:
        return teams.purpose(tx) == teams.REAL


def moment(hours: Hours, typed: str | None) -> datetime:
    """What `--now` means: without an offset, the team's local time; without `--now`, now. Raises click.BadParameter."""
    if typed is None:
        return SystemClock().now()
    try:
        return hours.local(datetime.fromisoformat(typed))
    except (ValueError, OverflowError):
        raise click.BadParameter(NOT_A_MOMENT.format(typed=typed), param_hint="--now") from None


def refuse(sentence: str, code: int = 1) -> NoReturn:
    """Say why not, and end."""
    if logs.are_json():
        log.error(REFUSED, extra={"problem": sentence})
    else:
        click.echo(sentence, err=True)
    sys.exit(code)


def echo_json(facts: object) -> None:
    """Print it for programs, which lose no letter: whatever a terminal cannot show is escaped, as JSON allows."""
    text = json.dumps(facts, ensure_ascii=False, indent=2)
    click.echo(text if _shows(text) else json.dumps(facts, indent=2))


def echo_file(text: str) -> None:
    """Print what will be read again, and so is UTF-8 in whatever file it is kept."""
    if sys.stdout.isatty() and _shows(text):
        click.echo(text, nl=False)
    else:
        click.echo(text.encode(), nl=False)


def _shows(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


terminal = click.make_pass_decorator(Terminal)


def now_option(command: F) -> F:
    """The option `--now ISO`: the command is answered as of that moment."""
    return click.option("--now", "typed_now", metavar="ISO", help="As if it were then (team's time without offset).")(
        command
    )


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def last_day(typed: str, hours: Hours, now: datetime, behind: str) -> date:
    """A day that was typed behind an option, from which something is listed: where its year or its week was left out,
    the last such, which is said on standard error. Raises click.BadParameter."""
    try:
        found = dates.last(typed, hours.date_of(now))
    except dates.BadDates as bad:
        raise click.BadParameter(bad.sentence, param_hint=behind) from None
    if found.other:
        click.echo(THE_LAST.format(day=say.day(found.dates.first), option=behind, iso=found.other.first), err=True)
    return found.dates.first


def day(typed: str, hours: Hours, now: datetime, behind: str = "--from") -> date:
    """A day that was typed behind an option. Raises click.BadParameter."""
    try:
        return dates.read_day(typed, hours.date_of(now))
    except dates.BadDates as bad:
        raise click.BadParameter(bad.sentence, param_hint=behind) from None
