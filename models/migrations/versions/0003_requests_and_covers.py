"""What people settle among themselves: requests and their answers, covers, take-overs, declined weeks"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.schema.columns import Json, Moment

revision = "0003"
down_revision = "0002"


def _id(*more: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    own = sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)
    return (own, sa.Column("team_id", sa.Integer(), nullable=False), *more)


def _text(*names: str, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=nullable) for name in names)


def _dates(*names: str, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Date(), nullable=nullable) for name in names)


def _moments(*names: str, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, Moment(), nullable=nullable) for name in names)


def _keys(table: str, **targets: str) -> tuple[sa.Constraint, ...]:
    own = sa.PrimaryKeyConstraint("id", name=f"pk_{table}")
    all_targets = {"team_id": "teams.id"} | targets
    return (
        own,
        *(sa.ForeignKeyConstraint([name], [to], name=f"fk_{table}_{name}") for name, to in all_targets.items()),
    )


def _has_days(table: str) -> sa.Constraint:
    return sa.CheckConstraint("first < until", name=op.f(f"ck_{table}_has_days"))


def upgrade() -> None:
    """Add the tables; nothing that was there changes."""
    op.create_table(
        "requests",
        *_id(*_text("person_id"), *_dates("first", "until"), *_moments("opened_at")),
        sa.Column("asked", Json(), nullable=False),
        sa.Column("in_channel", sa.Boolean(), nullable=False),
        *_text("other_id", nullable=True),
        *_dates("back_first", "back_until", nullable=True),
        *_text("waits_for", nullable=True),
        *_text("state"),
        *_text("taken_by", nullable=True),
        *_moments("settled_at", nullable=True),
        *_keys("requests", person_id="people.id", other_id="people.id", waits_for="people.id", taken_by="people.id"),
        _has_days("requests"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_team_id_until", "requests", ["team_id", "until"])
    op.create_table(
        "answers",
        sa.Column("request_id", sa.Integer(), nullable=False),
        *_text("person_id"),
        *_moments("at"),
        *_dates("first", "until", nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_answers_request_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_answers_person_id"),
        sa.PrimaryKeyConstraint("request_id", "person_id", name="pk_answers"),
    )
    op.create_table(
        "covers",
        *_id(*_text("person_id", "instead_of"), *_dates("first", "until"), *_moments("agreed_at")),
        sa.Column("request_id", sa.Integer(), nullable=False),
        *_keys("covers", person_id="people.id", instead_of="people.id", request_id="requests.id"),
        _has_days("covers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_covers_team_id_until", "covers", ["team_id", "until"])
    op.create_table(
        "take_overs",
        *_id(*_text("person_id"), *_moments("starts", "ends", "taken_at")),
        sa.Column("request_id", sa.Integer(), nullable=True),
        *_keys("take_overs", person_id="people.id", request_id="requests.id"),
        sa.CheckConstraint("starts < ends", name=op.f("ck_take_overs_has_time")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_take_overs_team_id_ends", "take_overs", ["team_id", "ends"])
    op.create_table(
        "declines",
        *_id(*_text("person_id"), *_dates("first", "until"), *_moments("declined_at")),
        *_keys("declines", person_id="people.id"),
        _has_days("declines"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_declines_team_id_until", "declines", ["team_id", "until"])
