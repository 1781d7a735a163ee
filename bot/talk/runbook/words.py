"""`/runbook`: facts → blocks. Long sections come in pages, with a button to the next; nothing is cut."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.runbooks.file import CONTACTS, ISSUES, MONITORING, OVERVIEW, PLACES, REST, SECTIONS, STEPS, Runbook
from bot.runbooks.library import Hit
from bot.speech import say
from bot.speech.ask import Block, Reply
from bot.speech.blocks import (
    MENU,
    actions,
    bold,
    button,
    context,
    header,
    menu,
    reply,
    section,
    short,
    unmarked,
)
from bot.speech.mrkdwn import escape, paged, pages
from bot.speech.parts import contacts, weeks
from bot.speech.parts.buttons import RUNBOOK_ACTION
from bot.speech.read.nearest import Exact, nearest
from bot.speech.you_or_name import plain
from bot.talk.oncall import words as oncall_views
from models.pipelines import Pipeline
from scheduler.team.roster import Roster

TITLE = "*Runbooks*"
CHANGED = "Last changed {day}{by}"
BY = " by {who}"
NEVER_CHANGED = "No date of its last change"
NO_FILE = "It has no runbook yet."
OPEN, MORE, BACK = "Open", "More", "Runbook"
FIRST_STEPS = "*First steps*"
LEVELS = "*Service levels*"
LEVEL = "• {severity}: respond within {respond}, resolve within {resolve}"
ESCALATION = "*Escalation*"
ESCALATES = "• {severity}: {on_call} (on call) responds within {respond}; if not, call {others}."
THEN = ", then "
NOTHING_ELSE = "There is nothing else in this runbook."
NO_SECTION = "This runbook has no section “{section}” yet; its owners can add one."
PAGE_OF = "{section}, page {page} of {pages}"
ISSUES_FOUND, ELSEWHERE_FOUND = "*Known issues with “{words}”*", "*Elsewhere in the runbooks*"
NOTHING_FOUND = "No known issue mentions “{words}”. Nothing else in the runbooks does, either."
GO_TO, UNTITLED = "Go to", "(untitled)"
TOOK_AS = "_I took that as {name}._"

PAGE_ACTION = "runbook.page"
SECTION_ACTION = "runbook.section."
PLACE_ACTION = "runbook.place"  # of the rest, by its number there: pages move when the file changes

REST_OF = "_There is more under *{button}*._"
REST_OPENS = "_There is more: press *Open*._"
MORE_FOUND = "{count} more: search for more words to see them."

SCREEN = 1_500  # characters: about a phone's screen, so the first answer at night fits
MOST_FOUND = 8
LONGEST_TITLE = 150
FOUND_SCREEN = 1_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a runbook stands among: the team, the pipeline, the moment, and whether contacts may be shown."""

    team: Roster
    pipeline: Pipeline
    now: datetime
    reach: bool


def listed(team: Roster, books: Sequence[tuple[Pipeline, Runbook | str]], now: datetime) -> Reply:
    """All pipelines' runbooks, with owners and last change, or (text) why there is none to read."""
    rows = [section(_row(team, pipeline, book, now), _open(pipeline)) for pipeline, book in books]
    return reply([section(TITLE), *rows])


def _row(team: Roster, pipeline: Pipeline, book: Runbook | str, now: datetime) -> str:
    changed = _changed(book) if isinstance(book, Runbook) else escape(book)
    return f"{bold(pipeline.name)}\n{weeks.owners(team, pipeline, now)}\n_{changed}_"


def _open(pipeline: Pipeline) -> dict[str, Any]:
    return button(OPEN, RUNBOOK_ACTION, pipeline.slug)


def _changed(book: Runbook) -> str:
    if book.updated is None:
        return NEVER_CHANGED
    by = BY.format(who=escape(book.by)) if book.by else ""
    return CHANGED.format(day=say.day(book.updated), by=by)


def opened(shelf: Shelf, book: Runbook, taken_as: str | None = None) -> Reply:
    """The first answer at night: what it is, what to look at first, service levels, owners, who is on call."""
    blocks = [header(shelf.pipeline.name), *map(section, _first(shelf, book))]
    blocks.append(section("\n".join(_levels(shelf.team))))
    owners = weeks.owners(shelf.team, shelf.pipeline, shelf.now)
    blocks.append(section("\n".join([*oncall_views.on_duty(shelf.team, shelf.now)[:1], f"Owners: {owners}"])))
    taken = [context(TOOK_AS.format(name=escape(taken_as)))] if taken_as else []
    return reply([*taken, *blocks, _buttons(book), context(_changed(book))])


def _first(shelf: Shelf, book: Runbook) -> list[str]:
    """What it is, and what to look at first. A runbook that says neither begins with whatever it says."""
    if book.rest and not {OVERVIEW, STEPS} & set(book.sections):
        return [_beginning(shelf, book, REST)]
    return [_beginning(shelf, book, OVERVIEW, 1), f"{FIRST_STEPS}\n{_beginning(shelf, book, STEPS)}"]


def _beginning(shelf: Shelf, book: Runbook, key: str, most: int | None = None) -> str:
    """As much of a section as fits a screen, at most so many paragraphs, and which button has the rest."""
    whole = _own(shelf, book, key)
    first, *rest = pages(whole[:most], SCREEN)
    is_all = not rest and (most is None or len(whole) <= most)
    return first if is_all else f"{first}\n{REST_OF.format(button=_short(key))}"


