"""/oncall roster: Robin, an admin, adds, removes, pauses and reorders.

Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene; it is Tue 24 Nov, 10:00.
"""

import pytest

from bot.sandbox.records import SlackMessage, elements_in
from scheduler.team import roster
from tests.kit.cast import DANNY, GUEST, MAYA, RENE, ROBIN, TOMS
from tests.kit.forms import applied, filled, opened, previewed
from tests.kit.stage import Stage, actions_of


def schedule(stage: Stage) -> list[str]:
    """The next eight weeks, as anybody reads them."""
    return stage.words(TOMS, "/oncall schedule 8").splitlines()[1:]


def test_everybody_sees_the_order_and_only_admins_the_actions_of(stage: Stage) -> None:
    said = stage.ask(GUEST, "/oncall roster")
    assert said.words() == "*The rotation*\nSince Mon 23 Nov 2026: Toms, Maya, Danny, Rene"
    assert actions_of(said) == []
    assert actions_of(stage.ask(ROBIN, "/oncall roster")) == [
        "roster.add",
        "roster.remove",
        "roster.pause",
        "roster.reorder",
    ]


def test_rene_leaves_after_a_preview_that_changes_nothing(stage: Stage) -> None:
    before = schedule(stage)
    shown = previewed(stage, "roster.remove", who="rene", starts="2026-12-07")
    assert shown.words().splitlines() == [
        "Remove an engineer",
        "Close",
        "*Rene leaves the rotation from Mon 7 Dec 2026.*",
        "From Mon 7 Dec 2026: Danny, Toms, Maya",
        "*Weeks that change until Sun 7 Mar 2027*",
        "• Mon 14 – Sun 20 Dec 2026: *Toms* instead of *Rene*",
        "• Mon 21 – Sun 27 Dec 2026: *Maya* instead of *Toms*",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: *Danny* instead of *Maya*",
        "• Mon 4 – Sun 10 Jan 2027: *Toms* instead of *Danny*",
        "• Mon 11 – Sun 17 Jan 2027: *Maya* instead of *Rene*",
        "• Mon 18 – Sun 24 Jan 2027: *Danny* instead of *Toms*",
        "• Mon 25 – Sun 31 Jan 2027: *Toms* instead of *Maya*",
        "• Mon 1 – Sun 7 Feb 2027: *Maya* instead of *Danny*",
        "• Mon 8 – Sun 14 Feb 2027: *Danny* instead of *Rene*",
        "*Aggregate profit* needs an owner in place of Rene.",
        "*Aggregate growth* needs an owner in place of Rene.",
        "By direct message I tell Toms, Maya, Danny and Rene, once.",
        "_Nothing is changed yet._",
        "Apply",
    ]
    assert schedule(stage) == before


def test_applied_it_counts_from_that_handoff_and_everybody_concerned_is_told_once(stage: Stage) -> None:
    said = applied(stage, "roster.remove", who="rene", starts="2026-12-07", twice=True)
    assert said[2] == ":white_check_mark: Done."
    assert schedule(stage)[:5] == [
        "• Mon 23 – Sun 29 Nov 2026: *Toms*",
        "• Mon 30 Nov – Sun 6 Dec 2026: *Maya*",
        "• Mon 7 – Sun 13 Dec 2026: *Danny*",
        "• Mon 14 – Sun 20 Dec 2026: *Toms*",
        "• Mon 21 – Sun 27 Dec 2026: *Maya*",
    ]
    stage.turn_to("2026-11-24T10:02")
    [told] = stage.direct(RENE)
    assert told.splitlines()[0] == "*Robin* changed the rotation: you leave it from Mon 7 Dec 2026."
    for who in (TOMS, MAYA, DANNY):
        [told] = stage.direct(who)
        assert told.splitlines()[0] == "*Robin* changed the rotation: Rene leaves it from Mon 7 Dec 2026."
    assert stage.direct(ROBIN) == []
    stage.turn_to("2026-11-24T10:30")
    assert len(stage.direct(TOMS)) == 1
    assert stage.words(MAYA, "/oncall log").splitlines()[2] == (
        "• 10:00: *Robin* changed the rotation: Rene leaves it from Mon 7 Dec 2026: "
        "Toms, Maya, Danny, Rene → Toms, Maya, Danny"
    )
    assert stage.words(TOMS, "/oncall roster").splitlines()[1:3] == [
        "Since Mon 23 Nov 2026: Toms, Maya, Danny, Rene",
        "From Mon 7 Dec 2026: Danny, Toms, Maya _(Rene leaves)_",
    ]


