"""Ids of channels that were found by their names, and of which enterprise a member is"""

import sqlalchemy as sa
from alembic import op

from models.columns import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a table and a column; nothing that was there changes."""
    op.create_table(
        "found_channels",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slack_id", sa.Text(), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_found_channels"),
    )
    op.add_column("members", sa.Column("enterprise_id", sa.Text(), nullable=True))
