"""response_url: five messages within 30 minutes for something that a person did, with no scope and no membership."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.records import Interaction, SlackMessage
from bot.sandbox.slack.workspace import BOT_USER, RESPONSE_SECONDS, RESPONSE_USES, Rejected, Workspace

UNSAID = "response_url: says neither replace_original nor delete_original; Slack replaces what was pressed then"


def respond(workspace: Workspace, secret: str, body: Mapping[str, Any]) -> tuple[int, str]:
    """Take what the bot posted to the response_url that ends in `secret`; the HTTP status and text of the answer."""
    missing = workspace.images.problems(body.get("blocks"))
    with workspace.lock:
        interaction = next((each for each in workspace.interactions if each.secret == secret), None)
        if interaction is None:
            return 404, "no_service"
        if workspace.seconds() - interaction.began > RESPONSE_SECONDS:
            return 404, "expired_url"
        if interaction.uses >= RESPONSE_USES:
            return 404, "used_url"
        interaction.uses += 1
        try:
            workspace.reject_if(missing, "response_url")
            _say(workspace, interaction, body)
        except Rejected as rejected:
            return 400, f"invalid_blocks: {rejected}"
        return 200, "ok"


def _say(workspace: Workspace, interaction: Interaction, body: Mapping[str, Any]) -> None:
    original = interaction.pressed
    if original and not {"replace_original", "delete_original"} & set(body):
        # Slack's pages disagree about the default, so the bot should never leave it to Slack.
        workspace.rejected.append(UNSAID)
    if original and body.get("delete_original"):
        interaction.deleted = True
        workspace.remove(original)
    elif original and body.get("replace_original", True):
        # What one person sees stays so, whatever the response_type says: an ephemeral message never becomes public.
        workspace.change(original, str(body.get("text", "")), body.get("blocks") or [])
        interaction.messages.append(original)
    if not original or not (body.get("delete_original") or body.get("replace_original", True)):
        interaction.messages.append(workspace.post(reply(interaction, body)))


def reply(interaction: Interaction, body: Mapping[str, Any]) -> SlackMessage:
    """A new message in answer to what was done: for that person only, unless its response_type is in_channel."""
    public = body.get("response_type") == "in_channel"
    return SlackMessage(
        "",
        interaction.channel or "",
        BOT_USER,
        str(body.get("text") or ""),
        body.get("blocks") or [],
        thread_ts=body.get("thread_ts"),
        ephemeral_to=None if public else interaction.user,
        bot=True,
    )
