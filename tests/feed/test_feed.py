"""The feeds' bytes: what the standard asks for, what other libraries read, and what no link may tell."""

import re
import secrets
import statistics
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import event

from bot import links
from bot.clock import StoppedClock
from bot.desk import Desk
from bot.runbooks.library import Library
from bot.speech.ask import Ask, Asker, Press
from bot.talk import commands, presses
from bot.web import ics
from bot.web.feeds import Feeds
from models import feeds as kept
from models.holidays import Holiday
from models.store.engine import Store
from scheduler import feed
from scheduler.feed import Event, Feed
from scheduler.team import roster, schedule
from tests.kit import cast, rfc5545
from tests.kit.stage import RUNBOOKS

EVERY = ("rotation", "mine", "away")
HOLIDAYS = (("toms", date(2026, 12, 24), 10), ("maya", date(2026, 12, 30), 1), ("danny", date(2027, 2, 2), 30))


def asked(served: Feeds, path: str, method: str = "GET") -> tuple[str, dict[str, str], bytes]:
    """What a request is answered."""
    told: list[Any] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
    body = served(environ, lambda status, headers, _=None: told.extend((status, dict(headers))))  # type: ignore[arg-type]
    return told[0], told[1], b"".join(body)


def a_link(store: Store, who: str, kind: feed.Kind = "rotation") -> str:
    """The path of a new link."""
    secret, digest = links.new_secret()
    with store.writing() as tx:
        kept.make(tx, 1, who, digest, cast.NOW, None)
    return links.feeds("", who, secret)[kind]


def of_kind(store: Store, kind: feed.Kind, off: Iterable[tuple[str, date, int]] = ()) -> bytes:
    """The bytes of Maya's feed, with these people away."""
    with store.reading() as tx:
        team = roster.own(tx)
        away = [Holiday(n, w, f, f + timedelta(days=d), "x", cast.NOW, False) for n, (w, f, d) in enumerate(off)]
        team = team.but(holidays=away)
        shown = feed.window(team, cast.NOW)
        events = feed.on_duty(team, schedule.duty_between(tx, team, *feed.moments(team, shown)), shown)
    if kind == "away":
        events = feed.away(team, away, shown)
    return ics.written(
        team, Feed(kind, feed.of_person(events, "maya") if kind == "mine" else events, 7, cast.NOW), "maya"
    )


@pytest.mark.parametrize("kind", EVERY)
def test_two_independent_libraries_read_it_and_a_validator_finds_nothing(store: Store, kind: feed.Kind) -> None:
    content = of_kind(store, kind, HOLIDAYS)
    assert rfc5545.problems(content) == []
    one = icalendar.Calendar.from_ical(content)
    other = IcsCalendarStream.calendar_from_ics(content.decode())
    events = [(str(e["uid"]), str(e["summary"]), e.decoded("dtstart"), e.decoded("dtend")) for e in one.walk("VEVENT")]
    assert events == [(e.uid, e.summary, e.dtstart, e.dtend) for e in other.events]
    assert events
    assert one.errors == []


def test_the_validator_finds_what_is_wrong() -> None:
    sound = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nCALSCALE:GREGORIAN\r\nNAME:x\r\nREFRESH-INTERVAL:PT1H\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261124T090000Z\r\nLAST-MODIFIED:20261124T090000Z\r\nSEQUENCE:1\r\n"
        "DTSTART:20261124T090000Z\r\nDTEND:20261125T090000Z\r\nSUMMARY:x\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    assert rfc5545.problems(sound.encode()) == []
    for was, becomes in (
        ("\r\n", "\n"),
        ("UID:1\r\n", ""),
        ("UID:1", "UID:1\r\nUID:2"),
        ("SUMMARY:x", "SUMMARY:a, b"),
        ("SUMMARY:x", f"SUMMARY:{'x' * 80}"),
        ("END:VEVENT\r\n", ""),
        ("DTEND:20261125T090000Z", "DTEND:20261125"),
        ("DTEND:20261125T090000Z", "DTEND:20261123T090000Z"),
        ("DTSTAMP:20261124T090000Z", "DTSTAMP:20261124T090000"),
        ("VERSION:2.0", "VERSION:1.0"),
        ("SEQUENCE:1", "SEQUENCE:x"),
    ):
        assert rfc5545.problems(sound.replace(was, becomes).encode()), becomes


NAMES = st.text(min_size=1, max_size=80).map(lambda text: " ".join(text.split())).filter(str.isprintable).filter(bool)
WHENS = st.one_of(
    st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60).map(lambda n: timedelta(days=n))),
    st.tuples(
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
        st.integers(1, 10_000).map(lambda n: timedelta(minutes=n)),
    ),
)


def test_any_names_and_any_times_make_a_sound_feed(store: Store) -> None:
    with store.reading() as tx:
        first = roster.own(tx)

    @settings(max_examples=150)
    @given(NAMES, NAMES, st.lists(WHENS, max_size=5), st.sampled_from(EVERY), st.integers(0, 2**31 - 1))
    def sound(team: str, name: str, whens: list[tuple[Any, timedelta]], kind: feed.Kind, sequence: int) -> None:
        people = {**first.people, "maya": replace(first.people["maya"], name=name)}
        known = replace(first, facts=replace(first.facts, name=team), people=people)
        events = tuple(
            Event(f"{n}@x", starts, starts + lasts, "maya", "toms" if n % 2 else None)
            for n, (starts, lasts) in enumerate(whens)
        )
        content = ics.written(known, Feed(kind, events, sequence, cast.NOW), "maya")
        assert rfc5545.problems(content) == []
        read = [str(each["summary"]) for each in icalendar.Calendar.from_ical(content).walk("VEVENT")]
        assert len(read) == len(events)
        assert kind == "mine" or all(name in words for words in read)
        assert len(IcsCalendarStream.calendar_from_ics(content.decode()).events) == len(events)

    sound()


