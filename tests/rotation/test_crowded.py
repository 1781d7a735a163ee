"""The largest plan that is taken, and the oddest: whatever is said of it, Slack takes, and it calls nobody."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.desk import Desk
from bot.plan import apply as plan
from bot.plan import file
from bot.plan.file import BadPlan
from bot.plan.model import MOST_PIPELINES, Plan
from bot.runbooks.library import Library
from bot.sandbox.records import elements_in, texts_in
from bot.sandbox.rules.limits import problems_with_message, problems_with_view
from bot.slack.home import gather
from bot.speech import say
from bot.speech.ask import Answer, Ask, Asker, Press, Reply
from bot.speech.blocks import actions, button, context, reply, section
from bot.speech.fit import fitted
from bot.speech.mrkdwn import FENCE, as_code
from bot.talk import commands, posts, presses
from bot.talk.home import words
from bot.talk.rotation.words import PAUSE_ACTION, REMOVE_ACTION, REORDER_ACTION
from bot.talk.telling import Post
from models import outbox, people
from models.schema.tables import HolidayRow
from scheduler import tick
from scheduler.change.frame import Actor
from scheduler.team import roster
from tests.kit import cast
from tests.kit.databases import Databases
from tests.kit.stage import RUNBOOKS, Stage

CROWD, LONGEST = 60, 80
COUNTRIES = ("DE", "GB", "FR", "US")
ALL_BLOCKS = 10_000
ODD = "<!channel> <@U0ODD0001> *_`~&"


def named(n: int, most: int = LONGEST) -> str:
    """A name of as many characters as may be: some that Slack reads as a broadcast or a mention, some that it marks."""
    return f"{n:02} {ODD} {'&' * most}"[:most]


def crowded() -> Plan:
    """As much of everything as a plan may have."""
    typed = cast.from_week_1(cast.FIRST_TEAM).model_dump()
    ids = [who["id"] for who in typed["engineers"]] + [f"engineer-{n:02}-{'x' * 27}" for n in range(4, CROWD)]
    typed["engineers"] = [
        {
            "id": who,
            "name": named(n),
            "email": f"{who[:20]}@{'x' * 170}.com",
            "phone": "+49 30 1234567",
            "country": COUNTRIES[n % 4],
        }
        for n, who in enumerate(ids)
    ]
    typed["team"] |= {"name": named(90), "admins": ["toms", *ids[4:]]}
    typed["rotation"]["order"] = ids
    slugs = [p["slug"] for p in typed["pipelines"]]
    slugs += [f"pipeline-{n:02}-{'x' * 28}" for n in range(len(slugs), MOST_PIPELINES)]
    typed["pipelines"] = [
        {
            "slug": slug,
            "name": named(100 + n),
            "area": named(1),
            "purpose": named(2, 200),
            "why": named(3, 1_000),
            "primary": ids[n % CROWD],
            "secondary": ids[(n + 1) % CROWD],
        }
        for n, slug in enumerate(slugs)
    ]
    return Plan.model_validate(typed)


@pytest.fixture
def desk(sqlite: Databases) -> Iterator[Desk]:
    """A desk of a crowd, which knows everybody's account."""
    with closing(cast.an_empty_store(sqlite)) as store:
        read = file.read(file.written(crowded()))
        plan.first(store, read, cast.NOW)
        with store.writing() as tx:
            for n, person in enumerate(read.engineers):
                people.found_in_slack(tx, person.id, account(n))
        tick.begin_to_speak(store, cast.NOW)
        yield Desk(store, Library(RUNBOOKS), url="https://oncall.example.com")


def account(n: int) -> str:
    """The account of the nth engineer."""
    return (cast.TOMS, cast.MAYA, cast.DANNY, cast.RENE)[n] if n < 4 else f"U0CROWD{n:04}"


