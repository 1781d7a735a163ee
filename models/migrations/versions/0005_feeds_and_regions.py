"""Secret links to calendar feeds, and whose public holidays are whose"""

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a table and two columns; nothing that was there changes."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_feeds_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("key", name="uq_feeds_key"),
    )
    op.create_index("ix_feeds_person_id", "feeds", ["person_id"])
    op.add_column("people", sa.Column("country", sa.Text(), nullable=True))
    op.add_column("people", sa.Column("region", sa.Text(), nullable=True))