def test_somebody_new_comes_at_the_end(stage: Stage) -> None:
    said = applied(stage, "roster.add", name="Inés Ortega", email="ines@example.com", starts="2026-11-30")
    assert said[3:5] == [
        "*Inés Ortega joins the rotation from Mon 30 Nov 2026.*",
        "From Mon 30 Nov 2026: Maya, Danny, Rene, Toms, Inés Ortega",
    ]
    assert schedule(stage)[4:7] == [
        "• Mon 21 – Sun 27 Dec 2026: *Toms*",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: *Inés Ortega*",
        "• Mon 4 – Sun 10 Jan 2027: *Maya*",
    ]
    with stage.store.reading() as tx:
        person = roster.own(tx).people["ines-ortega"]
    assert (person.name, person.email, person.engineer, person.listed) == (
        "Inés Ortega",
        "ines@example.com",
        True,
        True,
    )


def test_somebody_new_is_found_in_slack_by_their_email_and_told(stage: Stage) -> None:
    applied(stage, "roster.add", name="Gil", email="gil@example.com", starts="2026-11-30")
    stage.bot.directory.look_up()
    stage.turn_to("2026-11-24T10:02")
    assert stage.direct(GUEST)[0].splitlines()[:2] == [
        "*Robin* changed the rotation: you join it from Mon 30 Nov 2026.",
        "• Mon 28 Dec 2026 – Sun 3 Jan 2027: you instead of *Maya*",
    ]


@pytest.mark.both
def test_robin_who_is_only_an_admin_joins(stage: Stage) -> None:
    assert "*Robin joins the rotation from Mon 30 Nov 2026.*" in applied(
        stage, "roster.add", who="robin", starts="2026-11-30"
    )
    stage.turn_to("2026-11-24T10:02")
    assert stage.direct(ROBIN) == []
    assert "*Robin* changed the rotation: Robin joins it from Mon 30 Nov 2026." in stage.direct(TOMS)[0]


def test_a_pause_ends_by_itself(stage: Stage) -> None:
    said = applied(stage, "roster.pause", who="danny", starts="2026-12-07", until="2027-01-11")
    assert said[3:6] == [
        "*Danny pauses from Mon 7 Dec 2026 and is back from Mon 11 Jan 2027.*",
        "From Mon 7 Dec 2026: Rene, Toms, Maya",
        "From Mon 11 Jan 2027: Maya, Rene, Toms, Danny",
    ]
    assert stage.words(TOMS, "/oncall roster").splitlines()[1:] == [
        "Since Mon 23 Nov 2026: Toms, Maya, Danny, Rene",
        "From Mon 7 Dec 2026: Rene, Toms, Maya _(Danny pauses until Mon 11 Jan 2027)_",
        "From Mon 11 Jan 2027: Maya, Rene, Toms, Danny _(Danny is back)_",
    ]
    stage.turn_to("2026-12-08T10:00")
    assert stage.words(TOMS, "/oncall roster").splitlines()[1:3] == [
        "Since Mon 7 Dec 2026: Rene, Toms, Maya",
        "Danny pauses until Mon 11 Jan 2027.",
    ]


def test_who_pauses_comes_back_whatever_else_changes_before(stage: Stage) -> None:
    applied(stage, "roster.pause", who="danny", starts="2026-12-07", until="2027-01-11")
    applied(stage, "roster.remove", who="toms", starts="2026-11-30")
    assert stage.words(TOMS, "/oncall roster").splitlines()[1:5] == [
        "Since Mon 23 Nov 2026: Toms, Maya, Danny, Rene",
        "From Mon 30 Nov 2026: Maya, Danny, Rene _(Toms leaves)_",
        "From Mon 7 Dec 2026: Rene, Maya _(Danny pauses until Mon 11 Jan 2027)_",
        "From Mon 11 Jan 2027: Maya, Rene, Danny _(Danny is back)_",
    ]


def test_a_new_order(stage: Stage) -> None:
    form = opened(stage, "roster.reorder")
    assert next(e.get("initial_value") for _, e in elements_in(form.blocks)) == "Toms, Maya, Danny, Rene"
    assert stage.slack.submit(ROBIN, form, filled(order="toms, danny, maya, rene", starts="2026-11-30")) is None
    assert stage.modal(ROBIN).words().splitlines()[2:7] == [
        "*The rotation has a new order from Mon 30 Nov 2026.*",
        "From Mon 30 Nov 2026: Maya, Rene, Toms, Danny",
        "*Weeks that change until Sun 28 Feb 2027*",
        "• Mon 7 – Sun 13 Dec 2026: *Rene* instead of *Danny*",
        "• Mon 14 – Sun 20 Dec 2026: *Toms* instead of *Rene*",
    ]


