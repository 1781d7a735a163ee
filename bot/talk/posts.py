"""From what is owed to what is said: a message's facts and the store as it is now → a post, or none if it is of no use
any more. The outbox keeps facts; words are made here, at the last moment, so a retry renders afresh."""

from datetime import datetime, timedelta

from bot.desk import Desk
from bot.talk import drawings, features
from bot.talk.telling import Renderers, Said, Telling, UnknownKind
from models import outbox
from models.outbox import Message
from models.store.engine import Tx
from scheduler import messages
from scheduler.messages import (
    AgreementNews,
    ChangeNews,
    OwnersNews,
    RequestNews,
    SignRefused,
    TakeOverNews,
)
from scheduler.team.roster import Roster

KINDS: Renderers = {**features.POSTS, **drawings.POSTS}
NEWS = (ChangeNews, OwnersNews, AgreementNews, RequestNews, TakeOverNews, SignRefused)
NEWS_KEEPS = timedelta(days=14)  # how long they are worth saying


def render(tx: Tx, desk: Desk, team: Roster, message: Message, now: datetime) -> Said:
    """What to say for a message of the outbox; None where it is of no use any more. Raises UnknownKind."""
    original = outbox.by_id(tx, message.team_id, message.edits) if message.edits else None
    facts = messages.facts(message, original.kind if original else None)
    if type(facts) not in KINDS:
        raise UnknownKind(message.kind)
    if isinstance(facts, NEWS) and now - message.owed_at > NEWS_KEEPS:
        return None
    return KINDS[type(facts)](Telling(tx, desk, team, message, now), facts)
