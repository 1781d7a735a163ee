"""The rule's answers, typed out: the cases beside this file, and a year of the four engineers."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scheduler.rule.rotation import Away, CoveredDays, Recorded, Rotation, State, Version, after, walk

CASES = json.loads(Path(__file__).with_name("rotation_cases.json").read_text())


def rotation_of(case: dict[str, Any]) -> Rotation:
    day = date.fromisoformat
    one = timedelta(days=1)
    versions = [Version(day(case["starts"]), tuple(case["order"]))]
    versions += [Version(day(v["starts"]), tuple(v["order"])) for v in case["later_versions"]]
    away = tuple(Away(a["who"], day(a["first"]), day(a["last"]) + one) for a in case["away"])
    covers = tuple(
        CoveredDays(c["who"], c["instead_of"], day(c["first"]), day(c["last"]) + one) for c in case["covers"]
    )
    recorded, state = None, State()
    for n, (week, holder) in enumerate(sorted(case["history"].items())):
        state = after(versions[0].order, n % len(versions[0].order), state, holder)
        recorded = Recorded(day(week), holder, state)
    return Rotation(tuple(versions), away, covers, recorded)


def test_the_rule_gives_every_typed_out_answer() -> None:
    for case in CASES:
        rotation = rotation_of(case)
        expected = case["expect"]
        starts = date.fromisoformat(case["starts"])
        weeks = [week for week, _ in walk(rotation, starts + timedelta(weeks=case["weeks"]))]
        passed = len(case["history"]) - 1 if case["history"] else 0
        assert [week.holder for week in weeks] == expected["holders"][passed:], case
        others = {
            day.date.isoformat(): day.engineer for week in weeks for day in week.days if day.engineer != week.holder
        }
        first = weeks[0].first.isoformat()
        assert others == {day: who for day, who in expected["days_by_someone_else"].items() if day >= first}, case
