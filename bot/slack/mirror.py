"""Signs of who is on duty outside the bot's messages: a user group that is them, a channel's topic that names them.

    after each tick ─► who is on duty now? ─► unlike what the bot made of it last ─► look in Slack ─► change it

Both are settings. They are changed only when different, the group is never emptied, and the topic is changed only while
it is empty or the bot's own text. Where Slack refuses, an admin hears of it once, and it is tried again at the next
change of duty, and when a bot starts, since somebody may have put it right. Two bots may do the same at once, which is
harmless.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.clock import Clock
from bot.slack.channels import Channels
from bot.slack.client import Slack
from bot.slack.trouble import Limited, Passing, SlackRefused, Unclear
from bot.speech import say
from bot.worker import Worker
from models import signs
from models.outbox import Owed, to_person
from models.signs import GROUP, NOT_OURS, TOPIC, Sign, Wanted
from models.store.engine import Store, Tx
from scheduler.change import frame
from scheduler.messages import SignRefused
from scheduler.team import roster, schedule
from scheduler.team.roster import Roster

TOPIC_TEXT = "On call: {who}, until {ends}"
NOBODY_TEXT = "On call: nobody, until {ends}"
LONGEST_TOPIC = 250
EVERY = 20.0  # seconds

log = logging.getLogger(__name__)


class Signs:
    """Keeps the signs of the store's own team: what is wanted of them is set for that."""

    def __init__(self, store: Store, slack: Slack, channels: Channels, clock: Clock, wanted: Wanted) -> None:
        """Nothing is looked at before the first call."""
        self.store, self.slack, self.channels, self.clock, self.wanted = store, slack, channels, clock, wanted
        self.worker = Worker("signs", self.look, EVERY)
        self._looked: set[str] = set()  # at a start, what is in Slack counts: the settings may be others than before

    def look(self) -> float | None:
        """Make the signs what they should be. Returns the seconds to wait where Slack said so. Raises StoreError and
        NoPlan."""
        waits = [self._keep(GROUP, self._group, self._members)] if self.wanted.group else []
        waits += [self._keep(TOPIC, self._topic, topic_of)] if self.wanted.topic else []
        return max((wait for wait in waits if wait), default=None)

    def _keep(
        self, name: str, make: Callable[[Roster, str, Sign], None], of: Callable[[Roster, Clock], str | None]
    ) -> float | None:
        with self.store.reading() as tx:
            team = roster.own(tx)
            sign = signs.named(tx, team.id, name)
        wanted = of(team, self.clock)
        if wanted is None or (name in self._looked and _is_settled(sign, wanted)):
            return None
        try:
            make(team, wanted, sign)
        except (Passing, Unclear) as trouble:
            log.warning("a sign has to wait", extra={"team": team.id, "sign": name, "problem": trouble.problem})
            return trouble.retry_after if isinstance(trouble, Limited) else None
        except SlackRefused as refused:
            self._refused(team, name, wanted, refused.problem)
            self._looked.add(name)
            return None
        with self.store.writing() as tx:
            signs.made(tx, team.id, name, wanted)
        self._looked.add(name)
        return None

    def _members(self, team: Roster, clock: Clock) -> str | None:
        """Who should be in the group, as JSON; None where that would be nobody."""
        members = members_of(team, clock.now(), self.wanted.always)
        return json.dumps(members) if members else None

    def _group(self, team: Roster, wanted: str, sign: Sign) -> None:
        group, members = self.slack.group_id(self.wanted.group or ""), json.loads(wanted)
        if sorted(self.slack.group_members(group)) != members:
            self.slack.set_group_members(group, members)
            log.info("the user group was changed", extra={"team": team.id, "members": len(members)})

    def _topic(self, team: Roster, wanted: str, sign: Sign) -> None:
        self.channels.within(team.facts.channel, lambda channel: self._set_topic(team, wanted, sign, channel))

    def _set_topic(self, team: Roster, wanted: str, sign: Sign, channel: str) -> None:
        now = self.slack.topic(channel)
        if now == wanted:
            return
        if now not in ("", sign.made, sign.under_way):
            raise SlackRefused(NOT_OURS)
        # Else a bot that dies, or hears nothing from Slack, would take its own text for somebody else's afterwards.
        with self.store.writing() as tx:
            signs.begins(tx, team.id, TOPIC, wanted, now)
        self.slack.set_topic(channel, wanted)
        log.info("the topic was changed", extra={"team": team.id})

    def _refused(self, team: Roster, name: str, wanted: str, problem: str) -> None:
        log.warning(
            "Slack refuses a sign; an admin is told once", extra={"team": team.id, "sign": name, "problem": problem}
        )
        with self.store.writing() as tx:
            signs.refused(tx, team.id, name, wanted, problem)
            tell_an_admin(tx, team, name, problem, self.clock)


def _is_settled(sign: Sign, wanted: str) -> bool:
    """Whether it is what is wanted, or Slack would not have that."""
    return sign.under_way is None and wanted in (None if sign.problem else sign.made, sign.refused)


def members_of(team: Roster, now: datetime, always: Iterable[str] = ()) -> list[str]:
    """The member ids of whoever is on duty at `now`, and of those who are `always` in the group."""
    stretch = team.duty.at(now)
    on_duty = team.people[stretch.who].slack if stretch and stretch.who else None
    return sorted({*always, *([on_duty] if on_duty else [])})


def topic_of(team: Roster, clock: Clock) -> str | None:
    """The topic that names who is on call; None before the rotation starts."""
    stretch = schedule.on_duty(team, clock.now())
    if stretch is None:
        return None
    ends = say.moment(stretch.ends, team.hours.zone)
    if stretch.who is None:
        return NOBODY_TEXT.format(ends=ends)
    return TOPIC_TEXT.format(who=team.name(stretch.who), ends=ends)[:LONGEST_TOPIC]


def tell_an_admin(tx: Tx, team: Roster, name: str, problem: str, clock: Clock) -> None:
    """One explanation to the first admin whom Slack knows, once for each reason."""
    admin = next((who for who in team.admins if team.people[who].slack), None)
    if admin:
        facts = SignRefused(name, problem)
        now = clock.now()
        frame.owe(tx, team, [Owed(facts, f"{name}/{problem}", to_person(admin), now)], now)


def scopes(wanted: Wanted) -> Sequence[str]:
    """What the wanted signs need of the token besides what the bot needs anyway."""
    group = ("usergroups:read", "usergroups:write") if wanted.group else ()
    topic = ("channels:write.topic", "groups:write.topic") if wanted.topic else ()
    return (*group, *topic)
