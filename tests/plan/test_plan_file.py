"""Plan files, good and bad: every mistake is a sentence that names its line and what to write instead."""

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plan.checks import WORDS
from bot.plan.file import EMPTY, PACKAGED, BadPlan, read, written
from bot.plan.model import PersonEntry, Plan
from bot.talk import pipelines
from bot.talk.commands import EVERY_WAY, ONCALL_WORDS
from bot.talk.oncall import command as oncall
from bot.talk.runbook import command as runbook
from tests.kit.cast import FIRST_TEAM
from tests.kit.plans import SMALL, problems_of


def test_the_packaged_plan_is_the_first_team() -> None:
    assert [person.name for person in FIRST_TEAM.engineers] == ["Toms", "Maya", "Danny", "Rene"]
    assert FIRST_TEAM.rotation.order == ("toms", "maya", "danny", "rene")
    assert FIRST_TEAM.rotation.starts is None
    assert FIRST_TEAM.admin_ids == ("robin",)
    assert FIRST_TEAM.team.notice_days == 14
    assert [(p.slug, p.area, p.purpose, p.primary, p.secondary) for p in FIRST_TEAM.pipelines] == [
        ("unit-level-profit", "Profit", "Experiments", "toms", "maya"),
        ("aggregate-profit", "Profit", "Reported to investors", "danny", "rene"),
        ("daily-growth", "Growth", "Experiments", "maya", "toms"),
        ("aggregate-growth", "Growth", "Reported to investors", "rene", "danny"),
        ("aggregate-engagement", "Engagement", "Reported to investors", "toms", "danny"),
    ]
    assert [(level.severity, level.respond, level.resolve) for level in FIRST_TEAM.service_levels] == [
        ("critical", "15 minutes", "1 hour"),
        ("high", "30 minutes", "4 hours"),
        ("medium", "1 hour", "8 hours"),
        ("low", "4 hours", "24 hours"),
    ]


def test_a_file_is_read_as_its_text_is() -> None:
    assert read(PACKAGED) == read(PACKAGED.read_text())
    assert read("\ufeff" + SMALL) == read(SMALL)
    assert read(SMALL.replace("\n", "\r\n")) == read(SMALL)


def test_values_are_the_text_that_was_typed() -> None:
    typed = SMALL.replace('"09:00"', "10:30").replace("name: Toms", "name: No").replace("name: Maya", "name: Null")
    plan = read(typed)
    assert (plan.team.handoff.time, plan.team.handoff.weekday) == ("10:30", "monday")
    assert [person.name for person in plan.engineers] == ["No", "Null"]


def test_an_empty_field_that_may_be_left_out_is_left_out() -> None:
    typed = SMALL.replace("email: toms@example.com", "slack_id: U0TOMS00001")
    for nothing in ("email:", "email: null", "email: ~"):
        plan = read(typed.replace("slack_id", f"{nothing}\n    slack_id"))
        assert (plan.engineers[0].email, plan.engineers[0].slack_id) == (None, "U0TOMS00001")
    assert read(SMALL.replace("starts: 2026-11-23", "starts:")).rotation.starts is None


