"""What the log says of changes of the rotation. Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene."""

from tests.kit.cast import MAYA, ROBIN
from tests.kit.forms import applied, previewed
from tests.kit.stage import Stage


def log(stage: Stage) -> list[str]:
    """What Maya reads of the latest change."""
    lines = stage.words(MAYA, "/oncall log").splitlines()[2:]
    last = next((n for n, line in enumerate(lines[1:], 1) if line.startswith("•")), len(lines))
    return lines[:last]


def undone(stage: Stage) -> None:
    said = stage.ask(ROBIN, "/oncall roster")
    stage.slack.press(ROBIN, said, "roster.undo")
    stage.slack.until(lambda: "*Undone*" in said.words())


def test_it_lists_as_many_weeks_as_the_preview_did(stage: Stage) -> None:
    shown = previewed(stage, "roster.remove", who="rene", starts="2026-12-07").words()
    applied(stage, "roster.remove", who="rene", starts="2026-12-07")
    assert shown.count(" instead of ") == 9
    assert log(stage) == [
        "• 10:00: *Robin* changed the rotation: Rene leaves it from Mon 7 Dec 2026: "
        "Toms, Maya, Danny, Rene → Toms, Maya, Danny",
        "      ↳ Mon 14 – Sun 20 Dec 2026: *Rene* → *Toms*",
        "      ↳ Mon 21 – Sun 27 Dec 2026: *Toms* → *Maya*",
        "      ↳ Mon 28 Dec 2026 – Sun 3 Jan 2027: *Maya* → *Danny*",
        "      ↳ Mon 4 – Sun 10 Jan 2027: *Danny* → *Toms*",
        "      ↳ Mon 11 – Sun 17 Jan 2027: *Rene* → *Maya*",
        "      ↳ Mon 18 – Sun 24 Jan 2027: *Toms* → *Danny*",
        "      ↳ Mon 25 – Sun 31 Jan 2027: *Maya* → *Toms*",
        "      ↳ Mon 1 – Sun 7 Feb 2027: *Danny* → *Maya*",
        "      ↳ Mon 8 – Sun 14 Feb 2027: *Rene* → *Danny*",
    ]


def test_of_a_pause_it_lists_the_quarter_from_its_beginning(stage: Stage) -> None:
    shown = previewed(stage, "roster.pause", who="danny", starts="2026-12-14", until="2027-01-25").words()
    applied(stage, "roster.pause", who="danny", starts="2026-12-14", until="2027-01-25")
    head, *weeks = log(stage)
    assert head == (
        "• 10:00: *Robin* changed the rotation: Danny pauses from Mon 14 Dec 2026 until Mon 25 Jan 2027: "
        "Toms, Maya, Danny, Rene → Toms, Maya, Rene"
    )
    assert len(weeks) == shown.count(" instead of ")


def test_an_undo_of_a_pause_says_which_and_who_is_listed_then(stage: Stage) -> None:
    applied(stage, "roster.pause", who="danny", starts="2026-12-14", until="2027-01-25")
    undone(stage)
    assert log(stage)[0] == (
        "• 10:00: *Robin* took a change of the rotation back: Danny pauses from Mon 14 Dec 2026 until Mon 25 Jan 2027: "
        "Toms, Maya, Rene → Toms, Maya, Danny, Rene"
    )


def test_undone_an_order_somebody_who_came_and_somebody_who_left(stage: Stage) -> None:
    applied(stage, "roster.reorder", order="toms, danny, maya, rene", starts="2026-11-30")
    undone(stage)
    assert log(stage)[0] == (
        "• 10:00: *Robin* took a change of the rotation back: its order is Maya, Rene, Toms, Danny from Mon 30 Nov "
        "2026: Toms, Danny, Maya, Rene → Toms, Maya, Danny, Rene"
    )
    applied(stage, "roster.add", who="robin", starts="2026-11-30")
    undone(stage)
    assert "back: Robin joins it from Mon 30 Nov 2026: Toms, Maya, Danny, Rene, Robin → " in log(stage)[0]
    applied(stage, "roster.remove", who="rene", starts="2026-11-30")
    undone(stage)
    assert "back: Rene leaves it from Mon 30 Nov 2026: Toms, Maya, Danny → " in log(stage)[0]


def test_where_the_list_stays_the_same_it_is_not_shown_twice(stage: Stage) -> None:
    applied(stage, "roster.pause", who="danny", starts="2026-12-14", until="2027-01-25")
    applied(stage, "roster.remove", who="danny", starts="2026-12-28")
    assert log(stage)[0] == "• 10:00: *Robin* changed the rotation: Danny leaves it from Mon 28 Dec 2026"
