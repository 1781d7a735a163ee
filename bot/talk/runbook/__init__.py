"""Runbooks: what to do when a pipeline breaks."""

from bot.talk.feature import Command, Feature
from bot.talk.runbook import command, press

COMMAND = Command(
    command.answer,
    command.EXAMPLE,
    usage="[pipeline [section] | search words | help]",
    description="What to do when a pipeline breaks",
)
FEATURE = Feature(commands={"runbook": COMMAND}, actions=press.ACTIONS)