BAD = [
    # people
    ("name: Maya", "name: TOMS", "Line 15: two people have the name “TOMS” (also on line 12)"),
    ("id: maya\n", "id: toms\n", "Line 14: there is the id “toms” twice (also on line 11); give one of them another."),
    ("id: maya\n", "id: Maya Bee\n", "Line 14: `id`: “Maya Bee” can't be an id or slug; use small letters"),
    ("name: Maya\n", "name:\n", "Line 15: `name` has no value; write one."),
    ("toms@example.com", "toms(at)example", "Line 13: `email`: “toms(at)example” is no email address; write one"),
    ("name: Maya", "name: Maya\n    phone: ask her", "Line 16: `phone`: “ask her” is no phone number; write one"),
    ("name: Maya", "name: Maya\n    slack_id: maya", "Line 16: `slack_id`: “maya” is no member id of Slack; it looks"),
    (
        "name: Maya",
        "name: Maya\n    time_zone: Lisbon",
        "Line 16: `time_zone`: the time zone “Lisbon” does not exist; write one such as Europe/Berlin."
        " Did you mean Europe/Lisbon?",
    ),
    (
        "name: Maya",
        "name: Maya\n    email: Toms@example.com",
        "Line 16: there is the email address “Toms@example.com” twice (also on line 13)",
    ),
    ("  name: Maya", "  nmae: Maya", "Line 15: `nmae` is nothing that belongs here; take it out. Did you mean name?"),
    ("    name: Maya\n", "", "Line 14: `name` is missing here; add it."),
    (
        "    email: maya@example.com\n",
        "",
        "Line 14: “Maya” has neither `email` nor `slack_id`, so Slack can't tell who",
    ),
    ("maya@example.com", "", "Line 14: “Maya” has neither `email` nor `slack_id`"),
    ("[maya]\n", "[{id: robin, name: Robin}]\n", "Line 9: “Robin” has neither `email` nor `slack_id`"),
    ("name: Maya", "name: ＴＯＭＳ", "Line 15: two people have the name “ＴＯＭＳ” (also on line 12)"),
    ("name: Maya", "name: To\ufe0fms", "Line 15: two people have the name “To\ufe0fms” (also on line 12)"),
    ("name: Maya", 'name: "\u3164"', "Line 15: nothing of this name can be seen; type it again."),
    # team
    ("Europe/Berlin", "localtime", "Line 4: “localtime” is a time zone without a place; write Area/Location, such as"),
    *(
        ("Europe/Berlin", zone, f"Line 4: “{zone}” is a time zone without a place;")
        for zone in ("Factory", "EST", "CET", "Etc/GMT+1", "Japan", "Zulu", "GMT0", "EST5EDT")
    ),
    ("name: Maya", "name: Maya\n    time_zone: MST", "Line 16: “MST” is a time zone without a place;"),
    (
        "[maya]\n",
        "[{id: maya}]\n",
        "Line 9: “maya” is an engineer; among the admins the id alone is enough: write `- maya`",
    ),
    ("[maya]\n", "[{id: maya, name: Maya B}]\n", "Line 9: “Maya B” is an engineer;"),
    ("[maya]\n", "[]\n", "Line 9: the team has no admin; write in `admins` the id of an engineer"),
    ("[maya]\n", "\n", "Line 9: the team has no admin;"),
    ("  admins: [maya]\n", "", "Line 1: the team has no admin;"),
    ("[maya]\n", "[robin]\n", "Line 9: “robin” is no engineer's id; write one, or id, name and email of somebody"),
    ("[maya]\n", "[maya, maya]\n", "Line 9: “maya” stands twice among the admins; keep one."),
    ("[maya]\n", "[{id: robin, name: Maya}]\n", "Line 9: two people have the name “Maya” (also on line 15)"),
    ('"#metrics-oncall"', "#metrics-oncall", "Line 3: `channel` has no value; # begins a comment, so put it in quotes"),
    ('"#metrics-oncall"', "Metrics", "Line 3: `channel`: “Metrics” is no channel; write its name in quotes"),
    ("Europe/Berlin", "Europe/Berln", "Line 4: `time_zone`: the time zone “Europe/Berln” does not exist; write"),
    ("Europe/Berlin", "../etc/passwd", "Line 4: `time_zone`: the time zone “../etc/passwd” does not exist"),
    ("monday", "mnday", "Line 6: `weekday`: “mnday” is no weekday; write monday, tuesday, … Did you mean monday?"),
    ('"09:00"', "9", 'Line 7: `time`: “9” is no time of day; write hours and minutes, such as "09:00".'),
    ('"09:00"', '"24:00"', "Line 7: `time`: “24:00” is no time of day;"),
    ("14", "-1", "Line 8: `notice_days`: notice of -1 days makes no sense; write a number from 0 to 90."),
    ("14", "two weeks", "Line 8: `notice_days`: “two weeks” is no number of days; write a whole number such as 14."),
    ("notice_days: 14", "notice: 14", "Line 8: `notice` is nothing that belongs here; take it out. Did you mean"),
    ("[maya]\n", "[maya, {id: robin, nmae: Robin}]\n", "Line 9: `nmae` is nothing that belongs here; take it out."),
    ("[maya]\n", "[maya, {id: robin}]\n", "Line 9: `name` is missing here; add it."),
    ("[maya]\n", "[[maya]]\n", "Line 9: here should be keys with values, such as id: …"),
    # rotation
    ("[toms, maya]", "[]", "Line 19: a rotation of nobody can't run; write ids of engineers in `order`."),
    ("  order: [toms, maya]\n", "", "Line 17: a rotation of nobody can't run;"),
    ("[toms, maya]", "[toms, maja]", "Line 19: “maja” is no engineer of the plan; write an id from `engineers`"),
    ("[toms, maya]", "[toms, maya, toms]", "Line 19: “toms” stands twice in the order; everybody has one place in it."),
    ("[toms, maya]", "toms", "Line 19: `order` should be a list."),
    (
        "2026-11-23",
        "2026-11-25",
        "Line 18: Wed 25 Nov 2026 is no Monday, when weeks begin; write Mon 23 Nov 2026 (2026-11-23)"
        " or Mon 30 Nov 2026 (2026-11-30).",
    ),
    ("2026-11-23", "23.11.2026", "Line 18: `starts`: “23.11.2026” is no date; write year, month and day, such"),
    ("2026-11-23", "0001-01-01", "Line 18: `starts`: “0001-01-01” is no date;"),
    # pipelines
    ("primary: toms", "primary: tom", "Line 25: “tom”, the primary owner, is nobody of the plan; write an id"),
    ("primary: toms", "primary: maya", "Line 26: “maya” is the primary and the secondary owner; name somebody else"),
    ("    why: They know it.\n", "", "Line 21: `why` is missing here; add it."),
    ("slug: daily-growth", "slug: Daily growth", "Line 21: `slug`: “Daily growth” can't be an id or slug; use"),
    ("pipelines:\n", "pipelines:\n  - daily-growth\n", "Line 21: here should be keys with values, such as slug: …"),
    *(
        (
            "slug: daily-growth",
            f"slug: {word}",
            f"Line 21: “{word}” can't be typed for a pipeline, since it is a word of",
        )
        for word in ("search", "list", "schedule", "next", "health", "help", "me", "log", "settings", "feed")
    ),
    (
        "slug: daily-growth",
        "slug: 2026-12-24",
        "Line 21: “2026-12-24” can't be typed for a pipeline, since it is read as",
    ),
    (
        "slug: daily-growth",
        "slug: tomorrow",
        "Line 21: “tomorrow” can't be typed for a pipeline, since it is read as a",
    ),
    ("slug: daily-growth", "slug: maya", "Line 21: “maya” can't be typed for a pipeline, since it is somebody's name"),
    ("name: Daily growth", "name: Next", "Line 22: “Next” can't be typed for a pipeline, since it is a word of the"),
    ("name: Daily growth", "name: Next Monday", "Line 22: “Next Monday” can't be typed for a pipeline, since it is"),
    ("name: Daily growth", "name: May", "Line 22: “May” can't be typed for a pipeline, since it is read as a"),
    ("name: Daily growth", "name: Week 52", "Line 22: “Week 52” can't be typed for a pipeline, since it is read as a"),
    # service levels
    *(
        (
            f"respond: {respond}, resolve: {resolve}",
            f"respond: {slow}, resolve: {soon}",
            f"Line {line}: {soon} to resolve is",
        )
        for line, respond, resolve, slow, soon in (
            (29, "15 minutes", "1 hour", "2 hours", "1 hour"),
            (30, "30 minutes", "4 hours", "61 minutes", "1 hour"),
            (31, "1 hour", "8 hours", "2 days", "47 hours"),
            (32, "4 hours", "24 hours", "1 day", "23 hours"),
            (32, "4 hours", "24 hours", "25 hours", "1 day"),
        )
    ),
    ("severity: low", "severity: high", "Line 32: there are two service levels for “high” (also on line 30); keep"),
    ("severity: low", "severity: lwo", "Line 32: `severity`: “lwo” is no severity; there are critical, high"),
    ("15 minutes", "soon", "Line 29: `respond`: “soon” is no length of time; write one such as 15 minutes or 4 hours."),
    (
        "  - {severity: low, respond: 4 hours, resolve: 24 hours}\n",
        "",
        "Line 28: there is no service level for low; add how soon to respond and to resolve.",
    ),
    # YAML
    ("    name: Maya", "    name: Maya\n    name: Mia", "Line 16: `name` stands here twice; keep one of them."),
    ("[toms, maya]", "[toms, maya", "Line 20: this is no YAML: "),
    ("    name: Maya", "\tname: Maya", "Line 15: there is a tab; YAML wants spaces for indenting."),
    ("[toms, maya]", "&round [toms, maya]", "Line 19: anchors and aliases (& and *) are not taken here; write"),
    ("[toms, maya]", "[" * 40 + "]" * 40, "Line 19: this is nested too deeply."),
    ("They know it.", "They\x07", "Line 27: there is a character in it that YAML does not allow; type it again."),
    ("They know it.", '"They\\e[31m"', "Line 27: `why`: there is a character in it that nobody can read; type"),
    ("They know it.", "x" * 1001, "Line 27: `why`: it has 1001 characters; keep it to 1000."),
    ("name: Maya", "name: null", "Line 15: `name`: null is how YAML writes nothing; put it in quotes if it is meant"),
    ("They know it.", '"They know it.', "Line 27: a quote opens here and does not end; end it on this line"),
    ("name: Toms", 'name: "Toms', "Line 12: a quote opens here and does not end;"),
    ("name: Toms", "name: 'Toms", "Line 12: a quote opens here and does not end;"),
    ('"#metrics-oncall"', '"#metrics-oncall', "Line 3: a quote opens here and does not end;"),
    ("[toms, maya]", '["toms, maya]', "Line 19: a quote opens here and does not end;"),
    ("They know it.", "Maya: she knows it", "Line 27: there is another colon in this line; put what stands behind"),
    ("name: Toms", "name: Toms: the first", "Line 12: there is another colon in this line;"),
    ("    email: toms", "      email: toms", "Line 13: this line stands further in than the one above it; begin it"),
    ("They know it.", "@maya knows it", "Line 27: @ has a meaning of its own in YAML; put what it begins in quotes."),
    ("They know it.", "`toms` knows it", "Line 27: ` has a meaning of its own in YAML;"),
    ("They know it.", "*they* know it", "Line 27: anchors and aliases (& and *) are not taken here; write it out, or"),
    ("    why:", "    [a]: b\n    why:", "Line 27: what stands before a colon must be one word."),
]


