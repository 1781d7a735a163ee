"""Whatever Slack does, in whatever order: nothing is lost, and nothing is doubled within the bound.

Where the history can't be read, what comes twice says so, and nothing else ever does. Beyond the bound nobody knows.

Real time is let pass by hand, so that late effects of half a minute cost nothing. `make torture` goes through many more
sequences, and says how long the bot took to recover.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, update

from bot.delivery.voice import MAYBE_REPEATED
from bot.pace import Pace
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.tiers import CallTally
from models import outbox
from models.outbox import CHANNEL, EDIT, SAID, Owed, to_person
from models.schema.tables import ChannelRow, OutboxRow, PaceRow
from scheduler import trouble
from scheduler.messages import Greeting, PictureAsked, PictureFollows, TroubleNews, UnknownMessage
from tests.kit.databases import Databases
from tests.kit.passing import PatientLater, let_pass
from tests.kit.stage import Stage, a_stage

# How many sequences on each database: a slice, unless told otherwise.
SEQUENCES = int(os.environ.get("TORTURE_SEQUENCES", "30"))

PACE = Pace(3600, 0.5, 30, between=0, a_minute=None)
POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
UPLOADS = ("files.getUploadURLExternal", "files.completeUploadExternal")
AUDIENCES = (CHANNEL, to_person("maya"), to_person("toms"))
MINUTE = timedelta(minutes=1)

# With these, what is in flight lands within its bound, and whoever looks finds it.
FAULTS = {
    "none": Fault.none(),
    "429": Fault.rate_limited(20),
    "429, without a word of when": Fault.rate_limited(None),
    "500": Fault.http_error(500),
    "503, accepted": Fault.http_error(503, accepted=True),
    "internal_error": Fault.api_error("internal_error"),
    "fatal_error, accepted": Fault.api_error("fatal_error", accepted=True),
    "dropped": Fault.dropped_before_accepting(),
    "dropped, accepted": Fault.dropped_after_accepting(),
    "truncated": Fault.truncated(),
    "half an answer": Fault.half_an_answer(),
    "half an answer, not accepted": Fault.half_an_answer(accepted=False),
    "a proxy's page": Fault.no_json(),
    "a proxy's page, not accepted": Fault.no_json(accepted=False),
    "late": Fault.late_effect(10),
    "at the bound": Fault.late_effect(29.9),
    "rate_limited in a 200": Fault.api_error("rate_limited"),
    "being moved": Fault.api_error("team_added_to_org"),
    "too many messages": Fault.api_error("message_limit_exceeded"),
    "unknown to us": Fault.api_error("invented_tomorrow"),
}
UNKNOWN = ("503, accepted", "dropped", "dropped, accepted", "truncated", "half an answer, not accepted", "late")
NOT_READ = (
    *("429", "500", "dropped", "truncated", "internal_error", "half an answer", "a proxy's page"),
    *("rate_limited in a 200", "being moved", "too many messages", "unknown to us"),
)
REFUSALS = {
    error: Fault.api_error(error)
    for error in ("not_in_channel", "channel_not_found", "is_archived", "invalid_auth", "user_not_found", "no_text")
}
# With these nobody can know.
BEYOND = {"beyond the bound": Fault.late_effect(200)}
UNREADABLE = {error: Fault.api_error(error) for error in ("not_in_channel", "missing_scope")}

WORST: dict[str, timedelta] = {}  # how long it took to recover at the worst, by database


class Storm(RuleBasedStateMachine):
    """Messages, faults and time, in any order."""

    stage: ClassVar[Stage]
    later: ClassVar[PatientLater]

    def __init__(self) -> None:
        super().__init__()
        self.count, self.may_not_know, self.passed = 0, False, timedelta(0)
        self.hidden, self.beyond = False, False
        self.stage.slack.faults.disarm()
        self.stage.slack.workspace.timeline.clear()
        with self.stage.store.writing(wakes=False) as tx:
            tx.execute(update(OutboxRow).values(edits=None))
            for table in (OutboxRow, ChannelRow, PaceRow):
                tx.execute(delete(table))

    @rule(audience=st.sampled_from(AUDIENCES), urgent=st.booleans(), edited=st.booleans())
    def owe(self, audience: str, urgent: bool, edited: bool) -> None:
        """Owe a message, perhaps with an edit of it."""
        self.count, now = self.count + 1, self.stage.clock.now()
        about = str(self.count)
        with self.stage.store.writing() as tx:
            message_id = outbox.owe(tx, 1, Owed(Greeting(), about, audience, now, urgent=urgent), now)
            if edited:
                facts = UnknownMessage({"of": f"1/{Greeting.kind}/{about}"})
                edit = Owed(facts, f"{about}/edit", audience, now, edits=message_id)
                outbox.owe(tx, 1, edit, now)
        self.go_on(0)

    @rule(audience=st.sampled_from(AUDIENCES[1:]))
    def draw(self, audience: str) -> None:
        """Owe a picture."""
        self.count, now = self.count + 1, self.stage.clock.now()
        with self.stage.store.writing() as tx:
            outbox.owe(tx, 1, Owed(PictureAsked(), str(self.count), audience, now), now)
        self.go_on(0)

    @rule(
        method=st.sampled_from((POST, POST, POST, UPDATE, *UPLOADS)),
        names=st.lists(st.sampled_from([*FAULTS]), min_size=1, max_size=4),
    )
    def fail(self, method: str, names: list[str]) -> None:
        """The next requests fail like this."""
        self.stage.slack.faults.arm(method, *(FAULTS[name] for name in names))

    @rule(method=st.sampled_from((HISTORY, HISTORY, "conversations.open")), name=st.sampled_from(NOT_READ))
    def fail_to_look_up(self, method: str, name: str) -> None:
        """The history cannot be read just now."""
        self.stage.slack.faults.arm(method, FAULTS[name])

    @rule(
        audience=st.sampled_from(AUDIENCES),
        name=st.sampled_from(UNKNOWN),
        names=st.lists(st.sampled_from(NOT_READ), min_size=1, max_size=3),
    )
    def lose_sight(self, audience: str, name: str, names: list[str]) -> None:
        """Nobody knows what came of a post, and the history, which would tell, cannot be read just now."""
        self.stage.slack.faults.arm(POST, FAULTS[name])
        self.stage.slack.faults.arm(HISTORY, *(FAULTS[name] for name in names))
        self.owe(audience, urgent=False, edited=False)
        self.go_on(45)

    @rule(method=st.sampled_from((POST, UPDATE)), name=st.sampled_from([*REFUSALS]))
    def refuse(self, method: str, name: str) -> None:
        """Slack will not have the next one."""
        self.stage.slack.faults.arm(method, REFUSALS[name])

    @initialize(may_not=st.booleans())
    def keep_within_the_bound(self, may_not: bool) -> None:
        """In half of the sequences it can be known what became of each attempt."""
        self.may_not_know = may_not

    @precondition(lambda self: self.may_not_know)
    @rule(name=st.sampled_from([*BEYOND]))
    def be_very_late(self, name: str) -> None:
        """The next post is there minutes later."""
        self.beyond = True
        self.stage.slack.faults.arm(POST, BEYOND[name])

    @precondition(lambda self: self.may_not_know)
    @rule(name=st.sampled_from([*UNREADABLE]))
    def hide_the_history(self, name: str) -> None:
        """The bot may not look it up."""
        self.hidden = True
        self.stage.slack.faults.arm(HISTORY, UNREADABLE[name])

    @precondition(lambda self: self.may_not_know)
    @rule(seconds=st.sampled_from([20, 200]))
    def lag(self, seconds: int) -> None:
        """The history does not tell of the last minutes."""
        self.beyond = True
        self.stage.slack.faults.history_lags = seconds

    @rule(seconds=st.sampled_from([0, 45]))
    def be_away(self, seconds: int) -> None:
        """Nobody listens where Slack was, for a while."""
        with self.stage.slack.refusing():
            self.go_on(seconds)

    @rule()
    def retry_what_waits(self) -> None:
        """Somebody in a hurry has what waits sent again."""
        with self.stage.store.writing() as tx:
            for message in outbox.waiting(tx):
                outbox.retry(tx, message.id)
        self.go_on(0)

    @rule()
    def retry(self) -> None:
        """An admin has what was refused sent again."""
        with self.stage.store.writing() as tx:
            outbox.retry_refused(tx)

    @rule(seconds=st.sampled_from([0, 1, 15, 45, 400]))
    def go_on(self, seconds: int) -> None:
        """Let time pass, and the bot do what it can."""
        passed = timedelta(seconds=seconds)
        self.passed += passed
        let_pass(self.stage.store, passed)
        self.later.let_pass(passed)
        self.stage.slack.workspace.seconds_let_pass += seconds
        self.stage.bot.delivery.deliver()

    def teardown(self) -> None:
        """Slack is well again: everything is said, and what may be a repeat says so."""
        self.hidden = self.hidden or self.passed >= trouble.TRIED_FOR  # an unknown error may have hidden it for so long
        self._recover()
        self.later.let_pass(10 * MINUTE)
        shown = self._shown()
        with self.stage.store.reading() as tx:
            messages = outbox.everything(tx)
        for message in messages:
            if message.kind == TroubleNews.kind or message.about.startswith(f"1/{TroubleNews.kind}/"):
                continue  # needless where it was settled before anybody could be told
            assert message.state == SAID, message
            if message.kind == EDIT:
                assert any(m.edited for m in shown[str(message.facts["of"])]), message
            elif message.kind != PictureFollows.kind:
                self._check_once(shown[message.key])
        files = Counter(f.name for m in self.stage.slack.workspace.timeline for f in m.files)
        assert len(files) == sum(m.kind == PictureFollows.kind for m in messages)
        assert self.hidden or self.beyond or set(files.values()) <= {1}, files
        assert self.hidden or not any("repeat" in title for title in self._titles())

    def _recover(self) -> None:
        self.stage.slack.faults.disarm()
        took = timedelta(0)
        while True:
            with self.stage.store.writing(wakes=False) as tx:
                outbox.retry_refused(tx)
                left = outbox.waiting(tx)
            if not left:
                break
            assert took < 20 * MINUTE, left
            self.go_on(15)
            took += timedelta(seconds=15)
        kind = self.stage.store.engine.dialect.name
        WORST[kind] = max(WORST.get(kind, took), took)

    def _shown(self) -> dict[str, list[Any]]:
        shown: dict[str, list[Any]] = {}
        for message in self.stage.slack.workspace.timeline:
            if message.metadata:
                shown.setdefault(message.metadata["event_payload"]["key"], []).append(message)
        return shown

    def _titles(self) -> list[str]:
        return [file.title for message in self.stage.slack.workspace.timeline for file in message.files]

    def _check_once(self, shown: list[Any]) -> None:
        assert shown, "lost"
        words = [m.words() for m in shown]
        marked = [MAYBE_REPEATED.strip("_") in said for said in words]
        assert self.hidden or not any(marked), words
        assert self.hidden or self.beyond or len(shown) == 1, words
        if not self.beyond:
            # An edit takes the mark away; it cannot know of it.
            assert sum(not mark and not m.edited for mark, m in zip(marked, shown, strict=True)) <= 1, words


@contextmanager
def a_storm(database: Databases) -> Iterator[type[Storm]]:
    """The machine, over a stage that all its sequences share."""
    later = PatientLater()
    with a_stage(database, pace=PACE, later=later) as stage:

        class Here(Storm):
            pass

        Here.stage, Here.later = stage, later
        yield Here
        stage.slack.workspace.tally = CallTally()  # minutes pass by hand here, and faults ask for more calls


@pytest.mark.slow
def test_any_sequence_of_faults_loses_nothing_and_doubles_nothing(
    database: Databases, record_property: Callable[..., None]
) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    with a_storm(database) as storm:
        run_state_machine_as_test(
            storm,
            settings=settings(max_examples=SEQUENCES, stateful_step_count=15, suppress_health_check=checks),
        )
    worst = WORST[database.kind]
    told = f"{database.kind}: {SEQUENCES} sequences of faults, settled {worst} after the last at the worst"
    record_property("faults", told)
