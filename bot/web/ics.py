"""A calendar feed: facts → the bytes of an .ics file, after RFC 5545.

Moments are in UTC, which every calendar program shows in its reader's own time zone. A time zone described in the file
is needed for what repeats, and nothing here does; and programs differ in whether they follow such a description or take
their own by its name. There is no METHOD, which would make it an invitation of RFC 5546, with an organizer. Nothing
makes its reader busy. `icalendar` is imported when a feed is written: most processes never write one.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.feed import Event, Feed
from scheduler.team.roster import Roster

if TYPE_CHECKING:
    import icalendar

MAKER = "-//oncall-bot//calendar feeds//EN"
TITLES = {"rotation": "{team}: on call", "mine": "{team}: {who} on call", "away": "{team}: away"}
ON_CALL, FOR = "{who} is on call", "{words} for {other}"
NOBODY = "Nobody is on call"
YOU_ON_CALL = "On call"
AWAY = "{who} is away"

LOOK_AGAIN = timedelta(hours=1)  # how often a program is asked to look; Google looks about twice a day all the same


def written(team: Roster, feed: Feed, reader: str) -> bytes:
    """The feed as an .ics file. `reader`: the id of the person whose it is. The same facts give the same bytes."""
    import icalendar

    made = icalendar.Calendar()
    title = TITLES[feed.kind].format(team=team.facts.name, who=team.name(reader))
    for name, value in (("prodid", MAKER), ("version", "2.0"), ("calscale", "GREGORIAN")):
        made.add(name, value)
    made.add("name", icalendar.vText(title))  # said to be text, else its commas would stay as they are
    made.add("x-wr-calname", icalendar.vText(title))
    made.add("refresh-interval", icalendar.vDuration(LOOK_AGAIN), parameters={"value": "DURATION"})
    made.add("x-published-ttl", icalendar.vDuration(LOOK_AGAIN))
    for event in feed.events:
        made.add_component(_event(team, feed, event))
    return bytes(made.to_ical())


def _event(team: Roster, feed: Feed, event: Event) -> "icalendar.Event":
    import icalendar

    made = icalendar.Event()
    made.add("uid", event.uid)
    made.add("dtstamp", _second(feed.changed_at))
    made.add("last-modified", _second(feed.changed_at))
    made.add("sequence", feed.sequence)
    made.add("dtstart", event.starts)
    made.add("dtend", event.ends)
    made.add("summary", _summary(team, feed, event))
    made.add("transp", "TRANSPARENT")
    return made


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _summary(team: Roster, feed: Feed, event: Event) -> str:
    if event.who is None:
        return NOBODY
    who = team.name(event.who)
    if feed.kind == "away":
        return AWAY.format(who=who)
    words = YOU_ON_CALL if feed.kind == "mine" else ON_CALL.format(who=who)
    return FOR.format(words=words, other=team.name(event.instead_of)) if event.instead_of else words