@pytest.mark.conversation
def test_mistakes_stand_at_their_fields(stage: Stage) -> None:
    for typed, problem in {
        "Toms, Maya, Dany, Rene": "I don't know anybody called Dany here. Did you mean Danny?",
        "Toms, Maya, Rene": "Danny is missing: a new order names everybody. To take somebody out, use Remove.",
        "Toms, Maya, Toms, Danny, Rene": "Toms stands there twice.",
        "Danny, Rene, Toms, Maya": "It is so already. Nothing was changed.",
    }.items():
        form = opened(stage, "roster.reorder")
        assert stage.slack.submit(ROBIN, form, filled(order=typed)) == {"order": problem}
    for values, where, problem in (
        ({}, "name", "Choose somebody of the plan, or type a name."),
        ({"name": "Ines"}, "email", "Please add the email by which Slack knows them: I find them by it."),
        ({"name": "Ines", "email": "ines"}, "email", "“ines” is no email address; write one such as maya@example.com"),
        ({"name": "maya", "email": "m@example.com"}, "name", "Maya is in the plan already: choose them from the list."),
        ({"name": "Ines", "who": "robin"}, "name", "Somebody of the plan is chosen already"),
    ):
        errors = stage.slack.submit(ROBIN, opened(stage, "roster.add"), filled(**values))
        assert errors is not None
        assert errors[where].startswith(problem)
    short = filled(who="danny", starts="2026-12-28", until="2027-01-04")
    assert stage.slack.submit(ROBIN, opened(stage, "roster.pause"), short) == {
        "until": "A pause is longer than a round of the rotation, which takes 4 weeks: declare time off instead."
        " Nothing was changed."
    }


def test_who_presses_is_checked_at_every_step(stage: Stage) -> None:
    robins = stage.ask(ROBIN, "/oncall roster")
    refused = stage.slack.press(TOMS, robins, "roster.remove")
    stage.slack.until(lambda: refused.messages)
    assert "Only an admin can do that. Nothing was changed." in refused.messages[0].words()
    form = opened(stage, "roster.remove")
    stage.slack.submit(TOMS, form, filled(who="rene", starts="2026-12-07"))
    assert "Only an admin can do that" in form.words()
    shown = previewed(stage, "roster.remove", who="rene", starts="2026-12-07")
    stage.slack.submit(TOMS, shown, {})
    assert "Only an admin can do that" in shown.words()
    assert "Rene leaves" not in stage.words(TOMS, "/oncall roster")


def test_nobody_gets_what_they_have_not_seen(stage: Stage) -> None:
    shown = previewed(stage, "roster.remove", who="rene", starts="2026-12-07")
    stage.ask(MAYA, "/holiday 21 Dec - 27 Dec")
    assert stage.slack.submit(ROBIN, shown, {}) is None
    assert stage.modal(ROBIN).words().splitlines()[2] == "*Something changed meanwhile: please look again.*"
    assert "Rene leaves" not in stage.words(TOMS, "/oncall roster")
    assert stage.slack.submit(ROBIN, stage.modal(ROBIN), {}) is None
    assert "Rene leaves" in stage.words(TOMS, "/oncall roster")


def test_a_preview_that_is_sent_after_its_handoff_is_refused(stage: Stage) -> None:
    shown = previewed(stage, "roster.remove", who="rene", starts="2026-11-30")
    stage.turn_to("2026-11-30T09:00")
    assert stage.slack.submit(ROBIN, shown, {}) is None
    assert "A rotation can only change from a handoff to come on." in stage.modal(ROBIN).words()


def test_the_last_engineer_stays(stage: Stage) -> None:
    for who in ("rene", "danny", "maya"):
        applied(stage, "roster.remove", who=who, starts="2026-11-30")
    form = opened(stage, "roster.remove")
    assert stage.slack.submit(ROBIN, form, filled(who="toms", starts="2026-11-30")) == {
        "who": "Then nobody would be left in the rotation: add somebody first. Nothing was changed."
    }


def test_time_off_that_was_announced_is_edited_as_cancelled(stage: Stage) -> None:
    stage.ask(MAYA, "/holiday 1 Dec - 2 Dec")
    stage.turn_to("2026-11-24T10:05")
    assert "*Maya* is away Tue 1 – Wed 2 Dec 2026." in stage.channel()[-1]
    applied(stage, "roster.remove", who="maya", starts="2026-11-30")
    stage.turn_to("2026-11-24T10:10")
    assert "~*Maya* is away Tue 1 – Wed 2 Dec 2026.~ That is cancelled." in stage.channel()[-1]
    undone(stage)
    stage.turn_to("2026-11-24T10:15")
    assert "*Maya* is away Tue 1 – Wed 2 Dec 2026." in stage.channel()[-1]