def test_a_mistake_is_a_sentence_with_its_line() -> None:
    for good, bad, sentence in BAD:
        assert SMALL.count(good) >= 1, (good, bad, sentence)
        found = problems_of(SMALL.replace(good, bad, 1))
        assert any(problem.startswith(sentence) for problem in found), found


DAYS = (
    *(
        "w52",
        "kw-52",
        "week-52",
        "2026-w52",
        "2026-w52-4",
        "cw_7",
        "wk7",
        "w53",
        "next-week",
        "this-week",
        "week-1-of-2027",
    ),
    *("may", "mayo", "december", "sept", "jun", "marz", "januar"),
    *("monday", "next-friday", "on-friday", "this_sunday", "dienstag", "terca-feira", "yesterday"),
    *(
        "24-dec",
        "dec-24",
        "24th-of-december",
        "29-feb",
        "31-apr",
        "mon-24-dec",
        "24-dec-26",
        "24-dec-2026",
        "24-12",
        "3-4",
    ),
    *("2019-12-24", "2040-12-24", "2025-w53"),
)


def test_a_day_a_week_or_a_month_is_no_slug() -> None:
    for slug in DAYS:
        [problem] = problems_of(SMALL.replace("slug: daily-growth", f"slug: {slug}"))
        assert problem.startswith(f"Line 21: “{slug}” can't be typed for a pipeline, since it is read as a day"), slug


