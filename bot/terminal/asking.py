"""Asking from the terminal: `ask`, `schedule`, `calendar`."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bot.speech import public_holidays
from bot.speech.ask import Ask, Asker, terminal_key
from bot.speech.blocks import unmarked
from bot.speech.mrkdwn import unescape
from bot.speech.parts import weeks as rota
from bot.speech.public_holidays import PublicHoliday
from bot.speech.read import people
from bot.speech.you_or_name import plain
from bot.talk import commands
from bot.talk.oncall import calendar, picture
from bot.terminal.shared import Terminal, echo_json, json_option, last_day, now_option, refuse, terminal
from models.store.engine import Store
from scheduler.rule.rotation import Week
from scheduler.team import roster
from scheduler.team import schedule as lookup
from scheduler.team.roster import Roster

NOT_A_COMMAND = "{typed} is none of my commands. Try one of {commands}."
DRAWN = "Drew {weeks} weeks into {out}."


@click.command()
@click.argument("text")
@click.option("--as", "name", metavar="NAME", help="Ask as this person of the plan.")
@now_option
@json_option
@terminal
def ask(bot: Terminal, text: str, name: str | None, typed_now: str | None, as_json: bool) -> None:
    """Ask what can be asked in Slack: ask "/oncall"."""
    with bot.desk(typed_now) as (desk, now):
        command, _, rest = _sound(text).strip().removeprefix("/").partition(" ")
        command = command.removeprefix(desk.prefix)
        if command not in commands.COMMANDS:
            known = ", ".join(desk.command(each) for each in commands.COMMANDS)
            refuse(NOT_A_COMMAND.format(typed=repr(command), commands=known))
        reply = commands.answer(Ask(command, rest, _asker(desk.store, name), now, terminal_key()), desk)
    text = unescape(reply.text)
    if as_json:
        echo_json({"text": text, "blocks": reply.blocks})
    else:
        click.echo(text, err=reply.refused)
    sys.exit(1 if reply.refused else 0)


def _sound(typed: str) -> str:
    """What was typed, with a mark for each byte that is none of the terminal's encoding, and no store's."""
    return typed.encode(errors="surrogateescape").decode(errors="replace")


def _asker(store: Store, name: str | None) -> Asker:
    if name is None:
        return Asker()
    with store.reading() as tx:
        team = roster.own(tx)
    try:
        return Asker(person_id=people.person(_sound(name), team).id)
    except people.UnknownName as unknown:
        refuse(unknown.sentence)


@click.command()
@click.option("--weeks", default=8, type=click.IntRange(1, 520), show_default=True)
@click.option("--from", "first", metavar="DATE", help="From the week of this day on.")
@now_option
@json_option
@terminal
def schedule(bot: Terminal, weeks: int, first: str | None, typed_now: str | None, as_json: bool) -> None:
    """Who is on call, week by week."""
    with bot.begun(typed_now) as (store, now), store.reading() as tx:
        team = roster.own(tx)
        starts = team.hours.week_of(
            last_day(first, team.hours, now, "--from") if first else team.hours.on_call_day(now)
        )
        starts = max(starts, team.rotation.versions[0].starts)
        found = lookup.weeks_between(tx, team, starts, starts + timedelta(weeks=weeks))
        listed = [lookup.as_agreed(team, week) for week in found]
    if as_json:
        echo_json([facts_of(team, week) for week in listed])
    else:
        lines = (line for week in listed for line in (rota.week_line(team, week), *rota.public_lines(team, week)))
        click.echo("\n".join(map(unmarked, lines)))


def facts_of(team: Roster, week: Week) -> dict[str, Any]:
    """A week, as people are to see it, in plain values."""
    giver = rota.covering(week)
    why = rota.FOR_HOME.format(whose=f"{team.name(week.home)}'s") if week.holder != week.home else None
    if giver:
        why = rota.COVERS.format(who=team.name(giver), s="s", holder=plain(team, week.holder))
    found = public_holidays.between(team, week.first, week.until)
    days = [{"date": day.date.isoformat(), "engineer": _name(team, day.engineer)} for day in week.days]
    return {
        "week": week.first.isoformat(),
        "engineer": _name(team, giver or week.holder),
        "home": team.name(week.home),
        "why": why,
        "days": days,
        "public_holidays": [_public_holiday(team, each) for each in found],
    }


def _public_holiday(team: Roster, holiday: PublicHoliday) -> dict[str, Any]:
    return {
        "date": holiday.day.isoformat(),
        "name": holiday.name,
        "engineers": [team.name(who) for who in holiday.who],
    }


def _name(team: Roster, who: str | None) -> str | None:
    return team.name(who) if who else None


@click.command("calendar")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PNG file to write.")
@click.option("--weeks", default=6, type=click.IntRange(4, 26), show_default=True)
@now_option
@terminal
def draw(bot: Terminal, out: Path, weeks: int, typed_now: str | None) -> None:
    """Draw the rotation as a picture."""
    with bot.begun(typed_now) as (store, now), store.reading() as tx:
        out.write_bytes(picture.draw(calendar.picture_of(roster.own(tx), now, weeks=weeks)))
    click.echo(DRAWN.format(weeks=weeks, out=out))
