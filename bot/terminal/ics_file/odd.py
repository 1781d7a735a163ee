"""What is odd in a calendar file beside its entries: said by its lines, and not in the way of the rest."""

from collections.abc import Iterable, Iterator, Sequence

from bot.terminal.ics_file.text import STUMBLES, Component, Odd

ODD = "Line {line}: {why}. It is left out."
LINES = "Lines {line} to {last}: {why}. They are left out."
MORE = "… and {count} more like these."
NO_ZONE, NO_FREE_BUSY = "the time zone described there can't be read", "the free and busy times there can't be read"
WHAT = {"VTIMEZONE": NO_ZONE, "VFREEBUSY": NO_FREE_BUSY}

MOST = 10


def unreadable(parts: Iterable[Component]) -> list[Odd]:
    """Descriptions of zones, and free and busy times, that are none. The zones that can be read are known from then on
    by their names."""
    from icalendar import Component as Part

    found = []
    for component in (each for part in parts for name in WHAT for each in part.walk(name)):
        try:
            Part.from_ical(component.text())
        except STUMBLES:
            found.append(Odd(component.number, WHAT[component.name]))
    return found


def sentences(found: Iterable[Odd]) -> list[str]:
    """What is odd, in the order of the lines; those behind one another together."""
    told = [
        (ODD if len(run) == 1 else LINES).format(line=run[0].line, last=run[-1].line, why=run[0].why)
        for run in _runs(sorted(found, key=lambda odd: odd.line))
    ]
    return [*told[:MOST], *([MORE.format(count=len(told) - MOST)] if len(told) > MOST else [])]


def _runs(found: Sequence[Odd]) -> Iterator[list[Odd]]:
    run: list[Odd] = []
    for odd in found:
        if run and (odd.line != run[-1].line + 1 or odd.why != run[-1].why):
            yield run
            run = []
        run.append(odd)
    if run:
        yield run
