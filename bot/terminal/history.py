"""What was changed, from the terminal: `log`."""

from datetime import datetime
from typing import Any

import click

from bot.speech import say
from bot.speech.ask import is_of_terminal
from bot.speech.blocks import unmarked
from bot.speech.parts import moves
from bot.talk.log import lines
from bot.terminal.shared import Terminal, echo_json, json_option, last_day, terminal
from models import changes
from models.changes import Change
from scheduler import entries
from scheduler.team import roster
from scheduler.team.roster import Roster

STILL_TO_COME = "{day} is still to come. Write the year too, such as {today}."


@click.command()
@click.option("--since", metavar="DATE", help="What was changed on this day, and since.")
@json_option
@terminal
def log(bot: Terminal, since: str | None, as_json: bool) -> None:
    """Every change by anyone, oldest first: who, when, what, before and after."""
    with bot.begun(None) as (store, now), store.reading() as tx:
        team = roster.own(tx)
        made = changes.since(tx, team.id, _since(team, since, now)) if since else None
        made = changes.listed_all(tx, team.id) if made is None else made
    if as_json:
        echo_json([_facts(team, each) for each in made])
        return
    with say.in_full():
        for each in made:
            at = say.moment(each.at, team.hours.zone)
            click.echo("\n".join(map(unmarked, lines.lines_of(team, each, at))))


def _since(team: Roster, typed: str, now: datetime) -> datetime:
    """The midnight that begins the day. Raises click.BadParameter for one that has not come."""
    today = team.hours.date_of(now)
    first = last_day(typed, team.hours, now, "--since")
    if first > today:
        raise click.BadParameter(STILL_TO_COME.format(day=say.day(first), today=today), param_hint="--since")
    return team.hours.midnight(first)


def _facts(team: Roster, made: Change) -> dict[str, Any]:
    """One change, with names in place of ids at its head; notes and contact details are left out."""
    shown = lines.without_private(made)
    return {
        "id": made.id,
        "at": made.at.astimezone(team.hours.zone).isoformat(timespec="seconds"),
        "by": team.name(made.by) if made.by else None,
        "what": made.what,
        "about": team.name(made.about) if made.about and made.about in team.people else made.about,
        "at_the_terminal": made.by is None or is_of_terminal(made.key),
        "before": shown.before,
        "after": shown.after,
        "moved": _moved(team, made),
        "undoes": made.undoes,
    }


def _moved(team: Roster, made: Change) -> list[dict[str, Any]]:
    """Whose hours were moved by it, and whose days: from `first` to `last`, both included."""
    moved = entries.moved(made)
    zone = team.hours.zone

    def parties(before: str | None, after: str | None) -> dict[str, str | None]:
        return {"before": team.name(before) if before else None, "after": team.name(after) if after else None}

    def moment(at: datetime) -> str:
        return at.astimezone(zone).isoformat(timespec="seconds")

    hours = [{"starts": moment(m.starts), "ends": moment(m.ends), **parties(m.before, m.after)} for m in moved.hours]
    days = moves.rows(moved)
    return hours + [
        {"first": first.isoformat(), "last": last.isoformat(), **parties(*pair)} for first, last, pair in days
    ]
