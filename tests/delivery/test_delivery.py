"""What Slack does to a post, and what comes of it: each message is said once, late at worst."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.delivery.voice import MAYBE_REPEATED
from bot.sandbox.api import files as api_files
from bot.sandbox.records import SlackMessage
from bot.sandbox.rules.faults import Fault
from models import outbox, teams
from models.outbox import CHANNEL, NEEDLESS, Owed, sending, to_person, waiting
from models.outbox.sending import Claim, Nothing
from models.schema.tables import OutboxRow
from scheduler.messages import Greeting, HandoffDue
from tests.kit.cast import MAYA, ROBIN, TOMS
from tests.kit.passing import let_pass
from tests.kit.stage import Stage, actions_of

MONDAY = "2026-11-30T09:00"
POST, UPDATE, HISTORY, UPLOAD = (
    "chat.postMessage",
    "chat.update",
    "conversations.history",
    "files.completeUploadExternal",
)
LONG = timedelta(minutes=6)  # longer than a message that waits holds up its channel
REPEAT = MAYBE_REPEATED.strip("_")


def later(stage: Stage, passed: timedelta = timedelta(minutes=1)) -> None:
    """Let so much real time pass, for the bot and for Slack; then let the bot do what is due."""
    let_pass(stage.store, passed)
    stage.slack.let_pass(passed)
    stage.do_what_is_due()


def owe(stage: Stage, about: str, audience: str = CHANNEL, *, urgent: bool = False) -> None:
    """Owe a message that anybody may hear at any time: the greeting, once more."""
    with stage.store.writing() as tx:
        now = stage.clock.now()
        outbox.owe(tx, 1, Owed(Greeting(), about, audience, now, urgent=urgent), now)


def keys(stage: Stage, who: str | None = None) -> list[str]:
    """What the channel, or somebody's direct messages, show: what each message is about, oldest first."""
    shown = stage.slack.direct_messages(who) if who else stage.slack.messages()
    payloads = [message.metadata["event_payload"] for message in shown if message.metadata]
    return [payload["key"].split("/", 2)[2] for payload in payloads]


def handoffs(stage: Stage) -> list[str]:
    """The handoffs that the channel shows."""
    return [said for said in stage.channel() if "On-call handoff" in said]


def problems(stage: Stage) -> list[tuple[str, str | None]]:
    """What is due and not settled: the state and the problem of each."""
    with stage.store.reading() as tx:
        return [(message.state, message.problem) for message in waiting(tx) if message.due_at <= stage.clock.now()]


# Not so fast


def test_a_rate_limit_is_obeyed(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.rate_limited(30))
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    assert handoffs(stage) == []
    assert ("owed", "ratelimited") in problems(stage)
    later(stage, timedelta(seconds=25))
    assert handoffs(stage) == []
    later(stage, timedelta(seconds=5))
    assert len(handoffs(stage)) == 1


def test_no_rate_limit_is_obeyed_for_longer_than_an_hour(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.rate_limited(10**400))
    stage.turn_to(MONDAY)
    stage.do_what_is_due()
    later(stage, timedelta(minutes=59))
    assert handoffs(stage) == []
    later(stage)
    assert len(handoffs(stage)) == 1


@pytest.mark.parametrize("word", ["rate_limited", "ratelimited"])
def test_a_rate_limit_inside_a_200_is_one_too(stage: Stage, word: str) -> None:
    stage.slack.faults.arm(POST, Fault.api_error(word))
    owe(stage, "for all")
    owe(stage, "for Maya", to_person("maya"))
    stage.do_what_is_due()
    assert (keys(stage), keys(stage, MAYA)) == (["team"], ["for Maya"])
    assert problems(stage) == [("owed", "ratelimited")]
    later(stage, timedelta(seconds=25))
    assert keys(stage) == ["team"]
    later(stage, timedelta(seconds=5))
    assert keys(stage) == ["team", "for all"]


def test_a_limit_in_one_channel_holds_up_no_other(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.rate_limited(30))
    owe(stage, "first")
    owe(stage, "second")
    owe(stage, "for Maya", to_person("maya"))
    stage.do_what_is_due()
    assert keys(stage) == ["team"]
    assert keys(stage, MAYA) == ["for Maya"]
    later(stage)
    assert keys(stage) == ["team", "first", "second"]


