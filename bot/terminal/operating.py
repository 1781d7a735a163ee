"""Running it: `run`, `sandbox`, `tick`, `migrate`, `manifest`, `doctor`."""

import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from bot import opening
from bot.clock import StoppedClock, TurnedClock
from bot.ops import logs
from bot.slack import mirror
from bot.slack.manifest import Mode, as_json
from bot.speech.store_trouble import told
from bot.stopping import told_by_signals
from bot.terminal.shared import Terminal, echo_file, moment, now_option, refuse, terminal
from bot.terminal.unsaid import in_words
from models import outbox
from models.keeping import migrate as migrations
from models.outbox import Message
from models.store import holding
from models.store.engine import Store
from models.store.errors import StoreError
from models.teams import SANDBOX
from scheduler import tick as ticking
from scheduler.team import roster

SANDBOX_STORE = "sqlite:///sandbox.sqlite"
PORTS = range(8080, 8100)
WELCOME = """
  The sandbox is at  {url}

  It is a Slack of its own, on this machine only. Try, in its message box:

      /oncall
      /holiday next monday for 5 days
      /runbook daily-growth

  then turn the clock to Monday and watch the handoff arrive. Ctrl-C stops it.
"""
NO_PORT = "The ports {first} to {last} are all taken. Choose one with --port."
OWED_ALREADY = "Owed already: {what}"
REFUSED_SO_FAR = "Refused by Slack: {what}"
WOULD_OWE = "Would owe: {what}"
OWED = "Owed: {what}"
SAID = "Said: {what}"
NOTHING_OWED, NOTHING_SAID = "Nothing is owed.", "Nothing was said."
UP_TO_DATE = "{store} has schema {head}, the newest."
MIGRATED = "{store} went from schema {had} to {head}."
KEPT = "The store as it was is kept in {kept}."
NONE = "none"
WAITS_SECONDS, AGAIN_SECONDS = 60.0, 2.0
WAITS = "{trouble}\nWaiting for it, for {seconds:.0f} seconds at most."

T = TypeVar("T")


@click.command()
@terminal
def run(bot: Terminal) -> None:
    """Run the bot, until SIGTERM or Ctrl-C."""
    from bot.run import run as run_bot

    settings = bot.settings_for_running()
    logs.start(settings.log_level, settings.log_format)
    if settings.proposed is None and opening.is_not_there(settings.database_url):
        opening.check_has_team(settings.database_url)  # before a lock is made beside what is not to be made
    with holding.held(settings.database_url, at_once=False) as hold:
        run_bot(settings, hold)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Default: 8080, or the next free one.")
@click.option("--keep", is_flag=True, help="Go on with the store of the last time.")
@now_option
@terminal
def sandbox(bot: Terminal, port: int | None, keep: bool, typed_now: str | None) -> None:
    """A Slack to try it in, on this machine, with a clock to turn."""
    from bot.sandbox.run import Sandbox, forget

    logs.start("WARNING", "text")
    database = bot.database or SANDBOX_STORE
    with holding.held(database):
        if not keep:
            opening.check_purpose(database, SANDBOX, undecided=False)
            forget(database)
        settings = bot.settings_of("ONCALL_PLAN", "ONCALL_RUNBOOKS", "ONCALL_PREFIX")
        clock = TurnedClock(_moment(typed_now, settings.plan))
        box = Sandbox(database, settings.plan, settings.runbooks, clock, settings.prefix)
        box.serve(_free(port), told_by_signals(), lambda url: click.echo(WELCOME.format(url=url)))


def _moment(typed: str | None, plan: Path) -> datetime | None:
    """`--now` in the plan's time zone, before there is a store."""
    from bot.plan.file import read

    if typed is None:
        return None
    return moment(read(plan).hours, typed)


