"""What an admin is told where Slack refuses Socket Mode, by which the bot hears people. Facts → blocks."""

from collections.abc import Mapping

from bot.speech.ask import Reply
from bot.speech.blocks import reply, sections
from bot.speech.mrkdwn import escape

DEAF = (
    ":rotating_light: Slack refuses Socket Mode (`{problem}`), by which I hear people: commands and buttons fail, or "
    "will soon. What I post by myself goes on."
)
NEW_TOKEN = (
    "The app token is not accepted: install the app again where it was removed, or make an app-level token with the "
    "scope `connections:write` on its page *Basic Information* and start me with that."
)
REMEDIES: Mapping[str, str] = {
    "link_disabled": "Somebody switched it off: switch it on again on the app's page *Socket Mode*.",
}
GOES_ON = "I try again every minute: no new start is needed, unless for another token."


def deaf(problem: str) -> Reply:
    """Why nobody is heard, and what to do."""
    remedy = REMEDIES.get(problem, NEW_TOKEN)
    return reply(sections([DEAF.format(problem=escape(problem)), remedy, GOES_ON]))
