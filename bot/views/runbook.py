"""`/runbook`: facts → blocks. Long sections come in pages, with a button to the next; nothing is cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import say
from bot.ask import Block, Reply
from bot.mrkdwn import escape, pages
from bot.runbooks import CONTACTS, ISSUES, MONITORING, OVERVIEW, SECTIONS, STEPS, Found, Runbook
from bot.views import contacts, rota
from bot.views import oncall as oncall_views
from bot.views.blocks import actions, bold, button, context, header, reply, section
from models.pipelines import Pipeline
from scheduler.roster import Roster

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
NO_SECTION = "This runbook has no section “{section}” yet; its owners can add one."
PAGE_OF = "{section}, page {page} of {pages}"
ISSUES_FOUND = "*Known issues with “{words}”*"
NOTHING_FOUND = "No known issue mentions “{words}”."
TOOK_AS = "_I took that as {name}._"

OPEN_ACTION, PAGE_ACTION = "runbook.open", "runbook.page"
SECTION_ACTION = "runbook.section."

REST = "_There is more under *{button}*._"
REST_OPENS = "_There is more: press *Open*._"
MORE_FOUND = "{count} more: search for more words to see them."

SCREEN = 1_500  # characters: about a phone's screen, so the first answer at night fits
MOST_FOUND = 8
FOUND_SCREEN = 1_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a runbook stands among: the team, the pipeline, the moment, and whether contacts may be shown."""

    known: Roster
    pipeline: Pipeline
    now: datetime
    reach: bool


def listed(known: Roster, books: Sequence[tuple[Pipeline, Runbook | None]], now: datetime) -> Reply:
    """All pipelines' runbooks, with owners and last change."""
    rows = [section(_row(known, pipeline, book, now), _open(pipeline)) for pipeline, book in books]
    return reply([section(TITLE), *rows])


def _row(known: Roster, pipeline: Pipeline, book: Runbook | None, now: datetime) -> str:
    changed = _changed(book) if book else NO_FILE
    return f"{bold(pipeline.name)}\n{rota.owners(known, pipeline, now)}\n_{changed}_"


def _open(pipeline: Pipeline) -> dict[str, Any]:
    return button(OPEN, OPEN_ACTION, pipeline.slug)


def _changed(book: Runbook) -> str:
    if book.updated is None:
        return NEVER_CHANGED
    by = BY.format(who=escape(book.by)) if book.by else ""
    return CHANGED.format(day=say.day(book.updated), by=by)


def opened(shelf: Shelf, book: Runbook, taken_as: str | None = None) -> Reply:
    """The first answer at night: what it is, what to look at first, service levels, owners, who is on call."""
    overview, steps = _beginning(book, OVERVIEW, 1), _beginning(book, STEPS)
    blocks = [header(shelf.pipeline.name), section(overview)]
    blocks.append(section(f"{FIRST_STEPS}\n{steps}"))
    blocks.append(section("\n".join(_levels(shelf.known))))
    owners = rota.owners(shelf.known, shelf.pipeline, shelf.now)
    blocks.append(section("\n".join([*oncall_views.on_duty(shelf.known, shelf.now)[:1], f"Owners: {owners}"])))
    taken = [context(TOOK_AS.format(name=escape(taken_as)))] if taken_as else []
    return reply([*taken, *blocks, _buttons(shelf.pipeline.slug), context(_changed(book))])


def _beginning(book: Runbook, key: str, paragraphs: int | None = None) -> str:
    """As much of a section as fits a screen, at most so many paragraphs, and which button has the rest."""
    whole = book.sections.get(key, (_none(key),))
    first, *rest = pages(whole[:paragraphs], SCREEN)
    is_all = not rest and (paragraphs is None or len(whole) <= paragraphs)
    return first if is_all else f"{first}\n{REST.format(button=_short(key))}"


def _levels(known: Roster) -> list[str]:
    return [LEVELS, *(LEVEL.format(**level) for level in known.team.service_levels)]


def _buttons(slug: str, here: str | None = None) -> Block:
    sections = [button(_short(key), SECTION_ACTION + key, slug) for key in SECTIONS if key != here]
    back = [button(BACK, OPEN_ACTION, slug)] if here else []
    return actions(*back, *sections)


def _short(key: str) -> str:
    return {STEPS: "Steps", MONITORING: "Monitoring", ISSUES: "Known issues", CONTACTS: "Contacts"}.get(key, "Overview")


def one_section(shelf: Shelf, book: Runbook, key: str, page: int = 0) -> Reply:
    """A page of a section (the first is 0), and a button to the next."""
    made = pages(_paragraphs(shelf, book, key))
    page = min(page, len(made) - 1)
    blocks = [header(f"{shelf.pipeline.name}: {SECTIONS[key]}"), section(made[page])]
    if len(made) > 1:
        blocks.append(context(PAGE_OF.format(section=SECTIONS[key], page=page + 1, pages=len(made))))
    if page + 1 < len(made):
        blocks.append(actions(button(MORE, PAGE_ACTION, f"{shelf.pipeline.slug}/{key}/{page + 1}")))
    return reply([*blocks, _buttons(shelf.pipeline.slug, key)])


def _paragraphs(shelf: Shelf, book: Runbook, key: str) -> list[str]:
    own = list(book.sections.get(key, (_none(key),)))
    if key == MONITORING:
        return [*own, "\n".join(_levels(shelf.known)), "\n".join(_escalation(shelf))]
    if key == CONTACTS:
        return ["\n".join(contacts.of_pipeline(shelf.known, shelf.pipeline, shelf.now, reach=shelf.reach)), *own]
    return own


def _escalation(shelf: Shelf) -> list[str]:
    known, pipeline = shelf.known, shelf.pipeline
    stretch = known.duty.at(shelf.now)
    on_call = stretch.who if stretch else None
    owners = [who for who in (pipeline.primary_id, pipeline.secondary_id) if who != on_call]
    names = {
        "on_call": escape(known.name(on_call)),
        "others": THEN.join(escape(known.name(who)) for who in owners),
    }
    return [ESCALATION, *(ESCALATES.format(**level, **names) for level in known.team.service_levels)]


def _none(key: str) -> str:
    return NO_SECTION.format(section=SECTIONS[key])


def found(names: dict[str, str], words: str, issues: Sequence[Found]) -> Reply:
    """Known issues that a search found; `names` are the pipelines' by slug."""
    quoted = escape(words)
    if not issues:
        return reply([section(NOTHING_FOUND.format(words=quoted))])
    blocks = [section(ISSUES_FOUND.format(words=quoted))]
    for each in issues[:MOST_FOUND]:
        title = f"*{escape(each.issue.title)}* ({escape(names.get(each.slug, each.slug))})"
        text, *rest = pages([title, *each.issue.paragraphs], FOUND_SCREEN)
        shown = f"{text}\n{REST_OPENS}" if rest else text
        blocks.append(section(shown, button(OPEN, SECTION_ACTION + ISSUES, each.slug)))
    if len(issues) > MOST_FOUND:
        blocks.append(context(MORE_FOUND.format(count=len(issues) - MOST_FOUND)))
    return reply(blocks)
