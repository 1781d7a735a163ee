"""The table of all that the bot talks about: whoever adds a subject adds its line here, and files of its own."""

from bot.talk import (
    cover,
    fairness,
    feed,
    handoff,
    holiday,
    log,
    news,
    oncall,
    owners,
    pipelines,
    rotation,
    runbook,
    settings,
    takeover,
    trouble,
)
from bot.talk.feature import Command, Presses, Word
from bot.talk.telling import Renderers

# In the order of the help.
FEATURES = (
    oncall.FEATURE,
    holiday.FEATURE,
    runbook.FEATURE,
    pipelines.FEATURE,
    owners.FEATURE,
    handoff.FEATURE,
    fairness.FEATURE,
    log.FEATURE,
    cover.FEATURE,
    takeover.FEATURE,
    rotation.FEATURE,
    settings.FEATURE,
    feed.FEATURE,
    news.FEATURE,
    trouble.FEATURE,
)

COMMANDS: dict[str, Command] = {name: command for each in FEATURES for name, command in each.commands.items()}
WORDS: dict[str, Word] = {name: word for each in FEATURES for name, word in each.words.items()}
ACTIONS: Presses = {action: does for each in FEATURES for action, does in each.actions.items()}
FORMS: Presses = {callback: does for each in FEATURES for callback, does in each.forms.items()}
POSTS: Renderers = {kind: says for each in FEATURES for kind, says in each.posts.items()}
