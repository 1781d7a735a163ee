"""Keeping the store, from the terminal: `backup`, `restore`, `restored`, `copy`."""

import sys
from contextlib import closing
from pathlib import Path

import click

from bot import opening
from bot.clock import SystemClock
from bot.terminal.shared import Terminal, refuse, terminal
from models import teams
from models.keeping import backup as backups
from models.keeping import copying
from models.store import holding
from models.store.engine import PATIENTLY, Store, sqlite_file

BACKED_UP = "Copied {store} to {file}."
REPLACES = "{file} will replace {store}, which is kept in a file beside it."
SHALL_I = "Restore it?"
NOT_ASKED = "Nobody is there to say yes. Run it again with --yes."
LEFT = "Nothing was changed."
RESTORED = "{store} is what {file} was. What was due before now is looked up in Slack before it is posted."
STAMPED = "What was due in {store} before now is looked up in Slack before it is posted."
KEPT = "The store that was there is kept in {kept}."
ROWS = "{table:<20}{count:>9} rows"
COPIED = "{target} has it all, and {source} is closed. Point ONCALL_DATABASE to the new one."

file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@file_argument
@terminal
def backup(bot: Terminal, file: Path) -> None:
    """Copy a SQLite store to FILE, while the bot runs."""
    url = bot.database_url
    backups.back_up(url, file)
    click.echo(BACKED_UP.format(store=_shown(url), file=file))


@click.command()
@file_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@terminal
def restore(bot: Terminal, file: Path, yes: bool) -> None:
    """Put a copy back, with the bot stopped. What was there is kept."""
    url, now = bot.database_url, SystemClock().now()
    target = sqlite_file(url)
    with holding.held(url, alone=True):
        backups.check(url, file)
        if target and target.exists() and not yes:
            click.echo(REPLACES.format(file=file, store=_shown(url)))
            ask()
        kept = backups.put_back(url, file, now)
    click.echo(RESTORED.format(store=_shown(url), file=file))
    if kept:
        click.echo(KEPT.format(kept=kept))


@click.command()
@terminal
def restored(bot: Terminal) -> None:
    """Tell a store that another tool has put it back, such as pg_restore, before its bots start."""
    url = bot.database_url
    bot.check_begun()
    with holding.held(url, alone=True), closing(Store(url)) as store:
        opening.check_open(store)
        with store.writing() as tx:
            teams.stamp(tx, SystemClock().now())
        click.echo(STAMPED.format(store=store.shown_url))


def ask(question: str = SHALL_I) -> None:
    """Go on only where somebody says yes."""
    if not sys.stdin.isatty():
        refuse(NOT_ASKED)
    if not click.confirm(question):
        refuse(LEFT)


@click.command()
@click.option("--from", "source_url", metavar="URL", required=True, help="The store to copy; it is closed then.")
@click.option("--to", "target_url", metavar="URL", required=True, help="An empty store.")
def copy(source_url: str, target_url: str) -> None:
    """Move a store to another database, with all bots stopped."""
    opening.check_is_there(source_url)
    with closing(Store(source_url, PATIENTLY)) as source, closing(Store(target_url, PATIENTLY)) as target:
        copying.check_two(source, target)
        with holding.held(source_url, alone=True), holding.held(target_url, alone=True):
            counts = copying.move(source, target, SystemClock().now())
        click.echo("\n".join(ROWS.format(table=table, count=count) for table, count in counts.items()))
        click.echo(COPIED.format(source=source.shown_url, target=target.shown_url))


def _shown(url: str) -> str:
    with closing(Store(url)) as store:
        return store.shown_url
