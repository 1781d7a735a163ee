"""Which entries of a calendar file count: of several versions of one the newest, and none that is not to be.

One is known by its UID, and by its RECURRENCE-ID where it is one time of several. A program that keeps no SEQUENCE and
no DTSTAMP, or writes one UID for all, leaves it open which is newer: then each counts.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bot.terminal.ics_file.entry import BUSY, CalendarEntry, value
from bot.web.ics import MAKER
from scheduler.feed import OURS

PUBLISHED = ("", "PUBLISH", "REQUEST", "CANCEL")  # others' answers and proposals are nothing that stands
FREE = ("FREE", "WORKINGELSEWHERE")
CANCELLED, DECLINED, TENTATIVE = ("CANCELLED", "CANCELED"), "DECLINED", "TENTATIVE"
MAIL = "mailto:"

Doubt = Literal["free", "tentative"]

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose file it is: a name and an address, by which invitations know them."""

    name: str = ""
    email: str | None = None


@dataclass(frozen=True, slots=True)
class CountingEntries:
    """The entries that count: a series together with its times that differ, each other one alone. How many do not, and
    why."""

    groups: tuple[tuple[CalendarEntry, ...], ...]
    cancelled: int
    declined: int
    ours: int


def counting(entries: Iterable[CalendarEntry], whose: Whose) -> CountingEntries:
    """What of all entries stands. A time that is not to be stays beside the series that would have it."""
    published = [entry for entry in entries if entry.method in PUBLISHED]
    others = [entry for entry in published if not _is_ours(entry)]
    versions = _together(others, lambda entry: (_uid(entry), _recurrence(entry)))
    newest = [entry for each in versions for entry in _newest(each)]
    found = [group for each in _together(newest, _uid) for group in _groups(each)]
    to_be = [group for group in found if not is_cancelled(group[0])]
    kept = [group for group in to_be if not has_declined(group[0], whose)]
    declined = len(to_be) - len(kept)
    for series in (group for group in to_be if has_declined(group[0], whose)):
        kept += [(time,) for time in series[1:] if not _is_out(time, whose)]
    return CountingEntries(tuple(kept), len(found) - len(to_be), declined, len(published) - len(others))


def _is_out(entry: CalendarEntry, whose: Whose) -> bool:
    return is_cancelled(entry) or has_declined(entry, whose)


def is_cancelled(entry: CalendarEntry) -> bool:
    """Whether it is not to be."""
    return entry.method == "CANCEL" or entry.text("status") in CANCELLED


def has_declined(entry: CalendarEntry, whose: Whose) -> bool:
    """Whether that very person said no to it."""
    return DECLINED in _answers(entry, whose)


def doubts(entry: CalendarEntry, whose: Whose) -> frozenset[Doubt]:
    """Why its person may not be away. What Outlook says of how busy they are goes before TRANSP ([MS-OXCICAL]
    2.1.3.1.1.20.25), which it writes beside."""
    busy = next(filter(None, map(entry.text, BUSY)), "").replace(" ", "").replace("_", "")
    free = busy in FREE if busy else entry.text("transp") == "TRANSPARENT"
    tentative = TENTATIVE in (busy, entry.text("status"), *_answers(entry, whose))
    said: tuple[tuple[Doubt, bool], ...] = (("free", free), ("tentative", tentative))
    return frozenset(doubt for doubt, is_so in said if is_so)


def _answers(entry: CalendarEntry, whose: Whose) -> Iterator[str]:
    """What the person answered to an invitation."""
    found = entry.event.get("attendee", [])
    for attendee in found if isinstance(found, list) else [found]:
        params = getattr(attendee, "params", {})
        names = {str(params.get("EMAIL", "")).casefold(), str(attendee).casefold().removeprefix(MAIL)}
        is_whose = whose.email.casefold() in names if whose.email else _is_name(params.get("CN"), whose)
        if is_whose:
            yield str(params.get("PARTSTAT", "")).upper()


def _is_name(written: object, whose: Whose) -> bool:
    return bool(whose.name) and str(written).casefold() == whose.name.casefold()


def _is_ours(entry: CalendarEntry) -> bool:
    return entry.maker == MAKER or entry.text("uid").endswith(OURS.upper())


def _uid(entry: CalendarEntry) -> Hashable:
    return entry.text("uid") or entry.place


def _recurrence(entry: CalendarEntry) -> Hashable:
    found = value(entry.event, "recurrence-id")
    return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else found


def _together(
    entries: Iterable[CalendarEntry], key: Callable[[CalendarEntry], Hashable]
) -> Iterator[list[CalendarEntry]]:
    found: dict[Hashable, list[CalendarEntry]] = defaultdict(list)
    for entry in entries:
        found[key(entry)].append(entry)
    yield from found.values()


def _newest(versions: Sequence[CalendarEntry]) -> Sequence[CalendarEntry]:
    """The newest version. Of several that are as new none replaced another, unless one cancels them, or repeats."""
    last = max(map(_version, versions))
    newest = [entry for entry in versions if _version(entry) == last]
    if cancelled := [entry for entry in newest if is_cancelled(entry)]:
        return cancelled[-1:]
    return newest[-1:] if any(entry.repeats for entry in newest) else newest


def _version(entry: CalendarEntry) -> tuple[int, datetime]:
    sequence, stamp = entry.event.get("sequence"), value(entry.event, "dtstamp")
    is_moment = isinstance(stamp, datetime) and stamp.tzinfo
    return sequence if isinstance(sequence, int) else 0, stamp if is_moment else _NEVER


def _groups(of_uid: Sequence[CalendarEntry]) -> Iterator[tuple[CalendarEntry, ...]]:
    """A series that repeats, or that is cancelled, with its times that differ; or each entry alone."""
    whole = [entry for entry in of_uid if "recurrence-id" not in entry.event]
    if len(whole) == 1 and (whole[0].repeats or is_cancelled(whole[0])):
        yield (whole[0], *(entry for entry in of_uid if entry is not whole[0]))
    else:
        yield from ((entry,) for entry in of_uid)
