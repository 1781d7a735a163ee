"""Ids of channels by their names, members' enterprises, since when Slack refuses, and notes as typed"""

import re

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Moment

revision = "0006"
down_revision = "0005"


_SENT = re.compile(r"<(?:[@#!]|https?://|mailto:)[^<>|]*(?:\|([^<>]*))?>")


def upgrade() -> None:
    """Add a table and two columns, and show notes of time off as they were typed: until now they were kept as Slack
    sends them. The log keeps what it held."""
    op.create_table(
        "found_channels",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slack_id", sa.Text(), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_found_channels"),
    )
    op.add_column("members", sa.Column("enterprise_id", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("refused_at", Moment(), nullable=True))
    _notes_as_typed()


def _notes_as_typed() -> None:
    """A note of a form or of the terminal was kept as it was typed. Only one with `&amp;` or `<http://…>` typed out
    would change, which nobody types."""
    holidays = sa.table("holidays", sa.column("id"), sa.column("note"))
    for row in op.get_bind().execute(sa.select(holidays).where(holidays.c.note.is_not(None))).all():
        typed = _as_typed(row.note)
        if typed != row.note:
            op.execute(sa.update(holidays).where(holidays.c.id == row.id).values(note=typed))


def _as_typed(note: str) -> str:
    plain = _SENT.sub(_word, note)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _word(sent: re.Match[str]) -> str:
    """A link's address or label; the name of a member, a channel or a group, with its sign."""
    inside, label = sent[0][1:-1], sent[1]
    if inside[0] in "@#":
        return inside[0] + (label or inside[1:])
    if inside[0] == "!":
        return label if label and label.startswith("@") else f"@{label or inside[1:]}"
    return label or inside.removeprefix("mailto:")
