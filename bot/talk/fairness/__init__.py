"""Fairness: who carried how much."""

from bot.talk.fairness import command, post, press
from bot.talk.feature import Feature, Word

FEATURE = Feature(
    words={"fairness": Word(command.answer)}, look_up=command.HELP, actions=press.ACTIONS, pictures=post.PICTURES
)
