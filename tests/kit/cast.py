"""The cast: Toms, Maya, Danny and Rene in the rotation, Robin who is only an admin, a guest, and a stranger.

Toms has the week of Mon 23 Nov 2026, Maya that of 30 Nov, Danny that of 7 Dec, Rene that of 14 Dec, then Toms again. It
is Tue 24 Nov 2026, 10:00 in Berlin.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.plan import apply as plan
from bot.plan import file
from bot.plan.model import Plan, RotationEntry
from bot.sandbox.records import User
from models.store.engine import Store
from tests.kit.databases import Databases, warm

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 10, tzinfo=ZONE).astimezone(UTC)
WEEK_1 = date(2026, 11, 23)

TOMS, MAYA, DANNY, RENE = "U0TOMS00001", "U0MAYA00002", "U0DANNY0003", "U0RENE00004"
ROBIN, GUEST, STRANGER = "U0ROBIN0005", "U0GUEST0006", "U0STRANGER7"
OTHER_TEAM = "T0OTHER0001"  # the workspace that the stranger is of

USERS = (
    User(TOMS, "Toms", "toms@example.com"),
    User(MAYA, "Maya", "maya@example.com"),
    User(DANNY, "Danny", "danny@example.com"),
    User(RENE, "Rene", "rene@example.com"),
    User(ROBIN, "Robin", "robin@example.com", role="admin"),
    User(GUEST, "Gil Guest", "gil@example.com", role="outsider", is_restricted=True),
    User(STRANGER, "Sam Stranger", "sam@elsewhere.example", role="outsider", team_id=OTHER_TEAM),
)

FIRST_TEAM: Plan = file.read(file.PACKAGED)


def from_week_1(proposed: Plan) -> Plan:
    """The same plan, with week 1 of the rotation on Mon 23 Nov 2026."""
    rotation = RotationEntry(starts=WEEK_1, order=proposed.rotation.order)
    return proposed.model_copy(update={"rotation": rotation})


def an_empty_store(database: Databases) -> Store:
    """A store with its tables and nothing in them."""
    return warm(Store(database.migrated()))


def a_store(database: Databases, now: datetime = NOW) -> Store:
    """A store with the first team, made at `now`. Nobody has their Slack id yet."""
    if now == NOW:
        return warm(Store(database.filled(first_team)))
    store = an_empty_store(database)
    plan.first(store, from_week_1(FIRST_TEAM), now)
    return store


def first_team(store: Store) -> None:
    """Put the first team into it, made at NOW."""
    plan.first(store, from_week_1(FIRST_TEAM), NOW)


NAMES = ("Toms", "Maya", "Danny", "Rene", "Ana", "Božena", "François", "Großmann", "Ines", "Jo", "Kim", "Lee")
