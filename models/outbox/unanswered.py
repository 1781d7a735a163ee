"""What will be said because somebody has not answered: about whom it is stands first in what it is about."""

from collections.abc import Iterable

from sqlalchemy import or_, select

from models.outbox import OWED, Message
from models.schema.rows import columns, listed
from models.schema.tables import OutboxRow, PersonRow
from models.store.engine import Tx


def about_member(tx: Tx, slack_id: str, kinds: Iterable[str]) -> list[Message]:
    """The messages of these kinds, of all teams, about whoever has that Slack id, that nobody has said yet. An
    underscore of an id stands for any character, so somebody else's may be among them."""
    theirs = OutboxRow.about.like(PersonRow.id.concat("/%"))
    is_member = or_(PersonRow.slack_id == slack_id, PersonRow.found_slack_id == slack_id)
    asked = (OutboxRow.state == OWED, OutboxRow.kind.in_(list(kinds)), is_member)
    return listed(tx, Message, select(*columns(OutboxRow, Message)).join(PersonRow, theirs).where(*asked))