@pytest.mark.both
def test_a_limit_in_two_channels_is_the_workspace_s_and_holds_up_all(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.rate_limited(30), times=2)
    owe(stage, "for all")
    owe(stage, "for Maya", to_person("maya"))
    owe(stage, "for Toms", to_person("toms"))
    stage.do_what_is_due()
    assert (keys(stage), keys(stage, MAYA), keys(stage, TOMS)) == (["team"], [], [])
    later(stage)
    assert (keys(stage), keys(stage, MAYA), keys(stage, TOMS)) == (["team", "for all"], ["for Maya"], ["for Toms"])


def test_what_is_urgent_comes_first_then_what_is_oldest(stage: Stage) -> None:
    for about, urgent in (("1", False), ("2", False), ("3 urgent", True), ("4 urgent", True)):
        owe(stage, about, urgent=urgent)
    stage.do_what_is_due()
    assert keys(stage) == ["team", "3 urgent", "4 urgent", "1", "2"]


# Nobody knows whether it was said

UNCLEAR = {
    "dropped": Fault.dropped_after_accepting(),
    "truncated": Fault.truncated(),
    "500": Fault.http_error(500, accepted=True),
    "internal_error": Fault.api_error("internal_error", accepted=True),
    "too slow": Fault.slow_answer(2.5),
    "half an answer": Fault.half_an_answer(),
    "a proxy's page": Fault.no_json(),
}
NOT_SAID = {
    "dropped": Fault.dropped_before_accepting(),
    "503": Fault.http_error(503),
    "fatal_error": Fault.api_error("fatal_error"),
    "a proxy's page": Fault.no_json(accepted=False),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", UNCLEAR.values(), ids=UNCLEAR)
def test_an_unclear_answer_is_looked_up_before_it_is_said_again(stage: Stage, fault: Fault) -> None:
    stage.slack.faults.arm(POST, fault)
    stage.turn_to(MONDAY)
    later(stage, timedelta(0))
    # On a busy machine the bound may pass while an answer is waited for that is too slow.
    assert fault.slow or "owed" in [state for state, _ in problems(stage)]
    later(stage)
    later(stage)
    [handoff] = handoffs(stage)
    assert REPEAT not in handoff
    assert problems(stage) == []


@pytest.mark.parametrize("fault", NOT_SAID.values(), ids=NOT_SAID)
def test_what_is_surely_not_there_is_said_as_if_for_the_first_time(stage: Stage, fault: Fault) -> None:
    stage.slack.faults.arm(POST, fault)
    stage.turn_to(MONDAY)
    assert handoffs(stage) == []
    later(stage)
    [handoff] = handoffs(stage)
    assert REPEAT not in handoff


@pytest.mark.both
def test_where_the_history_cannot_be_read_it_errs_towards_saying_it_twice(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm(HISTORY, Fault.api_error("not_in_channel"))
    stage.turn_to(MONDAY)
    later(stage)
    first, second = handoffs(stage)
    assert (REPEAT in first, REPEAT in second) == (False, True)


@pytest.mark.parametrize(("lag", "times"), [(1, 1), (600, 2)], ids=["for a moment", "beyond the bound"])
def test_a_history_that_lags_is_waited_for_within_the_bound(stage: Stage, lag: int, times: int) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.history_lags = lag
    stage.turn_to(MONDAY)
    stage.slack.workspace.seconds_let_pass += 60
    later(stage)
    assert [REPEAT in said for said in handoffs(stage)] == [False] * times


def test_nobody_listening_is_no_attempt(stage: Stage) -> None:
    with stage.slack.refusing():
        stage.turn_to(MONDAY)
    later(stage)
    [handoff] = handoffs(stage)
    assert REPEAT not in handoff


def test_a_limited_look_up_waits_and_says_nothing_twice(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm(
        HISTORY, Fault.rate_limited(20), Fault.http_error(500), Fault.half_an_answer(), Fault.no_json()
    )
    stage.turn_to(MONDAY)
    for _ in range(6):
        later(stage)
    assert len(handoffs(stage)) == 1
    assert problems(stage) == []


MOVING = ("team_added_to_org", "org_login_required")


@pytest.mark.slow
@pytest.mark.parametrize("word", MOVING)
def test_a_workspace_that_moves_is_waited_for_and_nobody_told(stage: Stage, word: str) -> None:
    stage.slack.faults.arm(POST, Fault.api_error(word), times=50)
    owe(stage, "first")
    for _ in range(20):
        later(stage, timedelta(minutes=10))
    assert problems(stage) == [("owed", word)]
    stage.slack.faults.disarm()
    later(stage, timedelta(minutes=10))
    assert keys(stage) == ["team", "first"]
    assert stage.direct(ROBIN) == []


@pytest.mark.parametrize("word", MOVING)
def test_who_waits_for_it_says_nothing_that_is_of_no_use_any_more(stage: Stage, word: str) -> None:
    stage.slack.faults.arm(POST, Fault.api_error(word), times=30)
    stage.turn_to(MONDAY)
    stage.turn_to("2026-12-07T08:59")
    stage.slack.faults.disarm()
    stage.turn_to("2026-12-07T09:00")
    later(stage)
    titles = [said.split("\n")[0] for said in stage.channel()]
    assert [title for title in titles if "handoff, " in title] == ["On-call handoff, Mon 7 Dec 2026"]


def test_a_request_whose_days_pass_before_anybody_could_read_it_is_never_asked(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error(MOVING[0]), times=99)
    stage.ask(MAYA, "/oncall cover 3 Dec")
    later(stage)
    stage.turn_to("2026-12-04T10:00")
    stage.slack.faults.disarm()
    for _ in range(3):
        later(stage, FIVE)
    assert [said.split("\n")[0] for said in stage.channel()[1:]] == ["On-call handoff, Mon 30 Nov 2026"]
    assert problems(stage) == []


@pytest.mark.slow
@pytest.mark.parametrize("word", [*MOVING, "rate_limited", "ratelimited", "internal_error", "invalid_cursor"])
def test_a_look_up_that_is_refused_for_now_is_repeated_and_never_followed_by_a_post(stage: Stage, word: str) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm(HISTORY, Fault.api_error(word), times=3)
    stage.turn_to(MONDAY)
    for _ in range(5):
        later(stage)
    [handoff] = handoffs(stage)
    assert REPEAT not in handoff
    assert problems(stage) == []


@pytest.mark.slow
@pytest.mark.parametrize("word", [*MOVING, "ratelimited", "fatal_error"])
def test_a_conversation_that_cannot_be_opened_just_now_is_repeated_too(stage: Stage, word: str) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm("conversations.open", Fault.api_error(word), times=3)
    owe(stage, "for Maya", to_person("maya"))
    for _ in range(6):
        later(stage)
    assert keys(stage, MAYA) == ["for Maya"]
    assert problems(stage) == []


def test_a_message_that_waits_holds_up_its_channel_for_five_minutes(stage: Stage) -> None:
    stage.slack.faults.arm(POST, *[Fault.http_error(500)] * 8)
    owe(stage, "first")
    owe(stage, "second")
    stage.do_what_is_due()
    assert keys(stage) == ["team"]
    with stage.store.writing() as tx:  # Slack answers again; but the first waits for long
        far = sending.real_now(tx) + timedelta(hours=1)
        tx.execute(update(OutboxRow).where(OutboxRow.about == "first").values(retry_at=far))
    stage.slack.faults.disarm()
    later(stage, timedelta(minutes=4))
    assert keys(stage) == ["team"]
    later(stage, timedelta(minutes=2))
    assert keys(stage) == ["team", "second"]
    later(stage, timedelta(hours=1))
    assert keys(stage) == ["team", "second", "first"]


def test_an_urgent_message_does_not_wait_behind_a_routine_one(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.http_error(500))
    owe(stage, "routine")
    stage.do_what_is_due()
    owe(stage, "urgent", urgent=True)
    stage.do_what_is_due()
    assert keys(stage) == ["team", "urgent"]
    later(stage)
    assert keys(stage) == ["team", "urgent", "routine"]


# Slack will not have it


def test_a_refused_message_is_stopped_and_an_admin_told_who_has_it_sent_again(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("not_in_channel"))
    stage.turn_to(MONDAY)
    assert ("refused", "not_in_channel") in problems(stage)
    later(stage, LONG)
    assert handoffs(stage) == []
    [told] = stage.slack.direct_messages(ROBIN)
    assert "I could not deliver the on-call handoff (Mon 30 Nov 2026) to #metrics-oncall" in told.words()
    assert "Type `/invite @oncall` in #metrics-oncall" in told.words()
    stage.slack.press(MAYA, told, "trouble.again")
    stage.slack.until(lambda: any("Only an admin can do that" in m.words() for m in stage.slack.direct_messages(ROBIN)))
    assert handoffs(stage) == []
    stage.slack.press(ROBIN, told, "trouble.again")
    stage.do_what_is_due()
    assert len(handoffs(stage)) == 1
    assert problems(stage) == []


def test_an_admin_may_leave_it(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("is_archived"))
    stage.turn_to(MONDAY)
    [told] = stage.slack.direct_messages(ROBIN)
    stage.slack.press(ROBIN, told, "trouble.drop")
    later(stage, LONG)
    assert handoffs(stage) == []
    assert problems(stage) == []


def test_a_refused_message_is_overtaken_and_told_once_a_day(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("channel_not_found"), Fault.api_error("channel_not_found"))
    for about in ("first", "second", "third"):
        owe(stage, about)
    stage.do_what_is_due()
    assert keys(stage) == ["team", "third"]
    assert len(stage.direct(ROBIN)) == 1


def test_where_no_admin_can_be_told_it_is_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("invalid_auth"), times=2)
    with caplog.at_level(logging.WARNING):
        owe(stage, "first")
        stage.do_what_is_due()
    assert [state for state, _ in problems(stage)] == ["refused", "refused"]
    assert "no admin can be told; `python -m bot outbox list` shows it" in caplog.text


def test_what_a_bad_token_stopped_goes_out_when_the_bot_starts_with_a_good_one(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("invalid_auth"), times=2)
    owe(stage, "first")
    stage.do_what_is_due()
    stage.bot.start()
    stage.bot.stop()
    stage.do_what_is_due()
    assert keys(stage) == ["team", "first"]


def test_trouble_with_one_person_holds_up_nobody_else(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("user_not_found"))
    owe(stage, "for Maya", to_person("maya"))
    stage.do_what_is_due()
    stage.turn_to(MONDAY)
    assert len(handoffs(stage)) == 1
    assert "Slack says `user_not_found`" in stage.direct(ROBIN)[0]


# Slack will not have it now, and nobody can tell whether it will

DOUBTFUL = ("message_limit_exceeded", "access_denied", "invented_tomorrow")
FIVE = timedelta(minutes=5)
A_MESSAGE = "the greeting (Tue 24 Nov 2026) to #metrics-oncall"


def refused(stage: Stage, passed: timedelta, word: str = "access_denied", method: str = POST) -> None:
    """So much later Slack refuses what is tried first, and takes all else."""
    stage.slack.faults.arm(method, Fault.api_error(word))
    later(stage, passed)
    stage.slack.faults.disarm()


def refused_for_five_minutes(stage: Stage, word: str = "access_denied") -> SlackMessage:
    """A message to the channel that Slack refuses so far, and what Robin reads of it."""
    owe(stage, "first")
    refused(stage, timedelta(0), word)
    refused(stage, timedelta(minutes=4), word)
    assert stage.direct(ROBIN) == []
    refused(stage, timedelta(minutes=1), word)
    [told] = stage.slack.direct_messages(ROBIN)
    return told


def refused_for_an_hour(stage: Stage) -> None:
    """The rest of the hour."""
    for _ in range(11):
        assert problems(stage) == [("owed", "access_denied")]
        refused(stage, FIVE)


@pytest.mark.slow
@pytest.mark.parametrize("word", DOUBTFUL)
def test_what_may_pass_is_tried_again_and_again_for_an_hour(stage: Stage, word: str) -> None:
    stage.slack.faults.arm(POST, Fault.api_error(word), times=999)
    owe(stage, "first")
    for _ in range(59):
        later(stage)
        assert problems(stage)[0] == ("owed", word)
    later(stage, timedelta(minutes=2))
    assert problems(stage)[0] == ("refused", word)
    stage.slack.faults.disarm()
    later(stage, timedelta(hours=1))
    assert keys(stage) == ["team"]


@pytest.mark.slow
@pytest.mark.parametrize("word", DOUBTFUL)
def test_an_admin_hears_after_five_minutes_that_it_goes_on(stage: Stage, word: str) -> None:
    told = refused_for_five_minutes(stage, word)
    so_far = f"I could not deliver {A_MESSAGE} so far: Slack says `{word}`. I go on trying until 10:55."
    assert so_far in told.words()
    assert actions_of(told) == ["trouble.again", "trouble.drop"]
    refused(stage, FIVE, word)
    assert len(stage.direct(ROBIN)) == 1


def test_what_gets_through_after_all_makes_nothing_false_that_was_told(stage: Stage) -> None:
    told = refused_for_five_minutes(stage)
    later(stage, FIVE)
    assert keys(stage) == ["team", "first"]
    assert told.words() == f"Delivered after all: {A_MESSAGE}."
    assert len(stage.direct(ROBIN)) == 1
    assert problems(stage) == []


def test_what_was_stopped_is_told_again_and_what_was_told_before_says_so(stage: Stage) -> None:
    told = refused_for_five_minutes(stage)
    refused_for_an_hour(stage)
    assert problems(stage) == [("refused", "access_denied")]
    before, stopped = stage.slack.direct_messages(ROBIN)
    assert before is told
    assert told.words() == f"I have stopped trying to deliver {A_MESSAGE}: Slack says `access_denied`."
    assert f"I could not deliver {A_MESSAGE}: Slack says `access_denied`." in stopped.words()
    stage.slack.press(ROBIN, stopped, "trouble.again")
    stage.do_what_is_due()
    assert keys(stage) == ["team", "first"]
    later(stage)
    assert [said.words() for said in (told, stopped)] == [f"Delivered after all: {A_MESSAGE}."] * 2


@pytest.mark.both
def test_who_tries_again_in_vain_reads_so_where_they_pressed(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("not_in_channel"))
    owe(stage, "first")
    stage.do_what_is_due()
    [told] = stage.slack.direct_messages(ROBIN)
    stage.slack.press(ROBIN, told, "trouble.again")
    stage.slack.until(lambda: "I am trying again" in told.words())
    refused(stage, timedelta(0), "not_in_channel")
    assert f"I could not deliver {A_MESSAGE}: Slack says `not_in_channel`." in told.words()
    assert actions_of(told) == ["trouble.again", "trouble.drop"]


def test_an_admin_may_try_at_once_what_is_refused_so_far_or_leave_it(stage: Stage) -> None:
    told = refused_for_five_minutes(stage)
    stage.slack.press(ROBIN, told, "trouble.again")
    stage.do_what_is_due()
    assert keys(stage) == ["team", "first"]
    owe(stage, "second")
    for passed in (timedelta(0), FIVE):
        refused(stage, passed)
    stage.slack.press(ROBIN, stage.slack.direct_messages(ROBIN)[-1], "trouble.drop")
    later(stage, FIVE)
    assert keys(stage) == ["team", "first"]
    assert problems(stage) == []


def test_what_is_of_no_use_any_more_is_tried_no_more_and_the_admin_reads_so(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("access_denied"))
    stage.turn_to(MONDAY)
    refused(stage, FIVE)
    told = stage.slack.direct_messages(ROBIN)[-1]
    assert "I could not deliver the on-call handoff (Mon 30 Nov 2026) to #metrics-oncall so far" in told.words()
    let_pass(stage.store, timedelta(seconds=10))
    stage.turn_to("2026-12-07T09:00")
    it = "the on-call handoff (Mon 30 Nov 2026) to #metrics-oncall"
    assert told.words() == f"Not delivered, and of no use any more: {it}."
    [handoff] = handoffs(stage)
    assert "On-call handoff, Mon 7 Dec 2026" in handoff


def test_an_hour_begins_when_slack_first_says_so_and_not_when_it_was_away(stage: Stage) -> None:
    owe(stage, "first")
    with stage.slack.refusing():
        for _ in range(9):
            later(stage, timedelta(minutes=10))
    assert problems(stage) == [("owed", "unreachable")]
    refused(stage, FIVE)
    refused(stage, timedelta(minutes=50))
    assert problems(stage) == [("owed", "access_denied")]


def test_several_that_are_refused_alike_are_told_once(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.api_error("access_denied"), times=2)
    owe(stage, "first")
    owe(stage, "second")
    stage.do_what_is_due()
    later(stage, LONG)
    stage.slack.faults.arm(POST, Fault.api_error("access_denied"), times=2)
    later(stage, FIVE)
    assert len(stage.direct(ROBIN)) == 1


def test_an_unknown_error_of_the_look_up_is_asked_for_an_hour_then_it_is_said_with_a_mark(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    owe(stage, "first")
    later(stage, timedelta(0))
    stage.slack.faults.arm(HISTORY, Fault.api_error("invented_tomorrow"), times=999)
    for _ in range(60):
        later(stage)
        assert keys(stage) == ["team", "first"]
    later(stage, LONG)
    assert keys(stage) == ["team", "first", "first"]
    assert [REPEAT in said for said in stage.channel()] == [False, False, True]


def test_an_unknown_error_of_the_look_up_that_passes_doubles_nothing(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm(HISTORY, Fault.api_error("invented_tomorrow"), times=5)
    owe(stage, "first")
    for _ in range(30):
        later(stage)
    assert keys(stage) == ["team", "first"]
    assert problems(stage) == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", UPLOAD])
@pytest.mark.parametrize("word", ["storage_limit_reached", "file_not_found", "team_added_to_org", "rate_limited"])
def test_a_picture_that_is_refused_for_now_is_sent_again(stage: Stage, method: str, word: str) -> None:
    stage.slack.faults.arm(method, Fault.api_error(word), times=2)
    stage.ask(MAYA, "/oncall calendar")
    for _ in range(5):
        later(stage)
    stage.slack.until(lambda: any(message.files for message in stage.slack.direct_messages(MAYA)))
    files = [file.name for message in stage.slack.direct_messages(MAYA) for file in message.files]
    assert len(files) == 1
    assert problems(stage) == []


@pytest.mark.slow
@pytest.mark.parametrize("word", [*DOUBTFUL, *MOVING, "rate_limited", "external_channel_migrating", "update_failed"])
def test_an_edit_that_is_refused_for_now_is_made_again(stage: Stage, word: str) -> None:
    stage.turn_to(MONDAY)
    handoff = stage.slack.messages()[-1]
    stage.slack.faults.arm(UPDATE, Fault.api_error(word), times=2)
    stage.slack.press(MAYA, handoff, "handoff.got-it")
    for _ in range(4):
        later(stage)
    assert "Maya said *I've got it*" in handoff.words()
    assert problems(stage) == []


def test_an_edit_waits_for_its_message(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.turn_to(MONDAY)
    handoff = stage.slack.messages()[-1]
    stage.slack.press(MAYA, handoff, "handoff.got-it")
    stage.do_what_is_due()
    assert "said *I've got it*" not in handoff.words()
    later(stage)
    assert "Maya said *I've got it*, Mon 30 Nov 2026, 09:00." in handoff.words()
    assert len(handoffs(stage)) == 1


@pytest.mark.parametrize("fault", [Fault.dropped_before_accepting(), Fault.half_an_answer(accepted=False)])
def test_an_edit_of_unknown_outcome_is_made_again(stage: Stage, fault: Fault) -> None:
    stage.turn_to(MONDAY)
    handoff = stage.slack.messages()[-1]
    stage.slack.faults.arm(UPDATE, fault, Fault.rate_limited(10))
    stage.slack.press(MAYA, handoff, "handoff.got-it")
    for _ in range(3):
        later(stage)
    assert "Maya said *I've got it*" in handoff.words()
    assert problems(stage) == []


def test_an_old_edit_never_undoes_a_newer_one(stage: Stage) -> None:
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    stage.turn_to("2026-12-10T09:00")
    stage.slack.faults.arm(UPDATE, Fault.http_error(500))
    stage.ask(TOMS, "/holiday 27 Dec")
    stage.turn_to("2026-12-10T09:02")
    stage.ask(TOMS, "/holiday cancel 24 Dec - 27 Dec")
    stage.turn_to("2026-12-10T09:04")
    for _ in range(3):
        later(stage)
    announced = [said for said in stage.channel() if "Toms* is away" in said]
    assert ["That is cancelled.\nThe rotation stays as it is." in said for said in announced] == [True]
    assert [problem for problem in problems(stage) if problem[1]] == []


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [api_files.SHARED_AFTER, 30.0], ids=["soon", "late"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault.dropped_after_accepting(),
        Fault.dropped_before_accepting(),
        Fault.half_an_answer(),
        Fault.half_an_answer(accepted=False),
    ],
)
def test_a_picture_of_unknown_outcome_is_found_by_its_name(
    stage: Stage, fault: Fault, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A machine that is busy shares it as late as a Slack that is: either way within the bound that is let pass.
    monkeypatch.setattr(api_files, "SHARED_AFTER", seconds)
    stage.slack.faults.arm(UPLOAD, fault)
    stage.ask(MAYA, "/oncall calendar")
    stage.do_what_is_due()
    later(stage)
    later(stage)
    stage.slack.let_pass(timedelta(minutes=1))
    files = [file.name for message in stage.slack.direct_messages(MAYA) for file in message.files]
    assert len(files) == 1
    assert files[0].startswith("on_call_rotation_2026-11-24_")
    assert len(keys(stage, MAYA)) == 1


def test_a_picture_that_is_of_no_use_any_more_is_looked_up_all_the_same(stage: Stage) -> None:
    stage.slack.faults.arm(UPLOAD, Fault.dropped_after_accepting())
    stage.ask(MAYA, "/oncall calendar")
    stage.do_what_is_due()
    stage.slack.until(lambda: any(message.files for message in stage.slack.direct_messages(MAYA)))
    stage.turn_to("2026-11-24T12:00")
    later(stage)
    with stage.store.reading() as tx:
        [drawing] = [message for message in outbox.everything(tx) if message.kind == "drawing"]
    assert drawing.state == "said"


def test_a_failed_picture_holds_up_no_text(stage: Stage) -> None:
    stage.slack.faults.arm("files.getUploadURLExternal", Fault.api_error("missing_scope"))
    stage.ask(MAYA, "/oncall calendar")
    owe(stage, "for Maya", to_person("maya"))
    stage.do_what_is_due()
    assert keys(stage, MAYA)[1:] == ["for Maya"]


# Claims


def claimed(stage: Stage) -> Claim | Nothing:
    """A claim of what comes next, by nobody in particular."""
    with stage.store.writing() as tx:
        return sending.claim(tx, stage.clock.now(), stage.bot.pace.limits)


def test_one_sender_at_a_time_has_a_channel(stage: Stage) -> None:
    owe(stage, "first")
    owe(stage, "second")
    assert isinstance(claimed(stage), Claim)
    assert claimed(stage) == Nothing(None)


def test_a_claim_that_was_lost_is_noticed_and_changes_nothing(stage: Stage) -> None:
    owe(stage, "first")
    lost, limits = claimed(stage), stage.bot.pace.limits
    assert isinstance(lost, Claim)
    let_pass(stage.store, limits.lease)
    again = claimed(stage)
    assert isinstance(again, Claim)
    assert (lost.message.about, again.message.about) == ("first", "first")
    assert again.message.begun_at is not None, "the second has to look it up"
    with stage.store.writing() as tx:
        assert sending.begin_attempt(tx, lost, limits) is None
        assert not sending.stop(tx, lost, state="refused", problem="late")
        sending.put_back(tx, lost, wait=timedelta(hours=1), problem="late", begun_at=None)
        sending.hold(tx, lost, wait=timedelta(hours=1), problem="late")
        assert sending.begin_attempt(tx, again, limits) is not None
    assert [(state, problem) for state, problem in problems(stage)] == [("owed", None)]


def test_what_was_dropped_while_it_was_sent_does_not_come_back(stage: Stage) -> None:
    owe(stage, "first")
    claim = claimed(stage)
    assert isinstance(claim, Claim)
    with stage.store.writing() as tx:
        assert outbox.drop(tx, claim.message.id)
        assert not sending.stop(tx, claim, state="refused", problem="is_archived")
    assert problems(stage) == []


def test_who_retries_by_hand_too_soon_doubles_nothing(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    owe(stage, "first")
    stage.do_what_is_due()
    with stage.store.writing() as tx:
        [message] = waiting(tx)
        assert outbox.retry(tx, message.id)
    stage.do_what_is_due()
    assert [state for state, _ in problems(stage)] == ["owed"]
    later(stage)
    assert keys(stage) == ["team", "first"]


def test_a_history_that_stays_unreadable_is_asked_seldom(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm(HISTORY, Fault.http_error(500), times=50)
    owe(stage, "first")
    stage.do_what_is_due()
    for _ in range(3):
        later(stage, timedelta(minutes=10))
        stage.do_what_is_due()
    with stage.store.reading() as tx:
        [message] = waiting(tx)
    assert message.attempts == 4
    owe(stage, "second")
    later(stage, timedelta(0))
    assert keys(stage)[-1] == "second", "it is overtaken"


def test_a_limited_look_up_waits_as_long_as_it_is_told(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.dropped_after_accepting())
    stage.slack.faults.arm(HISTORY, Fault.rate_limited(30), times=9)
    owe(stage, "first")
    stage.do_what_is_due()
    later(stage)
    with stage.store.reading() as tx:
        assert [message.attempts for message in waiting(tx)] == [2]
    later(stage, timedelta(seconds=25))
    with stage.store.reading() as tx:
        assert [message.attempts for message in waiting(tx)] == [2]


def test_what_was_due_before_a_restore_waits_for_what_was_in_flight(stage: Stage) -> None:
    with stage.store.writing() as tx:
        teams.stamp(tx, sending.real_now(tx))
    owe(stage, "first")
    with stage.store.writing() as tx:
        tx.execute(update(OutboxRow).where(OutboxRow.about == "first").values(due_at=stage.clock.now()))
    stage.do_what_is_due()
    early = keys(stage)
    with stage.store.writing() as tx:
        teams.stamp(tx, sending.real_now(tx) - timedelta(minutes=1))
    stage.do_what_is_due()
    assert (early, keys(stage)) == (["team"], ["team", "first"])


def test_a_lease_outlasts_the_bound_of_an_attempt_under_it(stage: Stage) -> None:
    assert stage.bot.pace.limits.lease > stage.bot.pace.bound + timedelta(seconds=2)


def test_no_minute_has_more_messages_than_slack_takes() -> None:
    limits = sending.Limits(timedelta(seconds=1), timedelta(seconds=1), a_minute=300)
    in_a_minute = sending.BURST + timedelta(minutes=1) / limits.apart
    assert 280 < in_a_minute <= 300


def test_a_message_that_is_of_no_use_any_more_is_not_said(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.rate_limited(30))
    stage.turn_to(MONDAY)
    stage.turn_to("2026-12-07T08:59")
    stage.turn_to("2026-12-07T09:00")
    later(stage)
    titles = [said.split("\n")[0] for said in stage.channel()]
    assert [title for title in titles if "handoff, " in title] == ["On-call handoff, Mon 7 Dec 2026"]


def test_whether_it_was_said_is_asked_no_more_once_it_is_of_no_use(stage: Stage) -> None:
    stage.slack.faults.arm(POST, Fault.http_error(500))
    stage.slack.faults.arm(HISTORY, Fault.api_error("team_added_to_org"), times=50)
    stage.turn_to(MONDAY)
    later(stage, LONG)
    assert ("owed", "team_added_to_org") in problems(stage)
    stage.turn_to("2026-12-08T10:00")
    later(stage, LONG)
    with stage.store.reading() as tx:
        first = outbox.find(tx, 1, HandoffDue.kind, "2026-11-30")
    assert first is not None
    assert first.state == NEEDLESS
