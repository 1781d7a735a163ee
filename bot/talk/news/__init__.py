"""News: what people and the channel are told of changes, reminders and gaps."""

from bot.talk.feature import Feature
from bot.talk.news import post

FEATURE = Feature(posts=post.POSTS)
