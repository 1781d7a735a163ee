"""`record --back-to`: what a clock that was ahead has put on record, taken back from the terminal."""

from contextlib import closing

import click

from bot import opening
from bot.clock import SystemClock, keep_right
from bot.speech import say
from bot.terminal.keeping import ask
from bot.terminal.shared import Terminal, moment, refuse, terminal
from models.keeping import backup
from models.store import holding
from models.store.engine import Store, sqlite_file
from scheduler import taking_back
from scheduler.team import roster

WILL = "What is on record after {moment} ({zone}) goes: duty, take-overs, and messages that were due then."
SHALL_I = "Take it back?"
NO_BACKUP = "Make a backup first: pg_dump. Then run it again with --yes."
KEPT = "The store as it was is kept in {kept}."
DONE = (
    "Duty was on record up to {ended}, and is up to {moment} now ({zone}): {stretches}, {take_overs} and {messages} of "
    "later moments are gone. It stands in the log."
)


@click.command()
@click.option("--back-to", "typed", metavar="MOMENT", required=True, help="ISO; without an offset, in the team's time.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@terminal
def record(bot: Terminal, typed: str, yes: bool) -> None:
    """Take back what a clock that was ahead has put on record, with all bots stopped, after a backup."""
    url = bot.database_url
    bot.check_begun()
    with holding.held(url, alone=True), closing(Store(url)) as store:
        opening.check_open(store)
        keep_right(store, clock := SystemClock())
        with store.reading() as tx:
            hours = roster.own(tx).hours
        back_to = moment(hours, typed)
        if not yes:
            click.echo(WILL.format(moment=say.moment(back_to, hours.zone), zone=hours.zone.key))
            if not store.is_sqlite:
                refuse(NO_BACKUP)
            ask(SHALL_I)
        with store.writing() as tx:
            back = taking_back.back_to(tx, back_to, clock.now())
            if file := sqlite_file(url):
                kept = backup.free_name(file, "before-record")
                backup.back_up(url, kept)  # as it is until this is committed
                click.echo(KEPT.format(kept=kept))
    click.echo(
        DONE.format(
            ended=say.moment(back.ended, hours.zone),
            moment=say.moment(back_to, hours.zone),
            zone=hours.zone.key,
            stretches=say.count(back.stretches, "stretch of duty", "stretches of duty"),
            take_overs=say.count(back.take_overs, "take-over"),
            messages=say.count(back.messages, "message"),
        )
    )
