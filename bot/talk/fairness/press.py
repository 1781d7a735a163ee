"""*More numbers* below who carried how much."""

from bot.desk import Desk
from bot.speech.ask import Answer, Press
from bot.talk.fairness import command as fairness
from bot.talk.fairness.words import MORE_ACTION
from bot.talk.feature import Presses


def more(press: Press, desk: Desk) -> Answer:
    """All that is counted, below what is there."""
    return Answer(fairness.in_full(press.ask("oncall"), desk, fairness.year_of(press.value)), "beside")


ACTIONS: Presses = {MORE_ACTION: more}
