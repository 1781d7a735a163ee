"""The table of all that the bot talks about: whoever adds a subject adds its line here, and files of its own.

What speaks of all subjects (help, log, pictures) stands above it: `commands.py`, `log/`, `drawings.py`.
"""

from bot.talk import (
    cover,
    fairness,
    feed,
    handoff,
    holiday,
    news,
    no_answer,
    oncall,
    owners,
    pipelines,
    rotation,
    runbook,
    settings,
    takeover,
    trouble,
)
from bot.talk.did import Words
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
    cover.FEATURE,
    takeover.FEATURE,
    no_answer.FEATURE,
    rotation.FEATURE,
    settings.FEATURE,
    feed.FEATURE,
    news.FEATURE,
    trouble.FEATURE,
)

POSTS: Renderers = {kind: says for each in FEATURES for kind, says in each.posts.items()}
DID: Words = {kind: did for each in FEATURES for kind, did in each.log.items()}
