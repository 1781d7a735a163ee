"""From what is owed to an admin about trouble to what is said."""

from bot.speech.ask import Reply
from bot.talk.telling import Renderers, Telling, says
from bot.talk.trouble import deafness, sign, words
from models import outbox
from models.outbox import REFUSED
from scheduler import trouble
from scheduler.messages import (
    DeafNews,
    SignRefused,
    TroubleNews,
)
from scheduler.rule.hours import ONE_DAY


def _trouble(at: Telling, facts: TroubleNews) -> Reply | None:
    unsaid = outbox.by_id(at.tx, at.team.id, facts.message)
    if unsaid is None:
        return None
    if unsaid.is_refused and not (facts.goes_on and unsaid.state == REFUSED):
        return words.unsaid(at.team, unsaid, facts.problem, trouble.tried_until(at.tx, unsaid, at.now))
    return words.ended(at.team, unsaid) if at.message.edits else None


def _sign(at: Telling, facts: SignRefused) -> Reply:
    return sign.refused(at.team, facts.sign, facts.problem)


def _deaf(at: Telling, facts: DeafNews) -> Reply | None:
    if at.now - at.message.owed_at >= ONE_DAY:  # by then it is told anew, if it is still so
        return None
    return deafness.deaf(facts.problem)


POSTS: Renderers = {
    **says(TroubleNews, _trouble),
    **says(SignRefused, _sign),
    **says(DeafNews, _deaf),
}
