"""What a change of the rotation ends: shown before it is done, and told by its own name afterwards.

Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene; it is Tue 24 Nov, 10:00. Robin, an admin, does it.
"""

from tests.kit.cast import DANNY, MAYA, RENE, TOMS
from tests.kit.forms import applied, previewed
from tests.kit.stage import Stage, press


def agreed(stage: Stage, asks: str, typed: str, takes: str) -> None:
    """`asks` asks one person, who says yes."""
    stage.ask(asks, typed)
    stage.do_what_is_due()
    press(stage, takes, stage.slack.direct_messages(takes)[-1], "request.take")
    stage.do_what_is_due()


def ends(stage: Stage, action: str, **values: str) -> list[str]:
    """What a preview says that ends."""
    said = previewed(stage, action, **values).words().splitlines()
    return [line for line in said if " goes: " in line or " ends: " in line or " no more: " in line]


def test_a_swap_is_called_one_and_has_both_its_halves(stage: Stage) -> None:
    agreed(stage, TOMS, "/oncall swap @Danny 21 Dec for 7 Dec", DANNY)
    swap = "• Swap that goes: *Danny* for *Toms*, Mon 21 – Sun 27 Dec 2026; *Toms* for *Danny*, Mon 7 – Sun 13 Dec 2026"
    assert ends(stage, "roster.remove", who="danny", starts="2026-11-30") == [swap]
    assert ends(stage, "roster.pause", who="danny", starts="2026-12-21", until="2027-01-25") == [swap]


def test_a_cover_of_two_who_stay_that_holds_no_more_is_named_and_they_are_told(stage: Stage) -> None:
    agreed(stage, RENE, "/oncall cover 15 Dec - 16 Dec @Maya", MAYA)
    said = previewed(stage, "roster.remove", who="danny", starts="2026-12-07").words()
    assert "• Cover that holds no more: *Maya* for *Rene*, Tue 15 – Wed 16 Dec 2026\n" in said
    assert "By direct message I tell Toms, Maya, Danny and Rene, once." in said
    applied(stage, "roster.remove", who="danny", starts="2026-12-07")
    stage.turn_to("2026-11-24T10:05")
    assert "Before: Maya for Rene on Tue 15 – Wed 16 Dec 2026.\nNow: nothing of it holds." in stage.direct(MAYA)[-1]


def test_a_swap_of_two_who_stay_that_holds_no_more(stage: Stage) -> None:
    agreed(stage, TOMS, "/oncall swap @Rene 21 Dec for 14 Dec", RENE)
    assert ends(stage, "roster.remove", who="danny", starts="2026-12-07") == [
        "• Swap that holds no more: *Rene* for *Toms*, Mon 21 – Sun 27 Dec 2026; "
        "*Toms* for *Rene*, Mon 14 – Sun 20 Dec 2026"
    ]


def test_a_new_order_and_somebody_new_name_it_too(stage: Stage) -> None:
    agreed(stage, RENE, "/oncall cover 15 Dec - 16 Dec @Maya", MAYA)
    lapses = ["• Cover that holds no more: *Maya* for *Rene*, Tue 15 – Wed 16 Dec 2026"]
    assert ends(stage, "roster.reorder", order="toms, maya, rene, danny", starts="2026-12-07") == lapses
    agreed(stage, TOMS, "/oncall cover 21 Dec @Danny", DANNY)
    assert ends(stage, "roster.add", who="robin", starts="2026-12-21") == []
    assert ends(stage, "roster.add", who="robin", starts="2026-12-14") == []


def test_what_was_agreed_and_ends_by_a_pause_is_not_called_withdrawn(stage: Stage) -> None:
    agreed(stage, TOMS, "/oncall cover 22 Dec @Danny", DANNY)
    agreed(stage, TOMS, "/oncall swap @Danny 18 Jan for 1 Feb", DANNY)
    applied(stage, "roster.pause", who="danny", starts="2026-12-07", until="2027-02-15")
    stage.turn_to("2026-11-24T10:05")
    ended = [said for said in stage.direct(DANNY) if "It ended as the rotation changed" in said]
    assert ended == [
        "~*Toms* asks you to cover: *Tue 22 Dec 2026*.~ It ended as the rotation changed: nobody needs to do anything.",
        "~*Toms* asks you to swap: you take *Mon 18 – Sun 24 Jan 2027*, *Toms* takes *Mon 1 – Sun 7 Feb 2027*.~ "
        "It ended as the rotation changed: nobody needs to do anything.",
    ]
    assert "Withdrawn" not in "".join(stage.direct(DANNY))


def test_who_asked_somebody_who_leaves_hears_that_nobody_is_asked_any_more(stage: Stage) -> None:
    stage.ask(TOMS, "/oncall cover 22 Dec @Danny")
    stage.ask(TOMS, "/oncall swap @Danny 18 Jan")
    stage.do_what_is_due()
    applied(stage, "roster.remove", who="danny", starts="2026-12-07")
    stage.turn_to("2026-11-24T10:05")
    assert stage.direct(TOMS)[0] == (
        "*Robin* changed the rotation, so nobody is asked about *Tue 22 Dec 2026* any more. "
        "It stays as it is unless you ask again."
    )
    assert stage.direct(TOMS)[1].startswith(
        "*Robin* changed the rotation, so the swap of *Mon 18 – Sun 24 Jan 2027* and "
    )
