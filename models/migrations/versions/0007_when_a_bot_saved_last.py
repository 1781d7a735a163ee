"""When a bot last saw that something can be saved"""

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add a column."""
    op.add_column("store", sa.Column("saved_at", Moment(), nullable=True))
