"""A store of each released schema, with data in every table, by the name of the schema. None of them ever changes."""

import json
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, func, select

from models.keeping.migrate import HEAD, migrate
from models.store.engine import Store

MOMENT = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
LEASE_ENDS = datetime(2026, 11, 24, 9, 32, tzinfo=UTC)
WEEK = date(2026, 11, 23)
Rows = dict[str, list[dict[str, Any]]]


def said(number: int, kind: str, **facts: Any) -> dict[str, Any]:
    """A row of the outbox of schema 0001."""
    row = dict.fromkeys(
        ("change_id", "edits", "retry_at", "begun_at", "lease_until", "problem", "channel", "ts", "said_at")
    )
    fixed = {
        "id": number,
        "team_id": 1,
        "kind": kind,
        "about": str(number),
        "audience": "channel",
        "facts": {"week": "2026-11-23"},
    }
    return row | fixed | {"owed_at": MOMENT, "due_at": MOMENT, "state": "owed", "attempts": 0} | facts


RELEASED: dict[str, Rows] = {
    "0001": {
        "store": [{"id": 1, "purpose": "real"}],
        "people": [
            {
                "id": "toms",
                "name": "Toms Bērziņš",
                "email": "toms@example.com",
                "phone": "+371 2000",
                "time_zone": "Europe/Riga",
                "slack_id": "U0TOMS00001",
                "found_slack_id": None,
                "engineer": True,
                "listed": True,
                "position": 0,
            }
        ],
        "members": [{"slack_id": "U0TOMS00001", "full": True, "checked_at": MOMENT}],
        "teams": [
            {
                "id": 1,
                "name": "Metrics",
                "channel": "#metrics-oncall",
                "notice_days": 14,
                "admins": ["toms"],
                "service_levels": [{"severity": "high", "respond": "1 h"}],
                "time_zone": "Europe/Berlin",
                "handoff_weekday": 0,
                "handoff_time": time(9),
                "created_at": MOMENT,
                "speaks_since": MOMENT,
            }
        ],
        "rotation_versions": [{"id": 1, "team_id": 1, "starts": WEEK, "order": ["toms"], "asked": ["toms"]}],
        "pipelines": [
            {
                "id": 1,
                "team_id": 1,
                "slug": "daily-growth",
                "name": "Daily growth",
                "area": "Growth",
                "purpose": "counts",
                "primary_id": "toms",
                "secondary_id": "toms",
                "why": "knows it",
                "position": 0,
            }
        ],
        "holidays": [
            {
                "id": 7,
                "person_id": "toms",
                "first": date(2026, 12, 24),
                "until": date(2026, 12, 27),
                "note": "skiing ⛷",
                "declared_at": MOMENT,
                "short_notice": False,
            }
        ],
        "held_weeks": [{"team_id": 1, "week": WEEK, "home": "toms", "holder": None, "owes": ["toms"], "early": []}],
        "duty": [
            {
                "id": 1,
                "team_id": 1,
                "starts": MOMENT,
                "ends": datetime(2026, 11, 30, 8, tzinfo=UTC),
                "who": "toms",
                "why": "holder",
                "week": WEEK,
                "holder": "toms",
                "home": "toms",
                "day": WEEK,
            }
        ],
        "acknowledgements": [{"team_id": 1, "week": WEEK, "person_id": "toms", "at": MOMENT}],
        "changes": [
            {
                "id": 1,
                "team_id": 1,
                "at": MOMENT,
                "by": "toms",
                "what": "holiday declared",
                "about": "toms",
                "before": [],
                "after": [{"id": 7}],
                "effect": {},
                "key": "a trigger",
                "undoes": None,
            }
        ],
        "outbox": [
            said(1, "greeting", state="said", attempts=1, begun_at=MOMENT, channel="C1", ts="1.2", said_at=MOMENT),
            said(2, "handoff", state="sending", attempts=1, begun_at=MOMENT, lease_until=LEASE_ENDS),
            said(3, "news", change_id=1, audience="person:toms", retry_at=MOMENT, problem="ratelimited"),
            said(4, "edit", state="refused", edits=1, problem="is_archived"),
        ],
    }
}

