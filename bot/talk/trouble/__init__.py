"""Trouble: what Slack refuses, told to an admin."""

from bot.talk.feature import Feature
from bot.talk.trouble import press

FEATURE = Feature(actions=press.ACTIONS)
