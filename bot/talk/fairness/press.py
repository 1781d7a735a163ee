"""*More numbers* below who carried how much."""

from bot.desk import Desk
from bot.speech.ask import Answer, Ask, Press
from bot.talk.fairness import command as fairness
from bot.talk.fairness.words import MORE_ACTION
from bot.talk.feature import Presses


def more(press: Press, desk: Desk) -> Answer:
    """All that is counted, below what is there."""
    ask = Ask("oncall", "", press.asker, press.now, press.key)
    return Answer(fairness.in_full(ask, desk, fairness.year_of(press.value)), "beside")


ACTIONS: Presses = {MORE_ACTION: more}
