"""Covers and swaps: what people ask of each other, and agree on."""

from bot.talk.cover import command, log, post, press
from bot.talk.feature import Feature, Word

FEATURE = Feature(
    words={
        "cover": Word(command.cover, command.COVER_EXAMPLE),
        "swap": Word(command.swap, command.SWAP_EXAMPLE),
        "requests": Word(lambda ask, desk, _: command.open_and_agreed(ask, desk)),
    },
    change=command.HELP,
    at_first=command.HELP[:3],
    actions=press.ACTIONS,
    log=log.DID,
    posts=post.POSTS,
    forms=press.FORMS,
)
