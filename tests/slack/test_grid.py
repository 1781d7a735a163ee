"""Enterprise Grid and Slack Connect: colleagues of the same organisation, and people of others. Maya works in a sister
workspace of the team's."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.sandbox.records import User
from models import people
from tests.kit import cast
from tests.kit.cast import MAYA, STRANGER, TOMS
from tests.kit.databases import Databases
from tests.kit.stage import Stage, a_stage

ACME, OTHERS = "E0ACME00001", "E0OTHERS001"
SISTER = "T0SISTER001"
W_MAYA, W_TOMS = "W0MAYA00002", "W0TOMS00001"
DECLARES, CONTACTS = "/holiday 24 Dec", "/runbook daily-growth contacts"
FOR_MEMBERS, FOR_THE_PLAN = "Only members of this workspace can do that", "Only the people of the on-call plan can"
HIDDEN = "Contact details are shown to members of this workspace only."


def as_user(slack_id: str, **other: object) -> User:
    """One of the cast, as somebody else's account."""
    [user] = (each for each in cast.USERS if each.id == slack_id)
    return replace(user, **other)  # type: ignore[arg-type]


AT_SISTER = as_user(MAYA, id=W_MAYA, team_id=SISTER, enterprise_id=ACME)
OF_OTHERS = as_user(MAYA, id=W_MAYA, team_id=SISTER, enterprise_id=OTHERS)


@pytest.fixture
def grid(database: Databases) -> Iterator[Stage]:
    """The team's workspace as one of an organisation's."""
    with a_stage(database, enterprise=ACME) as stage:
        yield stage


def joins(stage: Stage, user: User) -> None:
    """Maya's account is this one; the plan names it, and she has asked for the first time."""
    with stage.store.writing() as tx:
        people.found_in_slack(tx, "maya", user.id)
    stage.slack.workspace.users[user.id] = user
    for channel in stage.slack.workspace.channels.values():
        channel.members.add(user.id)
    stage.ask(user.id, "/oncall")
    stage.bot.directory.look_up()


def test_a_colleague_of_the_plan_is_no_stranger(grid: Stage) -> None:
    joins(grid, AT_SISTER)
    assert "*You are away Thu 24 Dec 2026*" in grid.words(W_MAYA, DECLARES)
    assert "maya@example.com" in grid.words(W_MAYA, CONTACTS)
    grid.slack.open_home(W_MAYA)
    grid.slack.until(lambda: grid.slack.home_of(W_MAYA))


def test_before_slack_has_told_who_it_is_a_colleague_is_a_stranger(grid: Stage) -> None:
    grid.slack.workspace.users[W_MAYA] = AT_SISTER
    with grid.store.writing() as tx:
        people.found_in_slack(tx, "maya", W_MAYA)
    assert FOR_MEMBERS in grid.words(W_MAYA, DECLARES)
    grid.bot.directory.look_up()
    assert "*You are away" in grid.words(W_MAYA, DECLARES)


@pytest.mark.parametrize(
    "user",
    [
        OF_OTHERS,
        replace(AT_SISTER, enterprise_id=None),
        replace(AT_SISTER, is_restricted=True),
        replace(AT_SISTER, deleted=True),
    ],
    ids=["of another organisation", "of none", "a guest there", "gone"],
)
def test_whoever_is_none_of_the_organisation_stays_foreign_though_the_plan_names_them(grid: Stage, user: User) -> None:
    joins(grid, user)
    assert FOR_MEMBERS in grid.words(W_MAYA, DECLARES)
    assert HIDDEN in grid.words(W_MAYA, CONTACTS)


def test_a_colleague_outside_the_plan_looks_things_up_and_sees_no_contacts(grid: Stage) -> None:
    joins(grid, AT_SISTER)
    with grid.store.writing() as tx:
        people.found_in_slack(tx, "maya", None)
    assert "*Toms*" in grid.words(W_MAYA, "/oncall")
    assert FOR_THE_PLAN in grid.words(W_MAYA, DECLARES)
    assert HIDDEN in grid.words(W_MAYA, CONTACTS)


def test_a_press_and_a_form_of_a_colleague_count_too(grid: Stage) -> None:
    joins(grid, AT_SISTER)
    grid.slack.open_home(W_MAYA)
    grid.slack.until(lambda: grid.slack.home_of(W_MAYA))
    home = grid.slack.home_of(W_MAYA)
    assert home
    grid.slack.press_in_view(W_MAYA, home, "holiday.open")
    grid.slack.until(lambda: grid.slack.view_for(W_MAYA))
    filled = {"first": {"first": "2026-12-24"}, "last": {"last": "2026-12-24"}}
    assert grid.slack.submit(W_MAYA, grid.modal(W_MAYA), filled) is None
    assert "Thu 24 Dec 2026" in grid.words(W_MAYA, "/holiday mine")


@pytest.mark.both
def test_who_leaves_the_organisation_is_foreign_as_soon_as_slack_tells(grid: Stage) -> None:
    joins(grid, AT_SISTER)
    grid.slack.dispatch.change(OF_OTHERS)
    grid.bot.directory.look_up()
    assert FOR_MEMBERS in grid.words(W_MAYA, DECLARES)


def test_another_bot_of_the_store_knows_colleagues_too(grid: Stage) -> None:
    joins(grid, AT_SISTER)
    calls = grid.slack.workspace.tally.calls["users.info"]
    grid.bot.directory._colleagues = frozenset()
    grid.bot.directory.look_up()
    assert "*You are away" in grid.words(W_MAYA, DECLARES)
    assert grid.slack.workspace.tally.calls["users.info"] == calls


def test_a_workspace_of_no_organisation_has_no_colleagues(stage: Stage) -> None:
    joins(stage, replace(AT_SISTER, enterprise_id=None))
    assert FOR_MEMBERS in stage.words(W_MAYA, DECLARES)


def test_who_shares_a_channel_from_elsewhere_is_never_remembered_as_a_member(stage: Stage) -> None:
    stage.ask(STRANGER, "/oncall")
    stage.bot.directory.look_up()
    with stage.store.reading() as tx:
        assert people.is_full_member(tx, STRANGER) is False


def test_a_member_whose_id_begins_with_w_is_one_as_any_other(database: Databases) -> None:
    users = [as_user(TOMS, id=W_TOMS), *cast.USERS[1:]]
    with a_stage(database, enterprise=ACME, users=users) as stage:
        assert "maya@example.com" in stage.words(W_TOMS, CONTACTS)
        assert "*You are away Thu 24 Dec 2026*" in stage.words(W_TOMS, DECLARES)
        assert "Toms" in stage.words(MAYA, f"/oncall <@{W_TOMS}>")
        stage.turn_to("2026-11-30T09:00")
        assert stage.slack.messages()
