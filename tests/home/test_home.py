"""The home of a team of twelve where everything is full, and what becomes of one that cannot be shown."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.clock import StoppedClock
from bot.desk import Desk
from bot.plan import apply as plan
from bot.plan.model import PersonEntry, PipelineEntry, Plan, RotationEntry
from bot.runbooks.library import Library
from bot.sandbox.rules.faults import Fault
from bot.sandbox.rules.limits import problems_with_view
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.carriers import signature
from bot.slack.client import Slack
from bot.slack.home import UNSHOWN, Homes, gather
from bot.speech.ask import Asker, Reply
from bot.speech.blocks import actions, button, sections
from bot.speech.refusals import NO_PLAN
from bot.talk.home import words
from models import holidays, requests
from models.holidays import Holiday
from models.requests import AGREED, CoverRequest, RequestAnswer
from models.store.engine import Store, Tx
from tests.kit.cast import FIRST_TEAM, MAYA, NOW, TOMS, USERS, WEEK_1
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS, SECRET, TOKEN, Stage

TWELVE = tuple(f"engineer-{n}" for n in range(12))
ME = TWELVE[0]
COUNTRIES = ("LV", "DE", "GB", "SE", "IN", "JP", "US", "IL", "TR", "BR", "ID", "RU")
NAME = "Wolfeschlegelsteinhausenbergerdorff & Söhne <{n}>".ljust(60, "x")
NOTICE = Reply("", [*sections(["What the latest press did."] * 40), actions(button("Undo", "holiday.undo", "1"))] * 6)


def a_plan_of_twelve() -> Plan:
    """Twelve engineers with long names, the first of whom owns all of twelve pipelines and is an admin."""
    people = tuple(
        PersonEntry(id=who, name=NAME.format(n=n), country=country)
        for n, (who, country) in enumerate(zip(TWELVE, COUNTRIES, strict=True))
    )
    pipelines = tuple(
        PipelineEntry(
            slug=f"pipeline-{n}", name=NAME.format(n=n), area="Growth", purpose="Experiments", why="They built it.",
            primary=TWELVE[n], secondary=ME if n else TWELVE[1],
        )
        for n in range(12)
    )  # fmt: skip
    team = FIRST_TEAM.team.model_copy(update={"admins": (ME,)})
    rotation = RotationEntry(starts=WEEK_1, order=TWELVE)
    parts = {"team": team, "engineers": people, "admins": (), "rotation": rotation, "pipelines": pipelines}
    return FIRST_TEAM.model_copy(update=parts)


def asked(tx: Tx, who: str, week: int, **more: object) -> CoverRequest:
    """A request of somebody's for a week."""
    first = WEEK_1 + timedelta(weeks=week)
    made = CoverRequest(None, who, first, first + timedelta(weeks=1), NOW, tuple(w for w in TWELVE if w != who))
    return requests.make(tx, 1, replace(made, **more))  # type: ignore[arg-type]  # whoever calls names its fields


def fill(tx: Tx) -> None:
    """More of everything than is shown: time off, requests that wait, that are answered, and that are agreed."""
    off = [
        Holiday(None, who, day, day + timedelta(days=3), "a note", NOW, n % 2 == 0)
        for who in TWELVE
        for n, day in enumerate(date(2026, 12, 1) + timedelta(days=5 * n) for n in range(20))
    ]
    holidays.exchange(tx, [], off)
    for n in range(1, 9):
        asked(tx, TWELVE[n], n)
        asked(tx, ME, n, state=AGREED, taken_by=TWELVE[n], settled_at=NOW)
        asked(tx, TWELVE[n], n, asked=(TWELVE[9],))
        mine = asked(tx, ME, len(TWELVE))  # the next of their own
        days = (mine.first, mine.first + timedelta(days=1))
        requests.answer(tx, RequestAnswer(mine.id or 0, TWELVE[n], NOW, *days))
        requests.answer(tx, RequestAnswer(mine.id or 0, TWELVE[n + 1], NOW))