def wrong_with(said: Reply) -> list[str]:
    """What Slack would not take of it, whether it is posted, answered or edited, and whom it would call by mistake."""
    problems = problems_with_message({"text": said.notification, "blocks": said.blocks})
    if (size := sum(map(len, texts_in(said.blocks)))) > ALL_BLOCKS:
        problems.append(f"total: {size}")
    return [*problems, *called(said.notification, said.blocks)]


def wrong_with_view(view: dict[str, Any]) -> list[str]:
    """The same of a modal or a home."""
    return [*problems_with_view(view), *called("", view["blocks"])]


def called(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    """Whom a message calls that should call nobody. Plain text, as of headers and buttons, is shown as it is."""
    marked = [block for block in blocks if block["type"] in ("section", "context")]
    without_buttons = [{key: value for key, value in block.items() if key != "accessory"} for block in marked]
    return re.findall(r"<!(?!date)[^>]*>|<@U0ODD[^>]*>", "\n".join([text, *texts_in(without_buttons)]))


TYPED = (
    "oncall", "oncall 24 Dec", "oncall 24 Dec - 2 Jan", "oncall next", "oncall me", "oncall schedule 52",
    "oncall help all", "oncall fairness", "oncall roster", "oncall requests", "oncall log", "oncall settings",
    "oncall feed", "oncall calendar", "oncall daily-growth", "oncall nonsense", "pipelines", "pipelines daily-growth",
    "runbook", "runbook daily-growth", "runbook daily-growth monitoring", "runbook daily-growth contacts",
    "runbook search the", "runbook nonsense", "holiday", "holiday mine", "holiday list", "holiday nonsense",
    "holiday 24 Dec - 24 Jan", "oncall cover 30 Nov", "oncall cover", "oncall swap week", "oncall take until 18:00",
    "oncall take back", "holiday cancel 24 Dec - 24 Jan",
)  # fmt: skip


def asked(desk: Desk, n: int, typed: str, now: datetime = cast.NOW) -> Reply:
    """What the nth engineer is answered."""
    command, _, text = typed.partition(" ")
    return commands.answer(Ask(command, text, Asker(slack_id=account(n)), now), desk)


def pressed(desk: Desk, replies: list[Reply], most: int = 3) -> Iterator[Answer]:
    """What every kind of button and menu is answered, each with a few values, and what these offer."""
    seen: dict[str, set[str]] = {}
    while replies:
        for _, element in elements_in(replies.pop().blocks):
            action, known = element["action_id"], seen.setdefault(element["action_id"], set())
            options = [option["value"] for option in element.get("options", [])]
            for value in [*options[:1], *options[-1:]] or [element.get("value", "")]:
                if value in known or len(known) >= most or action not in presses.ACTIONS:
                    continue
                known.add(value)
                press = Press(action, value, Asker(slack_id=cast.TOMS), cast.NOW, None, value if options else None)
                answer = presses.answer(press, desk)
                yield answer
                replies += [answer.reply] if answer.reply else []


@pytest.mark.slow
def test_every_answer_to_a_crowd_is_one_that_slack_takes(desk: Desk) -> None:
    replies = [asked(desk, 0, typed) for typed in TYPED]
    found = {typed: wrong_with(said) for typed, said in zip(TYPED, replies, strict=True)}
    assert {typed: problems for typed, problems in found.items() if problems} == {}
    for answer in pressed(desk, replies):
        assert answer.reply is None or wrong_with(answer.reply) == []
        assert answer.modal is None or wrong_with_view(answer.modal) == []


# Forms


def sent(desk: Desk, view: dict[str, Any]) -> dict[str, Any] | None:
    """The modal after one that is sent as it opens, with the last choice where it begins with none."""
    fields: dict[str, str | None] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            options = [option["value"] for option in element.get("options", [])]
            first = element.get("initial_option", {}).get("value") or element.get("initial_date")
            fields[block["block_id"]] = first or element.get("initial_value") or next(iter(options[-1:]), None)
    about = view.get("private_metadata", "")
    return presses.submit(
        Press(view["callback_id"], about, Asker(slack_id=cast.TOMS), cast.NOW, None, None, fields), desk
    ).modal


@pytest.mark.slow
@pytest.mark.parametrize("action", [REMOVE_ACTION, PAUSE_ACTION, REORDER_ACTION])
def test_forms_and_previews_of_a_crowd_are_ones_that_slack_takes(desk: Desk, action: str) -> None:
    form = presses.answer(Press(action, "", Asker(slack_id=cast.TOMS), cast.NOW), desk).modal
    assert form
    assert wrong_with_view(form) == []
    if action == REORDER_ACTION:
        [order] = [block["element"] for block in form["blocks"] if block["block_id"] == "order"]
        reordered = order["initial_value"].split(", ")
        order["initial_value"] = ", ".join(reversed(reordered))
        assert len(order["initial_value"]) <= order["max_length"]
    preview = sent(desk, form)
    assert preview
    assert wrong_with_view(preview) == []
    done = sent(desk, preview)
    assert done
    assert wrong_with_view(done) == []
    with desk.store.reading() as tx:
        assert len(roster.own(tx).versions) > 1
    assert_all_is_said(desk, cast.NOW)


# What is posted


def assert_all_is_said(desk: Desk, now: datetime) -> None:
    """Whatever is owed is something that Slack takes, as a message of its own and as an edit."""
    with desk.store.reading() as tx:
        team, owed = roster.own(tx), outbox.everything(tx)
        posted = [posts.render(tx, desk, team, message, now) for message in owed]
    said = [post.reply for post in posted if isinstance(post, Post)]
    assert said
    assert [problems for reply in said if (problems := wrong_with(reply))] == []


@pytest.mark.slow
def test_what_a_crowd_is_told_is_what_slack_takes(desk: Desk) -> None:
    away = {"first": date(2026, 12, 1), "until": date(2026, 12, 25), "declared_at": cast.NOW, "short_notice": False}
    with desk.store.writing() as tx:  # all but a few, by a shorter way
        others = [person.id for person in people.of_team(tx, 1)][6:]
        tx.execute(insert(HolidayRow), [{"person_id": who, "note": None, **away} for who in others])
    for n in range(6):
        assert not asked(desk, n, f"holiday {'1 Dec' if n % 2 else '7 Dec'} - 24 Dec").refused
    for n, typed in ((0, "oncall cover week"), (1, "oncall cover 30 Nov"), (2, "oncall swap week"), (3, "oncall take")):
        asked(desk, n, typed)
    assert_all_is_said(desk, cast.NOW)
    for typed in TYPED:
        assert wrong_with(asked(desk, 5, typed)) == []
    for days in (7, 12, 14, 28):
        now = cast.NOW + timedelta(days=days)
        tick.tick(desk.store, now)
        assert_all_is_said(desk, now)
    with desk.store.reading() as tx:
        assert {message.kind for message in outbox.everything(tx)} >= {"handoff", "gap-run", "away", "news"}


@pytest.mark.slow
@pytest.mark.parametrize("n", [0, 7])
def test_the_home_of_a_crowd_is_one_that_slack_takes(desk: Desk, n: int) -> None:
    for each in range(0, CROWD, 3):
        asked(desk, each, "holiday 24 Dec - 2 Jan")
        asked(desk, each, "oncall cover week")
    with desk.store.reading() as tx:
        view = words.home(desk, gather(tx, Asker(slack_id=account(n)), cast.NOW, None))
    assert wrong_with_view(view) == []


# Names that Slack would read


def test_no_field_of_a_plan_calls_anybody_in_what_reaches_slack(stage: Stage) -> None:
    typed = cast.from_week_1(cast.FIRST_TEAM).model_dump()
    for n, part in enumerate([typed["team"], *typed["engineers"], *typed["team"]["admins"], *typed["pipelines"]]):
        part["name"] = f"{ODD} {n}"
    for pipeline in typed["pipelines"]:
        pipeline |= {"area": ODD, "purpose": ODD, "why": ODD}
    with stage.store.writing() as tx:
        plan.apply(tx, Plan.model_validate(typed), Actor(None, True, cast.NOW))
    stage.bot.directory.look_up()
    for typed_by in (cast.TOMS, cast.ROBIN):
        for each in ("oncall", "oncall roster", "oncall fairness", "oncall log", "pipelines", "runbook daily-growth"):
            stage.ask(typed_by, f"/{each}")
    stage.ask(cast.MAYA, "/holiday 30 Nov - 6 Dec")
    stage.ask(cast.TOMS, "/oncall cover 25 Nov")
    stage.ask(cast.TOMS, "/oncall calendar")
    for moment in ("2026-11-24T10:05", "2026-11-30T09:00", "2026-12-07T09:00"):
        stage.turn_to(moment)
    said = stage.slack.workspace.timeline
    assert len([message for message in said if not message.ephemeral]) > 8
    assert [calls for message in said if (calls := called(message.text, message.blocks))] == []


# As many as there may be


@pytest.mark.slow
def test_more_than_menus_hold_are_refused() -> None:
    facts = yaml.safe_load(file.written(crowded()))
    facts["engineers"] += [{"id": f"more-{n}", "name": f"More {n}", "slack_id": f"U0MORE{n:04}"} for n in range(11)]
    with pytest.raises(BadPlan) as refused:
        file.read(yaml.safe_dump(facts))
    [problem] = refused.value.problems
    assert "70" in problem.sentence
    del facts["engineers"][-1]
    assert len(file.read(yaml.safe_dump(facts)).engineers) == 70


def test_of_very_many_names_the_first_are_told_and_how_many_more() -> None:
    names = [f"{n:02} {'x' * 77}" for n in range(CROWD)]
    assert say.names(names) == f"{', '.join(names[:12])} and 48 more"
    assert say.row(names) == f"{', '.join(names[:12])}, … and 48 more"
    assert say.names(names[:2]) == f"{names[0]} and {names[1]}"
    assert say.row(["Toms", "Maya", "Danny"]) == "Toms, Maya, Danny"


def test_a_text_is_cut_wherever_its_room_ends() -> None:
    for first in range(2_840, 2_990):
        text = "\n".join(["c" * first, *["d" * 200] * 6])
        [shown] = fitted([section(text)])
        assert len(shown["text"]["text"]) <= 3_000, first
        assert shown["text"]["text"].startswith("c" * 2_800), first


LINE = st.sampled_from(["word " * 20, "&amp;" * 300, "• *Toms*", "<https://x.example|a link>", ""])
LINES = st.lists(LINE, max_size=60).map("\n".join).filter(str.strip)
CODE = st.lists(st.integers(1, 900), min_size=1, max_size=60).map(lambda rows: "\n".join("c" * n for n in rows))
BLOCKS = st.one_of(
    LINES.map(section),
    CODE.map(as_code).map(section),
    st.just(context("small print " * 30)),
    st.just(actions(button("Open", "runbook.open", "daily-growth"))),
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(BLOCKS, min_size=1, max_size=70))
def test_whatever_is_said_fits(blocks: list[dict[str, Any]]) -> None:
    blocks = [section("It begins."), *blocks]
    said = reply(blocks)
    assert wrong_with(said) == []
    for shown in said.blocks:
        for text in texts_in(shown):
            assert text.count(FENCE) % 2 == 0
            assert text.count("<") == text.count(">")
            assert not re.search("&(?!amp;)", text)
    if len(blocks) <= 50 and sum(map(len, texts_in(blocks))) < ALL_BLOCKS - 500:
        kept = [len(text) <= 3_000 for text in texts_in(blocks)]
        assert said.blocks == blocks or not all(kept)
