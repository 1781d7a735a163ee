"""Load, decide, owe: run it as often as you like, from as many processes as you like.

jobs ─► tick ─► record what has passed ─► due ─► outbox.owe          then delivery takes over
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models import outbox, preferences, requests, teams
from models.outbox import CHANNEL, Owed
from models.requests import CoverRequest
from models.store.engine import Store, Tx
from models.store.errors import StoreError
from scheduler import due, due_picture
from scheduler.change import alarm, announce, quiet, told
from scheduler.covers import reminders
from scheduler.messages import ASKS, Announcement, Greeting
from scheduler.team import record, roster
from scheduler.team.requests import is_over
from scheduler.team.roster import Roster

LOOKS_BACK = timedelta(weeks=6)  # for requests whose days have passed since, be it that the bot was down


def tick(store: Store, now: datetime) -> list[Owed]:
    """Record what has passed and owe what is due. Returns what was owed for the first time. Raises NoPlan."""
    return [owed for _, owed in tick_of_each(store, now)]


def tick_of_each(store: Store, now: datetime) -> list[tuple[Roster, Owed]]:
    """Tick, and return each message that was owed for the first time beside the team that owes it. A team that the
    store keeps from ticking, as while somebody holds its lock, keeps none of the others from it: that is raised at the
    end."""
    with store.reading() as tx:
        behind = [team.id for team in roster.load_all(tx) if record.is_behind(team, now) or _unsaid(tx, team, now)]
    found: list[tuple[Roster, Owed]] = []
    trouble: StoreError | None = None
    for team_id in behind:
        try:
            found += _tick(store, team_id, now)
        except StoreError as error:
            trouble = trouble or error
    if trouble:
        raise trouble
    return found


def _tick(store: Store, team_id: int, now: datetime) -> list[tuple[Roster, Owed]]:
    """One team's, in a transaction of its own."""
    with store.writing() as tx:
        team = record.what_has_passed(tx, roster.load(tx, teams.lock(tx, team_id)), now)
        return [(team, owed) for owed in outbox.owe_all(tx, team.id, _unsaid(tx, team, now), now)]


def preview(store: Store, now: datetime) -> list[tuple[Roster, Owed]]:
    """What `tick` would owe, each beside its team. Writes nothing."""
    with store.reading() as tx:
        return [(team, owed) for team in roster.load_all(tx) for owed in _unsaid(tx, team, now)]


def begin_to_speak(store: Store, now: datetime) -> None:
    """Each team is told things from now on, beginning with a greeting; what was due before is never said. Once."""
    with store.reading() as tx:
        silent = [team.id for team in roster.load_all(tx) if team.facts.speaks_since is None]
    for team_id in silent:
        _begin_to_speak(store, team_id, now)


def _begin_to_speak(store: Store, team_id: int, now: datetime) -> None:
    with store.writing() as tx:
        facts = roster.load(tx, teams.lock(tx, team_id)).facts
        if facts.speaks_since is None:
            teams.begin_to_speak(tx, facts.id, now)
            outbox.owe(tx, facts.id, Owed(Greeting(), "team", CHANNEL, now), now)


def _unsaid(tx: Tx, team: Roster, now: datetime) -> list[Owed]:
    open_requests = requests.open_after(tx, team.id, team.hours.on_call_day(now) - LOOKS_BACK)
    chosen = preferences.of_team(tx, team.id)
    cannot = requests.who_cannot(tx, [request.id for request in open_requests])
    candidates = due.now_due(team, now, chosen) + reminders.now_due(team, open_requests, now, cannot)
    candidates += _lapsed(tx, team, open_requests, now) + due_picture.now_due(tx, team, now)
    holidays = {str(h.id): h for h in due.holidays_to_announce(team, now)}
    asked = [(owed.kind, owed.about) for owed in candidates] + [(Announcement.kind, about) for about in holidays]
    said = outbox.known(tx, team.id, asked)
    unsaid = [h for about, h in holidays.items() if (Announcement.kind, about) not in said]
    announced = announce.now_due(tx, team, unsaid, now)
    fresh = [owed for owed in candidates if (owed.kind, owed.about) not in said]
    owed = alarm.now_due(tx, team, [*fresh, *announced], now)
    return [quiet.waiting(team, each, chosen, now) for each in owed]


def _lapsed(tx: Tx, team: Roster, open_requests: Sequence[CoverRequest], now: datetime) -> list[Owed]:
    """Everyone asked sees that the days of a request have passed."""
    today = team.hours.on_call_day(now)
    over = [request for request in open_requests if is_over(team, request, today)]
    said = (m for request in over for m in outbox.of_subject(tx, team.id, ASKS, str(request.id)))
    return [told.edit(message, "lapsed", now) for message in said]
