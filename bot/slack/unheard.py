"""Requests of Slack's that nothing here answers: taken with a 200 and counted.

An app that is asked for less than it was made for (another release's manifest, an event somebody subscribed it to) must
still say 200: Slack sends events again that were not taken, and disables the subscriptions of an app that takes fewer
than one in twenty of them; a person sees an error for a shortcut or a command.
https://docs.slack.dev/apis/events-api (read 2026-11)
"""

import logging
from typing import Any

from slack_bolt import BoltResponse

from bot.desk import Desk
from bot.ops.metrics import Metrics
from bot.speech.mrkdwn import escape
from bot.talk import commands

UNKNOWN_COMMAND = "I don't answer {command}. My commands here are {commands}."
COMMAND, EVENT, LIMITED, SUGGESTION = "command", "event_callback", "app_rate_limited", "block_suggestion"
KINDS = frozenset({EVENT, LIMITED, SUGGESTION, "shortcut", "message_action", "view_closed"})
OTHER = "other"

log = logging.getLogger(__name__)


def answer(body: dict[str, Any], desk: Desk, metrics: Metrics) -> BoltResponse:
    """What Slack is answered: nothing but that it was taken; one sentence to a command, no options to a menu."""
    kind = kind_of(body)
    metrics.unheard(kind)
    if kind == LIMITED:
        log.warning("Slack holds events back", extra={"minute": body.get("minute_rate_limited")})
    if kind == COMMAND:
        said = UNKNOWN_COMMAND.format(command=escape(str(body["command"])), commands=_commands(desk))
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": said})
    if kind == SUGGESTION:
        return BoltResponse(status=200, body={"options": []})
    return BoltResponse(status=200)


def kind_of(body: dict[str, Any]) -> str:
    """What sort of request it is, in Slack's words; "other" for one that no page tells of."""
    if "command" in body:
        return COMMAND
    kind = body.get("type")
    return str(kind) if kind in KINDS else OTHER


def _commands(desk: Desk) -> str:
    return ", ".join(f"`{desk.command(each)}`" for each in commands.COMMANDS)
