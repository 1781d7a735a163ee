"""What an admin is told, once, where Slack refuses a sign of who is on duty. Facts → blocks."""

from collections.abc import Mapping

from bot.speech.ask import Reply
from bot.speech.blocks import reply, sections
from bot.speech.mrkdwn import escape
from models.signs import GROUP, NOT_OURS, TOPIC
from scheduler.team.roster import Roster

SIGNS: Mapping[str, str] = {GROUP: "the user group", TOPIC: "the topic of {channel}"}
REFUSED = "I can't keep {sign} up to date: Slack says `{problem}`. Everything else works on; this is said once."
THEIRS = "The topic of {channel} is somebody's own text, so I leave it. Empty it, and I name who is on call there."
SWITCH_OFF = "Without it: unset `{setting}`."
SETTINGS: Mapping[str, str] = {GROUP: "ONCALL_GROUP", TOPIC: "ONCALL_TOPIC"}
REMEDIES: Mapping[str, str] = {
    "missing_scope": "The app lacks a scope: print its manifest anew with the setting in place, and install it again.",
    "permission_denied": "Let everyone change user groups in the workspace's settings, or choose none.",
    "plan_upgrade_required": "User groups need a paid plan of Slack.",
    "no_such_subteam": "There is no such user group: make it, or correct its handle.",
}


def refused(team: Roster, sign: str, problem: str) -> Reply:
    """Which sign, why, and what to do."""
    channel = escape(team.facts.channel)
    if problem == NOT_OURS:
        lines = [THEIRS.format(channel=channel)]
    else:
        named = SIGNS[sign].format(channel=channel)
        remedy = [REMEDIES[problem]] if problem in REMEDIES else []
        lines = [REFUSED.format(sign=named, problem=escape(problem)), *remedy]
    return reply(sections([*lines, SWITCH_OFF.format(setting=SETTINGS[sign])]))
