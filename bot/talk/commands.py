"""What can be typed, and what answers it. Refusals become kind replies here, and only here."""

from collections.abc import Callable, Mapping

from bot.desk import Desk
from bot.speech import usage
from bot.speech.ask import Ask, Reply
from bot.speech.mrkdwn import escape
from bot.speech.read.dates import DAY_EXAMPLE, SPAN_EXAMPLE, BadDates
from bot.speech.read.people import UnknownPerson
from bot.speech.refusals import refusal
from bot.talk.holiday import command as holiday
from bot.talk.oncall import command as oncall
from bot.talk.pipelines import command as pipelines
from bot.talk.runbook import command as runbook
from models.store.errors import StoreError
from scheduler.refusals import Refused
from scheduler.team.roster import NoPlan

Command = Callable[[Ask, Desk], Reply]

COMMANDS: Mapping[str, Command] = {
    "oncall": oncall.answer,
    "holiday": holiday.answer,
    "runbook": runbook.answer,
    "pipelines": pipelines.answer,
}
EXAMPLES: Mapping[str, str] = {
    "oncall": f"oncall {DAY_EXAMPLE}",
    "holiday": f"holiday {SPAN_EXAMPLE}",
    "runbook": "runbook daily-growth",
    "pipelines": "pipelines daily-growth",
}


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer a command. A refusal is an answer too: what is wrong, what may be meant, and one example."""
    try:
        return COMMANDS[ask.command](ask, desk)
    except BadDates as bad:
        return usage.wrong(desk, escape(bad.sentence), EXAMPLES[ask.command])
    except UnknownPerson as unknown:
        return usage.wrong(desk, escape(unknown.sentence), f"{ask.command} @Maya{_day(ask.command)}")
    except (Refused, NoPlan, StoreError) as refused:
        return refusal(refused)


def _day(command: str) -> str:
    return f" {DAY_EXAMPLE}" if command == "holiday" else ""
