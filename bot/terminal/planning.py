"""The plan from the terminal: `plan check`, `apply`, `export`, `show`."""

import sys
from pathlib import Path

import click

from bot import opening
from bot.plan import apply as plan
from bot.plan import file as plan_file
from bot.plan import words
from bot.terminal.shared import Terminal, day, echo_file, now_option, refuse, terminal
from models import teams
from scheduler.change.frame import Actor

ALL_RIGHT = "{file} is a sound plan."
NO_CHANGE = "No change: {store} is as {file} says."
SHALL_I = "Apply this?"
NOT_ASKED = "Nobody is there to say yes. Look at the difference above, then run it again with --yes."
LEFT = "Nothing was changed."
MEANWHILE = "Something else was changed meanwhile. Nothing was changed: run it again, and look at the new difference."
APPLIED = "Applied."

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("plan")
def plan_group() -> None:
    """The team's plan: people, rotation, pipelines, service levels."""


@plan_group.command()
@file_argument
def check(file: Path) -> None:
    """Say whether a plan file is sound, and where it is not."""
    plan_file.read(file)
    click.echo(ALL_RIGHT.format(file=file))


@plan_group.command()
@file_argument
@click.option("--from", "first", metavar="DATE", help="Let a changed rotation begin with the week of this day.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@now_option
@terminal
def apply(bot: Terminal, file: Path, first: str | None, yes: bool, typed_now: str | None) -> None:
    """Show what a plan file would change, ask, and apply it."""
    wanted = plan_file.read(file)
    with bot.looked_into(typed_now, wanted.hours) as (store, now):
        opening.check_open(store)
        from_day = day(first, wanted.hours, now) if first else None
        with store.reading() as tx:
            difference = plan.difference(tx, wanted, now, from_day)
        if not difference:
            click.echo(NO_CHANGE.format(store=store.shown_url, file=file))
            return
        shown = words.difference_text(difference)
        click.echo(shown)
    if not yes:
        _ask()
    with bot.store(typed_now, lambda: wanted.hours) as (store, _), store.writing() as tx:
        if teams.is_there(tx):  # locked before the look: an admin may change something in Slack at the same time
            teams.lock(tx, None)
        if words.difference_text(plan.difference(tx, wanted, now, from_day)) != shown:
            refuse(MEANWHILE)
        plan.apply(tx, wanted, Actor(None, True, now), from_day)
    click.echo(APPLIED)


def _ask() -> None:
    if not sys.stdin.isatty():
        refuse(NOT_ASKED)
    if not click.confirm(SHALL_I):
        refuse(LEFT)


@plan_group.command()
@terminal
def export(bot: Terminal) -> None:
    """Print the store's plan as a plan file."""
    with bot.begun(None) as (store, _), store.reading() as tx:
        echo_file(plan.export(tx))


@plan_group.command()
@now_option
@terminal
def show(bot: Terminal, typed_now: str | None) -> None:
    """Print the store's plan for people."""
    with bot.begun(typed_now) as (store, now), store.reading() as tx:
        click.echo(plan.show(tx, now))
