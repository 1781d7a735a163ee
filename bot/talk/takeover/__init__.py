"""Taking over and giving back, and weeks that came on short notice."""

from bot.talk.feature import Feature, Word
from bot.talk.takeover import command, log, post, press

FEATURE = Feature(
    words={"take": Word(command.take, command.EXAMPLE)},
    change=command.HELP,
    at_first=command.HELP[:1],
    actions=press.ACTIONS,
    log=log.DID,
    posts=post.POSTS,
)
