"""What the page asks and does, in JSON: /ui/state, and one path for each thing that a person can do.

GET  state?as=U…&conversation=C…&since=N      POST say, press, home, submit, close, clock, start-over
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.sandbox.records import DIRECT, Channel, Json, SlackMessage, User, View, elements_in
from bot.sandbox.slack import payloads
from bot.sandbox.slack.dispatch import BotDidNotAnswer, Dispatch
from bot.sandbox.slack.escaping import escaped
from bot.sandbox.slack.workspace import BOT_NAME, BOT_USER, Rejected, Workspace
from bot.speech import say
from scheduler.rule.hours import moment_of

MONDAY_AT = time(9)
NOT_THERE = "That is not there any more."
REJECTED = "Slack would not take what the bot sent: {problems}"
HOME = "home"  # stands among the conversations of the page
AT_HOME: Json = {"id": HOME, "kind": HOME, "name": "Home", "topic": "", "unread": 0}
WORDS = ("as", "conversation", "text", "ts", "view_id", "block_id", "action_id", "to")
HINTS = {"admin": "an admin", "outsider": "not in the team"}


class Turnable(Clock, Protocol):
    """A clock that can be turned forward."""

    def turn_to(self, moment: datetime) -> None:
        """Show `moment` (aware). Raises ValueError if that would be going back."""
        ...


class PageApi:
    """One workspace, as the page sees it and works on it."""

    def __init__(
        self, workspace: Workspace, dispatch: Dispatch, clock: Turnable, commands: Sequence[Json], team_name: str
    ) -> None:
        """`commands`: dicts of command, usage and description."""
        self.workspace, self.dispatch, self.clock = workspace, dispatch, clock
        self.commands, self.team_name = list(commands), team_name
        self.on_clock: Callable[[datetime], None] = lambda _: None
        self.on_start_over: Callable[[], None] = workspace.start_over
        self._notices: dict[str, str] = {}
        self._read: dict[tuple[str, str], str] = {}
        self._doing: Mapping[str, Callable[[Json], Json]] = {
            "say": self._say,
            "press": self._press,
            "home": self._home,
            "submit": self._submit,
            "close": self._close,
            "clock": self._clock,
            "start-over": self._start_over,
        }

    def answer(self, method: str, what: str, given: Json) -> Json | None:
        """Answer the page; None where nothing has changed since."""
        if method == "GET" and what == "state":
            return self._state(given)
        if method != "POST" or what not in self._doing:
            return {"ok": False, "error": "unknown"}
        if not _is_sound(given):
            return {"ok": False, "error": NOT_THERE}
        me = str(given.get("as") or "")
        self._notices.pop(me, None)
        try:
            return self._doing[what](given)
        except BotDidNotAnswer as failed:
            return self._noticed(me, str(failed))
        except Rejected as rejected:
            return self._noticed(me, REJECTED.format(problems="; ".join(rejected.problems)))
        except (KeyError, LookupError, ValueError):
            return self._noticed(me, NOT_THERE)

    def _noticed(self, me: str, notice: str) -> Json:
        self._notices[me] = notice
        self.workspace.touch()
        return {"ok": False, "error": notice}

    # What people see

    def _state(self, given: Json) -> Json | None:
        with self.workspace.lock:
            now = self.workspace.now()
            revision = self.workspace.revision * 1440 + now.hour * 60 + now.minute  # the clock on the page goes on too
            if str(given.get("since")) == str(revision):
                return None
            users = self.workspace.users
            me = users.get(str(given.get("as"))) or next(iter(users.values()))
            mine = self._conversations(me)
            at_home = given.get("conversation") == HOME
            asked = self.workspace.channels.get(str(given.get("conversation")))
            shown = asked if asked in mine else mine[0]
            messages = [] if at_home else self._messages(me, shown)
            return {
                "revision": revision,
                "team": self.team_name,
                "now": now.isoformat(),
                "clock": say.moment(now, self.workspace.zone),
                "zone": str(self.workspace.zone),
                "people": [_person(user) for user in users.values()],
                "me": me.id,
                "conversations": [*(self._conversation(me, each) for each in mine), AT_HOME],
                "conversation": HOME if at_home else shown.id,
                "commands": self.commands,
                "messages": [self._with_thread(me, message) for message in messages],
                "names": {BOT_USER: BOT_NAME, **{user.id: user.name for user in users.values()}},
                "channels": {c.id: c.name for c in self.workspace.channels.values() if c.kind != DIRECT},
                "view": _view(self.workspace.views.get(me.id)),
                "home": _view(self.workspace.homes.get(me.id)) if at_home else None,
                "busy": self.dispatch.busy[me.id] > 0,
                "notice": self._notices.get(me.id),
            }

    def _messages(self, me: User, shown: Channel) -> list[SlackMessage]:
        """What somebody sees there, and has read by that."""
        seen = [m for m in self.workspace.messages(shown.id) if m.seen_by(me.id)]
        if seen:
            self._read[me.id, shown.id] = seen[-1].ts
        return [message for message in seen if not message.thread_ts]

    def _conversations(self, me: User) -> list[Channel]:
        channels = [c for c in self.workspace.channels.values() if c.kind != DIRECT and me.id in c.members]
        return [*channels, self.workspace.direct(me.id)]

    def _conversation(self, me: User, channel: Channel) -> Json:
        read = self._read.get((me.id, channel.id), "")
        unread = [m for m in self.workspace.messages(channel.id, since=read) if m.seen_by(me.id) and m.user != me.id]
        direct = channel.kind == DIRECT
        return {
            "id": channel.id,
            "kind": "dm" if direct else "channel",
            "name": BOT_NAME if direct else channel.name,
            "topic": channel.topic,
            "unread": len(unread),
        }

    def _with_thread(self, me: User, message: SlackMessage) -> Json:
        """A message with the replies in its thread, as they show once it is open."""
        replies = [m for m in self.workspace.messages(message.channel) if m.thread_ts == message.ts != m.ts]
        return {**self._message(me, message), "thread": [self._message(me, m) for m in replies if m.seen_by(me.id)]}

    def _message(self, me: User, message: SlackMessage) -> Json:
        local = datetime.fromtimestamp(float(message.ts), self.workspace.zone)
        author = BOT_NAME if message.bot else self.workspace.users[message.user].name
        return {
            "ts": message.ts,
            "author": author,
            "bot": message.bot,
            "mine": message.user == me.id,
            "time": say.clock(local, self.workspace.zone),
            "day": say.day(local.date()),
            "text": message.text,
            "blocks": message.blocks,
            "ephemeral": message.ephemeral,
            "edited": message.edited,
            "thread_ts": message.thread_ts,
            "files": [
                {"name": f.name, "url": f"/files/{f.id}/{f.name}", "mimetype": f.mimetype, "title": f.title}
                for f in message.files
            ],
            "mentions_me": f"<@{me.id}" in message.words(),
        }

    # What people do

    def _say(self, given: Json) -> Json:
        me, channel = self.workspace.users[given["as"]], self.workspace.channels[given["conversation"]]
        text = str(given["text"]).strip()
        if not text.startswith("/"):
            if text:
                self.workspace.post(SlackMessage("", channel.id, me.id, escaped(self.workspace, text)))
            return {"ok": True}
        command, _, rest = text.partition(" ")
        if command not in [each["command"] for each in self.commands]:
            raise BotDidNotAnswer(f"{command} is not a valid command.")
        self.dispatch.slash(me.id, channel, command, rest.strip())
        return {"ok": True}

    def _press(self, given: Json) -> Json:
        me = given["as"]
        if given.get("view_id"):
            view = self._open(me, given["view_id"])
            self.dispatch.press_in_view(me, view, self.action(view.blocks, given))
            return {"ok": True}
        channel = self.workspace.channels[given["conversation"]]
        message = self.workspace.message(channel.id, str(given["ts"]))
        if message is None or not message.seen_by(me):
            raise LookupError(given["ts"])
        self.dispatch.press(me, channel, message, self.action(message.blocks, given))
        return {"ok": True}

    def action(self, blocks: list[Json], given: Json) -> Json:
        """The action of a press. Raises LookupError and ValueError where there is no such element or option."""
        for block, element in elements_in(blocks):
            if (block["block_id"], element["action_id"]) == (given["block_id"], given["action_id"]):
                return payloads.action_for(block, element, given.get("value"), f"{self.clock.now().timestamp():.6f}")
        raise LookupError(given["action_id"])

    def _open(self, me: str, view_id: str) -> View:
        for view in (self.workspace.views.get(me), self.workspace.homes.get(me)):
            if view and view.id == view_id:
                return view
        raise LookupError(view_id)

    def _home(self, given: Json) -> Json:
        self.dispatch.open_home(given["as"])
        return {"ok": True}

    def _submit(self, given: Json) -> Json:
        view = self._open(given["as"], given["view_id"])
        errors = self.dispatch.submit(given["as"], view, given["values"])
        return {"ok": True, "errors": errors} if errors else {"ok": True}

    def _close(self, given: Json) -> Json:
        self.dispatch.close(given["as"], self._open(given["as"], given["view_id"]))
        return {"ok": True}

    def _clock(self, given: Json) -> Json:
        now = self.workspace.now()
        if given["to"] == "monday":
            ahead = (7 - now.weekday()) % 7
            day = now.date() + timedelta(days=ahead)
            moment = moment_of(day, MONDAY_AT, self.workspace.zone)
            if moment <= now:
                moment = moment_of(day + timedelta(days=7), MONDAY_AT, self.workspace.zone)
        else:
            moment = moment_of(now.date() + timedelta(days=1), now.time().replace(tzinfo=None), self.workspace.zone)
        self.clock.turn_to(moment)
        self.on_clock(moment)
        self.workspace.touch()
        return {"ok": True}

    def _start_over(self, given: Json) -> Json:
        self._notices.clear()
        self._read.clear()
        self.on_start_over()
        self.workspace.touch()
        return {"ok": True}


def _is_sound(given: Json) -> bool:
    """Whether each part that is there is what the page sends: words, and by its block and action what a field holds."""
    fields = given.get("values", {})
    if not isinstance(fields, dict) or not all(isinstance(each, dict) for each in fields.values()):
        return False
    held = [given.get("value"), *(value for each in fields.values() for value in each.values())]
    return all(isinstance(given.get(name, ""), str) for name in WORDS) and all(map(_is_held, held))


def _is_held(value: object) -> bool:
    several = value if isinstance(value, list) else [value or ""]
    return all(isinstance(each, str) for each in several)


def _person(user: User) -> Json:
    return {"id": user.id, "name": user.name, "role": user.role, "hint": HINTS.get(user.role, "")}


def _view(view: View | None) -> Json | None:
    return {**view.payload, "id": view.id, "errors": view.errors} if view else None
