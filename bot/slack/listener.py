"""Bolt on one side, plain functions on the other: the only listener code.

    slash command, sent modal ─► answered in the ack; a picture follows through the response_url
    press                     ─► saved, acked empty, then answered where it was made:
        in a message               through its own response_url, or with views.open
        in the home                by publishing the home anew (views.publish), or with views.open
        in a modal                 in that modal (views.update)
    home opened               ─► acked, then published

Slack draws nothing from the ack of a press. Those calls are the only ones made here: outside any transaction, with 2 s
to answer, without retries, in threads of their own, so that the ack goes out first. A response_url is a secret: it is
neither stored nor logged; that of a form goes with it (`behind.py`). Whatever goes wrong is told where it would have
been answered, and honestly: that nothing was changed only where nothing was committed.
"""

import http.client
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackClientError

from bot.clock import Clock
from bot.desk import Desk
from bot.ops import metrics
from bot.ops.metrics import Metrics
from bot.slack import behind, unheard
from bot.slack.client import Identity, Slack
from bot.slack.clients import Webhook
from bot.slack.directory import Directory
from bot.slack.home import FROM_HOME, Homes, unopened
from bot.slack.trouble import SlackTrouble
from bot.speech import forms
from bot.speech.ask import Answer, Ask, Asker, BadFields, Press, Reply, Where
from bot.speech.blocks import pictures_apart
from bot.speech.read import decode
from bot.speech.store_trouble import told
from bot.speech.usage import doubted, refused
from bot.talk import acting, commands, presses
from bot.talk.home.words import reading
from bot.worker import Threads
from models.store.errors import StoreError
from scheduler.change.frame import Origin
from scheduler.refusals import Refused
from scheduler.team.roster import NoPlan

RESPOND_SECONDS = 2
BROKEN = "Something went wrong on my side. Nothing was changed; please try again in a moment."
AFTER_ALL = "Something went wrong on my side while I was saving, so it may be done. Please look before you try again."
UNANSWERED = "a press could not be answered"
COMMITS = "commits"  # of this request's thread when it began
HOME, MODAL = "home", "modal"  # Slack's words for where a press in a view was made

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ears:
    """What listening needs: the desk, a clock, Slack for opening modals, who the bot is, who is who in Slack, and what
    counts it."""

    desk: Desk
    clock: Clock
    slack: Slack
    me: Identity
    directory: Directory
    metrics: Metrics


def slack_app(ears: Ears, token: str) -> tuple[App, Threads]:
    """The Bolt app, which takes each request for Slack's own, and the threads that answer presses: shut them down after
    it."""
    app = App(
        name="slack_bolt.app",  # else Bolt reads the source of every frame that called this
        authorize=lambda **_: _authorized(ears.me, token),
        request_verification_enabled=False,
        process_before_response=True,
        raise_error_for_unhandled_request=True,  # else it is a 404, and its body may be logged
        logger=logging.getLogger("slack_bolt"),
    )
    after = Threads(4, "answers")
    homes = Homes(ears.desk, ears.slack, ears.clock)
    app.middleware(_counting(ears))
    named = re.compile(rf"^/{re.escape(ears.desk.prefix)}({'|'.join(commands.COMMANDS)})$")
    app.command(named)(_on_command(ears, after))
    app.action(re.compile(".*"))(_on_press(ears, homes, after))
    app.view(re.compile(".*"))(_on_submit(ears, homes, after))
    app.event("app_home_opened")(_on_home(ears, homes, after))
    app.event("user_change")(_on_change(ears))
    app.error(_on_error(ears, homes, after))
    return app, after


def _counting(ears: Ears) -> Callable[..., None]:
    def counting(context: BoltContext, next: Callable[[], None]) -> None:
        context[COMMITS] = ears.desk.store.commits
        next()

    return counting


def _authorized(me: Identity, token: str) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None, team_id=me.team_id, bot_user_id=me.user_id, bot_id=me.bot_id, bot_token=token
    )


def _on_command(ears: Ears, after: Threads) -> Callable[..., None]:
    def on_command(ack: Ack, body: dict[str, Any]) -> None:
        name = body["command"].removeprefix(f"/{ears.desk.prefix}")
        asker = _asker(ears, body["user_id"], body.get("team_id"))
        typed, key = decode.typed(body.get("text") or ""), body.get("trigger_id")
        ask = Ask(name, typed, asker, ears.clock.now(), key, _origin(ears, body))
        with ears.metrics.command(ask.team, name) as tell:
            reply = commands.answer(ask, ears.desk)
            tell(_outcome(reply))
        if (off := ears.clock.off()) and not reply.failed:
            reply = doubted(reply, off.sentence)
        words, pictures = pictures_apart(reply)
        ack(text=words.notification, blocks=words.blocks, response_type="ephemeral")
        after.submit(_has_acted, ears, asker)
        if pictures and body.get("response_url"):
            after.submit(_say, body["response_url"], pictures, "beside")

    return on_command


