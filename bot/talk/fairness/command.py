"""`/oncall fairness [year]`: who carried how much. Anybody may ask: it shows names and counts only."""

from bot.desk import Desk
from bot.speech import public_holidays, usage
from bot.speech.ask import Ask, Reply
from bot.talk import pictures
from bot.talk.fairness import words
from scheduler.fairness import load
from scheduler.messages import PictureAsked
from scheduler.team import roster

HELP = (("oncall fairness", "who carried how much, and a picture by direct message; with a year: in that year"),)
BAD_YEAR = "I don't know {typed} as a year."
FIRST, LAST = 2000, 2100


def answer(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall fairness …`. Raises NothingThen, NoPlan and StoreError."""
    year = year_of(typed)
    if typed and year is None:
        return usage.wrong(desk, BAD_YEAR.format(typed=usage.quoted(typed)), f"oncall fairness {ask.now.year}")
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
        counted = load.counted(tx, team, ask.now, year, public_holidays.by_person(team))

    def says(follows: bool) -> Reply:
        return words.short(team, counted, follows=follows)

    return pictures.answered(desk.store, team, ask, PictureAsked(pictures.FAIRNESS, year), says)


def in_full(ask: Ask, desk: Desk, year: int | None) -> Reply:
    """All that is counted. Raises NothingThen, NoPlan and StoreError."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
        return words.full(team, load.counted(tx, team, ask.now, year, public_holidays.by_person(team)))


def year_of(typed: str) -> int | None:
    """A year that was typed; None where it is none."""
    if len(typed) != 4 or not (typed.isascii() and typed.isdigit()):
        return None
    return int(typed) if FIRST <= int(typed) <= LAST else None
