"""The user group and the channel's topic: whoever is on duty, and changed only when different."""

from collections.abc import Iterator

import pytest

from bot.sandbox.rules.faults import Fault
from bot.slack.mirror import Signs
from models.signs import Wanted
from tests.kit.cast import DANNY, MAYA, ROBIN, TOMS
from tests.kit.databases import Databases
from tests.kit.stage import Stage, a_stage

GROUP = "S0ONCALL0001"
TOPICS = ("channels:write.topic", "groups:write.topic", "usergroups:read", "usergroups:write")
BOTH = Wanted("metrics-oncall", (), topic=True)


@pytest.fixture
def stage(database: Databases) -> Iterator[Stage]:
    """The first team, with a user group in their workspace and the scopes to change it."""
    with a_stage(database, more_scopes=TOPICS) as stage:
        stage.slack.workspace.usergroups[GROUP] = {"id": GROUP, "handle": "metrics-oncall", "users": [ROBIN]}
        yield stage


def look(stage: Stage, wanted: Wanted = BOTH) -> None:
    """Let the bot look after the signs, as it does after each tick."""
    Signs(stage.store, stage.bot.slack, stage.bot.channels, stage.clock, wanted).look()


def group(stage: Stage) -> list[str]:
    """Who is in the user group."""
    return sorted(stage.slack.workspace.usergroups[GROUP]["users"])


def topic(stage: Stage) -> str:
    """The channel's topic."""
    return stage.slack.workspace.channels["C00000001"].topic


def test_the_group_is_whoever_is_on_duty(stage: Stage) -> None:
    look(stage)
    assert group(stage) == [TOMS]
    stage.turn_to("2026-11-30T09:00")
    look(stage)
    assert group(stage) == [MAYA]
    stage.ask(DANNY, "/oncall take until 18:00")
    look(stage)
    assert group(stage) == [DANNY]
    stage.turn_to("2026-11-30T18:00")
    look(stage)
    assert group(stage) == [MAYA]


def test_permanent_members_stay(stage: Stage) -> None:
    look(stage, Wanted("@metrics-oncall", (ROBIN,)))
    assert group(stage) == sorted([ROBIN, TOMS])


def test_it_is_never_emptied(stage: Stage) -> None:
    for who in (TOMS, MAYA, DANNY, "U0RENE00004"):
        stage.ask(who, "/holiday 25 Nov - 27 Nov")
    stage.turn_to("2026-11-25T12:00")
    look(stage)
    assert "Nobody is on call now" in stage.words(ROBIN, "/oncall")
    assert group(stage) == [ROBIN]
    assert topic(stage) == "On call: nobody, until Sat 28 Nov 2026, 00:00"


def test_the_topic_names_who_is_on_call_and_is_set_once(stage: Stage) -> None:
    look(stage)
    assert topic(stage) == "On call: Toms, until Mon 30 Nov 2026, 09:00"
    said = len(stage.slack.messages())
    look(stage)
    assert len(stage.slack.messages()) == said
    stage.turn_to("2026-11-30T09:00")
    look(stage)
    assert topic(stage) == "On call: Maya, until Mon 7 Dec 2026, 09:00"


def test_somebody_s_own_topic_is_left_alone_and_an_admin_told_once(stage: Stage) -> None:
    stage.slack.workspace.channels["C00000001"].topic = "Metrics & alerts"
    look(stage)
    look(stage)
    assert topic(stage) == "Metrics & alerts"
    stage.do_what_is_due()
    [told] = stage.direct(ROBIN)
    assert told.startswith("The topic of #metrics-oncall is somebody's own text, so I leave it.")
    stage.turn_to("2026-11-30T09:00")
    look(stage)
    stage.do_what_is_due()
    assert len([said for said in stage.direct(ROBIN) if "somebody's own text" in said]) == 1


