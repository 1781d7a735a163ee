"""What Slack sends when a person types a command, presses, chooses or submits: pure functions to JSON."""

import time
from collections.abc import Mapping
from datetime import datetime

from bot.sandbox.records import DIRECT, Channel, Interaction, Json, SlackMessage, User, View, elements_in
from bot.sandbox.slack.shapes import message_json, user_json, view_json
from bot.sandbox.slack.workspace import APP, BOT_USER, TEAM, Workspace

Values = Mapping[str, Mapping[str, object]]  # block_id → action_id → what was typed or chosen

ENTERPRISE_NAME = "Acme"
_STATE = {
    "plain_text_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "users_select": ("selected_user", "initial_user"),
}
_ONE_OPTION, _OPTIONS = {"static_select", "radio_buttons", "overflow"}, {"multi_static_select", "checkboxes"}


def slash_form(done: Interaction, user: User, channel: Channel, url: str, command: str, text: str) -> dict[str, str]:
    """A slash command, to be form-encoded. `url` is the response_url."""
    return {
        "token": "legacy",
        "team_id": user.team_id or TEAM,
        "team_domain": "sandbox",
        **_flat(done.enterprise),
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == DIRECT else channel.name,
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": done.trigger,
    }


def press_in_message(
    done: Interaction, user: User, channel: Channel, url: str, message: SlackMessage, action: Json
) -> Json:
    """A press in a message; of an ephemeral one Slack sends no content."""
    container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    shown = {} if message.ephemeral else {"message": message_json(message, with_metadata=True)}
    return {
        **_common("block_actions", done, user),
        "container": {**container, "is_ephemeral": message.ephemeral},
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == DIRECT else channel.name},
        **shown,
        "state": {"values": state(message.blocks, _given(action))},
        "response_url": url,
        "actions": [action],
    }


def shortcut(done: Interaction, user: User, callback: str) -> Json:
    """A global shortcut. https://docs.slack.dev/interactivity/implementing-shortcuts"""
    return {**_common("shortcut", done, user), "callback_id": callback, "action_ts": f"{time.time():.6f}"}


def of_message(message: SlackMessage, channel: Channel, url: str) -> Json:
    """What a message's shortcut has beside that."""
    name = "directmessage" if channel.kind == DIRECT else channel.name
    return {
        "type": "message_action",
        "message_ts": message.ts,
        "message": message_json(message, with_metadata=True),
        "channel": {"id": channel.id, "name": name},
        "response_url": url,
    }


def suggestion(done: Interaction, user: User, view: View, action_id: str, typed: str) -> Json:
    """What somebody typed into a menu whose options the app gives."""
    block = next(block for block, element in elements_in(view.blocks) if element["action_id"] == action_id)
    return {
        **_common("block_suggestion", done, user),
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view),
        "action_id": action_id,
        "block_id": block["block_id"],
        "value": typed,
    }


