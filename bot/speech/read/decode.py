"""What people type, out of what Slack makes of it.

    R&D with @maya, see example.com   is sent as   R&amp;D with <@U1|maya>, see <http://example.com|example.com>

Decoded once, where it comes in; `mrkdwn.escape` encodes once, where ours goes out. A mention, of a member or of a
user group, stays a sign of its own, which nobody can type: `<@U1>` that somebody types arrives as `&lt;@U1&gt;`, and is
text.
https://docs.slack.dev/interactivity/implementing-slash-commands and
https://docs.slack.dev/messaging/formatting-message-text (read 2026-11). No page and no thread of the SDKs' says that a
form's plain_text_input comes escaped, so the values of forms are taken as they come.
"""

import re

from bot.speech.mrkdwn import unescape

OPEN, CLOSE = "\ufdd0", "\ufdd1"  # noncharacters, which Unicode keeps for a program's own use
ODD = "\ufffd"  # stands for them in what people type
A_GROUP = "!"  # stands before the id of a user group

_ENTITY = re.compile(r"(<[^<>]*>)")
_MENTION = re.compile(rf"{OPEN}(!?[A-Z0-9]+)(?:\|([^{OPEN}{CLOSE}]*))?{CLOSE}")
_OURS = {ord(OPEN): ODD, ord(CLOSE): ODD}


def typed(sent: str) -> str:
    """What somebody typed, of what Slack sent: plain text, in which only mentions of members are signs."""
    pieces = _ENTITY.split(sent.translate(_OURS))
    return "".join(_entity(piece[1:-1]) if place % 2 else unescape(piece) for place, piece in enumerate(pieces))


def mention(slack_id: str, name: str = "") -> str:
    """A member in decoded text: one word, whatever the name."""
    return f"{OPEN}{slack_id}|{'.'.join(name.split())}{CLOSE}"


def mentioned(word: str) -> str | None:
    """The member id, where a word of decoded text is a mention and nothing else."""
    found = _MENTION.fullmatch(word)
    return found[1] if found and not found[1].startswith(A_GROUP) else None


def is_group(word: str) -> bool:
    """Whether a word of decoded text is a mention of a user group and nothing else."""
    found = _MENTION.fullmatch(word)
    return found is not None and found[1].startswith(A_GROUP)


def begins_with_mention(text: str) -> bool:
    """Whether decoded text begins with a mention."""
    return _MENTION.match(text) is not None


def words(text: str) -> str:
    """Decoded text as it is shown or kept: a mention is a name, and calls nobody."""
    return _MENTION.sub(lambda found: f"@{found[2] or found[1].removeprefix(A_GROUP)}", text)


def _entity(inside: str) -> str:
    """What stood between < and >: a member, a channel, a group or a word for many, a date, or a link."""
    what, _, label = inside.partition("|")
    label = unescape(label)
    match what[:1], what[1:]:
        case "@", slack_id if slack_id.isalnum():
            return mention(slack_id, label)
        case "#", channel:
            return f"#{label or channel}"
        case "!", called:
            return _called(called, label)
    return label or unescape(re.sub("^(mailto|tel):", "", what))


def _called(called: str, label: str) -> str:
    if called in ("here", "channel", "everyone"):
        return f"@{called}"
    kind, _, group = called.partition("^")
    if kind == "subteam" and group.isalnum():
        return mention(f"{A_GROUP}{group}", label.removeprefix("@"))
    return label or f"@{called.partition('^')[2] or called}"
