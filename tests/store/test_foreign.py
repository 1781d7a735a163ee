"""Somebody of another organisation whose member id the plan has, be it an admin's, is nobody of the plan, wherever they
ask, press or send. One place tells so (`bot/speech/ask.py`), for all commands, presses and forms.
"""

import pytest

from bot.slack.home import gather
from bot.speech.ask import Answer, Ask, Asker, BadFields, Press
from bot.speech.payload import Unreadable
from bot.talk import commands, presses
from models import people
from scheduler.refusals import Refused
from tests.kit.cast import MAYA, NOW, ROBIN
from tests.kit.databases import everything as all_rows
from tests.kit.stage import Stage

NOTE, PHONE, EMAIL = "a surprise party", "+49 30 1234567", "robin@example.com"
TYPED = [
    ("oncall", ""),
    ("oncall", "log"),
    ("oncall", "take"),
    ("oncall", "take @Maya"),
    ("oncall", "cover 3 Dec"),
    ("oncall", "swap @Danny 30 Nov for 7 Dec"),
    ("oncall", "requests"),
    ("oncall", "roster"),
    ("oncall", "settings"),
    ("oncall", "feed"),
    ("oncall", "fairness"),
    ("holiday", "24 Dec"),
    ("holiday", "list"),
    ("holiday", "mine"),
    ("holiday", "@Maya 24 Dec"),
    ("holiday", "@Maya"),
    ("holiday", "cancel 26 Dec"),
    ("pipelines", ""),
    ("runbook", "daily-growth contacts"),
]
VALUES = ["", "1", "maya/2026-11-30/1", "2026-12-24", "daily-growth"]


PICTURES = ("outbox", "channels")  # one of the calendar is sent to whoever asks for it


def everything(stage: Stage) -> dict[str, object]:
    """All rows that somebody of the plan may change."""
    return {name: rows for name, rows in all_rows(stage.store).items() if name not in PICTURES}


@pytest.fixture
def private(stage: Stage) -> Stage:
    """Maya is away with a note; everybody's Slack id is known, and Robin is an admin."""
    with stage.store.writing() as tx:
        people.found_in_slack(tx, "maya", MAYA)
        people.found_in_slack(tx, "robin", ROBIN)
    assert NOTE in repr(stage.ask(MAYA, f"/holiday 26 Dec: {NOTE}").blocks) + repr(stage.ask(MAYA, "/holiday").blocks)
    stage.ask(MAYA, "/oncall cover 3 Dec @Danny")
    assert NOTE in stage.words(ROBIN, "/holiday list")
    return stage


def test_a_command_shows_nothing_private_and_changes_nothing(private: Stage) -> None:
    for who in [MAYA, ROBIN]:
        for command, text in TYPED:
            before = everything(private)
            reply = commands.answer(
                Ask(command, text, Asker(who, foreign=True), NOW, f"{who} {command} {text}"), private.bot.desk
            )
            assert not any(word in repr(reply) for word in (NOTE, PHONE, EMAIL)), (who, command, text)
            assert everything(private) == before, (who, command, text)


def answered(stage: Stage, press: Press) -> Answer | None:
    """What a press, or a form that was sent, is answered; None where it is refused."""
    try:
        answers = presses.answer if press.action in presses.ACTIONS else presses.submit
        return answers(press, stage.bot.desk)
    except (Refused, Unreadable, BadFields):
        return None


def test_a_press_or_a_form_does_neither(private: Stage) -> None:
    for action in [*presses.ACTIONS, *presses.FORMS]:
        before = everything(private)
        days = {"first": "2026-12-24", "last": "2026-12-25", "week": "2026-12-07"}
        for who in (MAYA, ROBIN):
            for value in VALUES:
                press = Press(action, value, Asker(who, foreign=True), NOW, f"{who}/{value}", "1/danny", days)
                said = answered(private, press)
                assert not any(word in repr(said) for word in (NOTE, PHONE, EMAIL)), (action, value)
        assert everything(private) == before, action


@pytest.mark.parametrize("who", [MAYA, ROBIN])
def test_the_home_is_nobodys(private: Stage, who: str) -> None:
    with private.store.reading() as tx:
        home = gather(tx, Asker(who, foreign=True), NOW, None)
    assert (home.me, home.off, home.able) == (None, (), None)