@pytest.mark.both
def test_a_request_that_comes_twice_makes_one_link(store: Store) -> None:
    desk, maya = Desk(store, Library(RUNBOOKS), url="https://oncall.example.com"), Asker(person_id="maya")
    served = Feeds(store, StoppedClock(cast.NOW))
    first, second = (commands.answer(Ask("oncall", "feed", maya, cast.NOW, "a key"), desk) for _ in range(2))
    link = re.search(r"/feeds/\S+/mine\.ics", first.text)
    assert link
    assert "/feeds/" not in second.text
    assert asked(served, link[0])[0] == "200 OK"
    new = Press("feed.new", "", maya, cast.NOW, "a press")
    texts = [said.reply.text for said in (presses.answer(new, desk), presses.answer(new, desk)) if said.reply]
    assert ["/feeds/" in text for text in texts] == [True, False]
    presses.answer(Press("feed.revoke", "", maya, cast.NOW, "another press"), desk)
    again = presses.answer(new, desk).reply
    assert again
    assert again.text.startswith("Revoked: your links open nothing any more.")


# Links that open nothing


def wrong_links(store: Store) -> dict[str, str]:
    """A link of each kind that opens nothing; Maya and Danny have others that do."""
    revoked = a_link(store, "maya")
    right, danny = a_link(store, "maya"), a_link(store, "danny")
    secret, other = right.split("/")[3], danny.split("/")[3]
    return {
        "wrong": right.replace(secret, secrets.token_urlsafe(32)),
        "nearly right": right.replace(secret, secret[:-1] + ("A" if secret[-1] != "A" else "B")),
        "revoked": revoked,
        "somebody else's": right.replace(secret, other),
        "of somebody without": right.replace("maya", "rene"),
        "of nobody": right.replace("maya", "nobody-here"),
        "malformed": "/feeds/maya/rotation.ics",
        "not a feed": right.replace("rotation", "secrets"),
        "too long": right + "x" * 5_000,
        "unprintable": "/feeds/maya/\x00\xff/rotation.ics",
    }


def test_what_opens_nothing_is_answered_alike_with_the_same_work(store: Store) -> None:
    served, wrong = Feeds(store, StoppedClock(cast.NOW)), wrong_links(store)
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    answers, work = set(), set()
    for path in wrong.values():
        statements.clear()
        status, headers, body = asked(served, path)
        answers.add((status, tuple(sorted(headers.items())), body))
        work.add(tuple(statements))
    assert len(answers) == 1
    assert next(iter(answers))[0] == "404 Not Found"
    assert len(work) == 1
    assert len([statement for statement in next(iter(work)) if statement.startswith("SELECT")]) == 1


@pytest.mark.slow
def test_what_opens_nothing_takes_the_same_time(store: Store, record_property: Any) -> None:
    served, wrong = Feeds(store, StoppedClock(cast.NOW)), wrong_links(store)
    ratios = []
    for _ in range(8):  # what runs beside it blurs a round; a real difference shows in each
        took: dict[str, list[float]] = {name: [] for name in wrong}
        for _ in range(100):  # in turns, so that whatever else the machine does slows all of them
            for name, path in wrong.items():
                began = time.thread_time()
                asked(served, path)
                took[name].append(time.thread_time() - began)
        typical = [statistics.median(each) for each in took.values()]
        ratios.append(max(typical) / min(typical))
        if ratios[-1] < 1.3:
            return
    raise AssertionError(ratios)


def test_who_left_the_plan_has_no_feed(store: Store) -> None:
    path = a_link(store, "maya", "mine")
    served = Feeds(store, StoppedClock(cast.NOW))
    assert asked(served, path)[0] == "200 OK"
    with store.writing() as tx:
        tx.exec_driver_sql("UPDATE team_members SET listed = false WHERE person_id = 'maya'")
    assert asked(served, path)[0] == "404 Not Found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_a_feed_can_only_be_read(store: Store, method: str) -> None:
    assert asked(Feeds(store, StoppedClock(cast.NOW)), a_link(store, "maya"), method)[0] == "404 Not Found"


def test_rubbish_opens_nothing(store: Store) -> None:
    served = Feeds(store, StoppedClock(cast.NOW))
    right = a_link(store, "maya")
    pieces = st.sampled_from(["/feeds/", "maya", "/", right.split("/")[3], "rotation.ics", "..", "%00", "\x00", "é"])
    paths = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=8).map("".join), st.just(right[:-1]))

    @settings(max_examples=300)
    @given(paths)
    def nothing(path: str) -> None:
        assert path == right or asked(served, path)[0] == "404 Not Found"

    nothing()


def test_what_breaks_is_not_logged_with_its_path(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_link(store, "maya")
    monkeypatch.setattr(ics, "written", lambda *_: 1 / 0)
    assert asked(Feeds(store, StoppedClock(cast.NOW)), path)[0] == "500 Internal Server Error"
    assert "a feed could not be made" in caplog.text
    assert path.split("/")[3] not in caplog.text
