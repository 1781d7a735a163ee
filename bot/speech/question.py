"""Asking back: a question, a button for each answer, and one that leaves everything as it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, button, context, reply, section
from bot.speech.mrkdwn import escape
from bot.speech.read.dates import Passed, TodayOrNext
from bot.speech.usage import Prefixed

TODAY = "Today"
FROM_TODAY = "{days}, from today"
NO = "No, leave it"
OR_TYPE = "Or type {commands}"

LEAVE_ACTION = "holiday.leave"  # as messages have it that were sent when only time off was asked back

Choices = Sequence[tuple[str, str, str]]  # the words on a button, its action id and its value


def choice(question: str, choices: Choices) -> Reply:
    """A question (mrkdwn), and what can be answered. Nothing is changed before that."""
    first, *more = choices
    buttons = [button(*first, style="primary"), *(button(*each) for each in more), button(NO, LEAVE_ACTION)]
    return replace(reply([section(question), actions(*buttons)]), refused=True)


def back(desk: Prefixed, question: str, choices: Choices, typed: Sequence[str]) -> Reply:
    """A question that can be answered by a button, or by what can be `typed`, without slash and prefix."""
    commands = " or ".join(f"`{escape(desk.command(each))}`" for each in typed)
    asked = choice(question, choices)
    return replace(reply([*asked.blocks, context(OR_TYPE.format(commands=commands))]), refused=True)


def label(passed: Passed, first: date, last: date) -> str:
    """The days on a button; of what has begun, those left of it begin today."""
    days = say.days(first, last)
    if isinstance(passed, TodayOrNext) and passed.left == (first, first):
        return TODAY
    return FROM_TODAY.format(days=days) if passed.left == (first, last) else days
