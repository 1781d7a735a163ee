"""Rubbish for the commands: no exception, no write except for what the grammar takes, no broadcast in a reply."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot import commands, dates
from bot.ask import Ask, Asker, Desk
from bot.dates import BadDates
from bot.runbooks import Library
from bot.sandbox.limits import problems_with_message
from models.store import Store
from models.tables import ChangeRow, HolidayRow, OutboxRow
from tests import cast
from tests.stage import RUNBOOKS

WORDS = st.sampled_from(
    [
        *("24 Dec - 2 Jan", "2026-12-24", "tomorrow", "next monday for 5 days", "2024-12-24", "cancel"),
        *("31 Feb", "list", "mine", "help", "schedule", "calendar", "fairness", "search", "nulls", "daily-growth"),
        *("issues", ": skiing", "@Maya"),
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
SQLITE_EXAMPLES, POSTGRES_EXAMPLES = 2_000, 400  # the same words are read; what differs is how they are kept
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
        return text.strip().lower().startswith(("calendar", "fairness"))
    if command != "holiday":
        return False
    words = text.strip()
    for first in ("cancel", ""):
        rest = words[len(first) :].strip() if words.lower().startswith(first) else words
        if rest.startswith(("@", "<@")):
            rest = rest.partition(" ")[2]
        try:
            dates.read(rest, cast.NOW.date())
        except BadDates:
            continue
        return True
    return False


def test_rubbish_is_answered_kindly_and_writes_nothing(desk: Desk) -> None:
    examples = SQLITE_EXAMPLES if desk.store.is_sqlite else POSTGRES_EXAMPLES

    @settings(max_examples=examples, deadline=None)
    @given(command=COMMANDS, text=TEXTS)
    def answered(command: str, text: str) -> None:
        before = written(desk.store)
        reply = commands.answer(Ask(command, text, Asker(slack_id=cast.TOMS), cast.NOW), desk)
        assert problems_with_message({"text": reply.text, "blocks": reply.blocks}) == []
        assert not BROADCAST.search(str(reply.blocks))
        if not may_write(command, text):
            assert written(desk.store) == before

    answered()