_CHANNELS = [
    {"team_id": 1, "audience": audience, "sender": None, "lease_until": None, "free_at": None}
    for audience in ("channel", "person:toms")
]
_SAID = [{name: value for name, value in row.items() if name != "lease_until"} for row in RELEASED["0001"]["outbox"]]
RELEASED["0002"] = RELEASED["0001"] | {
    "store": [{"id": 1, "purpose": "real", "stamped_at": MOMENT, "moved_to": None}],
    "channels": _CHANNELS,
    "pace": [{"team_id": 1, "free_at": MOMENT, "limited_until": None}],
    "outbox": [
        row | {"urgent": row["kind"] == "handoff", "tried_at": MOMENT, "state": row["state"].replace("sending", "owed")}
        for row in _SAID
    ],
}
_DAYS = {"first": date(2026, 12, 21), "until": date(2026, 12, 28)}
RELEASED["0003"] = RELEASED["0002"] | {
    "requests": [
        {
            "id": 3,
            "team_id": 1,
            "person_id": "toms",
            **_DAYS,
            "opened_at": MOMENT,
            "asked": ["toms"],
            "in_channel": True,
            "other_id": "toms",
            "back_first": date(2027, 1, 4),
            "back_until": date(2027, 1, 11),
            "waits_for": "toms",
            "state": "agreed",
            "taken_by": "toms",
            "settled_at": MOMENT,
        }
    ],
    "answers": [{"request_id": 3, "person_id": "toms", "at": MOMENT, **_DAYS}],
    "covers": [
        {
            "id": 2,
            "team_id": 1,
            "person_id": "toms",
            "instead_of": "toms",
            **_DAYS,
            "agreed_at": MOMENT,
            "request_id": 3,
        }
    ],
    "take_overs": [
        {
            "id": 4,
            "team_id": 1,
            "person_id": "toms",
            "starts": MOMENT,
            "ends": datetime(2026, 11, 30, 8, tzinfo=UTC),
            "taken_at": MOMENT,
            "request_id": 3,
        }
    ],
    "declines": [{"id": 5, "team_id": 1, "person_id": "toms", **_DAYS, "declined_at": MOMENT}],
}
RELEASED["0004"] = RELEASED["0003"] | {
    "signs": [{"team_id": 1, "name": "group", "made": "U0TOMS00001", "problem": "permission_denied", "refused": "U2"}],
    "preferences": [
        {
            "person_id": "toms",
            "two_weeks": True,
            "one_week": True,
            "day_before": False,
            "quiet_from": time(22),
            "quiet_until": time(7, 30),
            "at": MOMENT,
        }
    ],
}
RELEASED["0005"] = RELEASED["0004"] | {
    "people": [row | {"country": "DE", "region": "BE"} for row in RELEASED["0004"]["people"]],
    "feeds": [
        {
            "id": 6,
            "person_id": "toms",
            "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "made_at": MOMENT,
            "revoked_at": MOMENT,
            "key": "another trigger",
        }
    ],
}
RELEASED["0006"] = RELEASED["0005"] | {
    "members": [row | {"enterprise_id": "E0ACME00001"} for row in RELEASED["0005"]["members"]],
    "found_channels": [{"name": "metrics-oncall", "slack_id": "C0METRICS01", "found_at": MOMENT}],
    "outbox": [row | {"refused_at": MOMENT} for row in RELEASED["0005"]["outbox"]],
}
RELEASED["0007"] = RELEASED["0006"] | {
    "store": [row | {"saved_at": MOMENT} for row in RELEASED["0006"]["store"]],
}
_PEOPLE = RELEASED["0007"]["people"]
_PLACE = ("engineer", "listed", "position")
RELEASED["0008"] = RELEASED["0007"] | {
    "people": [{name: value for name, value in row.items() if name not in _PLACE} for row in _PEOPLE],
    "team_members": [{"team_id": 1, "person_id": row["id"], **{name: row[name] for name in _PLACE}} for row in _PEOPLE],
    "feeds": [row | {"team_id": 1} for row in RELEASED["0007"]["feeds"]],
}
_OFFICE = {"office_days": "sun-thu", "office_from": time(8, 30), "office_until": time(16), "country": "DE"}
RELEASED["0009"] = RELEASED["0008"] | {
    "teams": [row | _OFFICE | {"answer_within": 4} for row in RELEASED["0008"]["teams"]],
}


def fill(store: Store, schema: str) -> None:
    """Make an empty store one of a released schema, with data in every table."""
    migrate(store, schema)
    with store.writing() as tx:
        tables = MetaData()
        tables.reflect(tx)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                tx.execute(table.insert(), [_kept(row) for row in RELEASED[schema][table.name]])


BEFORE = Path(__file__).parent / "release_before.json"  # rows that the code of the release before made, at a moment


def fill_in_full(store: Store) -> datetime:
    """Make an empty store one of the release before, in which everything was done that can be: each kind of message
    and of log entry is in it. Returns the moment of it."""
    made = json.loads(BEFORE.read_text())
    migrate(store, "0007")
    with store.writing() as tx:
        tables = MetaData()
        tables.reflect(tx)
        for table in tables.sorted_tables:
            rows = [
                {name: _typed(table.c[name], row[name]) for name in row} for row in made["rows"].get(table.name, ())
            ]
            if not rows:
                continue
            tx.execute(table.insert(), rows)
            key = next(iter(table.primary_key), None)
            if tx.dialect.name == "postgresql" and key is not None and isinstance(rows[0][key.name], int):
                sequence = func.pg_get_serial_sequence(table.name, key.name)
                tx.execute(select(func.setval(sequence, max(row[key.name] for row in rows))))
    migrate(store)
    return datetime.fromisoformat(made["now"])


def _typed(column: Column[Any], value: Any) -> Any:
    """A value of JSON as the column has it."""
    kind = column.type.python_type
    if value is None or kind not in (datetime, date, time):
        return value
    read = kind.fromisoformat(value)
    return read.replace(tzinfo=UTC) if kind is datetime else read


def a_full_store(url: str) -> None:
    """Make the empty store at `url` one of this release, with data in every table."""
    with closing(Store(url)) as store:
        fill(store, HEAD)


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the database keeps it: lists and dicts are text."""
    return {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in row.items()}
