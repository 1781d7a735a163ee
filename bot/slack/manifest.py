"""The app manifest: what Slack needs to know to make the app. https://docs.slack.dev/reference/app-manifest"""

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from bot.config import BadSettings
from bot.links import EVENTS
from bot.talk.commands import COMMANDS
from bot.talk.feature import Command

Mode = Literal["socket", "http"]

NAME = "On call"
DESCRIPTION = "Who is on call, runbooks, holidays, and a rotation that repairs itself"
BAD_URL = "{url!r} is no public address: Slack sends its requests to one such as https://oncall.example.com."

# Exactly what the methods that bot/slack/client.py calls ask for; bot/sandbox/rules/scopes.py says which asks for what.
SCOPES = (
    "commands",  # the slash commands
    "chat:write",  # posts and edits handoffs, reminders and news
    "im:write",  # opens the direct messages that reminders and news go to
    "files:write",  # the rotation's picture
    "users:read",  # who is a full member: only those see phones and emails
    "users:read.email",  # finds people of the plan that have an email there but no member id
    "channels:read",  # the team's channel by its name, and whether the bot is in it
    "groups:read",  # the same for a team whose channel is private
    "channels:history",  # looks up whether a post arrived when Slack's answer did not
    "groups:history",  # the same in a private channel
    "im:history",  # the same in direct messages
)


# The first asks for no scope, nor does views.publish; the second for users:read. An app that was made from an earlier
# manifest does without it: members are looked up again after a day.
EVENTS_HEARD = ("app_home_opened", "user_change")


def as_json(mode: Mode, url: str | None, prefix: str, more: Sequence[str] = ()) -> str:
    """The manifest as text to paste. `more` as for `manifest`. Raises BadSettings."""
    return json.dumps(manifest(mode, url, prefix, more), indent=2, ensure_ascii=False)


def manifest(mode: Mode, url: str | None = None, prefix: str = "", more: Sequence[str] = ()) -> dict[str, Any]:
    """The manifest of an app that takes its requests over Socket Mode, or over HTTP at `url`, the bot's public address
    (not looked at with Socket Mode). `prefix` goes before each command's name; `more` are scopes that
    settings ask for. Raises BadSettings."""
    requests = _requests(url) if mode == "http" else None
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {"name": NAME, "description": DESCRIPTION},
        "features": {
            # Slack offers no box to type a command in, in direct messages with an app whose tab is read-only.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": f"{prefix}oncall", "always_online": True},
            "slash_commands": [_command(name, each, prefix, requests) for name, each in COMMANDS.items()],
        },
        "oauth_config": {"scopes": {"bot": [*SCOPES, *more]}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": requests} if requests else {}),
                "bot_events": list(EVENTS_HEARD),
            },
            "interactivity": {"is_enabled": True, **({"request_url": requests} if requests else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def _requests(url: str | None) -> str:
    """Where Slack's requests go: `url` may have a path, and the slash at its end or the whole path may be typed."""
    if not url or not re.fullmatch(r"https://[^\s/?#]+[^\s?#]*", url):
        raise BadSettings([BAD_URL.format(url=url or "")])
    return url.rstrip("/").removesuffix(EVENTS) + EVENTS


def _command(name: str, command: Command, prefix: str, requests: str | None) -> dict[str, Any]:
    return {
        "command": f"/{prefix}{name}",
        "description": command.description,
        "usage_hint": command.usage,
        "should_escape": True,  # else `@Maya` arrives as a bare name, which is not unique
        **({"url": requests} if requests else {}),
    }
