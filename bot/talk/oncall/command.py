"""`/oncall`: who is on call, when, and whose the pipelines are. A lookup: it pages nobody and changes nothing."""

from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Reply
from bot.speech.parts import contacts
from bot.speech.parts import weeks as rota
from bot.speech.read import dates, people
from bot.speech.read.characters import first_word
from bot.speech.read.dates import BadDates, Found
from bot.speech.read.dates.names import names_a_day
from bot.speech.read.nearest import Exact, nearest
from bot.talk import pictures
from bot.talk.oncall import calendar as picture
from bot.talk.oncall import words
from models.people import Person
from models.pipelines import Pipeline
from models.store.engine import Tx
from scheduler.messages import PictureAsked
from scheduler.rule.hours import ONE_DAY
from scheduler.team import roster
from scheduler.team import schedule as lookup
from scheduler.team.roster import Roster

SCHEDULE_WEEKS, MOST_WEEKS = 8, 52

HELP = (
    ("oncall", "who is on call now, who is next, and the owners"),
    ("oncall 24 Dec", "who is on call on a day"),
    ("oncall next", "who takes over next"),
    ("oncall @Maya", "when somebody is on call; `oncall me` for yourself"),
    ("oncall schedule 12", "the coming weeks, with the public holidays in them"),
    ("oncall daily-growth", "a pipeline's owners"),
    ("oncall calendar", "the weeks, and a picture"),
)
AT_FIRST = (*HELP[:2], ("oncall schedule 12", "the coming weeks"))
ME = "me"
WORDS = ("next", "schedule", "calendar")

BAD_COUNT = "I can show 1 to {most} weeks, not {typed}."


class NotUnderstood(Exception):
    """What was typed is no day, person, pipeline or word of `/oncall`. `bad`: what is wrong with it as a date;
    `pipeline`: the slug that may have been meant."""

    def __init__(self, bad: BadDates, pipeline: str | None) -> None:
        super().__init__(bad.sentence)
        self.bad, self.pipeline = bad, pipeline


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer `/oncall …`. Raises NotUnderstood, BadDates, UnknownPerson, NoPlan and StoreError."""
    first, rest = first_word(" ".join(ask.text.split()))
    if first.lower() == "calendar" and not rest:
        return calendar(ask, desk)
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx, ask.team)
        if not first:
            return _now(tx, ask, team, pipelines)
        if first.lower() == "next" and not rest:
            me = ask.asker.person(team)
            return words.next_up(team, ask.now, me.id if me else None)
        if first.lower() == "schedule":
            return schedule(ask, desk, team, rest)
        if first.lower() == ME and not rest:
            return _on_call_days(ask, team, permissions.in_plan(ask.asker, team))
        if people.looks_like_a_person(first):
            return _person(ask, team, f"{first} {rest}".strip())
        return _pipeline_or_day(ask, desk, tx, team, pipelines)


def _now(tx: Tx, ask: Ask, team: Roster, pipelines: list[Pipeline]) -> Reply:
    me = ask.asker.person(team)
    today = team.hours.on_call_day(ask.now)
    mine = [days for days in lookup.duties(team, me.id, today) if days.first > today] if me else []
    return words.now(team, pipelines, me, ask.now, mine, _reach(tx, ask, team, me))


def _reach(tx: Tx, ask: Ask, team: Roster, me: Person | None) -> list[str]:
    """How to call whoever is on call, other than the asker, for who may see that."""
    stretch = lookup.on_duty(team, ask.now)
    who = team.people[stretch.who] if stretch and stretch.who else None
    lines = contacts.call(who) if who != me else []
    return lines if lines and permissions.may_see_contacts(tx, ask.asker, team) else []


def schedule(ask: Ask, desk: Desk, team: Roster, typed: str) -> Reply:
    """So many weeks from the current one on."""
    weeks = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    if typed and not 1 <= weeks <= MOST_WEEKS:
        return usage.wrong(desk, BAD_COUNT.format(most=MOST_WEEKS, typed=usage.quoted(typed)), "oncall schedule 8")
    return words.schedule(team, rota.upcoming(team, ask.now, weeks or SCHEDULE_WEEKS))


def _person(ask: Ask, team: Roster, typed: str) -> Reply:
    return _on_call_days(ask, team, people.person(typed, team))


def _on_call_days(ask: Ask, team: Roster, person: Person) -> Reply:
    today = team.hours.on_call_day(ask.now)
    return words.on_call_days(team, person, lookup.duties(team, person.id, today))


def _pipeline_or_day(ask: Ask, desk: Desk, tx: Tx, team: Roster, pipelines: list[Pipeline]) -> Reply:
    """What is neither a word of the command nor a mention: a pipeline, a name, a day, or a slip of the finger."""
    by_slug = {pipeline.slug: pipeline for pipeline in pipelines}
    match = nearest(ask.text, {pipeline.slug: pipeline.name for pipeline in pipelines})
    if isinstance(match, Exact) and not match.begun:
        return words.of_pipeline(team, by_slug[match.slug], ask.now)
    try:
        found: Found | BadDates = dates.look_up(ask.text, team.hours.date_of(ask.now))
    except BadDates as bad:
        found = bad
    theirs = people.called(ask.text, team)
    if theirs and (isinstance(found, Found) or names_a_day(ask.text)):
        return words.person_or_day(desk, team, ask.text, theirs, found if isinstance(found, Found) else None)
    if isinstance(found, Found):
        return days(tx, team, found)
    if isinstance(match, Exact) and not theirs:
        return words.of_pipeline(team, by_slug[match.slug], ask.now)
    if theirs or people.called(ask.text, team, begun=True):
        return _person(ask, team, ask.text)
    raise NotUnderstood(found, match.slug if match else None)


def days(tx: Tx, team: Roster, found: Found) -> Reply:
    """Whose the days are, and, where their year was left out, a button for those of the other year."""
    (first, last), other = found
    begins = team.rotation.versions[0].starts
    if last < begins:
        said = words.before_all(team, first)
    elif first == last:
        midnight, next_midnight = team.hours.midnight(first), team.hours.midnight(first + ONE_DAY)
        said = words.on_day(team, first, lookup.duty_between(tx, team, midnight, next_midnight))
    else:
        starts = max(team.hours.week_of(first), begins)
        said = words.on_days(team, found.dates, lookup.weeks_between(tx, team, starts, last + ONE_DAY))
    return words.or_else(said, other) if other and other.last >= begins else said


def calendar(ask: Ask, desk: Desk) -> Reply:
    """The weeks as text at once, with the picture where the bot has a public address; else it follows by direct
    message, since no ephemeral reply can hold a file."""
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
    if desk.pictures:
        mark = picture.mark_of(team, ask.now, words.CALENDAR_WEEKS)
        return words.calendar(team, ask.now, image=desk.pictures.fresh(team.id, mark))

    def says(follows: bool) -> Reply:
        return words.calendar(team, ask.now, follows=follows)

    return pictures.answered(desk.store, team, ask, PictureAsked(pictures.CALENDAR), says)
