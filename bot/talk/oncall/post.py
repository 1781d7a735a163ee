"""The rotation's picture by direct message: what draws it, and the words before it."""

from collections.abc import Callable
from datetime import datetime

from bot.speech.ask import Reply
from bot.talk.oncall import calendar, picture
from bot.talk.oncall import words as oncall
from bot.talk.pictures import CALENDAR, PictureKind
from models.store.engine import Tx
from scheduler.messages import PictureAsked
from scheduler.team.roster import Roster


def _calendar(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Callable[[], bytes]:
    return lambda: picture.draw(calendar.picture_of(team, now, weeks=oncall.CALENDAR_WEEKS))


def _calendar_words(tx: Tx, team: Roster, now: datetime, facts: PictureAsked) -> Reply:
    return oncall.calendar(team, now, follows=False)


PICTURES = {CALENDAR: PictureKind("on_call_rotation", "On call", _calendar_words, _calendar)}