NAMED = """\
  - {id: gp, name: Gérard van der Berg-Øst, email: gerard@example.com}
rotation:
"""
PEOPLE = ("robin", "robin-hood", "hood", "toms", "gp", "gerard", "van-der-berg", "ost", "gerard-van-der-berg-ost")


@pytest.mark.parametrize("slug", PEOPLE)
def test_somebody_is_no_slug_by_any_of_their_names(slug: str) -> None:
    plan = SMALL.replace("[maya]", "[maya, {id: robin, name: Robin Hood, email: r@example.com}]")
    plan = plan.replace("rotation:\n", NAMED)
    assert read(plan)
    [problem] = problems_of(plan.replace("slug: daily-growth", f"slug: {slug}"))
    assert problem.startswith(f"Line 22: “{slug}” can't be typed for a pipeline, since it is somebody's name (line ")


def with_settings(*lines: str) -> str:
    """The small plan, with these lines in its team: from line 9 on."""
    return SMALL.replace("  admins", "".join(f"  {line}\n" for line in lines) + "  admins")


def test_office_hours_are_read_as_people_write_them() -> None:
    assert read(SMALL).team.office_hours is None
    for typed, days in (
        ("mon-fri", "mon-fri"),
        ("Monday - Friday", "mon-fri"),
        ("sun-thu", "sun-thu"),
        ("mon-wed,Fri", "mon-wed, fri"),
        ("saturday", "sat"),
    ):
        plan = read(with_settings(f"office_hours: {{days: '{typed}', from: '9:00', until: 17:30}}"))
        assert str(plan.team.office_hours) == f"{days} 09:00–17:30"
        assert read(written(plan)) == plan


