"""A person's own calendar file → time off that can be declared.

    lines ─► components ─► entries ─► those that stand ─► their whole days ─► taken, left out, or told why not
    text                   entry      standing            days, series        sorting

What is odd in a file is told with its line and is not in the way of the rest.
"""

import warnings

from bot.terminal.ics_file import odd, text
from bot.terminal.ics_file.days import TimeOff
from bot.terminal.ics_file.entry import entries
from bot.terminal.ics_file.sorting import LeftOut, Read, Reason, Sorting, Terms
from bot.terminal.ics_file.standing import Whose
from bot.terminal.ics_file.text import NO_ENTRIES, NotACalendar

__all__ = ["LeftOut", "NotACalendar", "Read", "Reason", "Terms", "TimeOff", "Whose", "read"]


def read(content: bytes, terms: Terms) -> Read:
    """What a calendar file holds. Raises NotACalendar."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # icalendar warns where it guesses what the name of a zone means
        parts, strays = text.components(content)
        unreadable = odd.unreadable(parts)  # looked for first: these describe the zones of the entries
        found = list(entries(parts))
        if not found:
            raise NotACalendar(NO_ENTRIES)
        sorting = Sorting(terms)
        sorting.sort(found)
    sorting.read.odd += odd.sentences([*strays, *unreadable])
    return sorting.read
