"""`/oncall feed`: facts → blocks. The links are secret: they are shown once, to one person."""

from collections.abc import Mapping
from datetime import datetime

from bot.speech import say
from bot.speech.ask import Block, Reply
from bot.speech.blocks import actions, button, context, reply, sections
from bot.speech.usage import refused
from scheduler.feed import Kind
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


def no_address() -> Reply:
    """That there is no address for feeds, and what an admin does."""
    return refused(NO_ADDRESS)


def made(links: Mapping[Kind, str], *, replaces: bool) -> Reply:
    """The links, once."""
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