def test_a_mistake_in_office_hours_is_told_with_its_line() -> None:
    assert problems_of(with_settings("office_hours: {days: mon-fry, from: 9, until: 25:00}")) == [
        "Line 9: `days`: “mon-fry” is no row of weekdays; write one such as mon-fri, or mon-wed, fri.",
        'Line 9: `from`: “9” is no time of day; write hours and minutes, such as "09:00".',
        'Line 9: `until`: “25:00” is no time of day; write hours and minutes, such as "09:00".',
    ]
    assert problems_of(with_settings("office_hours:", "  days: mon-fri", "  from: 17:00", "  until: 9:00")) == [
        "Line 12: office hours until 9:00 are over before they begin at 17:00; write a later time."
    ]
    assert problems_of(with_settings("office_hours:", "  days: mon-fri", '  form: "09:00"', "  until: 17:00")) == [
        "Line 9: `from` is missing here; add it.",
        "Line 11: `form` is nothing that belongs here; take it out. Did you mean from?",
    ]
    assert problems_of(with_settings("office_hours: 9-17")) == [
        "Line 9: here should be keys with values, such as days: …"
    ]
    assert problems_of(with_settings("office_hour: 9-17")) == [
        "Line 9: `office_hour` is nothing that belongs here; take it out. Did you mean office_hours?"
    ]


def test_a_mistake_in_what_else_may_be_said_of_a_team_is_told_with_its_line() -> None:
    assert problems_of(with_settings("country: Germany", "answer_within: soon")) == [
        "Line 9: `country`: “Germany” is no country that I know the public holidays of; write its two letters, such as "
        "DE. Did you mean DE?",
        "Line 10: `answer_within`: “soon” is no number of office hours; write a whole number from 0 to 99, where 0 is "
        "never.",
    ]


def test_one_mistake_is_told_once() -> None:
    for good, bad in (
        ("[maya]\n", "[{id: maya}]\n"),
        ("Europe/Berlin", "localtime"),
        ("name: Toms", 'name: "Toms'),
        ("name: Maya", "name: null"),
        ("resolve: 1 hour", "resolve: 1 minute"),
        ("slug: daily-growth", "slug: search"),
    ):
        assert len(problems_of(SMALL.replace(good, bad, 1))) == 1


def test_what_is_no_mistake_is_taken() -> None:
    for good, as_good in [
        ("Europe/Berlin", "UTC"),
        ("Europe/Berlin", "America/Argentina/Buenos_Aires"),
        ("Europe/Berlin", "Etc/UTC"),
        ("They know it.", "Toms' and Maya's, it's 5 o'clock"),
        ("They know it.", '"They know: it"  # isn\'t it'),
        ("They know it.", ">\n      They know\n      it."),
        ("resolve: 1 hour", "resolve: 15 minutes"),
        ("slug: daily-growth", "slug: searches"),
        ("slug: daily-growth", "slug: monday-numbers"),
        *(
            ("slug: daily-growth", f"slug: {slug}")
            for slug in (
                "w52-report",
                "weekly",
                "week",
                "may-numbers",
                "march-madness",
                "q4",
                "360",
                "24",
                "mayan",
                "tom",
            )
        ),
        ("name: Maya", "name: Toms B"),
    ]:
        assert read(SMALL.replace(good, as_good, 1)), (good, as_good)


def test_names_that_are_composed_otherwise_look_alike() -> None:
    composed, apart = "Ren\u00e9", "Rene\u0301"
    [problem] = problems_of(SMALL.replace("name: Toms", f"name: {composed}").replace("name: Maya", f"name: {apart}"))
    assert problem.startswith(f"Line 15: two people have the name “{apart}” (also on line 12)")


def test_what_commands_understand_is_no_slug() -> None:
    typed = {
        example.split()[1]
        for example, _ in (*chain(*EVERY_WAY.values()), *runbook.HELP, *pipelines.HELP)
        if " " in example
    }
    words = {word for word in typed if word.isalpha() and word != "week"}
    assert words <= WORDS
    assert set(ONCALL_WORDS) | {oncall.ME} <= WORDS


def test_near_names_are_suggested() -> None:
    [problem] = problems_of(SMALL.replace("[toms, maya]", "[toms, maja]"))
    assert problem.endswith("or add them there. Did you mean maya?")


