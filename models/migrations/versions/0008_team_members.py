"""Whose team people and feeds are"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_PLACE = ("engineer", "listed", "position")


def upgrade() -> None:
    """People's places in the plan move into a table of their own, and a feed's link gets its team. Until now a store
    had one team at most; people of a store without one are nobody's."""
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("engineer", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_team_members_team_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_team_members_person_id"),
        sa.PrimaryKeyConstraint("team_id", "person_id", name="pk_team_members"),
    )
    op.create_index("ix_team_members_person_id", "team_members", ["person_id"])
    op.execute(
        "INSERT INTO team_members (team_id, person_id, engineer, listed, position) "
        "SELECT teams.id, people.id, people.engineer, people.listed, people.position FROM teams CROSS JOIN people"
    )
    _drop_places()
    _give_feeds_their_team()


def _drop_places() -> None:
    """SQLite can drop a column since 3.35: no table that others point to is made anew for it."""
    for column in _PLACE:
        op.drop_column("people", column)


def _give_feeds_their_team() -> None:
    op.add_column("feeds", sa.Column("team_id", sa.Integer(), nullable=True))
    op.execute("UPDATE feeds SET team_id = (SELECT min(id) FROM teams)")
    with op.batch_alter_table("feeds") as feeds:
        feeds.alter_column("team_id", existing_type=sa.Integer(), nullable=False)
        feeds.create_foreign_key("fk_feeds_team_id", "teams", ["team_id"], ["id"])
