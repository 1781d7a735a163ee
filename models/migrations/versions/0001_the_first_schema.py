"""The first schema"""

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Json, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "members",
        sa.Column("slack_id", sa.Text(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("slack_id", name="pk_members"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("slack_id", sa.Text(), nullable=True),
        sa.Column("found_slack_id", sa.Text(), nullable=True),
        sa.Column("engineer", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_store"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("admins", Json(), nullable=False),
        sa.Column("service_levels", Json(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("handoff_weekday", sa.Integer(), nullable=False),
        sa.Column("handoff_time", sa.Time(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("speaks_since", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_acknowledgements_person_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_acknowledgements_team_id"),
        sa.PrimaryKeyConstraint("team_id", "week", name="pk_acknowledgements"),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.Column("effect", Json(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_changes_team_id"),
        sa.ForeignKeyConstraint(["undoes"], ["changes.id"], name="fk_changes_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sa.UniqueConstraint("team_id", "key", name="uq_changes_team_id_key"),
        sa.UniqueConstraint("undoes", name="uq_changes_undoes"),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("starts", Moment(), nullable=False),
        sa.Column("ends", Moment(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_duty_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
        sa.UniqueConstraint("team_id", "starts", name="uq_duty_team_id_starts"),
    )
    op.create_index("ix_duty_team_id_week", "duty", ["team_id", "week"], unique=False)

    op.create_table(
        "held_weeks",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("owes", Json(), nullable=False),
        sa.Column("early", Json(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_held_weeks_team_id"),
        sa.PrimaryKeyConstraint("team_id", "week", name="pk_held_weeks"),
    )
    op.create_table(
        "holidays",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("declared_at", Moment(), nullable=False),
        sa.Column("short_notice", sa.Boolean(), nullable=False),
        sa.CheckConstraint("first < until", name="ck_holidays_has_days"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_holidays_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_holidays"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_holidays_until", "holidays", ["until"], unique=False)

    op.create_table(
        "pipelines",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("primary_id", sa.Text(), nullable=False),
        sa.Column("secondary_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["primary_id"], ["people.id"], name="fk_pipelines_primary_id"),
        sa.ForeignKeyConstraint(["secondary_id"], ["people.id"], name="fk_pipelines_secondary_id"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_pipelines_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pipelines"),
        sa.UniqueConstraint("team_id", "slug", name="uq_pipelines_team_id_slug"),
    )
    op.create_table(
        "rotation_versions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("order", Json(), nullable=False),
        sa.Column("asked", Json(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_rotation_versions_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rotation_versions"),
        sa.UniqueConstraint("team_id", "starts", name="uq_rotation_versions_team_id_starts"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("edits", sa.Integer(), nullable=True),
        sa.Column("owed_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment(), nullable=True),
        sa.Column("begun_at", Moment(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("said_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name="fk_outbox_change_id"),
        sa.ForeignKeyConstraint(["edits"], ["outbox.id"], name="fk_outbox_edits"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_outbox_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("team_id", "kind", "about", name="uq_outbox_team_id_kind_about"),
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"], unique=False)
