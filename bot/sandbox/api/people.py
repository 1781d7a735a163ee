"""auth.*, users.* and usergroups.*."""

from bot.sandbox.api.asked import SlackError
from bot.sandbox.api.call import Call
from bot.sandbox.api.pages import ONE_KIND
from bot.sandbox.records import Json, User
from bot.sandbox.rules import scopes
from bot.sandbox.slack.shapes import user_json
from bot.sandbox.slack.workspace import BOT, BOT_NAME, BOT_USER, TEAM

MYSELF = User(BOT_USER, BOT_NAME, "", role="bot")
MANY = 1_000  # people: of more, users.list wants to be asked for a page; Slack names no number


def api_test(call: Call) -> Json:
    """api.test"""
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    """auth.test"""
    return {
        "url": f"{call.url}/",
        "team": call.workspace.team_name,
        "team_id": TEAM,
        "user": "oncall",
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
        **({"enterprise_id": call.workspace.enterprise} if call.workspace.enterprise else {}),
    }


def users_info(call: Call) -> Json:
    """users.info: the bot's own user too."""
    return {"user": _shown(call, MYSELF if call.text("user") == BOT_USER else call.user())}


def users_list(call: Call) -> Json:
    """users.list: the bot's own user among them, as in Slack."""
    everybody = [*call.workspace.users.values(), MYSELF]
    if len(everybody) > MANY and not call.text("limit"):
        raise SlackError("limit_required")
    users, cursor = call.page(everybody, lambda user: user.id, ONE_KIND)
    return {"members": [_shown(call, user) for user in users], "response_metadata": {"next_cursor": cursor}}


def users_lookup_by_email(call: Call) -> Json:
    """users.lookupByEmail: active people of this workspace."""
    email = call.text("email").lower()
    for user in call.workspace.users.values():
        if user.email.lower() == email and not user.deleted and user.team_id in (None, TEAM):
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


def usergroups_list(call: Call) -> Json:
    """usergroups.list: who is in them, and how many, is told only where it is asked for."""
    _may_have_groups(call)
    groups = call.workspace.usergroups.values()
    return {"usergroups": [_group_json(call, group) for group in groups]}


def usergroups_users_list(call: Call) -> Json:
    """usergroups.users.list"""
    return {"users": _usergroup(call)["users"]}


def usergroups_users_update(call: Call) -> Json:
    """usergroups.users.update: the whole list at once, which cannot be empty; full members only."""
    group, users = _usergroup(call), call.names("users")
    if not users:
        raise SlackError("no_users_provided")
    members = [call.workspace.users.get(each) for each in users]
    if not all(user and not user.is_restricted and user.team_id in (None, TEAM) for user in members):
        raise SlackError("invalid_users")
    group["users"] = users
    return {"usergroup": group}


def _group_json(call: Call, group: Json) -> Json:
    asked = {"users": group["users"]} if call.flag("include_users") else {}
    count = {"user_count": len(group["users"])} if call.flag("include_count") else {}
    return {**{key: value for key, value in group.items() if key != "users"}, **asked, **count}


def _usergroup(call: Call) -> Json:
    _may_have_groups(call)
    group = call.workspace.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _may_have_groups(call: Call) -> None:
    if refused := call.workspace.rules.no_usergroups:
        raise SlackError(refused)


def _shown(call: Call, user: User) -> Json:
    return user_json(call.workspace, user, with_email=scopes.EMAIL in call.scopes)
