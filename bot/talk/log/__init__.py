"""The log: what was changed, and by whom."""

from bot.talk.feature import Feature, Word
from bot.talk.log import command, press

FEATURE = Feature(words={"log": Word(command.answer, command.EXAMPLE)}, look_up=command.HELP, actions=press.ACTIONS)