@pytest.mark.both
def test_twelve_engineers_with_everything_full_fit(database: Databases) -> None:
    store = Store(database.migrated())
    plan.first(store, a_plan_of_twelve(), NOW)
    with store.writing() as tx:
        fill(tx)
    with store.reading() as tx:
        facts = gather(tx, Asker(person_id=ME), NOW, None)
    view = words.home(Desk(store, Library(RUNBOOKS)), facts, NOTICE)
    assert problems_with_view(view) == []
    assert len(NOTICE.blocks) == 12
    assert len(view["blocks"]) <= 100
    said = json.dumps(view)
    for title in ("Waiting for you", "Your requests", "Waiting for others", "Your time off", "Agreed, and to come"):
        assert title in said
    for more in ("4 more: `/oncall requests`", "14 more: `/holiday mine`", "4 more: `/pipelines`"):
        assert more in said
    store.close()


def after(stage: Stage, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """Wait until that is in the log."""
    stage.slack.until(lambda: said in caplog.text)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault.api_error("not_enabled"), "not_enabled"),
        (Fault.rate_limited(30), "ratelimited"),
        (Fault.dropped_after_accepting(), "RemoteDisconnected"),
    ],
    ids=["refused", "limited", "dropped"],
)
def test_a_home_that_slack_does_not_take_is_logged_without_what_it_says(
    stage: Stage, caplog: pytest.LogCaptureFixture, fault: Fault, problem: str
) -> None:
    stage.slack.faults.arm("views.publish", fault)
    stage.slack.open_home(TOMS)
    after(stage, UNSHOWN, caplog)
    [told] = [record for record in caplog.records if record.message == UNSHOWN]
    assert getattr(told, "problem", None) == problem
    assert "Toms" not in caplog.text
    stage.slack.open_home(TOMS)
    stage.slack.until(lambda: stage.slack.home_of(TOMS))


def test_a_home_that_another_bot_changed_meanwhile_is_gathered_again(stage: Stage) -> None:
    stage.slack.open_home(TOMS)
    stage.slack.until(lambda: stage.slack.home_of(TOMS))
    home = stage.slack.home_of(TOMS)
    assert home is not None
    stage.slack.faults.arm("views.publish", Fault.api_error("hash_conflict"))
    stage.ask(TOMS, "/holiday 24 Dec")
    stage.slack.press_in_view(TOMS, home, "oncall.calendar")
    stage.slack.until(lambda: "*Your time off*\n• Thu 24 Dec 2026" in home.words())


def test_a_store_without_a_plan_has_a_home_that_says_so(empty_store: Store) -> None:
    fake = FakeSlack(USERS, clock=StoppedClock(NOW), signing_secret=SECRET, bot_token=TOKEN)
    with fake.serve() as url:
        slack = Slack(TOKEN, base_url=f"{url}/api/", timeout=2)
        Homes(Desk(empty_store, Library(RUNBOOKS)), slack, StoppedClock(NOW)).publish(Asker(TOMS))
    home = fake.home_of(TOMS)
    assert home is not None
    assert home.words() == NO_PLAN


def test_who_looks_at_the_messages_tab_gets_no_home(stage: Stage) -> None:
    opened = {"type": "app_home_opened", "user": TOMS, "channel": "D1", "tab": "messages", "event_ts": "1.0"}
    assert sent(stage, {"type": "event_callback", "team_id": "T0METRICS", "event": opened})[0] == 200
    stage.slack.open_home(MAYA)
    stage.slack.until(lambda: stage.slack.home_of(MAYA))
    assert stage.slack.home_of(TOMS) is None


def test_slack_may_ask_whether_the_address_is_the_bot_s(stage: Stage) -> None:
    asked = {"type": "url_verification", "challenge": "3eZbrw1aB"}
    assert sent(stage, asked) == (200, b'{"challenge": "3eZbrw1aB"}')


def sent(stage: Stage, event: Mapping[str, object]) -> tuple[int, bytes]:
    """What the bot answers to an event."""
    body = json.dumps(event).encode()
    return stage.slack.send_raw({"Content-Type": "application/json", **signature(SECRET, body, int(time.time()))}, body)
