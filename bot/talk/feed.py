"""`/oncall feed`: secret links to the team's calendar feeds, for one person of the plan."""

from collections.abc import Mapping
from datetime import datetime

from bot import links
from bot.desk import Desk
from bot.speech import permissions, say, usage
from bot.speech.ask import Answer, Ask, Block, Incoming, Press, Reply
from bot.speech.blocks import actions, button, context, reply, sections
from bot.speech.usage import refused
from bot.talk.feature import Feature, Presses, Word
from models import feeds, teams
from scheduler.feed import Kind
from scheduler.team import roster
from scheduler.team.roster import Roster

NO_ADDRESS = (
    "Calendar feeds need an address that your calendar program can reach. An admin gives me one with `ONCALL_URL`, "
    "such as `https://oncall.example.com`, and lets it lead to my `ONCALL_ADDRESS`."
)
YOURS = "*Your calendar feeds*: add a link to your calendar program as a subscription, by its URL."
NEW = "*Your new calendar feeds*: the links that you had stopped working just now."
LINES: Mapping[Kind, str] = {
    "rotation": "• Who is on call:\n```{link}```",
    "mine": "• Your own weeks:\n```{link}```",
    "away": "• Who is away:\n```{link}```",
}
SECRET = "Whoever has a link can read the feed. I keep no copy, so I can't show them again."
YOU_HAVE = "You have had your calendar feeds since {since}. I keep no copy of the links, so I can't show them again."
OTHERS = "Lost them, or did somebody else see one? *New links* makes others, and the old ones stop working."
REVOKED = (
    "*Revoked*: your links open nothing any more. Your calendar program will keep what it has until you remove it."
)
NEW_LINKS, REVOKE = "New links", "Revoke"

NEW_ACTION, REVOKE_ACTION = "feed.new", "feed.revoke"
HELP = (("oncall feed", "links for your calendar program: the rotation, your weeks, who is away"),)
TAKES_NOTHING = "It takes nothing behind it."


def no_address() -> Reply:
    """That there is no address for feeds, and what an admin does."""
    return refused(NO_ADDRESS)


def made(links: Mapping[Kind, str], *, replaces: bool) -> Reply:
    """New links, which are shown this once; `replaces`: others stopped working by it."""
    lines = [NEW if replaces else YOURS, *(words.format(link=links[kind]) for kind, words in LINES.items())]
    return reply([*sections(lines), context(SECRET), _buttons()])


def standing(team: Roster, since: datetime) -> Reply:
    """That there are links, which cannot be shown again."""
    return reply([*sections([YOU_HAVE.format(since=say.moment(since, team.hours.zone)), OTHERS]), _buttons()])


def revoked() -> Reply:
    """That they open nothing any more."""
    return reply([*sections([REVOKED]), actions(button(NEW_LINKS, NEW_ACTION))])


def _buttons() -> Block:
    return actions(button(NEW_LINKS, NEW_ACTION), button(REVOKE, REVOKE_ACTION, style="danger"))


def feed(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall feed`. Raises Refused, NoPlan and StoreError."""
    if typed:
        return usage.wrong(desk, TAKES_NOTHING, "oncall feed")
    with desk.store.reading() as tx:
        team = roster.load(tx, ask.team)
        me = permissions.in_plan(ask.asker, team)
        since = feeds.made_at(tx, team.id, me.id)
    if not desk.url:
        return no_address()
    return standing(team, since) if since else make(desk, ask)


def make(desk: Desk, asked: Incoming) -> Reply:
    """New links; old ones stop working. The request that came before is answered without its links: nobody knows them
    any more. Raises Refused."""
    secret, digest = links.new_secret()
    with desk.store.writing() as tx:
        team = roster.load(tx, teams.lock(tx, asked.team))
        me = permissions.in_plan(asked.asker, team)
        since = feeds.made_at(tx, team.id, me.id)
        if asked.key and feeds.is_made(tx, team.id, asked.key):
            return standing(team, since) if since else revoked()
        feeds.make(tx, team.id, me.id, digest, asked.now, asked.key)
        return made(links.feeds(desk.url, me.id, secret), replaces=since is not None)


def revoke(desk: Desk, asked: Incoming) -> Reply:
    """The links stop working. Raises Refused."""
    with desk.store.writing() as tx:
        team = roster.load(tx, teams.lock(tx, asked.team))
        me = permissions.in_plan(asked.asker, team)
        feeds.revoke(tx, team.id, me.id, asked.now)
        return revoked()


def new(press: Press, desk: Desk) -> Answer:
    """Other links, instead of those there were."""
    if not desk.url:
        return Answer(no_address())
    return Answer(make(desk, press))


def stop(press: Press, desk: Desk) -> Answer:
    """No links any more."""
    return Answer(revoke(desk, press))


ACTIONS: Presses = {NEW_ACTION: new, REVOKE_ACTION: stop}

FEATURE = Feature(words={"feed": Word(feed)}, set_up=HELP, actions=ACTIONS)
