"""A second team in the first team's store, made by hand, since a plan is applied for one team only.

Growth has Ines, Maya, who is in the first team too, and Kim, in this order from Mon 23 Nov 2026 on; Kim is its admin.
"""

from bot.plan import file, rows
from bot.plan.model import Plan
from bot.sandbox.records import User
from models import teams
from models.store.engine import Store
from models.teams import VersionFacts
from scheduler.change.frame import Actor, Origin
from tests.kit.cast import NOW, USERS, WEEK_1

METRICS, GROWTH = 1, 2  # the teams' ids
INES, KIM = "U0INES00008", "U0KIM000009"
EVERYBODY = (*USERS, User(INES, "Ines", "ines@example.com"), User(KIM, "Kim", "kim@example.com", role="admin"))
ORDER = ("ines", "maya", "kim")
ITS_PLAN = """\
team:
  name: Growth
  channel: "#random"
  time_zone: Europe/Berlin
  handoff: {weekday: monday, time: "09:00"}
  notice_days: 14
  admins: [kim]
engineers:
  - {id: ines, name: Ines, email: ines@example.com}
  - {id: maya, name: Maya, email: maya@example.com}
  - {id: kim, name: Kim, email: kim@example.com}
rotation: {starts: 2026-11-23, order: [ines, maya, kim]}
pipelines:
  - {slug: signups, name: Sign-ups, area: Growth, purpose: Counts, primary: kim, secondary: maya, why: They know it.}
service_levels:
  - {severity: critical, respond: 15 minutes, resolve: 1 hour}
  - {severity: high, respond: 30 minutes, resolve: 4 hours}
  - {severity: medium, respond: 1 hour, resolve: 8 hours}
  - {severity: low, respond: 4 hours, resolve: 24 hours}
"""


def growth() -> Plan:
    """The second team's plan."""
    return file.read(ITS_PLAN)


def with_growth(store: Store) -> Store:
    """The store with the second team in it, which has not begun to speak."""
    with store.writing() as tx:
        team_id = rows.save(tx, None, growth(), created_at=NOW, speaks_since=None)
        teams.save_version(tx, team_id, VersionFacts(WEEK_1, ORDER, ORDER))
    assert team_id == GROWTH
    return store


def of_growth(who: str, key: str | None = None) -> Actor:
    """Somebody asks for a change of the second team, of which Kim is an admin."""
    return Actor(who, who == "kim", NOW, key, Origin(team=GROWTH))
