"""What is owed and not said, from the terminal: `outbox list`, `retry`, `drop`."""

from collections.abc import Callable
from typing import Any

import click

from bot.speech import say
from bot.talk.trouble.words import what, whom
from bot.terminal.shared import Terminal, echo_json, json_option, refuse, terminal
from models import outbox
from models.outbox import OWED, Message, Owed
from models.store.engine import Tx
from scheduler.team import roster
from scheduler.team.roster import Roster
from scheduler.trouble import TRIED_FOR

NOTHING = "Everything that is owed has been said."
IN_WORDS = "{what} to {whom}, due {due} ({kind} {about})"
LINE = "{id:>5}  {state:<8} {due}  {what} to {whom} ({kind} {about}){trouble}"
TROUBLE = ": {problem}, {attempts}"
SO_FAR = ": {problem}, {attempts}, refused so far and tried until {until}"
RETRIED = "{count} to be tried again. A bot that runs sends them within seconds."
DROPPED = "{count} dropped: never to be said."
NOT_OPEN = "Message {id} is neither owed nor refused; `outbox list` shows those that are. Nothing was changed."
NONE_REFUSED = "Slack refuses nothing."
WHICH_TO_DROP = "Name messages by their ids."
WHICH = "Name messages by their ids, or take --all."


@click.group("outbox")
def outbox_group() -> None:
    """What is owed to Slack and not said, and what Slack refuses."""


ids_argument = click.argument("ids", type=click.IntRange(1, 2**63 - 1), nargs=-1)


@outbox_group.command("list")
@json_option
@terminal
def listed(bot: Terminal, as_json: bool) -> None:
    """List it, the earliest first."""
    with bot.kept() as store, store.reading() as tx:
        of, waiting = {team.id: team for team in roster.load_all(tx)}, outbox.waiting(tx)
    if as_json:
        echo_json([_facts(message) for message in waiting])
    else:
        click.echo("\n".join(_line(of[message.team_id], message) for message in waiting) or NOTHING)


@outbox_group.command()
@ids_argument
@click.option("--all", "everything", is_flag=True, help="All that Slack refuses.")
@terminal
def retry(bot: Terminal, ids: tuple[int, ...], everything: bool) -> None:
    """Send messages again that Slack refuses, or that wait to be tried again."""
    if bool(ids) == everything:
        raise click.UsageError(WHICH)
    with bot.kept() as store, store.writing() as tx:
        done = len(outbox.retry_refused(tx)) if everything else _each(tx, ids, outbox.retry)
    click.echo(RETRIED.format(count=say.count(done, "message")) if done else NONE_REFUSED)


@outbox_group.command()
@ids_argument
@terminal
def drop(bot: Terminal, ids: tuple[int, ...]) -> None:
    """Never say messages that are owed or refused."""
    if not ids:
        raise click.UsageError(WHICH_TO_DROP)
    with bot.kept() as store, store.writing() as tx:
        done = _each(tx, ids, outbox.drop)
    click.echo(DROPPED.format(count=say.count(done, "message")))


def _each(tx: Tx, ids: tuple[int, ...], do: Callable[[Tx, int], bool]) -> int:
    """All of them or, where one can't be, none."""
    for message_id in ids:
        if not do(tx, message_id):
            refuse(NOT_OPEN.format(id=message_id))
    return len(ids)


def _line(team: Roster, message: Message) -> str:
    attempts = say.count(message.attempts, "attempt")
    trouble = TROUBLE.format(problem=message.problem, attempts=attempts)
    if message.state == OWED and message.refused_at:
        until = say.clock(message.refused_at + TRIED_FOR, team.hours.zone)
        trouble = SO_FAR.format(problem=message.problem, attempts=attempts, until=until)
    return LINE.format(
        id=message.id,
        state=message.state,
        due=say.moment(message.due_at, team.hours.zone),
        what=what(message),
        whom=whom(team, message.audience).replace("*", ""),
        kind=message.kind,
        about=message.about,
        trouble=trouble if message.problem else "",
    )


def in_words(team: Roster, owed: Message | Owed) -> str:
    """Something that is owed, or would be."""
    return IN_WORDS.format(
        what=what(owed),
        whom=whom(team, owed.audience).replace("*", ""),
        due=say.moment(owed.due_at, team.hours.zone),
        kind=owed.kind,
        about=owed.about,
    )


def _facts(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "key": message.key,
        "state": message.state,
        "audience": message.audience,
        "due_at": message.due_at.isoformat(),
        "attempts": message.attempts,
        "problem": message.problem,
        "refused_since": message.refused_at.isoformat() if message.refused_at else None,
    }
