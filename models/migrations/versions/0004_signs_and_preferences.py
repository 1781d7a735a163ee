"""Signs of who is on duty outside the bot's messages, and what people want to be told when"""

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables; nothing that was there changes."""
    op.create_table(
        "signs",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_signs_team_id"),
        sa.PrimaryKeyConstraint("team_id", "name", name="pk_signs"),
    )
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("two_weeks", sa.Boolean(), nullable=False),
        sa.Column("one_week", sa.Boolean(), nullable=False),
        sa.Column("day_before", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_preferences_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_preferences"),
    )
