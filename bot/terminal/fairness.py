"""`python -m bot fairness`: who carried how much, as a table, as JSON, as a picture."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.speech import public_holidays
from bot.speech.blocks import unmarked
from bot.talk.fairness import picture, words
from bot.terminal.shared import Terminal, echo_json, json_option, now_option, terminal
from scheduler.fairness import load as report
from scheduler.fairness.count import Load, Tally
from scheduler.fairness.load import Fairness
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import WEEK
from scheduler.team import roster
from scheduler.team.roster import Roster

ON_DUTY = "On duty, {days}"
TO_COME = "To come, {days}"
TIMES = "Weeks are seven days of 24 hours; “got it” is the median time from a handoff to *I've got it*."
DREW = "Drew it into {out}."


def _in_days(time: timedelta | None) -> str:
    return "–" if time is None else words.number(time / ONE_DAY)


COLUMNS: Sequence[tuple[str, Callable[[Load], str]]] = (
    ("weeks", lambda load: words.number(load.duty / WEEK)),
    ("days", lambda load: _in_days(load.duty)),
    ("equal share", lambda load: _in_days(load.share)),
    ("weekend days", lambda load: _in_days(load.weekends)),
    ("public holidays", lambda load: _in_days(load.public_holidays)),
    ("covered", lambda load: _in_days(load.given)),
    ("was covered", lambda load: _in_days(load.taken)),
    ("took over", lambda load: _in_days(load.taken_over)),
    ("short notice", lambda load: str(load.short_notice)),
    ("in a row", lambda load: str(load.in_a_row)),
    ("got it", lambda load: words.while_(load.got_it) if load.got_it is not None else "–"),
)
COLUMNS_TO_COME = [COLUMNS[place] for place in (0, 1, 2, 3, 4, 5, 6, 9)]


@click.command("fairness")
@click.argument("year", required=False, type=click.IntRange(2000, 2100))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into this PNG file.")
@now_option
@json_option
@terminal
def show(bot: Terminal, year: int | None, out: Path | None, typed_now: str | None, as_json: bool) -> None:
    """Who carried how much: in a year, else in the last twelve months."""
    with bot.begun(typed_now) as (store, now), store.reading() as tx:
        team = roster.own(tx)
        counted = report.counted(tx, team, now, year, public_holidays.by_person(team))
    if out:
        out.write_bytes(picture.draw(picture.picture_of(team, counted)))
    if as_json:
        echo_json(facts(team, counted))
        return
    click.echo("\n".join(table(team, counted)))
    if out:
        click.echo(DREW.format(out=out))


def table(team: Roster, counted: Fairness) -> list[str]:
    """The lines of a table, or two."""
    lines = [words.sentence(team, counted.past), *map(unmarked, words.gaps(counted))]
    if not words.is_empty(counted.past):
        lines += ["", ON_DUTY.format(days=words.dates(team, counted.past)), *_rows(team, counted.past, COLUMNS)]
    if counted.coming:
        days = words.dates(team, counted.coming)
        lines += ["", TO_COME.format(days=days), *_rows(team, counted.coming, COLUMNS_TO_COME)]
    return [*lines, "", unmarked(TIMES)]


def _rows(team: Roster, tally: Tally, columns: Sequence[tuple[str, Callable[[Load], str]]]) -> list[str]:
    names = [team.name(load.who) for load in tally.loads]
    first = max(map(len, names), default=0)
    cells = [[told(load) for _, told in columns] for load in tally.loads]
    wide = [
        max(len(title), *map(len, column)) for (title, _), column in zip(columns, zip(*cells, strict=True), strict=True)
    ]
    head = f"{'':{first}}" + "".join(f"  {title:>{w}}" for (title, _), w in zip(columns, wide, strict=True))
    rows = (
        f"{name:{first}}" + "".join(f"  {cell:>{w}}" for cell, w in zip(row, wide, strict=True))
        for name, row in zip(names, cells, strict=True)
    )
    return [head, *rows]


def facts(team: Roster, counted: Fairness) -> dict[str, Any]:
    """The same as plain values. Days are of 24 hours; moments have the offset of the team's zone."""
    return {
        "year": counted.year,
        "sentence": words.sentence(team, counted.past),
        "past": _tally(team, counted.past),
        "coming": _tally(team, counted.coming) if counted.coming else None,
    }


def _tally(team: Roster, tally: Tally) -> dict[str, Any]:
    def local(moment: datetime) -> str:
        return moment.astimezone(team.hours.zone).isoformat()

    return {
        "starts": local(tally.starts),
        "ends": local(tally.ends),
        "days": _days(tally.ends - tally.starts),
        "nobody_days": _days(tally.nobody),
        "engineers": [_load(team, load) for load in tally.loads],
    }


def _load(team: Roster, load: Load) -> dict[str, Any]:
    return {
        "engineer": team.name(load.who),
        "weeks": round(load.duty / WEEK, 1),
        "days": _days(load.duty),
        "equal_share_days": _days(load.share),
        "weekend_days": _days(load.weekends),
        "public_holiday_days": None if load.public_holidays is None else _days(load.public_holidays),
        "covered_for_others_days": _days(load.given),
        "covered_by_others_days": _days(load.taken),
        "taken_over_days": _days(load.taken_over),
        "short_notice_weeks": load.short_notice,
        "two_weeks_in_a_row": load.in_a_row,
        "seconds_until_got_it": None if load.got_it is None else round(load.got_it.total_seconds()),
    }


def _days(time: timedelta) -> float:
    return round(time / ONE_DAY, 4)
