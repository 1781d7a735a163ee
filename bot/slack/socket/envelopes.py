"""What comes in an envelope of Socket Mode, answered by Bolt as if it had come over HTTP."""

import json
import logging
from typing import Any

from slack_bolt import App, BoltRequest

from bot.slack.sense import makes_sense

UNANSWERED = "a request by Socket Mode was not answered"

log = logging.getLogger(__name__)


def answered(app: App, envelope: dict[str, Any]) -> dict[str, Any] | None:
    """The ack of an envelope, with the answer in it where Slack takes one; None where there is none."""
    if not makes_sense(envelope["payload"]):
        log.warning(UNANSWERED, extra={"problem": "it makes no sense"})
        return None
    response = app.dispatch(BoltRequest(mode="socket_mode", body=envelope["payload"]))
    if response.status != 200:
        log.warning(UNANSWERED, extra={"problem": response.status})
        return None
    ack: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
    if response.body and envelope.get("accepts_response_payload"):
        ack["payload"] = _payload(response.body)
    return ack


def _payload(body: str) -> Any:
    return json.loads(body) if body.startswith("{") else {"text": body}
