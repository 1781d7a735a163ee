"""The App Home of whoever looks at it: gathered from the store, and published.

    opened, pressed, form sent ─► a thread of the pool ─► gather ─► talk/home ─► views.publish

What a press in the home is answered stands at the top of it until the next opening; what is long to read opens above.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.clock import Clock
from bot.desk import Desk
from bot.slack.client import Slack
from bot.slack.trouble import Passing, SlackRefused, SlackTrouble, Unclear
from bot.speech.ask import Answer, Asker, Press, Reply
from bot.speech.blocks import say
from bot.speech.parts.buttons import CALENDAR, CALENDAR_ACTION, RUNBOOK, RUNBOOK_ACTION, RUNBOOKS_ACTION
from bot.speech.refusals import refusal
from bot.talk.home import words as views
from bot.talk.home.requests import MOST
from bot.talk.home.words import Home
from models import requests
from models.store.engine import Tx
from models.store.errors import StoreError
from scheduler.change.frame import ANYWHERE, Origin
from scheduler.covers.inbox import Concern, concerning
from scheduler.rule.hours import ONE_DAY
from scheduler.team import roster, schedule
from scheduler.team.covers import able
from scheduler.team.roster import NoPlan, Roster

UNSHOWN = "a home could not be shown"
UNOPENED = "a modal could not be opened"
TOO_LATE = "That took too long, so nothing opened. Press again."
PERHAPS_OPEN = "Slack took too long to answer. If nothing has opened, press again."
FROM_HOME = "/home"  # behind the callback id of a form that was opened there
READ_ABOVE = {RUNBOOK_ACTION: RUNBOOK, RUNBOOKS_ACTION: RUNBOOK, CALENDAR_ACTION: CALENDAR}  # actions, and their titles

log = logging.getLogger(__name__)


class Homes:
    """The homes of one workspace's members. Call it in a thread that may wait for Slack."""

    def __init__(self, desk: Desk, slack: Slack, clock: Clock) -> None:
        """Nothing is published before the first call."""
        self._desk, self._slack, self._clock = desk, slack, clock
        self._locks: dict[str, threading.Lock] = {}

    def publish(
        self, asker: Asker, notice: Reply | None = None, over: str | None = None, origin: Origin = ANYWHERE
    ) -> None:
        """Show them their home as things are now, of the team that `origin` means; `over`: the hash of the one that
        they pressed in. What goes wrong is logged, without what was to be shown, and where the home can't be drawn or
        Slack would not have it, they read the notice alone."""
        if asker.slack_id is None:
            return
        # Of two presses the later one must not be overtaken by what was gathered before it: here they wait for each
        # other, and where another bot answers one of them, its hash tells. Then it is gathered again.
        with self._locks.setdefault(asker.slack_id, threading.Lock()):
            try:
                if not self._slack.publish_home(asker.slack_id, self._view(asker, notice, origin), over):
                    self._slack.publish_home(asker.slack_id, self._view(asker, notice, origin))
            except SlackTrouble as trouble:
                log.warning(UNSHOWN, extra={"team": origin.team, "problem": trouble.problem})
                if isinstance(trouble, SlackRefused) and not isinstance(trouble, Passing):
                    self._publish_less(asker.slack_id, notice, origin)
            except Exception:  # whatever it was: what they pressed may be done, and they are to read so
                log.exception(UNSHOWN, extra={"team": origin.team})
                self._publish_less(asker.slack_id, notice, origin)

    def _publish_less(self, slack_id: str, notice: Reply | None, origin: Origin) -> None:
        try:
            self._slack.publish_home(slack_id, views.undrawn(self._desk, notice))
        except SlackTrouble as trouble:
            log.warning(UNSHOWN, extra={"team": origin.team, "problem": trouble.problem})

    def answer(self, press: Press, trigger: str, answer: Answer, over: str | None) -> None:
        """Answer a press in the home with the hash `over`: open what opens above it, and show it anew."""
        modal, notice = answer.modal, answer.reply
        if modal:
            modal = {**modal, "callback_id": f"{modal.get('callback_id', '')}{FROM_HOME}"}
        elif notice and press.action in READ_ABOVE:
            modal, notice = views.reading(READ_ABOVE[press.action], notice), None
        if modal:
            notice = self._open(trigger, modal, press.team) or notice
        self.publish(press.asker, notice, over, press.origin)

    def _open(self, trigger: str, modal: dict[str, Any], team_id: int | None) -> Reply | None:
        """Open it; without its pictures where Slack would not have it with them, which it fetches first. Returns what
        to say where it did not open."""
        try:
            self._slack.open_modal(trigger, modal)
        except SlackTrouble as trouble:
            words = [block for block in modal["blocks"] if block["type"] != "image"]
            if isinstance(trouble, SlackRefused) and len(words) < len(modal["blocks"]):
                return self._open(trigger, {**modal, "blocks": words}, team_id)
            return unopened(trouble, team_id)
        return None

    def _view(self, asker: Asker, notice: Reply | None, origin: Origin) -> dict[str, Any]:
        try:
            with self._desk.store.reading() as tx:
                facts = gather(tx, asker, self._clock.now(), origin.team)
        except (StoreError, NoPlan) as error:
            return views.alone(refusal(error, origin.team))
        return views.home(self._desk, facts, self._warned(notice))

    def _warned(self, notice: Reply | None) -> Reply | None:
        """What stands at the top, and above it that the clock is off: nothing that somebody presses would be saved."""
        off = self._clock.off()
        if off is None or (notice and off.sentence in notice.text):
            return notice
        warning = say(off.sentence)
        return Reply(warning.text, [*warning.blocks, *(notice.blocks if notice else [])])


def unopened(trouble: SlackTrouble, team_id: int | None) -> Reply:
    """What somebody reads for whom nothing of a team opened: a trigger is good for three seconds."""
    log.warning(UNOPENED, extra={"team": team_id, "problem": trouble.problem})
    return say(PERHAPS_OPEN if isinstance(trouble, Unclear) else TOO_LATE)


def gather(tx: Tx, asker: Asker, now: datetime, team_id: int | None) -> Home:
    """What the home of `asker` shows of a team (None: the store's own). Raises NoPlan and StoreError."""
    team, pipelines = roster.load_with_pipelines(tx, team_id)
    me = asker.person(team)
    facts = Home(team, now, pipelines)
    if me is None or not me.listed:
        return facts
    today = team.hours.on_call_day(now)
    request = requests.ending_after(tx, team.id, today - ONE_DAY)
    answers = requests.answers_to(tx, [each.id for each in request if each.id])
    concern = concerning(team, me.id, request, answers, now)
    return replace(
        facts,
        me=me,
        on_call=[days for days in schedule.duties(team, me.id, today) if days.first > today],
        off=[h for h in team.holidays if h.person_id == me.id and h.until > team.hours.date_of(now)],
        concern=concern,
        answers=answers,
        able=_settled_with(team, concern, today) if asker.is_admin(team) else None,
    )


def _settled_with(team: Roster, concern: Concern, today: date) -> Mapping[int, Sequence[str]]:
    return {request.id or 0: able(team, request, today) for request in concern.others[:MOST]}
