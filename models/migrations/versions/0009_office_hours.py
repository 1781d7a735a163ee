"""When a team is at work, and within how many such hours somebody answers"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add columns, which stay empty until a plan says more; nothing that was there changes."""
    op.add_column("teams", sa.Column("office_days", sa.Text(), nullable=True))
    op.add_column("teams", sa.Column("office_from", sa.Time(), nullable=True))
    op.add_column("teams", sa.Column("office_until", sa.Time(), nullable=True))
    op.add_column("teams", sa.Column("country", sa.Text(), nullable=True))
    op.add_column("teams", sa.Column("answer_within", sa.Integer(), nullable=True))
