"""From what is owed to what is said: a message's facts and the store as it is now → a post, or none if it is of no use
any more. The outbox keeps facts; words are made here, at the last moment, so a retry renders afresh."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.talk import drawings, features
from bot.talk.telling import Post, Renderers, Said, Telling, UnknownKind
from models import outbox, preferences
from models.outbox import Message
from models.store.engine import Tx
from scheduler import messages, no_answer
from scheduler.change import quiet
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
    said = KINDS[type(facts)](Telling(tx, desk, team, message, now), facts)
    return _with_what_follows(tx, team, message, said, now) if isinstance(said, Post) and not message.edits else said


def _with_what_follows(tx: Tx, team: Roster, message: Message, post: Post, now: datetime) -> Post:
    """A post, and what is owed once it is said where nobody answers it, after their quiet hours."""
    owed = no_answer.follows(team, message, messages.facts(message), now)
    chosen = preferences.of_team(tx, team.id) if any(each.concerns for each in owed) else {}
    return replace(post, follows=(*post.follows, *(quiet.waiting(team, each, chosen, now) for each in owed)))