def event(inner: Json, event_id: str, workspace: Workspace) -> Json:
    """Something that happened, as the app is told of it. https://docs.slack.dev/apis/events-api"""
    now = workspace.now()
    grid = workspace.enterprise
    mine = {"enterprise_id": grid, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    return {
        "token": "legacy",
        "type": "event_callback",
        **({"enterprise_id": grid} if grid else {}),
        "team_id": TEAM,
        "api_app_id": APP,
        "event": {**inner, "event_ts": f"{now.timestamp():.6f}"},
        "event_id": event_id,
        "event_time": int(now.timestamp()),
        "authorizations": [mine],
        "is_ext_shared_channel": False,
    }


def held_back(now: datetime) -> Json:
    """That Slack holds events back: it has no event in it. https://docs.slack.dev/reference/events/app_rate_limited"""
    minute = int(now.timestamp()) // 60 * 60
    return {
        "token": "legacy",
        "type": "app_rate_limited",
        "team_id": TEAM,
        "minute_rate_limited": minute,
        "api_app_id": APP,
    }


def user_changed(workspace: Workspace, user: User) -> Json:
    """The event that somebody's account or profile is another one. https://docs.slack.dev/reference/events/user_change"""
    shown = user_json(workspace, user, with_email=True)
    return {"type": "user_change", "user": shown, "cache_ts": int(workspace.now().timestamp())}


def home_opened(user: User, channel: Channel, home: View | None) -> Json:
    """The event that somebody opened the home tab; `home` is what was published there before."""
    shown = {"view": view_json(home)} if home else {}
    return {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": "home", **shown}


def press_in_view(done: Interaction, user: User, view: View, action: Json) -> Json:
    """A press in a modal or in the home: no response_url."""
    return {
        **_common("block_actions", done, user),
        "container": {"type": "view", "view_id": view.id},
        "view": {**view_json(view), "state": {"values": state(view.blocks, _given(action))}},
        "actions": [action],
    }


def submission(done: Interaction, user: User, view: View, values: Values) -> Json:
    """A modal submitted with these values."""
    filled = {**view_json(view), "state": {"values": state(view.blocks, values)}}
    return {**_common("view_submission", done, user), "view": filled, "response_urls": []}


def closing(done: Interaction, user: User, view: View) -> Json:
    """A modal closed by its user."""
    return {**_common("view_closed", done, user), "view": view_json(view), "is_cleared": False}


def action_for(block: Json, element: Json, value: object, ts: str) -> Json:
    """The one entry of `actions`. Raises ValueError for a value that is not among the options."""
    common = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": ts}
    if element["type"] != "button":
        return {**common, **_chosen(element, value)}
    own: Json = {key: element[key] for key in ("type", "text", "value", "style", "url") if key in element}
    return {**common, **own}


def state(blocks: list[Json], values: Values) -> Json:
    """`state.values`: what every input of these blocks holds, its initial value where `values` has nothing for it."""
    held: Json = {}
    for block, element in elements_in(blocks):
        if element["type"] in ("button", "overflow"):
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        given = values.get(block_id, {})
        value = given[action_id] if action_id in given else initial(element)
        held.setdefault(block_id, {})[action_id] = _chosen(element, value)
    return held


def initial(element: Json) -> object:
    """The value that an input starts with: None if it starts empty."""
    if element["type"] in _ONE_OPTION:
        return element.get("initial_option", {}).get("value")
    if element["type"] in _OPTIONS:
        return [option["value"] for option in element.get("initial_options", [])]
    return element.get(_STATE[element["type"]][1])


def left_empty(view: View, values: Values) -> list[str]:
    """The block_ids of inputs that must be filled in and are not: Slack's client doesn't submit then."""
    held = state(view.blocks, values)
    return [
        block["block_id"]
        for block, element in elements_in(view.blocks)
        if block["type"] == "input"
        and not block.get("optional")
        and not any(value for key, value in held[block["block_id"]][element["action_id"]].items() if key != "type")
    ]


def _chosen(element: Json, value: object) -> Json:
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, value) if value else None}
    if kind in _OPTIONS:
        many = value if isinstance(value, list) else []
        return {"type": kind, "selected_options": [_option(element, each) for each in many]}
    return {"type": kind, _STATE[kind][0]: value or None}


def _option(element: Json, value: object) -> Json:
    for option in element["options"]:
        if option["value"] == value:
            return {key: option[key] for key in ("text", "value")}
    raise ValueError(f"{element['action_id']} has no option {value!r}")


def _given(action: Json) -> Values:
    for key in ("selected_option", "selected_date", "selected_user", "selected_options"):
        if key in action:
            chosen = action[key]
            value = chosen.get("value") if isinstance(chosen, dict) else chosen
            many = [each["value"] for each in chosen] if isinstance(chosen, list) else value
            return {action["block_id"]: {action["action_id"]: many}}
    return {}


def _common(kind: str, done: Interaction, user: User) -> Json:
    team = user.team_id or TEAM
    return {
        "type": kind,
        "token": "legacy",
        "team": {"id": TEAM, "domain": "sandbox", **_flat(done.enterprise)},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": team},
        "api_app_id": APP,
        "trigger_id": done.trigger,
        # It is the app's workspace's: of who did it, it says nothing.
        "enterprise": {"id": done.enterprise, "name": ENTERPRISE_NAME} if done.enterprise else None,
        "is_enterprise_install": False,
    }


def _flat(enterprise: str | None) -> Json:
    return {"enterprise_id": enterprise, "enterprise_name": ENTERPRISE_NAME} if enterprise else {}
