"""People, messages and views as the Web API and the requests to the bot show them."""

from bot.sandbox.records import Json, SlackMessage, User, View
from bot.sandbox.slack.workspace import APP, BOT, BOT_USER, TEAM, Workspace


def user_json(workspace: Workspace, user: User, with_email: bool) -> Json:
    """Somebody as the API and events show them. https://docs.slack.dev/reference/objects/user-object: who is of another
    workspace is no `is_stranger` where they share a channel with the bot."""
    here, enterprise = user.team_id in (None, TEAM), user.enterprise_id or workspace.enterprise
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id or TEAM,
        "name": user.handle,
        "real_name": user.name,
        "deleted": user.deleted,
        "tz": user.tz,
        "profile": {"real_name": user.name, "display_name": user.name},
        "is_admin": user.role == "admin",
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_stranger": not here and not any({user.id, BOT_USER} <= c.members for c in workspace.channels.values()),
        "is_bot": user.id == BOT_USER,
    }
    if with_email and user.email:
        shown["profile"]["email"] = user.email
    if (here and workspace.enterprise) or user.enterprise_id:
        there = {"enterprise_id": enterprise, "enterprise_name": "Acme", "teams": [user.team_id or TEAM]}
        shown["enterprise_user"] = {"id": user.id, "is_admin": False, "is_owner": False, **there}
    return shown


def message_json(message: SlackMessage, with_metadata: bool = False) -> Json:
    """A message as the API shows it."""
    shown: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.bot:
        shown |= {"bot_id": BOT, "app_id": APP, "blocks": message.blocks}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.files:
        shown["files"] = [{"id": file.id, "name": file.name, "title": file.title} for file in message.files]
    if with_metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def view_json(view: View) -> Json:
    """A view as the API and the requests to the bot show it."""
    bottom = view
    while bottom.below:
        bottom = bottom.below
    return {
        "id": view.id,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT,
        "app_installed_team_id": TEAM,
        "hash": view.hash,
        "root_view_id": bottom.id,
        "previous_view_id": view.below.id if view.below else None,
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "state": {"values": {}},
        **view.payload,
    }