def _free(wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    free = next((port for port in PORTS if _can_bind(port)), None)
    return free if free is not None else refuse(NO_PORT.format(first=PORTS[0], last=PORTS[-1]))


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@click.command()
@now_option
@terminal
def tick(bot: Terminal, typed_now: str | None) -> None:
    """Decide and deliver once. Without a bot token: print what is owed and what would be, and write nothing."""
    if bot.settings.bot_token:
        _tick(bot, typed_now)
        return
    with bot.begun(typed_now) as (store, now):
        with store.reading() as tx:
            of, waiting = {team.id: team for team in roster.load_all(tx)}, outbox.waiting(tx)
        owed = ticking.preview(store, now)
    lines = [_already(message).format(what=in_words(of[message.team_id], message)) for message in waiting]
    lines += [WOULD_OWE.format(what=in_words(team, each)) for team, each in owed]
    click.echo("\n".join(lines) or NOTHING_OWED)


def _already(message: Message) -> str:
    return REFUSED_SO_FAR if message.state == outbox.REFUSED else OWED_ALREADY


def _tick(bot: Terminal, typed_now: str | None) -> None:
    from bot.delivery.sender import Delivery
    from bot.ops.metrics import Metrics
    from bot.slack.client import Slack
    from bot.slack.directory import Directory

    settings = bot.settings
    bot.check_who_begins()
    with holding.held(settings.database_url), bot.desk(typed_now, begins=True) as (desk, now):
        opening.check_open(desk.store)
        slack = Slack(settings.bot_token, base_url=settings.slack_api_url, timeout=settings.client_timeout)
        clock = StoppedClock(now)
        delivery = Delivery(desk, slack, clock, settings.pace, Metrics())
        Directory(desk.store, slack).look_up()
        owed = ticking.tick_of_each(desk.store, now)
        said = delivery.deliver()
        with desk.store.reading() as tx:
            of = {team.id: team for team in roster.load_all(tx)}
    click.echo("\n".join(OWED.format(what=in_words(team, each)) for team, each in owed) or NOTHING_OWED)
    click.echo("\n".join(SAID.format(what=in_words(of[each.team_id], each)) for each in said) or NOTHING_SAID)


@click.command()
@terminal
def migrate(bot: Terminal) -> None:
    """Bring the store to this release's schema. One that does not answer yet is waited for, for a minute."""
    with closing(Store(bot.database_url)) as store:
        kept = _patiently(partial(_kept, bot, store))
        had = _patiently(partial(migrations.migrate, store))
    words = UP_TO_DATE if had == migrations.HEAD else MIGRATED
    click.echo(words.format(store=store.shown_url, had=had or NONE, head=migrations.HEAD))
    if kept:
        click.echo(KEPT.format(kept=kept))


def _kept(bot: Terminal, store: Store) -> Path | None:
    bot.check_who_begins()
    return opening.back_up_older(store)


def _patiently(does: Callable[[], T]) -> T:
    """What it returns, tried again for a minute while the store does not answer. Raises StoreError."""
    ends, said = time.monotonic() + WAITS_SECONDS, ""
    while True:
        try:
            return does()
        except StoreError as trouble:
            if not trouble.passes or time.monotonic() + AGAIN_SECONDS > ends:
                raise
            if told(trouble) != said:
                said = told(trouble)
                click.echo(WAITS.format(trouble=said, seconds=WAITS_SECONDS), err=True)
            time.sleep(AGAIN_SECONDS)


@click.command()
@click.option("--mode", type=click.Choice(["socket", "http"]), default="socket", show_default=True)
@click.option("--url", help="For http: the public address of the bot, such as https://oncall.example.com")
@terminal
def manifest(bot: Terminal, mode: Mode, url: str | None) -> None:
    """Print the manifest from which Slack makes the app."""
    if mode == "http" and not url:
        raise click.UsageError("--mode http needs --url, the public address of the bot.")
    settings = bot.settings_of("ONCALL_PREFIX", "ONCALL_GROUP", "ONCALL_GROUP_ALWAYS", "ONCALL_TOPIC")
    echo_file(f"{as_json(mode, url, settings.prefix, mirror.scopes(settings.signs))}\n")


@click.command()
@terminal
def doctor(bot: Terminal) -> None:
    """Look at tokens, scopes, the channel, people, the store and the runbooks, and say what to do."""
    from bot.terminal import doctor as checks

    findings = checks.examine(bot.settings)
    for finding in findings:
        click.echo(finding.line, err=not finding.well)
    sys.exit(0 if all(finding.well for finding in findings) else 1)
