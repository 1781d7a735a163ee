"""The picture of who carried how much by direct message: what draws it, and the words before it."""

from collections.abc import Callable
from datetime import datetime

from bot.speech import public_holidays
from bot.speech.ask import Reply
from bot.talk.fairness import picture
from bot.talk.fairness import words as fairness
from bot.talk.pictures import FAIRNESS, PictureKind
from models.store.engine import Tx
from scheduler.fairness import load
from scheduler.messages import PictureAsked
from scheduler.team.roster import Roster


def _fairness(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Callable[[], bytes]:
    counted = load.counted(tx, team, now, facts.year, public_holidays.by_person(team))
    return lambda: picture.draw(picture.picture_of(team, counted))


def _fairness_words(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Reply:
    return fairness.short(team, load.counted(tx, team, now, facts.year, public_holidays.by_person(team)), follows=False)


PICTURES = {FAIRNESS: PictureKind("on_call_fairness", "Who carried how much", _fairness_words, _fairness)}
