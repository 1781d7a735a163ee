"""Calendar feeds, as people get and use them. Toms has the week from Mon 23 Nov 2026, then Maya, Danny, Rene."""

import http.client
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest

from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Ask, Asker
from bot.talk import commands
from tests.kit.cast import DANNY, GUEST, MAYA, NOW, RENE, ROBIN, STRANGER, TOMS
from tests.kit.feeds import KINDS, feeds_of, links
from tests.kit.stage import RUNBOOKS, URL, Stage, actions_of, press


@dataclass(frozen=True)
class Got:
    """What came over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def events(self) -> list[tuple[Any, str]]:
        """When each event begins, and its words."""
        found = icalendar.Calendar.from_ical(self.body).walk("VEVENT")
        return [(event.decoded("dtstart"), str(event["summary"])) for event in found]

    def uids(self) -> dict[str, str]:
        """The words of each event by its UID."""
        return {str(e["uid"]): str(e["summary"]) for e in icalendar.Calendar.from_ical(self.body).walk("VEVENT")}

    def by_uid(self) -> dict[str, tuple[Any, Any, str]]:
        """When each event begins and ends, and its words, by its UID."""
        found = icalendar.Calendar.from_ical(self.body).walk("VEVENT")
        return {str(e["uid"]): (e.decoded("dtstart"), e.decoded("dtend"), str(e["summary"])) for e in found}

    def numbers(self) -> set[int]:
        """The sequence numbers of its events."""
        return {int(str(e["sequence"])) for e in icalendar.Calendar.from_ical(self.body).walk("VEVENT")}


def get(stage: Stage, link: str, method: str = "GET", **headers: str) -> Got:
    """What is behind a link, as a calendar program asks for it through the proxy."""
    connection = http.client.HTTPConnection(stage.public, timeout=5)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, link.removeprefix(URL), headers=sent)
        answer = connection.getresponse()
        return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def at(year: int, month: int, day: int, hour: int) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.both
def test_maya_gets_three_links_once(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall feed")
    assert said.ephemeral
    assert said.words().startswith("*Your calendar feeds*: add a link to your calendar program")
    assert set(links(said)) == set(KINDS)
    assert actions_of(said) == ["feed.new", "feed.revoke"]
    again = stage.ask(MAYA, "/oncall feed")
    assert links(again) == {}
    assert "You have had your calendar feeds since Tue 24 Nov 2026, 10:00." in again.words()


def test_the_rotation_is_served_week_by_week(stage: Stage) -> None:
    got = get(stage, feeds_of(stage, MAYA)["rotation"])
    assert got.status == 200
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    assert got.headers["cache-control"] == "private, max-age=900"
    events = got.events()
    assert events[:5] == [
        (at(2026, 11, 23, 8), "Toms is on call"),
        (at(2026, 11, 30, 8), "Maya is on call"),
        (at(2026, 12, 7, 8), "Danny is on call"),
        (at(2026, 12, 14, 8), "Rene is on call"),
        (at(2026, 12, 21, 8), "Toms is on call"),
    ]
    assert len(events) == 53
    assert (at(2027, 3, 29, 7), "Danny is on call") in events  # 09:00 in Berlin, in summer


def test_her_own_weeks_are_hers_only(stage: Stage) -> None:
    assert get(stage, feeds_of(stage, MAYA)["mine"]).events()[:3] == [
        (at(2026, 11, 30, 8), "On call"),
        (at(2026, 12, 28, 8), "On call"),
        (at(2027, 1, 25, 8), "On call"),
    ]


def test_who_is_away_stands_there_in_whole_days_and_nobody_says_why(stage: Stage) -> None:
    stage.ask(DANNY, "/holiday 24 Dec - 2 Jan: the knee")
    got = get(stage, feeds_of(stage, MAYA)["away"])
    assert got.events() == [(date(2026, 12, 24), "Danny is away")]
    [event] = icalendar.Calendar.from_ical(got.body).walk("VEVENT")
    assert event.decoded("dtend") == date(2027, 1, 3)
    assert b"knee" not in got.body


def test_a_repair_moves_events_and_adds_none(stage: Stage) -> None:
    link = feeds_of(stage, RENE)["rotation"]
    before = get(stage, link)
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    after = get(stage, link)
    assert before.uids().keys() == after.uids().keys()
    changed = [(words, after.uids()[uid]) for uid, words in before.uids().items() if after.uids()[uid] != words]
    assert changed == [("Toms is on call", "Maya is on call"), ("Maya is on call", "Toms is on call")]
    assert max(before.numbers()) < min(after.numbers())


def test_a_cover_splits_a_week(stage: Stage) -> None:
    link = feeds_of(stage, RENE)["rotation"]
    stage.ask(TOMS, "/oncall cover 23 Dec - 24 Dec @Danny")
    stage.do_what_is_due()
    [told] = stage.slack.direct_messages(DANNY)
    stage.slack.press(DANNY, told, "request.take")
    stage.slack.until(lambda: "Danny is on call for Toms" in str(get(stage, link).body))
    assert get(stage, link).events()[4:7] == [
        (at(2026, 12, 21, 8), "Toms is on call"),
        (at(2026, 12, 23, 8), "Danny is on call for Toms"),
        (at(2026, 12, 25, 8), "Toms is on call"),
    ]


def test_what_has_passed_stays_as_it_was_for_half_a_year(stage: Stage) -> None:
    link = feeds_of(stage, MAYA)["rotation"]
    stage.turn_to("2026-12-15T10:00")
    assert get(stage, link).events()[:2] == [
        (at(2026, 11, 23, 8), "Toms is on call"),
        (at(2026, 11, 30, 8), "Maya is on call"),
    ]
    stage.turn_to("2027-06-15T10:00")
    assert get(stage, link).events()[0] == (at(2026, 12, 14, 8), "Rene is on call")


@pytest.mark.slow
def test_an_event_stays_what_it_is_from_the_schedule_to_the_record(stage: Stage) -> None:
    link = feeds_of(stage, RENE)["rotation"]
    stage.ask(TOMS, "/holiday 27 Nov - 29 Nov")
    stage.ask(MAYA, "/holiday 30 Nov - 30 Nov")
    stage.ask(DANNY, "/holiday 13 Dec - 14 Dec")
    first = get(stage, link).by_uid()
    assert len(first) > 53
    for moment in ("11-27T00:30", "11-30T00:30", "11-30T09:00", "12-13T00:00", "12-14T08:59", "12-14T09:00"):
        stage.turn_to(f"2026-{moment}")
        then = get(stage, link).by_uid()
        assert {uid: then[uid] for uid in first} == first
    for moment in ("05-30T09:00", "05-31T00:30", "05-31T09:00", "06-07T00:30", "06-14T09:00"):
        stage.turn_to(f"2027-{moment}")
        then = get(stage, link).by_uid()
        kept = first.keys() & then.keys()
        assert kept
        assert {uid: then[uid] for uid in kept} == {uid: first[uid] for uid in kept}


def test_the_same_state_has_the_same_bytes_and_is_not_sent_twice(stage: Stage) -> None:
    link = feeds_of(stage, MAYA)["rotation"]
    first = get(stage, link)
    stage.turn_to("2026-11-25T17:00")
    again = get(stage, link, If_None_Match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert get(stage, link).body == first.body
    stage.ask(TOMS, "/holiday 24 Dec - 26 Dec")
    assert get(stage, link, If_None_Match=first.headers["etag"]).status == 200


def test_a_head_has_no_body(stage: Stage) -> None:
    link = feeds_of(stage, MAYA)["away"]
    whole, head = get(stage, link), get(stage, link, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.conversation
def test_new_links_close_the_old_ones(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall feed")
    old = links(said)
    stage.slack.press(MAYA, said, "feed.new")
    stage.slack.until(lambda: "*Your new calendar feeds*" in said.words())
    assert {get(stage, link).status for link in old.values()} == {404}
    assert {get(stage, link).status for link in links(said).values()} == {200}


def test_revoked_links_open_nothing(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall feed")
    old = links(said)
    stage.slack.press(MAYA, said, "feed.revoke")
    stage.slack.until(lambda: "*Revoked*" in said.words())
    assert {get(stage, link).status for link in old.values()} == {404}
    assert set(feeds_of(stage, MAYA)) == set(KINDS)


def test_a_press_is_for_who_presses(stage: Stage) -> None:
    said = stage.ask(MAYA, "/oncall feed")
    assert "Only the people of the on-call plan can do that" in press(stage, GUEST, said, "feed.new").words()
    assert get(stage, links(said)["mine"]).status == 200


def test_robin_has_links_and_strangers_have_none(stage: Stage) -> None:
    assert get(stage, feeds_of(stage, ROBIN)["mine"]).events() == []
    assert "Only the people of the on-call plan can do that" in stage.words(GUEST, "/oncall feed")
    assert "Only members of this workspace can do that" in stage.words(STRANGER, "/oncall feed")


def test_without_an_address_it_says_what_an_admin_does(stage: Stage) -> None:
    desk = Desk(stage.store, Library(RUNBOOKS))
    said = commands.answer(Ask("oncall", "feed", Asker(slack_id=MAYA), NOW), desk)
    assert said.refused
    assert "An admin gives me one with ONCALL_URL, such as https://oncall.example.com" in said.text


def test_feed_takes_nothing_behind_it(stage: Stage) -> None:
    assert "It takes nothing behind it." in stage.words(MAYA, "/oncall feed now")
    assert "`/oncall feed`: links for your calendar program" in stage.words(MAYA, "/oncall help all")


def test_no_secret_is_kept_or_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):  # of libraries only warnings are logged, see bot/ops/logs.py
        link = feeds_of(stage, MAYA)["mine"]
        secret = link.split("/")[-2]
        get(stage, link)
        get(stage, link.replace("mine", "yours"))
        stage.store.close()
        with stage.store.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE changes RENAME TO elsewhere")
            connection.commit()
        broken = get(stage, link)
        with stage.store.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO changes")
            connection.commit()
    assert (broken.status, broken.headers["retry-after"]) == (503, "60")
    assert "a feed has to wait" in caplog.text
    assert secret not in caplog.text
    with stage.store.reading() as tx:
        kept = tx.exec_driver_sql("SELECT * FROM feeds").all()
    assert len(kept) == 1
    assert secret not in str(kept)
