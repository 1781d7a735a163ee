"""Rubbish for the commands: no exception, no write except for what the grammar takes, no broadcast in a reply. And
rubbish for buttons and forms: no exception, no write where it is refused, nothing that Slack would not take."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.sandbox.rules.limits import problems_with_message, problems_with_view
from bot.speech.ask import Answer, Ask, Asker, BadFields, Press
from bot.speech.read import dates, decode
from bot.speech.read.dates import BadDates
from bot.talk import commands, presses
from models import people
from models.schema.tables import Base, ChangeRow, HolidayRow, OutboxRow
from models.store.engine import Store
from scheduler import tick
from tests.kit import cast
from tests.kit.examples import examples
from tests.kit.stage import RUNBOOKS

pytestmark = pytest.mark.slow

WORDS = st.sampled_from(
    [
        *("24 Dec - 2 Jan", "2026-12-24", "tomorrow", "next monday for 5 days", "2024-12-24", "cancel"),
        *("31 Feb", "list", "mine", "help", "schedule", "calendar", "fairness", "search", "nulls", "daily-growth"),
        *("issues", ": skiing", "@Maya", "@Danny", "for @Danny", "for", "until", "25:99", "18:00", "week", "21 Dec"),
        *("cover", "swap", "take", "requests", "settings", "roster", "log", "2031-12-24", "11 Jan", "next week"),
        *(decode.mention(cast.MAYA, "maya"), decode.mention("U123"), decode.OPEN, decode.CLOSE),
        *("<@U0MAYA|maya>", "<!channel>", "<!here|here>", "<@U123>", "<#C1>", "&amp;", "*b*"),
        *("`", "```", "\\", "%s", "{}"),
        *("\u202e", "\x00", "\ud800", "\r\n", "👩\u200d🚒", "٢٤", "２４ Dec", "－", "\u00a0", "K"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(WORDS, max_size=6).map(" ".join),
    st.lists(st.one_of(WORDS, st.text(max_size=10)), max_size=8).map(" ".join),
    st.text(min_size=1, max_size=8).map(lambda piece: (piece * 10_000)[:10_000]),
)
SQLITE_EXAMPLES, POSTGRES_EXAMPLES = 1_200, 300  # the same words are read; what differs is how they are kept
COMMANDS = st.sampled_from(sorted(commands.COMMANDS))
BROADCAST = re.compile(r"<[!@#]")


@pytest.fixture
def desk(store: Store) -> Desk:
    """What answers them."""
    return Desk(store, Library(RUNBOOKS))


def written(store: Store) -> tuple[int, ...]:
    """How many rows a command could have written."""
    with store.reading() as tx:
        counts = (tx.scalar(select(func.count()).select_from(row)) for row in (ChangeRow, HolidayRow, OutboxRow))
        return tuple(int(count or 0) for count in counts)


def may_write(command: str, text: str) -> bool:
    """Whether the grammar takes this as something that is saved: dates to declare or cancel, or a picture to send."""
    if command == "oncall":
        return text.strip().lower().startswith(("calendar", "fairness", "cover", "swap", "take"))
    if command != "holiday":
        return False
    words = text.strip()
    for first in ("cancel", ""):
        rest = words[len(first) :].strip() if words.lower().startswith(first) else words
        if rest.startswith(("@", decode.OPEN)):
            rest = rest.partition(" ")[2]
        try:
            dates.read(rest, cast.NOW.date())
        except BadDates:
            continue
        return True
    return False


def test_rubbish_is_answered_kindly_and_writes_nothing(desk: Desk) -> None:
    count = SQLITE_EXAMPLES if desk.store.is_sqlite else POSTGRES_EXAMPLES

    @settings(max_examples=examples(count))
    @given(command=COMMANDS, text=TEXTS)
    def answered(command: str, text: str) -> None:
        before = written(desk.store)
        reply = commands.answer(Ask(command, text, Asker(slack_id=cast.TOMS), cast.NOW), desk)
        assert problems_with_message({"text": reply.notification, "blocks": reply.blocks}) == []
        assert not BROADCAST.search(f"{reply.text} {reply.blocks}")
        if not may_write(command, text):
            assert written(desk.store) == before

    answered()


# Buttons and forms

PRESSES, POSTGRES_PRESSES = 600, 100
ACK_SECONDS = 3
ACTIONS = st.sampled_from(sorted({*presses.ACTIONS, *presses.FORMS}))
ASKERS = st.sampled_from(
    [
        *(Asker(slack_id=who) for who in (cast.TOMS, cast.MAYA, cast.DANNY, cast.RENE, cast.ROBIN, cast.GUEST)),
        Asker(slack_id=cast.STRANGER, foreign=True),
        *(Asker(slack_id=cast.TOMS, foreign=True), Asker(slack_id=cast.TOMS, colleague=True)),
    ]
)
NUMBERS = st.sampled_from(["0", "1", "2", "3", "-1", "1.5", "٣", " 1 ", "1_0", "2147483648", "9" * 20, "9" * 5_000])
DAYS = st.sampled_from(
    [
        *("2026-11-24", "2026-11-30", "2026-12-21", "2026-12-24", "2027-01-18", "2026-11-01", "2031-12-24"),
        *("0001-01-01", "9999-12-31", "9990-01-01", "2500-01-01", "2026-13-99", "20261221", "2026-12-21T09:00", ""),
    ]
)
SOMEBODY = st.sampled_from(["toms", "maya", "danny", "rene", "robin", "nobody", "-", "", "\x00", "\ud800", "x" * 3_000])
SHORT = st.one_of(NUMBERS, DAYS, SOMEBODY, st.sampled_from(["daily-growth", "issues", "<!here>"]))
WISHES = st.fixed_dictionaries(
    {
        "what": st.sampled_from(
            [*("engineer added", "engineer removed", "engineer paused"), "rotation reordered", None]
        ),
        "starts": DAYS,
        "who": SOMEBODY | st.none(),
        "until": DAYS | st.none(),
        "order": st.lists(SOMEBODY, max_size=5),
        "name": SOMEBODY | st.none(),
        "email": st.sampled_from([None, "new@example.com", 5]),
        "seen": st.just(""),
    },
    optional={"slug": st.just("daily-growth"), "was": st.lists(SOMEBODY, max_size=3), "primary": SOMEBODY},
)
VALUES = st.one_of(
    SHORT,
    st.lists(SHORT, min_size=2, max_size=4).map("/".join),
    st.tuples(SOMEBODY, DAYS, DAYS, st.none() | st.text(max_size=5)).map(json.dumps),
    st.one_of(WISHES, st.lists(SHORT), st.none(), st.integers()).map(json.dumps),
    st.text(max_size=50),
    st.text(min_size=1, max_size=3).map(lambda piece: (piece * 3_000)[:3_000]),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        **{name: DAYS | st.none() for name in ("first", "last", "week", "starts", "until")},
        **{name: SOMEBODY | st.none() for name in ("who", "whom", "primary", "secondary")},
        **{name: st.text(max_size=20) | st.just("x" * 3_000) for name in ("note", "why", "name", "email")},
        "order": st.sampled_from(["Rene, Maya, Danny, Toms", "Toms", "Toms, Toms", "@<!here>", "x" * 3_000]),
        **{name: st.sampled_from(["on", "off", "\x00"]) for name in ("two_weeks", "one_week", "day_before")},
        **{name: st.sampled_from(["22:00", "-", "25:99", "07:00+02:00", ""]) for name in ("quiet_from", "quiet_until")},
    },
)


@pytest.fixture
def busy_desk(desk: Desk) -> Desk:
    """A desk with something to press on: time off, requests for a cover and a swap, and a take-over."""
    with desk.store.writing() as tx:
        for who, slack in (("toms", cast.TOMS), ("maya", cast.MAYA), ("danny", cast.DANNY), ("robin", cast.ROBIN)):
            people.found_in_slack(tx, who, slack)
    tick.begin_to_speak(desk.store, cast.NOW)
    for who, typed in (
        (cast.TOMS, "oncall cover 21 Dec - 24 Dec"),
        (cast.MAYA, "oncall cover week @Danny"),
        (cast.DANNY, "oncall swap @Rene 7 Dec for 14 Dec"),
        (cast.MAYA, "oncall take until 18:00"),
        (cast.TOMS, "holiday 24 Jan - 2 Feb"),
    ):
        name, _, text = typed.partition(" ")
        assert not commands.answer(Ask(name, text, Asker(slack_id=who), cast.NOW), desk).refused
    return desk


def everything(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""
    with store.reading() as tx:
        return {t.name: [tuple(row) for row in tx.execute(select(t))] for t in Base.metadata.sorted_tables}


def problems_with(answer: Answer) -> list[str]:
    """What Slack would not take of it."""
    said = {"text": answer.reply.notification, "blocks": answer.reply.blocks} if answer.reply else None
    return [*(problems_with_message(said) if said else []), *(problems_with_view(answer.modal) if answer.modal else [])]


def test_forged_presses_and_forms_are_answered_and_refused_ones_change_nothing(busy_desk: Desk) -> None:
    store = busy_desk.store
    count = PRESSES if store.is_sqlite else POSTGRES_PRESSES

    @settings(max_examples=examples(count))
    @given(action=ACTIONS, value=VALUES, chosen=st.none() | VALUES, fields=FIELDS, asker=ASKERS)
    def answered(action: str, value: str, chosen: str | None, fields: dict[str, str | None], asker: Asker) -> None:
        before, began = everything(store), time.monotonic()
        press = Press(action, value, asker, cast.NOW, None, chosen, fields)
        does = presses.submit if action in presses.FORMS else presses.answer
        try:
            answer = does(press, busy_desk)
        except BadFields as bad:
            assert all(sentence for sentence in bad.errors.values())
            assert everything(store) == before
            return
        assert time.monotonic() - began < ACK_SECONDS
        assert problems_with(answer) == []
        assert not (answer.reply and answer.reply.failed)
        if answer.reply and answer.reply.refused:
            assert everything(store) == before

    answered()


@pytest.mark.parametrize("form", ["holiday.modal", "request.form", "request.part-form"])
@pytest.mark.parametrize("year", ["2500", "9990", "9999"])
def test_a_year_that_a_date_picker_knows_and_nobody_plans_for_is_a_slip(busy_desk: Desk, form: str, year: str) -> None:
    fields = {"first": "2026-12-21", "last": f"{year}-12-31"}
    press = Press(form, "toms", Asker(slack_id=cast.TOMS), cast.NOW, None, None, fields)
    with pytest.raises(BadFields) as bad:
        presses.submit(press, busy_desk)
    assert bad.value.errors == {"last": f"The year {year} looks like a slip: I know the years 2000 to 2031."}
