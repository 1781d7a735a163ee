"""Trouble: what Slack refuses, told to an admin."""

from bot.talk.feature import Feature
from bot.talk.trouble import post, press

FEATURE = Feature(actions=press.ACTIONS, posts=post.POSTS)