def undone(stage: Stage) -> SlackMessage:
    """What pressing *Undo the last change* comes to."""
    said = stage.ask(ROBIN, "/oncall roster")
    stage.slack.press(ROBIN, said, "roster.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())
    return said


def test_undo_puts_everything_back_and_tells_nobody_within_the_minute(stage: Stage) -> None:
    stage.ask(RENE, "/holiday 2 Jan - 5 Jan: skiing")
    before = (schedule(stage), stage.words(RENE, "/holiday mine"))
    said = applied(stage, "roster.remove", who="rene", starts="2026-12-07")
    assert "• Time off of *Rene* that goes: Sat 2 – Tue 5 Jan 2027" in said
    assert "You have no time off coming up." in stage.words(RENE, "/holiday mine")
    assert undone(stage).words().splitlines()[0] == (
        "*Undone*: “Rene leaves it from Mon 7 Dec 2026” is taken back, and everything is as it was before."
    )
    assert (schedule(stage), stage.words(RENE, "/holiday mine")) == before
    stage.turn_to("2026-11-24T10:05")
    assert stage.direct(TOMS) == stage.direct(RENE) == []
    assert "roster.undo" not in actions_of(stage.ask(ROBIN, "/oncall roster"))


def test_undo_later_tells_those_who_were_told(stage: Stage) -> None:
    applied(stage, "roster.add", name="Ines", email="ines@example.com", starts="2026-11-30")
    stage.turn_to("2026-11-24T10:05")
    undone(stage)
    stage.turn_to("2026-11-24T10:10")
    assert stage.direct(MAYA)[1].splitlines()[0] == (
        "*Robin* took a change of the rotation back: Ines joins it from Mon 30 Nov 2026."
    )
    assert "I don't know anybody called @Ines here." in stage.words(TOMS, "/oncall @Ines")


def test_undo_is_offered_until_the_first_handoff_and_only_of_what_stands(stage: Stage) -> None:
    applied(stage, "roster.remove", who="rene", starts="2026-12-07")
    old = stage.ask(ROBIN, "/oncall roster")
    assert "roster.undo" in actions_of(old)
    stage.turn_to("2026-12-07T09:00")
    assert "roster.undo" not in actions_of(stage.ask(ROBIN, "/oncall roster"))
    refused = stage.slack.press(ROBIN, old, "roster.undo")
    stage.slack.until(lambda: refused.messages)
    assert "It can't be undone any more: its first handoff has passed. Nothing was changed." in (
        refused.messages[0].words()
    )


def test_who_leaves_later_is_in_the_rotation_until_then(stage: Stage) -> None:
    applied(stage, "roster.remove", who="maya", starts="2026-12-07")
    said = stage.ask(MAYA, "/oncall")
    assert "You are next on call Mon 30 Nov – Sun 6 Dec 2026." in said.words()
    assert "request.need" in actions_of(said)
    stage.turn_to("2026-12-07T09:00")
    assert "You are not in the on-call rotation." in stage.words(MAYA, "/oncall")


def test_who_stood_in_or_was_to_be_stood_in_for_hears_that_it_is_over(stage: Stage) -> None:
    stage.turn_to("2026-11-24T10:01")
    stage.ask(MAYA, "/oncall cover 28 Dec @Rene")
    stage.ask(RENE, "/oncall cover 11 Jan")
    stage.do_what_is_due()
    asked = stage.slack.direct_messages(RENE)[-1]
    took = stage.slack.press(RENE, asked, "request.take")
    stage.slack.until(lambda: took.messages)
    stage.do_what_is_due()
    heard = {who: len(stage.direct(who)) for who in (MAYA, RENE)}
    said = applied(stage, "roster.remove", who="rene", starts="2026-12-07")
    assert "• Cover that goes: *Rene* for *Maya*, Mon 28 Dec 2026" in said
    assert "• Request that ends: *Rene*, Mon 11 Jan 2027" in said
    stage.turn_to("2026-11-24T10:05")
    for who in (MAYA, RENE):
        [told] = stage.direct(who)[heard[who] :]
        assert told.startswith("*Robin* changed the rotation: ")
        assert "Before: Rene for Maya on Mon 28 Dec 2026.\nNow: nothing of it holds." in told
    assert stage.channel()[-1] == (
        "~*Rene* asks for cover: *Mon 11 Jan 2027*.~ It ended as the rotation changed: nobody needs to do anything."
    )
    undone(stage)
    stage.turn_to("2026-11-24T10:10")
    assert "\nNow: Rene for Maya on Mon 28 Dec 2026." in stage.direct(MAYA)[-1]
    assert stage.channel()[-1].startswith("*Rene* asks for cover: *Mon 11 Jan 2027*.")