def _levels(team: Roster) -> list[str]:
    return [LEVELS, *(LEVEL.format(**asdict(level)) for level in team.facts.service_levels)]


def _buttons(book: Runbook, here: str | None = None) -> Block:
    there = [*SECTIONS, *([REST] if book.rest else [])]
    sections = [button(_short(key), SECTION_ACTION + key, book.slug) for key in there if key != here]
    back = [button(BACK, RUNBOOK_ACTION, book.slug)] if here else []
    return actions(*back, *sections)


def _short(key: str) -> str:
    shorter = {STEPS: "Steps", MONITORING: "Monitoring", ISSUES: "Known issues", CONTACTS: "Contacts"}
    return shorter.get(key, PLACES[key])


def one_section(shelf: Shelf, book: Runbook, key: str, page: int = 0) -> Reply:
    """A page of a section (the first is 0), and a button to the next; of the rest also a menu of what is in it."""
    made = pages(_paragraphs(shelf, book, key))
    page = min(page, len(made) - 1)
    blocks = [header(f"{shelf.pipeline.name}: {PLACES[key]}"), section(made[page])]
    if len(made) > 1:
        blocks.append(context(PAGE_OF.format(section=PLACES[key], page=page + 1, pages=len(made))))
    ways = [button(MORE, PAGE_ACTION, f"{book.slug}/{key}/{page + 1}")] if page + 1 < len(made) else []
    if key == REST and len(made) > 1:
        ways.append(menu(GO_TO, PLACE_ACTION, _places(book)))
    return reply([*blocks, *([actions(*ways)] if ways else []), _buttons(book, key)])


def place_in_rest(shelf: Shelf, book: Runbook, place: int) -> Reply:
    """The page of the rest on which its piece number `place` begins."""
    before = sum(len(piece.paragraphs) for piece in book.rest[:place])
    _, begins = paged(_paragraphs(shelf, book, REST))
    return one_section(shelf, book, REST, begins[min(before, len(begins) - 1)])


def _places(book: Runbook) -> list[tuple[str, str]]:
    """What is in the rest; where a menu can't hold it all, *More* goes on to it."""
    return [(piece.title or UNTITLED, place_value(book.slug, place)) for place, piece in enumerate(book.rest)][:MENU]


def place_value(slug: str, place: int) -> str:
    """What a button or a menu carries that leads to a piece of the rest."""
    return f"{slug}/{place}"


def _paragraphs(shelf: Shelf, book: Runbook, key: str) -> list[str]:
    own = _own(shelf, book, key)
    if key == MONITORING:
        return [*own, "\n".join(_levels(shelf.team)), "\n".join(_escalation(shelf))]
    if key == CONTACTS:
        return ["\n".join(contacts.of_pipeline(shelf.team, shelf.pipeline, shelf.now, reach=shelf.reach)), *own]
    return own


def _own(shelf: Shelf, book: Runbook, key: str) -> list[str]:
    """What the file itself says there. Its title comes first of all, unless it is the pipeline's name."""
    if key == REST:
        return [paragraph for piece in book.rest for paragraph in piece.paragraphs] or [NOTHING_ELSE]
    own = list(book.sections.get(key, (_none(key),)))
    return [book.title, *own] if key == OVERVIEW and _says_more(book, shelf.pipeline) else own


def _says_more(book: Runbook, pipeline: Pipeline) -> bool:
    return bool(book.title) and nearest(unmarked(book.title), {pipeline.slug: pipeline.name}) != Exact(pipeline.slug)


def _escalation(shelf: Shelf) -> list[str]:
    team, pipeline = shelf.team, shelf.pipeline
    stretch = team.duty.at(shelf.now)
    on_call = stretch.who if stretch else None
    owners = [who for who in (pipeline.primary_id, pipeline.secondary_id) if who != on_call]
    names = {
        "on_call": escape(plain(team, on_call)),
        "others": THEN.join(escape(team.name(who)) for who in owners),
    }
    return [ESCALATION, *(ESCALATES.format(**asdict(level), **names) for level in team.facts.service_levels)]


def _none(key: str) -> str:
    return NO_SECTION.format(section=PLACES[key])


def found(names: dict[str, str], words: str, pieces: Sequence[Hit]) -> Reply:
    """What a search found, known issues first; `names` are the pipelines' by slug."""
    quoted, heads = escape(words), set[str]()
    if not pieces:
        return reply([section(NOTHING_FOUND.format(words=quoted))])
    blocks: list[Block] = []
    for each in pieces[:MOST_FOUND]:
        head = ISSUES_FOUND if each.key == ISSUES else ELSEWHERE_FOUND
        if head not in heads:
            heads.add(head)
            blocks.append(section(head.format(words=quoted)))
        blocks.append(_hit(each, names.get(each.slug, each.slug)))
    if len(pieces) > MOST_FOUND:
        blocks.append(context(MORE_FOUND.format(count=len(pieces) - MOST_FOUND)))
    return reply(blocks)


def _hit(each: Hit, name: str) -> Block:
    title = f"*{escape(short(each.piece.title or UNTITLED, LONGEST_TITLE))}* ({escape(name)})"
    text, *more = pages([title, *each.piece.paragraphs], FOUND_SCREEN)
    opens = button(OPEN, SECTION_ACTION + each.key, each.slug)
    if each.key == REST:
        opens = button(OPEN, PLACE_ACTION, place_value(each.slug, each.place))
    return section(f"{text}\n{REST_OPENS}" if more else text, opens)
