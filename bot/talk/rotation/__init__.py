"""The rotation's people and their order, changed by admins."""

from bot.talk.feature import Feature, Word
from bot.talk.rotation import command, log, press

FEATURE = Feature(
    words={"roster": Word(command.answer)}, change=command.HELP, actions=press.ACTIONS, log=log.DID, forms=press.FORMS
)
