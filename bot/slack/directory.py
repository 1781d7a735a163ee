"""Who is who in Slack: member ids by email, who is a full member, and of which enterprise. Nothing is looked up in a
command: those read what is remembered.

    somebody asks ──► known for less than a day? ──no──┐
    Slack tells of a change ──► other than known? ─yes─┤
    the people of the plan, every six hours ───────────┴─► due ─► users.info, twenty a minute ─► the store

What is known counts until the new answer is there.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.slack.client import Member, Slack
from bot.slack.trouble import HALF, Limited, Passing, SlackRefused, SlackTrouble, Unclear
from bot.worker import Worker
from models import outbox, people
from models.outbox import NO_MEMBER, to_person
from models.people import Person
from models.store.engine import Store
from models.store.errors import StoreError

UNKNOWN = "could not look up somebody in Slack"
FRESH = timedelta(hours=6)  # guests become members, and people leave
A_DAY = timedelta(days=1)  # the same of those outside the plan
AGAIN = timedelta(minutes=10)  # until somebody whom Slack did not know, or would not tell of, is looked up again
NEW = timedelta(seconds=30)  # until somebody who came to the plan is looked up: before they are told so
A_MINUTE, AT_MOST = timedelta(minutes=1), 20  # so many look-ups, of the fifty that Slack takes by email (tier 3)
NOBODY = frozenset({"user_not_found", "user_not_visible"})  # definite answers of users.info

log = logging.getLogger(__name__)


def _real_time() -> datetime:
    return datetime.now(UTC)


class Directory:
    """Keeps what one store knows about the members of one workspace."""

    def __init__(
        self, store: Store, slack: Slack, enterprise: str | None = None, now: Callable[[], datetime] = _real_time
    ) -> None:
        """Nothing is looked up before the first call. `enterprise`: the id of the organisation that the workspace is
        of, if it is of one."""
        self.store, self.slack, self.enterprise, self.now = store, slack, enterprise, now
        self.worker = Worker("directory", self.look_up, NEW.total_seconds())
        self.has_looked = threading.Event()
        self._lock = threading.Lock()
        self._seen: dict[str, datetime] = {}  # who asked, and when they were last looked at
        self._asked: set[str] = set()
        self._due: dict[str, datetime] = {}  # who is to be looked up, from when on; those in front first
        self._calls: deque[datetime] = deque()
        self._not_before: datetime | None = None
        self._looked_up: datetime | None = None
        self._emails_looked_up: datetime | None = None
        self._tried: set[tuple[str, str]] = set()
        self._colleagues: frozenset[str] = frozenset()

    def asked(self, slack_id: str) -> None:
        """Somebody asks: if it is not known who they are, or for longer than a day, find out for the next time."""
        now = self.now()
        with self._lock:
            if slack_id in self._seen and now - self._seen[slack_id] < A_DAY:
                return
            self._seen[slack_id] = now
            self._asked.add(slack_id)
        self.worker.wake()

    def is_colleague(self, slack_id: str) -> bool:
        """Whether somebody is known to be a full member of the workspace's own enterprise, in any of its workspaces."""
        return slack_id in self._colleagues

    def changed(self, user: Mapping[str, Any]) -> None:
        """Slack tells that somebody changed, perhaps not for the first time, and late: whoever is remembered, and as
        somebody else, is looked up next. Raises StoreError."""
        try:
            told = self.slack.read_member(dict(user))
        except Unclear as unclear:
            log.warning(UNKNOWN, extra={"problem": unclear.problem})
            return
        with self.store.reading() as tx:
            known = people.remembers(tx, told.id)
        if known is not None and known != (told.full, told.enterprise_id):
            with self._lock:
                self._due = {told.id: self.now(), **self._due}
            self.worker.wake()

    def look_up(self) -> float | None:
        """Find out what is not known yet, or was found out too long ago. Trouble is logged; the next call tries again.
        Returns the seconds until there is more to look up. Raises StoreError."""
        try:
            return self._look_up()
        finally:
            self.has_looked.set()

    def _look_up(self) -> float | None:
        with self._lock:
            asked, self._asked = self._asked, set()
        with self.store.reading() as tx:
            theirs = people.of_any_team(tx)
            self._sort(asked, people.members_checked(tx, asked))
            if self.enterprise:
                self._colleagues = people.of_enterprise(tx, self.enterprise)
        found = self._by_email(theirs)
        if self._looked_up is None or self.now() - self._looked_up >= FRESH:
            self._looked_up = self.now()
            ids = [p.slack for p in theirs if p.slack]
            with self._lock:
                self._due = {**dict.fromkeys(ids, self.now()), **self._due}
        members = [*found.values(), *self._members()]
        try:
            self._save(found, members)
        except StoreError:
            with self._lock:
                self._due = {**dict.fromkeys((member.id for member in members), self.now()), **self._due}
            self._emails_looked_up = None
            raise
        return self._soon()

    def _sort(self, asked: set[str], checked: Mapping[str, datetime]) -> None:
        """Of those who asked: who is to be looked up."""
        now = self.now()
        with self._lock:
            for slack_id in sorted(asked):
                if slack_id in checked and now - checked[slack_id] < A_DAY:
                    self._seen[slack_id] = checked[slack_id]
                else:
                    self._due.setdefault(slack_id, now)
            self._seen = {who: at for who, at in self._seen.items() if now - at < A_DAY}

    def _by_email(self, theirs: list[Person]) -> dict[str, Member]:
        """The members for people of whom neither the plan nor the store knows one, by their own ids."""
        if self._emails_looked_up is None or self.now() - self._emails_looked_up >= AGAIN:
            self._emails_looked_up = self.now()
            self._tried = set()
        found = {}
        for person in theirs:
            if person.slack or not person.email or (person.id, person.email) in self._tried:
                continue
            if not self._may_ask():
                break
            try:
                member = self.slack.by_email(person.email)
            except (SlackRefused, Unclear) as trouble:
                self._trouble(trouble, person=person.id)
                if isinstance(trouble, Passing | Unclear) and trouble.problem != HALF:
                    break  # the others would wait as long for nothing; all are asked for again at once
                member = None
            self._tried.add((person.id, person.email))
            if member:
                found[person.id] = member
        return found

    def _members(self) -> list[Member]:
        """Those who are due, as far as Slack tells of them now."""
        found = []
        for slack_id in [who for who, at in self._due.items() if at <= self.now()]:
            if not self._may_ask():
                break
            with self._lock:  # before Slack is asked: what changes meanwhile is due anew
                self._due.pop(slack_id, None)
            try:
                found.append(self.slack.member(slack_id))
            except (SlackRefused, Unclear) as trouble:
                if trouble.problem in NOBODY:
                    found.append(Member(slack_id, full=False))
                elif self._comes_last(slack_id, trouble):
                    break
        return found

    def _comes_last(self, slack_id: str, trouble: SlackTrouble) -> bool:
        """Who could not be looked up is, later, behind the others. Returns whether those have to wait, too."""
        self._trouble(trouble, member=slack_id)
        passes = isinstance(trouble, Passing | Unclear)
        waits = timedelta(0) if isinstance(trouble, Limited) else NEW if passes else AGAIN
        with self._lock:
            self._due[slack_id] = self.now() + waits
        return passes

    def _may_ask(self) -> bool:
        """Whether Slack may be asked now: then it counts as asked."""
        now = self.now()
        while self._calls and now - self._calls[0] >= A_MINUTE:
            self._calls.popleft()
        if self.worker.stopping or len(self._calls) >= AT_MOST or (self._not_before and now < self._not_before):
            return False
        self._calls.append(now)
        return True

    def _trouble(self, trouble: SlackTrouble, **whose: str) -> None:
        log.warning(UNKNOWN, extra={**whose, "problem": trouble.problem})
        if isinstance(trouble, Limited):
            self._not_before = self.now() + timedelta(seconds=trouble.retry_after)

    def _soon(self) -> float | None:
        """The seconds until somebody is due, and may be asked for; None where nobody is."""
        with self._lock:
            due = min(self._due.values(), default=None)
        if due is None:
            return None
        free = [self._calls[0] + A_MINUTE] if len(self._calls) >= AT_MOST else []
        moments = [due, *free, *([self._not_before] if self._not_before else [])]
        return max((max(moments) - self.now()).total_seconds(), 0.0)

    def _save(self, found: Mapping[str, Member], members: list[Member]) -> None:
        if not members:
            return
        now = self.now()
        with self.store.writing() as tx:
            for person_id, member in found.items():
                people.found_in_slack(tx, person_id, member.id)
                outbox.retry_refused(tx, audience=to_person(person_id), problems=[NO_MEMBER])
            for member in members:
                people.remember_member(tx, member.id, member.full, member.enterprise_id, now)
            if self.enterprise:
                self._colleagues = people.of_enterprise(tx, self.enterprise)