ZONES_MEANT = {
    "Europe/Berln": "Europe/Berlin",
    "berlin": "Europe/Berlin",
    "New York": "America/New_York",
    "são paulo": "America/Sao_Paulo",
    "Asia/Calcuta": "Asia/Calcutta",
    "europe/london": "Europe/London",
    "PST": None,
    "CEST": None,
    "IST": None,
    "GMT+2": None,
    "Pacific": "US/Pacific",
    "Nowhere/Else": None,
}


@pytest.mark.parametrize(("typed", "meant"), ZONES_MEANT.items())
def test_a_zone_is_suggested_only_where_it_can_be_meant(typed: str, meant: str | None) -> None:
    [problem] = problems_of(SMALL.replace("Europe/Berlin", typed))
    assert problem.endswith(f" Did you mean {meant}?" if meant else "such as Europe/Berlin.")


def test_a_duplicate_slug_names_both_lines() -> None:
    pipeline = SMALL[SMALL.index("  - slug") : SMALL.index("service_levels")]
    found = problems_of(SMALL.replace("service_levels", pipeline + "service_levels"))
    assert found == [
        "Line 28: there is the slug “daily-growth” twice (also on line 21); give one of them another.",
        "Line 29: there is the pipeline “Daily growth” twice (also on line 22); give one of them another.",
    ]


def test_all_mistakes_are_told_in_one_go_in_the_order_of_the_file() -> None:
    bad = SMALL.replace("Europe/Berlin", "Berlin").replace("primary: toms", "primary: tim").replace("14", "-2")
    assert [problem.split(":")[0] for problem in problems_of(bad)] == ["Line 4", "Line 8", "Line 25"]


@pytest.mark.parametrize("nothing", ["", "\n", "# only a comment\n", "{}"])
def test_an_empty_file_is_said_to_be_empty(nothing: str) -> None:
    assert problems_of(nothing) == [f"Line 1: {EMPTY}"]


@pytest.mark.parametrize("text", ["hello", "- a\n- b"])
def test_a_file_that_is_no_plan_at_all_is_told_what_one_has(text: str) -> None:
    assert problems_of(text) == ["Line 1: here should be keys with values, such as team: …"]


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(SMALL.replace("They know it.", "Café").encode("latin-1"))
    assert problems_of(file) == ["Line 27: the file is not in UTF-8; save it as UTF-8 in your editor."]


@pytest.mark.parametrize("text", ["", "a: [", "- a", "team: 3\n"])
def test_what_is_wrong_with_a_file_names_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(text)
    with pytest.raises(BadPlan, match=f"^The plan {file} needs another look:\nLine 1: "):
        read(file)


def test_no_missing_part_hides_another() -> None:
    assert problems_of("team:\nengineers: 3\n") == [
        "Line 1: `team` has no value; write one.",
        "Line 1: `rotation` is missing here; add it.",
        "Line 1: `pipelines` is missing here; add it.",
        "Line 1: `service_levels` is missing here; add it.",
        "Line 2: `engineers` should be a list.",
    ]


words = st.text(max_size=60).map(lambda text: " ".join(f"of {text}".split())).filter(str.isprintable)


@pytest.mark.slow
@given(words, words, st.sampled_from(["+49 30 1234567", "030/123 45", None]))
def test_what_is_written_is_read_as_the_same_plan(name: str, why: str, phone: str | None) -> None:
    toms = PersonEntry(id="toms", name=name, email="toms@example.com", phone=phone)
    pipeline = FIRST_TEAM.pipelines[0].model_copy(update={"why": why})
    plan = Plan.model_copy(
        FIRST_TEAM,
        update={
            "engineers": (toms, *FIRST_TEAM.engineers[1:]),
            "pipelines": (pipeline, *FIRST_TEAM.pipelines[1:]),
        },
    )
    assert read(written(plan)) == plan


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_a_list_of_mistakes(text: str) -> None:
    with pytest.raises(BadPlan):
        read(text)


@given(st.integers(0, len(SMALL)), st.integers(0, 20), st.text(max_size=5))
def test_any_slip_in_a_plan_is_a_list_of_mistakes_or_a_plan(at: int, length: int, typed: str) -> None:
    slipped = SMALL[:at] + typed + SMALL[at + length :]
    lines = []
    try:
        read(slipped)
    except BadPlan as error:
        lines = [problem.line for problem in error.problems]
    assert all(1 <= line <= len(slipped) + 1 for line in lines)