def _on_press(ears: Ears, homes: Homes, after: Threads) -> Callable[..., None]:
    def on_press(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        if action["action_id"] not in presses.ACTIONS:
            log.warning("a press that nothing answers", extra={"action": action["action_id"]})
            return
        with ears.metrics.press(ears.desk.team, action["action_id"]) as tell:
            press = _press(ears, body, action)
            answer = presses.answer(press, ears.desk)
            tell(_outcome(answer.reply))
        after.submit(_has_acted, ears, press.asker)
        view = body.get("view") or {}
        if view.get("type") == HOME:
            after.submit(homes.answer, press, body["trigger_id"], answer, view.get("hash"))
        elif answer.modal:
            modal = behind.carrying(answer.modal, body.get("response_url") or "" if press.private else "")
            after.submit(_open_modal, ears.slack, body, modal, press.team)
        elif answer.reply and view.get("type") == MODAL:
            after.submit(_change_modal, ears.slack, view, answer.reply)
        elif answer.reply and body.get("response_url"):
            after.submit(_respond, body["response_url"], answer)

    return on_press


def _on_submit(ears: Ears, homes: Homes, after: Threads) -> Callable[..., None]:
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        fields = {
            block: next((_typed(field) for field in values.values()), None)
            for block, values in view["state"].get("values", {}).items()
        }
        asker = _asker(ears, body["user"]["id"], body["user"].get("team_id"))
        key = body.get("trigger_id") or view.get("id")
        about, address = behind.carried(view)
        callback, from_home = view["callback_id"].removesuffix(FROM_HOME), view["callback_id"].endswith(FROM_HOME)
        press = Press(callback, about, asker, ears.clock.now(), key, None, fields, _origin(ears, body))
        with ears.metrics.press(press.team, press.action) as tell:
            try:
                answer = presses.submit(press, ears.desk)
            except BadFields as bad:
                tell(metrics.REFUSED)
                ack(response_action="errors", errors=dict(bad.errors))
                return
            tell(metrics.ANSWERED)
        if answer.modal:
            ack(response_action="update", view=behind.carrying(answer.modal, address))
        else:
            ack()
        after.submit(_has_acted, ears, asker)
        if address and answer.anew:
            after.submit(_say_anew, address, answer.anew)
        if from_home:
            notice = None if answer.reply and answer.reply.refused else answer.reply
            after.submit(homes.publish, asker, notice, None, press.origin)

    return on_submit


def _on_home(ears: Ears, homes: Homes, after: Threads) -> Callable[..., None]:
    def on_home(ack: Ack, body: dict[str, Any], event: dict[str, Any]) -> None:
        ack()
        asker = _asker(ears, event["user"], body.get("team_id"))
        if event.get("tab", HOME) == HOME:  # the same event tells that somebody looks at the messages
            after.submit(homes.publish, asker, None, None, _origin(ears, body))

    return on_home


def _on_change(ears: Ears) -> Callable[..., None]:
    def on_change(ack: Ack, event: dict[str, Any]) -> None:
        ack()
        try:
            ears.directory.changed(event["user"])
        except StoreError as error:  # whoever asks is looked up again within a day anyway
            log.warning("a member's change was not looked at", extra={"problem": told(error)})

    return on_change


def _has_acted(ears: Ears, asker: Asker) -> None:
    """Whoever does something here answers what they were told, be it by looking something up: what waits to be said of
    it is not. Where nothing waits, which is nearly always, that is one query, after the answer."""
    try:
        acting.is_heard(ears.desk, asker, ears.clock.now())
    except StoreError as error:  # at worst they are reminded of what they know
        log.warning("that somebody was heard of was not noted", extra={"problem": told(error)})


def _outcome(reply: Reply | None) -> str:
    if reply and reply.failed:
        return metrics.FAILED
    return metrics.REFUSED if reply and reply.refused else metrics.ANSWERED


def _press(ears: Ears, body: dict[str, Any], action: dict[str, Any]) -> Press:
    asker = _asker(ears, body["user"]["id"], body["user"].get("team_id"))
    key = f"{body.get('trigger_id')}/{action['action_id']}" if body.get("trigger_id") else None
    chosen = (action.get("selected_option") or {}).get("value") or action.get("selected_date")
    value, origin = action.get("value") or "", _origin(ears, body)
    private = (body.get("container") or {}).get("is_ephemeral") is True
    return Press(action["action_id"], value, asker, ears.clock.now(), key, chosen, origin=origin, private=private)


def _typed(field: dict[str, Any]) -> str | None:
    return field.get("selected_date") or field.get("value") or (field.get("selected_option") or {}).get("value")


def _asker(ears: Ears, user_id: str, team_id: str | None) -> Asker:
    ears.directory.asked(user_id)
    elsewhere = team_id not in (None, ears.me.team_id)
    colleague = elsewhere and ears.directory.is_colleague(user_id)
    return Asker(slack_id=user_id, foreign=elsewhere and not colleague, colleague=colleague)


def _origin(ears: Ears, body: Mapping[str, Any]) -> Origin:
    """Where it was asked, as far as Slack tells: views and events are in no channel."""
    return Origin(_id(body, "team"), _id(body, "channel"), ears.desk.team)


def _id(body: Mapping[str, Any], what: str) -> str | None:
    named = body.get(what)
    found = body.get(f"{what}_id") or (named.get("id") if isinstance(named, Mapping) else named)
    return found if isinstance(found, str) else None


def _open_modal(slack: Slack, body: dict[str, Any], modal: dict[str, Any], team_id: int | None) -> None:
    """Open it, or say where it was pressed that it did not open."""
    try:
        slack.open_modal(body["trigger_id"], modal)
    except SlackTrouble as trouble:
        said = unopened(trouble, team_id)
        if body.get("view"):
            _change_modal(slack, body["view"], said)
        elif body.get("response_url"):
            _say(body["response_url"], said, "beside")


def _change_modal(slack: Slack, shown: dict[str, Any], reply: Reply) -> None:
    try:
        slack.change_modal(shown["id"], reading(shown["title"]["text"], reply))
    except SlackTrouble as trouble:
        log.warning(UNANSWERED, extra={"problem": trouble.problem})


def _respond(response_url: str, answer: Answer) -> None:
    if answer.reply is None:
        return
    words, pictures = pictures_apart(answer.reply)
    _say(response_url, words, answer.where)
    if pictures:
        _say(response_url, pictures, "channel" if answer.where == "channel" else "beside")


def _say_anew(response_url: str, anew: Callable[[], Reply]) -> None:
    """In place of the answer that a form was opened from; what was done was said, whatever becomes of it."""
    try:
        reply = anew()
    except (Refused, NoPlan, StoreError) as error:
        log.warning(UNANSWERED, extra={"problem": type(error).__name__})
        return
    _say(response_url, reply, "replace")


def _say(response_url: str, reply: Reply, where: Where) -> None:
    client = Webhook(response_url, timeout=RESPOND_SECONDS)
    try:
        said = client.send(
            text=reply.notification,
            blocks=reply.blocks,
            response_type="in_channel" if where == "channel" else "ephemeral",
            replace_original=where == "replace",
        )
    except (SlackClientError, OSError, http.client.HTTPException) as error:
        log.warning(UNANSWERED, extra={"problem": type(error).__name__})
        return
    if said.status_code != 200:
        log.warning(UNANSWERED, extra={"problem": said.status_code})


def _on_error(ears: Ears, homes: Homes, after: Threads) -> Callable[..., BoltResponse]:
    """Whatever goes wrong in a listener: a friendly answer to the person, the details to the log."""

    def on_error(error: Exception, body: dict[str, Any], context: BoltContext) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return unheard.answer(body, ears.desk, ears.metrics)
        log.error("a listener failed", exc_info=error)
        reply = refused(BROKEN if context.get(COMMITS) == ears.desk.store.commits else AFTER_ALL)
        if body.get("type") == "block_actions":  # it was acked, so this answer's body is not read
            after.submit(_tell, ears, homes, body, reply)
        elif body.get("type") == "view_submission":
            shown = forms.result(body["view"]["title"]["text"], reply.blocks)
            return BoltResponse(status=200, body={"response_action": "update", "view": shown})
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": reply.text})

    return on_error


def _tell(ears: Ears, homes: Homes, body: dict[str, Any], reply: Reply) -> None:
    """Say it where a press was made."""
    view = body.get("view") or {}
    if view.get("type") == HOME:
        homes.publish(_asker(ears, body["user"]["id"], body["user"].get("team_id")), reply, None, _origin(ears, body))
    elif view.get("type") == MODAL:
        _change_modal(ears.slack, view, reply)
    elif body.get("response_url"):
        _say(body["response_url"], reply, "beside")
