"""Channels with one sender at a time, the pace of the workspace, and stamps"""

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Claim channels instead of messages. What was being sent may have been said: it is looked up before it is sent."""
    op.create_table(
        "channels",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("free_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_channels_team_id"),
        sa.PrimaryKeyConstraint("team_id", "audience", name="pk_channels"),
    )
    op.create_table(
        "pace",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("free_at", Moment(), nullable=True),
        sa.Column("limited_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_pace_team_id"),
        sa.PrimaryKeyConstraint("team_id", name="pk_pace"),
    )
    op.add_column("store", sa.Column("stamped_at", Moment(), nullable=True))
    op.add_column("store", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("outbox", sa.Column("tried_at", Moment(), nullable=True))
    op.execute("INSERT INTO channels (team_id, audience) SELECT DISTINCT team_id, audience FROM outbox")
    op.execute("INSERT INTO pace (team_id) SELECT id FROM teams")
    op.execute("UPDATE outbox SET tried_at = begun_at")
    op.execute("UPDATE outbox SET state = 'owed', retry_at = lease_until WHERE state = 'sending'")
    op.execute("UPDATE outbox SET urgent = true WHERE kind IN ('handoff', 'gap', 'duty')")
    op.drop_column("outbox", "lease_until")
    op.drop_index("ix_outbox_state_due_at", "outbox")
    op.create_index("ix_outbox_state_urgent_due_at", "outbox", ["state", "urgent", "due_at"])
    op.create_index("ix_outbox_team_id_audience_state", "outbox", ["team_id", "audience", "state"])
