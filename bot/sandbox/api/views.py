"""views.*"""

import json

from bot.sandbox.api.asked import SlackError, wrong
from bot.sandbox.api.call import Call
from bot.sandbox.records import Interaction, Json, View
from bot.sandbox.slack.shapes import view_json
from bot.sandbox.slack.workspace import TRIGGER_SECONDS

LAYERS = 3
VIEW_BYTES = 250_000
HOME, MODAL = "home", "modal"


def views_open(call: Call) -> Json:
    """views.open, with a trigger that is used up by it."""
    return _opened(call, _trigger(call), None)


def views_push(call: Call) -> Json:
    """views.push: a modal above the one that is open; three at most."""
    trigger = _trigger(call)
    below = call.workspace.views.get(trigger.user)
    if sum(view.user == trigger.user for view in call.workspace.open_views()) >= LAYERS:
        raise SlackError("push_limit_reached")
    return _opened(call, trigger, below)


def views_update(call: Call) -> Json:
    """views.update, by view_id or external_id, if its hash is still the one that is given."""
    wanted = (call.text("view_id"), call.text("external_id"))
    for view in call.workspace.open_views():
        if view.id == wanted[0] or (wanted[1] and view.payload.get("external_id") == wanted[1]):
            if call.text("hash", view.hash) != view.hash:
                raise SlackError("hash_conflict")
            call.workspace.fill(view, _payload(call))
            return {"view": view_json(view)}
    raise SlackError("not_found")


def views_publish(call: Call) -> Json:
    """views.publish: a person's home tab, which stays the same view; if its hash is still the one that is given."""
    user, payload = call.workspace.users.get(call.text("user_id")), _payload(call, HOME)
    if user is None or user.deleted:
        raise wrong("invalid `user_id`")
    home = call.workspace.homes.get(user.id)
    if home is None:
        home = call.workspace.homes[user.id] = call.workspace.view(user.id, payload)
    else:
        if call.text("hash", home.hash) != home.hash:
            raise SlackError("hash_conflict")
        call.workspace.fill(home, payload)
    return {"view": view_json(home)}


def _opened(call: Call, trigger: Interaction, below: View | None) -> Json:
    view = call.workspace.view(trigger.user, _payload(call), below)
    trigger.trigger_used = True
    trigger.views.append(view)
    call.workspace.open(view)
    return {"view": view_json(view)}


def _payload(call: Call, kind: str = MODAL) -> Json:
    payload: Json = call.tree("view", dict) or {}
    if len(json.dumps(payload)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    if payload.get("type") in (HOME, MODAL) and payload["type"] != kind:
        raise wrong(f"a view of type {payload['type']} where only {kind} may stand")
    return payload


def _trigger(call: Call) -> Interaction:
    if not call.text("trigger_id"):
        raise wrong("invalid `trigger_id`")
    for each in call.workspace.interactions:
        if each.trigger == call.text("trigger_id"):
            if call.workspace.seconds() - each.began > TRIGGER_SECONDS:
                raise SlackError("expired_trigger_id")
            if each.trigger_used:
                raise SlackError("exchanged_trigger_id")
            return each
    raise SlackError("invalid_trigger_id")
