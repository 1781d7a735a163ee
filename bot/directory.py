"""Who is who in Slack: member ids by email, and who is a full member. Looked up at start and by the tick, never in a
command: those read what the store remembers."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from bot.slack import Slack
from bot.slack_trouble import NO_MEMBER, Refused, Unclear
from bot.worker import Worker
from models import outbox, people
from models.outbox import to_person
from models.people import Person
from models.store import Store
from scheduler import roster

UNKNOWN = "could not look up somebody in Slack"
FRESH = timedelta(hours=6)  # guests become members, and people leave
AGAIN = timedelta(minutes=10)  # until somebody whom Slack did not know is looked up again
NEW = timedelta(seconds=30)  # until somebody who came to the plan is looked up: before they are told so

log = logging.getLogger(__name__)


class Directory:
    """Keeps what one store knows about the members of one workspace."""

    def __init__(self, store: Store, slack: Slack) -> None:
        """Nothing is looked up before the first call."""
        self.store, self.slack = store, slack
        self.worker = Worker("directory", self.look_up, NEW.total_seconds())
        self.has_looked = threading.Event()
        self._lock = threading.Lock()
        self._asked: set[str] = set()
        self._seen: set[str] = set()
        self._looked_up: datetime | None = None
        self._emails_looked_up: datetime | None = None
        self._tried: set[tuple[str, str]] = set()

    def asked(self, slack_id: str) -> None:
        """Somebody asks: if it is not known yet whether they are a full member, find out for the next time."""
        with self._lock:
            if slack_id in self._seen:
                return
            self._seen.add(slack_id)
            self._asked.add(slack_id)
        self.worker.wake()

    def look_up(self) -> None:
        """Find out what is not known yet, or was found out too long ago. Trouble is logged; the next call tries again.
        Raises StoreError and NoPlan."""
        try:
            self._look_up(datetime.now(UTC))
        finally:
            self.has_looked.set()

    def _look_up(self, now: datetime) -> None:
        with self._lock:
            asked, self._asked = self._asked, set()
        everything = self._looked_up is None or now - self._looked_up >= FRESH
        with self.store.reading() as tx:
            known = roster.load(tx)
            ids = {who for who in asked if people.is_full_member(tx, who) is None}
        theirs = [p for p in known.people.values() if p.listed]
        found = self._by_email(theirs, now)
        if everything:
            ids |= {p.slack for p in theirs if p.slack} | set(found.values())
            self._looked_up = now
        self._save(found, self._members(ids), now)

    def _by_email(self, theirs: list[Person], now: datetime) -> dict[str, str]:
        """The member ids of people of whom neither the plan nor the store knows one, by their own ids."""
        if self._emails_looked_up is None or now - self._emails_looked_up >= AGAIN:
            self._emails_looked_up = now
            self._tried = set()
        found = {}
        for person in theirs:
            if person.slack or not person.email or (person.id, person.email) in self._tried:
                continue
            self._tried.add((person.id, person.email))
            try:
                member = self.slack.by_email(person.email)
            except (Refused, Unclear) as trouble:
                log.warning(UNKNOWN, extra={"person": person.id, "problem": trouble.problem})
                continue
            if member:
                found[person.id] = member.id
        return found

    def _members(self, ids: set[str]) -> dict[str, bool]:
        found = {}
        for slack_id in sorted(ids):
            try:
                found[slack_id] = self.slack.member(slack_id).full
            except (Refused, Unclear) as trouble:
                log.warning(UNKNOWN, extra={"member": slack_id, "problem": trouble.problem})
                with self._lock:
                    self._asked.add(slack_id)
        return found

    def _save(self, found: dict[str, str], members: dict[str, bool], now: datetime) -> None:
        if not found and not members:
            return
        with self.store.writing() as tx:
            for person_id, slack_id in found.items():
                people.found_in_slack(tx, person_id, slack_id)
                outbox.retry_refused(tx, audience=to_person(person_id), problems=[NO_MEMBER])
            for slack_id, full in members.items():
                people.remember_member(tx, slack_id, full, now)
