"""What Slack makes of what people type, in commands whose `should_escape` is set and in messages.

    R&D with @maya, see example.com  →  R&amp;D with <@U1|maya>, see <http://example.com|example.com>

https://docs.slack.dev/interactivity/implementing-slash-commands and
https://docs.slack.dev/messaging/formatting-message-text (read 2026-11).
"""

import re

from bot.sandbox.records import DIRECT, PRIVATE
from bot.sandbox.slack.workspace import Workspace

FOR_MANY = ("here", "channel", "everyone")

_ADDRESS = r"(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
_LINK = r"(?P<link>https?://[^\s<>|]*[^\s<>|.,:;!?)])"
_HOST = (
    r"(?P<host>(?<![\w.@/-])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|example)(?![\w-])(?:/[^\s<>|]*[^\s<>|.,:;!?)])?)"
)


def escaped(workspace: Workspace, typed: str) -> str:
    """What somebody `typed`, as the bot gets it."""
    called = {
        **{f"@{word}": f"<!{word}>" for word in FOR_MANY},
        **{f"#{c.name}": f"<#{c.id}|{c.name}>" for c in workspace.channels.values() if c.kind not in (DIRECT, PRIVATE)},
        **{f"@{g['handle']}": f"<!subteam^{g['id']}|@{g['handle']}>" for g in workspace.usergroups.values()},
        **{f"@{name}": f"<@{u.id}|{u.handle}>" for u in workspace.users.values() for name in (u.name, u.handle)},
    }
    sent = {typed.casefold(): becomes for typed, becomes in called.items()}
    names = "|".join(re.escape(each) for each in sorted(called, key=len, reverse=True))
    what = re.compile(rf"(?<!\w)(?P<called>{names})(?![\w-])|{_LINK}|{_ADDRESS}|{_HOST}", re.IGNORECASE)
    pieces, begins = [], 0
    for found in what.finditer(typed):
        pieces += [plain(typed[begins : found.start()]), _entity(found, sent)]
        begins = found.end()
    return "".join([*pieces, plain(typed[begins:])])


def plain(typed: str) -> str:
    """Text with its three special characters escaped."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _entity(found: re.Match[str], called: dict[str, str]) -> str:
    typed = plain(found[0])
    match found.lastgroup:
        case "called":
            return called.get(found[0].casefold(), typed)
        case "link":
            return f"<{typed}>"
        case "email":
            return f"<mailto:{typed}|{typed}>"
    return f"<http://{typed}|{typed}>"
