"""A store of the release before, in which everything was done that can be: read, said, changed, undone, pressed."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import select, update

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Asker, BadFields, Press
from bot.talk import posts, presses
from bot.talk.log import lines
from bot.talk.posts import render
from bot.talk.telling import UnknownKind
from models import changes, holidays, outbox
from models.changes import Change, ChangeFacts
from models.outbox import CHANNEL, EDIT, NEEDLESS, OWED, SAID, Message, MessageFacts, Owed
from models.schema.plain import plain
from models.schema.tables import OutboxRow
from models.store.engine import Store
from scheduler import entries, messages, tick
from scheduler import holidays as time_off
from scheduler.change.frame import Actor
from scheduler.covers import agree, ask
from scheduler.messages import Greeting, Shared
from scheduler.people import undo
from scheduler.team import roster
from tests.kit.cast import MAYA, ROBIN
from tests.kit.databases import Databases
from tests.kit.released import fill_in_full
from tests.kit.stage import RUNBOOKS, Stage

pytestmark = [pytest.mark.both, pytest.mark.slow]

A_YEAR = timedelta(days=365)
# What it did not know.
NEW = {"away", "gap-run", "no-answer", "no-answer-still", "duty accepted", "duty.got-it", "holiday.cancel-other"}
HAVE_PASSED = {"duty", "reminder-day", "handoff-picture"}  # all that it holds of these are about what is over


@dataclass(frozen=True)
class Before:
    """A store of the release before, and the moment of it."""

    store: Store
    now: datetime

    @property
    def messages(self) -> list[Message]:
        """All that was owed, in order."""
        with self.store.reading() as tx:
            return sorted(outbox.everything(tx), key=lambda message: message.id)

    @property
    def log(self) -> list[Change]:
        """All that was changed, in order."""
        with self.store.reading() as tx:
            return changes.listed_all(tx, 1)

    def by(self, who: str | None, *, is_admin: bool = False) -> Actor:
        """Somebody who changes something, a moment later."""
        return Actor(who, is_admin, self.now + timedelta(minutes=1))


@pytest.fixture
def before(database: Databases) -> Iterator[Before]:
    """A store of the release before."""
    with closing(Store(database.empty())) as store:
        yield Before(store, fill_in_full(store))


def kind_of(message: Message, all_of_them: list[Message]) -> str:
    """The kind of a message, or of the one that it edits."""
    return next((each.kind for each in all_of_them if each.id == message.edits), message.kind)


def without_nothing(values: Any) -> Any:
    """Plain values without what is None: a field that has nothing is written down or not."""
    return {name: value for name, value in values.items() if value is not None}


def test_each_message_of_it_is_read_and_written_as_it_was(before: Before) -> None:
    owed = before.messages
    assert {message.kind for message in owed} == {*messages.KINDS, EDIT} - NEW
    for message in owed:
        facts = messages.facts(message, kind_of(message, owed))
        assert without_nothing(plain(facts)) == without_nothing(message.facts)
        is_known = not isinstance(facts, messages.UnknownMessage)
        assert is_known or message.state == NEEDLESS, message  # of which nobody reads anything


def test_each_change_of_it_is_read_and_written_as_it_was(before: Before) -> None:
    assert {change.what for change in before.log} == set(entries.KINDS) - NEW
    for change in before.log:
        facts = entries.facts(change)
        assert type(facts) is entries.KINDS[change.what]
        assert plain(facts) == {"before": change.before, "after": change.after}
        assert plain(entries.moved(change)) == (change.effect or plain(entries.moved(replace(change, effect=None))))


def test_each_message_of_it_can_be_said(before: Before) -> None:
    """As if it had just been owed, as an edit of itself, and when it is of no use any more."""
    desk, rendered = Desk(before.store, Library(RUNBOOKS)), set[str]()
    with before.store.reading() as tx:
        team, owed = roster.own(tx), outbox.everything(tx)
        for message in owed:
            if message.state != NEEDLESS and message.kind != Shared.kind:  # that is never rendered
                fresh = replace(message, owed_at=before.now)
                edit = replace(fresh, edits=message.edits or message.id)
                said = [render(tx, desk, team, each, before.now) for each in (fresh, edit)]
                rendered |= {kind_of(message, owed)} if any(said) else set()
    assert {kind.kind for kind in posts.KINDS} - rendered - NEW == HAVE_PASSED


def test_each_change_of_it_is_told_in_words(before: Before) -> None:
    with before.store.reading() as tx:
        team = roster.own(tx)
    told = [lines.lines_of(team, change, "10:00")[0] for change in before.log]
    assert len(told) == len(before.log)
    assert not any("does not know" in line for line in told)
    assert told[0] == "• 10:00: somebody at the terminal applied the first plan: Toms, Maya, Danny, Rene"
    assert "• 10:00: *Toms* declared time off: Thu 24 – Sat 26 Dec 2026" in told


def test_it_goes_on_where_it_was(before: Before) -> None:
    tick.tick(before.store, before.now + timedelta(days=2))
    owed = {message.kind for message in before.messages if message.owed_at > before.now}
    assert "handoff" in owed


def test_what_was_done_before_can_be_undone(before: Before) -> None:
    declared = [change for change in before.log if change.what == time_off.DECLARED][-1]
    pipeline = [change for change in before.log if change.what == "pipeline changed"][-1]
    with before.store.writing() as tx:
        undone = time_off.undo_change(tx, before.by("rene"), declared.id)
        assert undone.exchange.after == ()
        assert "rene" not in {h.person_id for h in holidays.ending_after(tx, 1, date(2027, 1, 25)) if h.note == "last"}
        _, change, _ = undo.undo_change(tx, before.by("robin", is_admin=True), pipeline.id)
        assert change.id == pipeline.id
    facts = entries.facts(before.log[-1])
    assert isinstance(facts, entries.RotationUndone)


def test_requests_of_it_are_withdrawn_and_new_ones_made(before: Before) -> None:
    with before.store.writing() as tx:
        assert agree.withdraw(tx, before.by("maya"), 6).request.state == "withdrawn"
        asked = ask.ask_cover(tx, before.by("maya"), "maya", date(2026, 12, 21), date(2026, 12, 23))
    assert (asked.request.id, asked.request.in_channel) == (7, True)


# What a newer release wrote


@dataclass(frozen=True, slots=True)
class Tomorrow(MessageFacts):
    """A message of a newer release."""

    kind: ClassVar[str] = "from-tomorrow"
    what: str = "something new"


@dataclass(frozen=True, slots=True)
class TomorrowsChange(ChangeFacts):
    """A change of a newer release."""

    what: ClassVar[str] = "thing of tomorrow"
    before: None = None
    after: tuple[str, ...] = ("something", "new")


def test_a_change_of_a_newer_release_is_told_as_such(stage: Stage) -> None:
    now = stage.clock.now()
    with stage.store.writing() as tx:
        changes.record(tx, 1, TomorrowsChange(), at=now, by="toms", about="toms")
    assert "• 10:00: *Toms* made a change that this release does not know: thing of tomorrow" in stage.words(
        MAYA, "/oncall log"
    )


def test_a_message_of_a_newer_release_is_left_to_it(stage: Stage) -> None:
    now = stage.clock.now()
    with stage.store.writing() as tx:
        unknown = outbox.owe(tx, 1, Owed(Tomorrow(), "1", CHANNEL, now), now)
        greeting = outbox.find(tx, 1, Greeting.kind, "team")
        assert greeting is not None
        outbox.owe(tx, 1, Owed(Tomorrow(), "edit", CHANNEL, now, edits=unknown), now)
    before = stage.channel()
    stage.do_what_is_due()
    with stage.store.reading() as tx:
        left = {message.about: message for message in outbox.waiting(tx)}
        assert left["1"].state == OWED
        assert left["1"].facts == {"what": "something new"}
    assert stage.channel() == before
    with stage.store.writing() as tx:  # five minutes later it is overtaken
        tx.execute(update(OutboxRow).where(OutboxRow.id == unknown).values(tried_at=now - A_YEAR))
        outbox.owe(tx, 1, Owed(Greeting(), "again", CHANNEL, now), now)
    stage.do_what_is_due()
    with stage.store.reading() as tx:
        again = outbox.find(tx, 1, Greeting.kind, "again")
    assert again is not None
    assert again.state == SAID


def test_a_message_that_cannot_be_read_is_of_no_known_kind(before: Before) -> None:
    desk = Desk(before.store, Library(RUNBOOKS))
    with before.store.writing() as tx:
        some = tx.scalars(select(OutboxRow.id).where(OutboxRow.kind == "news").limit(1)).one()
        tx.execute(update(OutboxRow).where(OutboxRow.id == some).values(facts={"who": ["toms"]}))
        team, message = roster.own(tx), outbox.by_id(tx, 1, some)
        assert message is not None
        with pytest.raises(UnknownKind):
            render(tx, desk, team, message, before.now)


# What it had posted is answered still

DAYS = json.dumps(["rene", "2027-12-14", "2027-12-18", "maya"])
OFF = json.dumps(["toms", "2027-12-24", "2027-12-25", None])
QUIET = ("handoff.got-it", "holiday.leave", "oncall.share", "short.got-it")  # what was pressed goes, or shows it
PRESSES = [  # the id of each button and menu of the release before, and what it carried
    ("feed.new", ""),
    ("feed.revoke", ""),
    ("handoff.got-it", "2026-12-14"),
    ("handoff.runbook", "aggregate-engagement"),
    ("holiday.cancel", OFF),
    ("holiday.declare", OFF),
    ("holiday.declare", json.dumps(["toms", "2027-11-24", "2027-11-25", "a note"])),
    ("holiday.declare-other", OFF),
    ("holiday.leave", ""),
    ("holiday.list", ""),
    ("holiday.open", ""),
    ("holiday.open", "2027-12-14"),
    ("holiday.public", "2026-12-24"),
    ("holiday.undo", "48"),
    ("log.older", "2/"),
    ("log.older", "20/toms"),
    ("oncall.calendar", ""),
    ("oncall.days", "2027-12-14/2027-12-14"),
    ("oncall.fairness", ""),
    ("oncall.fairness", "2026"),
    ("oncall.help", ""),
    ("oncall.now", ""),
    ("oncall.page", "2027-02-22/7"),
    ("oncall.schedule", "8"),
    ("oncall.share", ""),
    ("owners.open", "aggregate-growth"),
    ("pipelines.one", "aggregate-engagement"),
    ("request.accept-part", "1/danny"),
    ("request.ask", DAYS),
    ("request.ask-other", DAYS),
    ("request.back", "1"),
    ("request.cant", "4"),
    ("request.more", "6"),
    ("request.need", ""),
    ("request.need", "2027-01-11"),
    ("request.part", "5"),
    ("request.settle", "5/danny"),
    ("request.take", "5"),
    ("request.week", "4"),
    ("request.widen", "5"),
    ("request.withdraw", "5"),
    ("roster.add", ""),
    ("roster.pause", ""),
    ("roster.remove", ""),
    ("roster.reorder", ""),
    ("roster.undo", "2"),
    ("runbook.open", "aggregate-engagement"),
    ("runbook.page", "daily-growth/rest/1"),
    ("runbook.place", "daily-growth/0"),
    ("runbook.section.contacts", "aggregate-engagement"),
    ("runbook.section.issues", "aggregate-engagement"),
    ("runbook.section.monitoring", "aggregate-engagement"),
    ("runbook.section.overview", "aggregate-engagement"),
    ("runbook.section.rest", "daily-growth"),
    ("runbook.section.steps", "aggregate-engagement"),
    ("settings.open", ""),
    ("short.cant", "danny/2026-11-30/4"),
    ("short.got-it", "danny/2026-11-30/4"),
    ("short.undo", "1/"),
    ("short.undo", "1/10"),
    ("take.give-back", "1"),
    ("trouble.again", "3"),
    ("trouble.drop", "3"),
]
OWNERS = {"slug": "daily-growth", "was": ["rene", "toms"], "primary": "danny", "secondary": "toms", "why": "Knows it"}
WISH = {"what": "engineer removed", "starts": "2027-09-06", "who": "rene", "seen": "91bd3ad22187a6fa"}
NO_MORE: dict[str, object] = {"until": None, "order": [], "name": None, "email": None}
SENT: list[
    tuple[str, str, dict[str, str | None]]
] = [  # the id of each form, what it carried, and what was typed or chosen
    ("holiday.modal", "", {"first": "2027-12-24", "last": "2027-12-25", "note": "skiing"}),
    ("owners.form", "daily-growth", {"primary": "danny", "secondary": "toms", "why": "He built it"}),
    ("owners.apply", json.dumps(OWNERS), {}),
    ("request.form", "maya", {"first": "2027-01-11", "last": "2027-01-12", "whom": "-"}),
    ("request.part-form", "5", {"first": "2026-12-21", "last": "2026-12-21"}),
    ("request.week-form", "4", {"week": "2027-02-01"}),
    ("roster.add.form", "", {"email": "ines@example.com", "name": "Ines", "starts": "2027-09-06", "who": None}),
    ("roster.pause.form", "", {"starts": "2027-09-06", "until": "2027-12-06", "who": "toms"}),
    ("roster.remove.form", "", {"starts": "2027-09-06", "who": "toms"}),
    ("roster.reorder.form", "", {"order": "Rene, Toms, Robin", "starts": "2027-09-06"}),
    (
        "roster.apply",
        json.dumps(WISH | NO_MORE),
        {},
    ),
    (
        "settings.form",
        "",
        {"day_before": "on", "one_week": "off", "two_weeks": "on", "quiet_from": "22:00", "quiet_until": "07:30"},
    ),
]


@pytest.mark.parametrize("who", [MAYA, ROBIN])
def test_every_button_that_was_posted_is_answered(sqlite: Databases, who: str) -> None:
    with closing(Store(sqlite.empty())) as store:
        now, desk = fill_in_full(store), Desk(store, Library(RUNBOOKS))
        assert {action for action, _ in PRESSES} == set(presses.ACTIONS) - NEW
        for number, (action, value) in enumerate(PRESSES):
            chosen = value if action in ("handoff.runbook", "request.settle", "runbook.place") else None
            press = Press(action, value, Asker(slack_id=who), now, f"press {number}", chosen)
            answer = presses.answer(press, desk)
            assert answer.reply or answer.modal or action in QUIET, press
            assert answer.reply is None or not answer.reply.failed, press


@pytest.mark.parametrize("who", [MAYA, ROBIN])
def test_every_form_that_was_open_is_taken(sqlite: Databases, who: str) -> None:
    with closing(Store(sqlite.empty())) as store:
        now, desk = fill_in_full(store), Desk(store, Library(RUNBOOKS))
        assert {callback for callback, _, _ in SENT} == set(presses.FORMS)
        for number, (callback, value, typed) in enumerate(SENT):
            sent = Press(callback, value, Asker(slack_id=who), now, f"sent {number}", fields=typed)
            try:
                answer = presses.submit(sent, desk)
            except BadFields as fields:  # named at the field, for another try
                assert fields.errors, sent
                continue
            assert answer.reply or answer.modal, sent
