"""Calendar feeds, as people get them."""

import re

from bot.sandbox.records import SlackMessage
from tests.kit.stage import URL, Stage

KINDS = ("rotation", "mine", "away")


def links(said: SlackMessage) -> dict[str, str]:
    """The links in a reply, by their kind."""
    found: list[str] = re.findall(rf"{URL}/feeds/\S+?\.ics", said.words())
    return {link.rpartition("/")[2].removesuffix(".ics"): link for link in found}


def feeds_of(stage: Stage, who: str) -> dict[str, str]:
    """The links that somebody gets."""
    found = links(stage.ask(who, "/oncall feed"))
    assert tuple(found) == KINDS
    return found
