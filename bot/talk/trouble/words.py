"""What an admin is told of a message that Slack refuses: which, to whom, why, and what to do. Facts → blocks."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, bold, button, reply, sections
from bot.speech.mrkdwn import escape
from models.outbox import CHANNEL, EDIT, NEEDLESS, NO_MEMBER, PICTURES, REFUSED, SAID, Message, Owed
from scheduler.messages import (
    AgreementNews,
    Announcement,
    AwayDigest,
    ChangeNews,
    DayReminder,
    DeafNews,
    DutyReminder,
    GapAlarm,
    GapRun,
    Greeting,
    HandoffDue,
    HandoffPicture,
    NoAnswer,
    OfferToAnswer,
    OwnersNews,
    PictureAsked,
    PictureFollows,
    PictureGone,
    Reminder,
    RequestNews,
    RequestReminder,
    RequestStillOpen,
    RequestToAnswer,
    RequestUnanswered,
    SignRefused,
    StillNoAnswer,
    TakeOverNews,
    TroubleNews,
    WeekReminder,
)
from scheduler.team.roster import Roster

UNSAID = ":rotating_light: I could not deliver {what} ({day}) to {whom}: Slack says `{problem}`."
SO_FAR = (
    ":hourglass_flowing_sand: I could not deliver {what} ({day}) to {whom} so far: Slack says `{problem}`. "
    "I go on trying until {until}."
)
ENDED: Mapping[str, str] = {
    SAID: "Delivered after all: {what} ({day}) to {whom}.",
    NEEDLESS: "Not delivered, and of no use any more: {what} ({day}) to {whom}.",
    REFUSED: "I have stopped trying to deliver {what} ({day}) to {whom}: Slack says `{problem}`.",
}
HALF_A_MINUTE = timedelta(seconds=30)  # a clock's minutes are the nearest
AGAIN, DROP = "Try again", "Leave it"
SENT_AGAIN = "I am trying again: {what} to {whom}."
LEFT = "I leave it: {what} to {whom} will not be said."
SETTLED = "That has been settled meanwhile."

AGAIN_ACTION, DROP_ACTION = "trouble.again", "trouble.drop"

MESSAGE = "a message"
WHAT: Mapping[str, str] = {
    HandoffDue.kind: "the on-call handoff",
    Reminder.kind: "an on-call reminder",
    WeekReminder.kind: "an on-call reminder",
    DayReminder.kind: "an on-call reminder",
    DutyReminder.kind: "word of a duty out of turn",
    ChangeNews.kind: "news of changed weeks",
    Announcement.kind: "the announcement of a holiday",
    AwayDigest.kind: "the news of who is away",
    GapRun.kind: "the alarm of days that have nobody",
    GapAlarm.kind: "the alarm of a gap in the rotation",
    HandoffPicture.kind: "the rotation's picture",
    PictureGone.kind: "the removal of an older picture",
    NoAnswer.kind: "a reminder that an answer is awaited",
    StillNoAnswer.kind: "word that somebody does not answer",
    AgreementNews.kind: "word of what an agreement holds on now",
    RequestToAnswer.kind: "a request for cover",
    OfferToAnswer.kind: "an offer for a request",
    RequestReminder.kind: "a reminder of a request",
    RequestStillOpen.kind: "word that a request is still open",
    RequestUnanswered.kind: "a request that nobody has answered",
    RequestNews.kind: "word of what became of a request",
    TakeOverNews.kind: "word of a take-over",
    OwnersNews.kind: "word of a pipeline's owners",
    Greeting.kind: "the greeting",
    TroubleNews.kind: "word of a message that Slack refuses",
    DeafNews.kind: "word that Slack refuses Socket Mode",
    PictureAsked.kind: "a picture that somebody asked for",
    PictureFollows.kind: "a picture that somebody asked for",
    SignRefused.kind: "word that Slack refuses the user group or the topic",
    EDIT: "a change of an earlier message",
}
INVITE = "Type `/invite @oncall` in {whom}, or name another channel in the plan; then press *Try again*."
UNARCHIVE = "The channel is archived: unarchive it or name another one in the plan; then press *Try again*."
WHO_IS_IT = "Write the right Slack member id or email of {whom} into the plan; then press *Try again*."
TOKEN = "The bot's token is not accepted any more: install the app again, and start the bot with its new token."
TOO_MANY = "A free workspace takes only so many messages in a while: wait, or change its plan."
KEPT_OUT = "Somebody who runs the workspace keeps the bot out: ask them."
LOOK = "`python -m bot doctor` says what to look at."
REMEDIES: Mapping[str, str] = {
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "is_archived": UNARCHIVE,
    NO_MEMBER: WHO_IS_IT,
    "user_not_found": WHO_IS_IT,
    "user_disabled": WHO_IS_IT,
    "invalid_auth": TOKEN,
    "token_revoked": TOKEN,
    "account_inactive": TOKEN,
    "message_limit_exceeded": TOO_MANY,
    "access_denied": KEPT_OUT,
    "accesslimited": KEPT_OUT,
    "ekm_access_denied": KEPT_OUT,
}


def unsaid(team: Roster, message: Message, problem: str, until: datetime | None = None) -> Reply:
    """That Slack refuses a message, with what can be done about it; `until`: when it is tried no more (None: it is not
    tried now)."""
    words = _words(team, message, problem)
    if until is None:
        first = UNSAID.format(**words)
    else:
        first = SO_FAR.format(**words, until=say.clock(until + HALF_A_MINUTE, team.hours.zone))
    remedy = REMEDIES.get(problem, LOOK).format(whom=words["whom"])
    again = button(AGAIN, AGAIN_ACTION, str(message.id), style="primary")
    return reply([*sections([first, remedy]), actions(again, button(DROP, DROP_ACTION, str(message.id)))])


def ended(team: Roster, message: Message) -> Reply | None:
    """What became of a message that was refused so far; None where it is still to be said, or was dropped."""
    first = ENDED.get(message.state)
    return reply(sections([first.format(**_words(team, message, message.problem or ""))])) if first else None


def _words(team: Roster, message: Message, problem: str) -> dict[str, str]:
    day = say.day(team.hours.date_of(message.due_at))
    return {"what": what(message), "day": day, "whom": whom(team, message.audience), "problem": escape(problem)}


def answered(team: Roster, words: str, message: Message) -> Reply:
    """What came of a press: `words` with {what} and {whom}."""
    return reply(sections([words.format(what=what(message), whom=whom(team, message.audience))]))


def what(message: Message | Owed) -> str:
    """A message as people call it."""
    return WHAT.get(message.kind, MESSAGE)


def whom(team: Roster, audience: str) -> str:
    """An audience as people call it."""
    if audience in (CHANNEL, PICTURES):
        return escape(team.facts.channel)
    kind, _, who = audience.partition(":")
    return bold(team.name(who)) if kind == "person" and who in team.people else "a member"
