"""Two teams in one store: each has its own rotation, people, messages, log and lock, and neither moves the other's.

Metrics has Toms, Maya, Danny and Rene in the rotation; Growth has Ines, Maya and Kim. It is Tue 24 Nov 2026, 10:00.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest

from bot import links
from bot.clock import StoppedClock
from bot.desk import Desk
from bot.links import Addresses
from bot.plan import apply as plan
from bot.runbooks.library import Library
from bot.sandbox.rules.faults import Fault
from bot.slack.mirror import Signs
from bot.speech.ask import Answer, Ask, Asker, Press, Reply
from bot.talk import commands, presses
from bot.talk.oncall import calendar, picture
from bot.talk.oncall.words import CALENDAR_WEEKS
from bot.web.feeds import Feeds
from bot.web.pictures import Pictures
from models import changes, feeds, outbox, people, preferences, teams
from models.outbox import CHANNEL, REFUSED, WITHDRAWN, Owed, sending
from models.outbox.sending import Claim, Limits, Nothing
from models.preferences import Preferences
from models.signs import Wanted
from models.store.engine import Store
from models.store.errors import StoreError
from scheduler import holidays, tick
from scheduler.change.frame import Actor, Origin
from scheduler.covers import answer, ask
from scheduler.messages import Greeting
from scheduler.people import members
from scheduler.people.members import ADDED, RosterWish
from scheduler.refusals import Refused
from scheduler.team import roster
from tests.kit.cast import FIRST_TEAM, MAYA, NOW, ROBIN, TOMS, WEEK_1, a_store
from tests.kit.changes import say_all
from tests.kit.databases import Databases
from tests.kit.operations import get, metrics, served, status
from tests.kit.plans import FOUR, with_engineers
from tests.kit.stage import RUNBOOKS, TOKEN, Stage, a_stage, actions_of
from tests.kit.two_teams import EVERYBODY, GROWTH, INES, METRICS, ORDER, of_growth, with_growth

pytestmark = pytest.mark.both

MONDAY = NOW + timedelta(days=6)
GROWTH_THERE = Origin("T0TEAM00001", "C00000002", GROWTH)
WEEK = timedelta(weeks=1)


@pytest.fixture
def store(store: Store) -> Store:
    """Both teams, which speak since Tuesday 10:00; the greetings are said."""
    with_growth(store)
    tick.begin_to_speak(store, NOW)
    say_all(store, NOW)
    return store


@pytest.fixture
def stage(database: Databases) -> Iterator[Stage]:
    """Both teams in one Slack, Growth in another channel; both have greeted."""
    with a_stage(database, users=EVERYBODY) as stage:
        with_growth(stage.store)
        stage.bot.directory.look_up()
        tick.begin_to_speak(stage.store, stage.clock.now())
        stage.do_what_is_due()
        yield stage


@pytest.fixture
def desk(store: Store) -> Desk:
    """A desk of both teams."""
    return Desk(store, Library(RUNBOOKS))


def in_growth(desk: Desk, who: str, command: str, text: str = "") -> str:
    """What somebody is answered where Growth is meant."""
    return commands.answer(Ask(command, text, Asker(person_id=who), NOW, f"{who} {text}", GROWTH_THERE), desk).text


def weeks(store: Store, team_id: int) -> list[str | None]:
    """Who holds the next six weeks of a team."""
    with store.reading() as tx:
        team = roster.load(tx, team_id)
        return [week.holder for week in team.rotation.weeks(WEEK_1, WEEK_1 + 6 * WEEK)]


def owed(store: Store, team_id: int) -> list[str]:
    """All that was ever owed by a team, by its keys."""
    with store.reading() as tx:
        return sorted(message.key for message in outbox.everything(tx) if message.team_id == team_id)


# Loading


def test_a_second_team_changes_nothing_of_the_first(database: Databases) -> None:
    with closing(a_store(database)) as store:
        with store.reading() as tx:
            alone = roster.own(tx)
        with_growth(store)
        with store.reading() as tx:
            assert roster.own(tx) == alone == roster.load(tx, METRICS)
            assert [team.facts.name for team in roster.load_all(tx)] == ["Metrics", "Growth"]


def test_each_team_has_its_own_people_rotation_and_pipelines(store: Store) -> None:
    with store.reading() as tx:
        first, _ = roster.load_with_pipelines(tx, METRICS)
        second, pipelines = roster.load_with_pipelines(tx, GROWTH)
    assert list(first.people) == ["toms", "maya", "danny", "rene", "robin"]
    assert list(second.people) == list(ORDER)
    assert (first.people["maya"].position, second.people["maya"].position) == (1, 1)
    assert [each.slug for each in pipelines] == ["signups"]
    assert weeks(store, METRICS) == ["toms", "maya", "danny", "rene", "toms", "maya"]
    assert weeks(store, GROWTH) == ["ines", "maya", "kim", "ines", "maya", "kim"]


def test_whoever_asks_in_a_team_is_answered_of_that(desk: Desk) -> None:
    assert "Ines" in in_growth(desk, "maya", "oncall")
    assert "Toms" not in in_growth(desk, "maya", "oncall")
    assert "Sign-ups" in in_growth(desk, "kim", "pipelines")
    assert "Only the people of the on-call plan" in in_growth(desk, "toms", "holiday", "14 Dec")


# Time off and what people want to be told


def test_time_off_and_preferences_are_read_of_the_teams_members(store: Store) -> None:
    with store.writing() as tx:
        for who, by in (("toms", Actor("toms", False, NOW)), ("kim", of_growth("kim")), ("maya", of_growth("maya"))):
            holidays.declare(tx, by, who, date(2026, 12, 30), date(2026, 12, 31))
            preferences.choose(tx, Preferences(who, one_week=True), NOW)
    with store.reading() as tx:
        away = {team.id: sorted(h.person_id for h in team.holidays) for team in roster.load_all(tx)}
        chose = {team_id: sorted(preferences.of_team(tx, team_id)) for team_id in (METRICS, GROWTH)}
    assert away == chose == {METRICS: ["maya", "toms"], GROWTH: ["kim", "maya"]}


def test_each_team_announces_what_its_own_rotation_is_moved_by(store: Store) -> None:
    with store.writing() as tx:
        holidays.declare(tx, of_growth("maya"), "maya", date(2026, 12, 21), date(2026, 12, 28))
    tick.tick(store, NOW + 2 * WEEK)
    # Week 5 is Maya's in Growth and Toms' in Metrics.
    assert [key for key in owed(store, GROWTH) if "away" in key]
    assert [key for key in owed(store, METRICS) if "away" in key] == []


# Changes


def test_a_change_in_one_team_moves_nothing_in_the_other(store: Store) -> None:
    before, said = weeks(store, GROWTH), owed(store, GROWTH)
    with store.writing() as tx:
        made = ask.ask_cover(tx, Actor("toms", False, NOW), "toms", date(2026, 11, 26), date(2026, 11, 28), "rene")
        answer.accept(tx, Actor("rene", False, NOW), made.request.id or 0, "rene")
        holidays.declare(tx, Actor("danny", False, NOW), "danny", date(2026, 12, 7), date(2026, 12, 14))
    assert weeks(store, METRICS)[2] != "danny"
    assert (weeks(store, GROWTH), owed(store, GROWTH)) == (before, said)
    with store.reading() as tx:
        second = roster.load(tx, GROWTH)
        assert (second.covers, second.holidays, second.recent) == ((), (), ())
        assert changes.listed_all(tx, GROWTH) == []


def test_what_is_the_other_teams_cannot_be_changed_by_its_number(store: Store) -> None:
    with store.writing() as tx:
        made = ask.ask_cover(tx, of_growth("ines"), "ines", date(2026, 12, 16), date(2026, 12, 17), "maya")
        saved = holidays.declare(tx, of_growth("kim"), "kim", date(2027, 1, 4), date(2027, 1, 5))
    with store.writing() as tx, pytest.raises(Refused):
        answer.accept(tx, Actor("maya", False, NOW), made.request.id or 0, "maya")
    with store.writing() as tx, pytest.raises(Refused):
        holidays.undo_change(tx, Actor("robin", True, NOW), saved.id or 0)


def test_the_same_request_may_come_from_both_teams(store: Store) -> None:
    with store.writing() as tx:
        one = holidays.declare(tx, Actor("maya", False, NOW, "key"), "maya", date(2027, 1, 4), date(2027, 1, 5))
        other = holidays.declare(tx, of_growth("maya", "key"), "maya", date(2027, 2, 4), date(2027, 2, 5))
        again = holidays.declare(tx, of_growth("maya", "key"), "maya", date(2027, 2, 4), date(2027, 2, 5))
    assert one.id != other.id == again.id


def test_a_plan_of_one_team_unlists_nobody_of_the_other(store: Store) -> None:
    without_maya = tuple(person for person in FIRST_TEAM.engineers if person.id not in ("maya", "rene"))
    smaller = with_engineers(*without_maya, order=tuple(who for who in FOUR if who not in ("maya", "rene")))
    owners = {"primary": "toms", "secondary": "danny"}
    smaller = smaller.model_copy(
        update={"pipelines": tuple(each.model_copy(update=owners) for each in FIRST_TEAM.pipelines)}
    )
    with store.writing() as tx:
        plan.apply(tx, smaller, Actor(None, True, NOW, origin=Origin(team=METRICS)))
    with store.reading() as tx:
        first, second = roster.load(tx, METRICS), roster.load(tx, GROWTH)
        assert {person.id for person in people.of_any_team(tx)} == {"toms", "danny", "robin", *ORDER}
    assert [who for who, person in first.people.items() if person.listed] == ["toms", "danny", "robin"]
    assert [who for who, person in second.people.items() if person.listed] == list(ORDER)
    assert weeks(store, GROWTH) == ["ines", "maya", "kim", "ines", "maya", "kim"]


def test_somebody_new_gets_an_id_that_nobody_of_the_other_team_has(store: Store) -> None:
    with store.writing() as tx:
        wish = RosterWish(ADDED, WEEK_1 + WEEK, name="Kim", email="another.kim@example.com")
        members.change(tx, Actor("robin", True, NOW), wish)
    with store.reading() as tx:
        first, second = roster.load(tx, METRICS), roster.load(tx, GROWTH)
    assert (first.people["kim-2"].name, second.people["kim"].email) == ("Kim", "kim@example.com")
    assert "kim" not in first.people
    assert "kim-2" not in second.people


# The tick, the outbox and delivery


def test_the_tick_owes_the_handoffs_of_both(store: Store) -> None:
    found = tick.tick(store, MONDAY)
    assert [each.kind for each in found].count("handoff") == 2
    assert "1/handoff/2026-11-30" in owed(store, METRICS)
    assert "2/handoff/2026-11-30" in owed(store, GROWTH)
    assert tick.tick(store, MONDAY) == []
    with store.reading() as tx:
        assert [len(team.recent) > 0 for team in roster.load_all(tx)] == [True, True]


def test_what_is_said_once_is_said_once_by_each_team(store: Store) -> None:
    message = Owed(Greeting(), "again", CHANNEL, NOW)
    with store.writing() as tx:
        added = [outbox.owe(tx, team_id, message, NOW) for team_id in (METRICS, GROWTH, METRICS, GROWTH)]
    assert [each is not None for each in added] == [True, True, False, False]


def test_messages_go_to_their_own_teams_channel(stage: Stage) -> None:
    stage.turn_to("2026-11-30T09:00")
    workspace = stage.slack.workspace
    said = {
        channel.name: [m.words() for m in workspace.timeline if m.channel == channel.id and not m.ephemeral]
        for channel in workspace.channels.values()
    }
    assert ["takes over from *Toms*" in words for words in said["metrics-oncall"]] == [False, True]
    assert ["takes over from *Ines*" in words for words in said["random"]] == [False, True]
    with stage.store.reading() as tx:
        where = {m.key: m.channel for m in outbox.everything(tx) if m.kind == "handoff"}
    assert where == {"1/handoff/2026-11-30": "C00000001", "2/handoff/2026-11-30": "C00000002"}


def test_people_are_told_by_their_own_team(stage: Stage) -> None:
    with stage.store.writing() as tx:
        holidays.declare(tx, of_growth("kim"), "kim", date(2026, 12, 7), date(2026, 12, 14))
    stage.turn_to("2026-11-24T10:05")
    assert [words for words in stage.direct(INES) if "Kim" in words]
    assert [words for words in stage.direct(TOMS) if "Kim" in words] == []


def test_both_teams_keep_to_the_pace_of_one_workspace(store: Store) -> None:
    limits = Limits(timedelta(minutes=1), timedelta(minutes=1), timedelta(0), a_minute=sending.SLOWEST)
    with store.writing() as tx:
        for n in range(2 * sending.BURST):
            outbox.owe(tx, (METRICS, GROWTH)[n % 2], Owed(Greeting(), str(n), CHANNEL, NOW), NOW)
        said = 0
        while isinstance(claim := sending.claim(tx, NOW, limits), Claim):
            sending.settle(tx, claim, limits, "C1", str(claim.message.id), NOW)
            said += 1
    assert isinstance(claim, Nothing)
    assert said <= sending.BURST + 1


def test_what_is_asked_in_slack_carries_where(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    said, heard = stage.ask(MAYA, "/oncall", "C00000002"), list[Origin]()

    def answer_command(asked: Ask, _: Desk) -> Reply:
        heard.append(asked.origin)
        return Reply("heard", [])

    def answer_press(press: Press, _: Desk) -> Answer:
        heard.append(press.origin)
        return Answer()

    monkeypatch.setattr(commands, "answer", answer_command)
    monkeypatch.setattr(presses, "answer", answer_press)
    stage.ask(MAYA, "/oncall", "C00000002")
    stage.slack.press(MAYA, said, actions_of(said)[0])
    assert heard == 2 * [Origin(stage.bot.me.team_id, "C00000002", METRICS)]


# What stands outside messages


def fetched(app: Feeds | Pictures, path: str) -> tuple[str, bytes]:
    """What a request for a path is answered."""
    told: list[str] = []
    body = app({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda line, *_: told.append(line))  # type: ignore[arg-type]
    return told[0], b"".join(body)


def test_a_feed_is_its_teams(store: Store) -> None:
    secrets = {}
    with store.writing() as tx:
        holidays.declare(tx, of_growth("kim"), "kim", date(2027, 1, 4), date(2027, 1, 5))
        for team_id in (METRICS, GROWTH):
            secrets[team_id], digest = links.new_secret()
            feeds.make(tx, team_id, "maya", digest, NOW, None)
    served_feeds = Feeds(store, StoppedClock(NOW))
    paths = {team_id: links.feeds("", "maya", secret) for team_id, secret in secrets.items()}
    first, second = (fetched(served_feeds, paths[team_id]["rotation"])[1].decode() for team_id in (METRICS, GROWTH))
    assert ("Metrics: on call" in first, "Toms is on call" in first, "Ines" in first) == (True, True, False)
    assert ("Growth: on call" in second, "Ines is on call" in second, "Toms" in second) == (True, True, False)
    assert b"Kim is away" not in fetched(served_feeds, paths[METRICS]["away"])[1]
    assert b"Kim is away" in fetched(served_feeds, paths[GROWTH]["away"])[1]
    with store.writing() as tx:
        feeds.revoke(tx, METRICS, "maya", NOW)
    assert fetched(served_feeds, paths[METRICS]["rotation"])[0].startswith("404")
    assert fetched(served_feeds, paths[GROWTH]["rotation"])[0].startswith("200")


def test_a_picture_is_its_teams_and_one_of_the_release_before_is_the_stores_own(store: Store) -> None:
    addresses = Addresses("", TOKEN)
    app = Pictures(store, StoppedClock(NOW), addresses)
    expires = str(int(addresses.clock()) + 60)
    of_before = f"/pictures/{expires}/{addresses._signature(expires)}.png"
    with store.reading() as tx:
        drawn = [picture.draw(calendar.picture_of(team, NOW, weeks=CALENDAR_WEEKS)) for team in roster.load_all(tx)]
    shown = [fetched(app, path)[1] for path in (addresses.fresh(METRICS), addresses.fresh(GROWTH), of_before)]
    assert shown == [*drawn, drawn[0]]
    assert drawn[0] != drawn[1]
    other_team = addresses.fresh(METRICS).replace("/pictures/1/", "/pictures/2/")
    assert fetched(app, other_team)[0].startswith("404")


def test_the_signs_are_the_first_teams(database: Databases) -> None:
    scopes = ("channels:write.topic", "groups:write.topic", "usergroups:read", "usergroups:write")
    with a_stage(database, users=EVERYBODY, more_scopes=scopes) as stage:
        with_growth(stage.store)
        group = {"id": "S0ONCALL0001", "handle": "oncall", "users": [ROBIN]}
        stage.slack.workspace.usergroups["S0ONCALL0001"] = group
        wanted = Wanted("oncall", (), topic=True)
        Signs(stage.store, stage.bot.slack, stage.bot.channels, stage.clock, wanted).look()
        assert group["users"] == [TOMS]
        topics = {channel.name: channel.topic for channel in stage.slack.workspace.channels.values()}
    assert ("Toms" in topics["metrics-oncall"], topics["random"]) == (True, "")


# How a bot is doing


def test_metrics_and_status_tell_by_team(stage: Stage) -> None:
    stage.slack.faults.arm("chat.postMessage", Fault.api_error("not_in_channel"))
    stage.ask(MAYA, "/oncall")
    with stage.store.writing() as tx:
        outbox.owe(tx, GROWTH, Owed(Greeting(), "late", CHANNEL, NOW - timedelta(minutes=6)), NOW)
    with served(stage) as port:
        found = metrics(get(port, "/metrics")[1])
        [late] = status(port)["overdue"]
    assert found["oncall_commands_total oncall answered 1"] == 1
    assert found["oncall_messages_total greeting said 1"] == found["oncall_messages_total greeting said 2"] == 1
    assert (found["oncall_messages_overdue 1"], found["oncall_messages_overdue 2"]) == (0, 1)
    assert (found["oncall_messages_refused 1"], found["oncall_messages_refused 2"]) == (0, 0)
    assert found["oncall_messages_owed greeting 2"] == 1
    assert (late["team"], late["key"]) == (GROWTH, "2/greeting/late")


def test_log_lines_of_a_message_name_its_team(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.delivery")
    stage.turn_to("2026-11-30T09:00")
    told = {vars(line)["key"]: vars(line)["team"] for line in caplog.records if line.message == "said"}
    assert (told["1/handoff/2026-11-30"], told["2/handoff/2026-11-30"]) == (METRICS, GROWTH)


def test_an_admin_of_each_team_hears_what_is_refused_to_it_and_answers_for_that_only(stage: Stage) -> None:
    stage.slack.workspace.channels["C00000002"].members.clear()
    with stage.store.writing() as tx:
        outbox.owe(tx, GROWTH, Owed(Greeting(), "unheard", CHANNEL, stage.clock.now()), stage.clock.now())
    stage.do_what_is_due()
    with stage.store.reading() as tx:
        [refused] = [message for message in outbox.everything(tx) if message.is_refused]
        told = [message.audience for message in outbox.everything(tx) if message.kind == "trouble"]
    assert (refused.key, told) == ("2/greeting/unheard", ["person:kim"])
    for who, origin, state in (("robin", Origin(), REFUSED), ("kim", GROWTH_THERE, WITHDRAWN)):
        drops = Press("trouble.drop", str(refused.id), Asker(person_id=who), stage.clock.now(), origin=origin)
        presses.answer(drops, stage.bot.desk)
        with stage.store.reading() as tx:
            found = outbox.by_id(tx, GROWTH, refused.id)
        assert found is not None
        assert found.state == state


def test_the_log_is_the_teams(desk: Desk) -> None:
    in_growth(desk, "kim", "holiday", "14 Dec")
    assert "Kim" in in_growth(desk, "kim", "oncall", "log")
    mine = commands.answer(Ask("oncall", "log", Asker(person_id="robin"), NOW), desk).text
    assert "Kim" not in mine


# Locks


def test_a_change_in_one_team_does_not_wait_for_one_in_the_other(postgresql: Databases) -> None:
    with closing(with_growth(a_store(postgresql))) as store, closing(Store(store.url)) as other:
        with store.writing() as tx:
            holidays.declare(tx, Actor("danny", False, NOW), "danny", date(2026, 12, 7), date(2026, 12, 14))
            with other.writing() as second:
                holidays.declare(second, of_growth("kim"), "kim", date(2026, 12, 7), date(2026, 12, 14))
                outbox.owe(second, METRICS, Owed(Greeting(), "meanwhile", CHANNEL, NOW), NOW)
            with pytest.raises(StoreError), other.writing() as third:
                teams.lock(third, METRICS)
        with store.reading() as tx:
            assert [len(team.holidays) for team in roster.load_all(tx)] == [1, 1]


def test_a_team_whose_lock_is_held_keeps_the_other_from_no_tick(postgresql: Databases) -> None:
    with closing(with_growth(a_store(postgresql))) as store, closing(Store(store.url)) as other:
        tick.begin_to_speak(store, NOW)
        with other.writing() as tx:
            teams.lock(tx, METRICS)
            with pytest.raises(StoreError):
                tick.tick(store, MONDAY)
        keys = owed(store, METRICS), owed(store, GROWTH)
    assert ["handoff" in str(each) for each in keys] == [False, True]