def test_a_workspace_that_refuses_gets_one_explanation_and_everything_else_goes_on(stage: Stage) -> None:
    faults = stage.slack.faults
    faults.arm("usergroups.users.update", *(Fault.api_error("permission_denied") for _ in range(3)))
    for moment in ("2026-11-24T11:00", "2026-11-24T12:00", "2026-11-30T09:00", "2026-12-07T09:00"):
        stage.turn_to(moment)
        look(stage)
    told = [said for said in stage.direct(ROBIN) if "I can't keep the user group up to date" in said]
    assert len(told) == 1
    assert "`permission_denied`" in told[0]
    assert topic(stage) == "On call: Danny, until Mon 14 Dec 2026, 09:00"


def test_what_is_unclear_is_looked_at_again(stage: Stage) -> None:
    stage.slack.faults.arm("usergroups.users.update", Fault.dropped_after_accepting(), Fault.http_error(500))
    for _ in range(3):
        look(stage)
    assert group(stage) == [TOMS]
    assert stage.direct(ROBIN) == []


@pytest.mark.both
def test_a_handle_that_was_corrected_is_used_when_the_bot_starts_again(stage: Stage) -> None:
    look(stage, Wanted("metrics-onkall"))
    look(stage, Wanted("metrics-oncall"))
    assert group(stage) == [TOMS]
    stage.do_what_is_due()
    assert ["`no_such_subteam`" in said for said in stage.direct(ROBIN)] == [True]


def test_while_nothing_changes_slack_is_not_asked_again_whether_it_refused_or_not(stage: Stage) -> None:
    stage.slack.workspace.usergroups.clear()
    signs = Signs(stage.store, stage.bot.slack, stage.bot.channels, stage.clock, BOTH)
    signs.look()
    stage.slack.workspace.usergroups[GROUP] = {"id": GROUP, "handle": "metrics-oncall", "users": [ROBIN]}
    stage.slack.workspace.channels["C00000001"].topic = ""
    for _ in range(3):
        signs.look()
    assert (group(stage), topic(stage)) == ([ROBIN], "")
    stage.turn_to("2026-11-30T09:00")
    signs.look()
    assert (group(stage), topic(stage)) == ([MAYA], "On call: Maya, until Mon 7 Dec 2026, 09:00")


def test_a_topic_that_was_set_before_the_bot_died_is_its_own(stage: Stage) -> None:
    look(stage)
    for moment, says in (("2026-11-30T09:00", "Maya"), ("2026-12-07T09:00", "Danny")):
        stage.turn_to(moment)
        stage.slack.faults.arm("conversations.setTopic", Fault.dropped_after_accepting())
        look(stage)
        assert topic(stage).startswith(f"On call: {says}, until ")
    stage.turn_to("2026-12-14T09:00")
    look(stage)
    stage.do_what_is_due()
    assert topic(stage) == "On call: Rene, until Mon 21 Dec 2026, 09:00"
    assert stage.direct(ROBIN) == []


def test_two_bots_that_are_refused_explain_it_once(stage: Stage) -> None:
    stage.slack.workspace.usergroups.clear()
    stage.slack.workspace.channels["C00000001"].topic = "Metrics & alerts"
    two = [Signs(stage.store, stage.bot.slack, stage.bot.channels, stage.clock, BOTH) for _ in range(2)]
    for moment in ("2026-11-24T11:00", "2026-11-30T09:00"):
        stage.turn_to(moment)
        for signs in two:
            signs.look()
    stage.do_what_is_due()
    assert len(stage.direct(ROBIN)) == 2  # one of the group, one of the topic


def test_a_topic_is_read_as_it_was_set(stage: Stage) -> None:
    stage.bot.slack.set_topic("C00000001", "R&D <b>")
    assert stage.bot.slack.topic("C00000001") == topic(stage) == "R&D <b>"


def test_the_topic_is_that_of_the_channel_that_has_the_name_now(stage: Stage) -> None:
    look(stage)
    old = stage.slack.workspace.channels["C00000001"]
    old.archived, old.name = True, "metrics-oncall-old"
    new = stage.slack.workspace.add_channel("metrics-oncall")
    stage.turn_to("2026-11-30T09:00")
    look(stage)
    assert new.topic == "On call: Maya, until Mon 7 Dec 2026, 09:00"
    assert not any("topic" in said for said in stage.direct(ROBIN))
