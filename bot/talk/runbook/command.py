"""`/runbook`: what to do when a pipeline breaks."""

from bot.desk import Desk
from bot.runbooks.file import PLACES, Runbook, key_of
from bot.runbooks.library import BrokenRunbook, UnknownRunbook
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Asker, Reply
from bot.speech.mrkdwn import escape
from bot.speech.read import decode
from bot.speech.read.nearest import Close, Exact, nearest
from bot.talk.runbook import words as views
from bot.talk.runbook.words import Shelf
from models.pipelines import Pipeline
from scheduler.team import roster

HELP = (
    ("runbook", "all runbooks, with owners and last change"),
    ("runbook daily-growth", "one: what to look at first, service levels, who is on call"),
    ("runbook daily-growth issues", "one section: overview, steps, monitoring, issues or contacts"),
    ("runbook search nulls", "known issues of all runbooks, and whatever else mentions it"),
)
UNKNOWN = "There is no runbook called {typed}."
UNKNOWN_SECTION = "{name} has no section called {typed}."
NOTHING_TO_SEARCH = "What shall I search for?"
EXAMPLE = "runbook daily-growth"
MOST_WORDS = 20  # of the name of a runbook
SEARCH_EXAMPLE = "runbook search nulls"


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer `/runbook …`. Raises NoPlan and StoreError."""
    typed = " ".join(decode.words(ask.text).split())
    first, _, rest = typed.partition(" ")
    if first.lower() == "help":
        return usage.help_of(desk, HELP)
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx, ask.team)
    if not typed:
        return views.listed(team, [(pipeline, _book(desk, pipeline.slug)) for pipeline in pipelines], ask.now)
    names = {pipeline.slug: pipeline.name for pipeline in pipelines}
    if first.lower() == "search":
        return search(desk, names, rest)
    return _opened(ask, desk, names, typed)


def _book(desk: Desk, slug: str) -> Runbook | str:
    """The runbook, or why there is none to read."""
    try:
        return desk.library.one(slug)
    except UnknownRunbook:
        return views.NO_FILE
    except BrokenRunbook as problem:
        return str(problem)


def search(desk: Desk, names: dict[str, str], words: str) -> Reply:
    """The known issues whose text has all the words."""
    if not words:
        return usage.wrong(desk, NOTHING_TO_SEARCH, SEARCH_EXAMPLE)
    found = desk.library.search(words, names)
    if not found:
        return usage.wrong(desk, views.NOTHING_FOUND.format(words=escape(usage.shown(words))), SEARCH_EXAMPLE)
    return views.found(names, usage.shown(words), found)


def _opened(ask: Ask, desk: Desk, names: dict[str, str], typed: str) -> Reply:
    """A runbook, or one of its sections, whose names may have several words."""
    words = typed.split()
    for end in range(min(len(words), MOST_WORDS), 0, -1):
        match nearest(" ".join(words[:end]), names):
            case Exact(slug):
                rest = " ".join(words[end:])
                return _section(desk, ask, slug, names[slug], rest) if rest else opened(desk, ask, slug)
    near = nearest(typed, names) or nearest(typed.rpartition(" ")[0], names)
    unknown = UNKNOWN.format(typed=usage.quoted(typed))
    if isinstance(near, Close):
        return usage.wrong(desk, unknown, f"runbook {near.slug}", did_you_mean=near.slug)
    return usage.wrong(desk, unknown, EXAMPLE)


def _section(desk: Desk, ask: Ask, slug: str, name: str, typed: str) -> Reply:
    """One of the five by any name that it has, or a piece of the rest by its heading."""
    match nearest(typed, PLACES):
        case Exact(key):
            return section(desk, ask, slug, key)
        case near:
            pass
    book = _book(desk, slug)
    rest = {str(place): piece.title for place, piece in enumerate(book.rest)} if isinstance(book, Runbook) else {}
    match nearest(typed, rest):
        case Exact(number):
            return place(desk, ask, slug, int(number))
        case Close(number):
            near = near or Close(rest[number])
    if (known := key_of(typed)) is not None:
        return section(desk, ask, slug, known)
    unknown = UNKNOWN_SECTION.format(name=escape(name), typed=usage.quoted(typed))
    if near:
        return usage.wrong(desk, unknown, f"runbook {slug} {near.slug}", did_you_mean=near.slug)
    return usage.wrong(desk, unknown, f"runbook {slug} issues")


def opened(desk: Desk, ask: Ask, slug: str) -> Reply:
    """A runbook as it is opened first."""
    found = _on_shelf(desk, ask.asker, ask, slug)
    return found if isinstance(found, Reply) else views.opened(*found)


def section(desk: Desk, ask: Ask, slug: str, key: str, page: int = 0) -> Reply:
    """A page of one of its sections."""
    found = _on_shelf(desk, ask.asker, ask, slug)
    return found if isinstance(found, Reply) else views.one_section(*found, key, page)


def place(desk: Desk, ask: Ask, slug: str, number: int) -> Reply:
    """The page on which a piece of what stands beside the five sections begins."""
    found = _on_shelf(desk, ask.asker, ask, slug)
    return found if isinstance(found, Reply) else views.place_in_rest(*found, number)


def _on_shelf(desk: Desk, asker: Asker, ask: Ask, slug: str) -> tuple[Shelf, Runbook] | Reply:
    """The runbook and what it stands among, or why there is none."""
    with desk.store.reading() as tx:
        team, pipelines = roster.load_with_pipelines(tx, ask.team)
        reach = permissions.may_see_contacts(tx, asker, team)
    pipeline: Pipeline | None = next((p for p in pipelines if p.slug == slug), None)
    if pipeline is None:
        return usage.wrong(desk, UNKNOWN.format(typed=usage.quoted(slug)), EXAMPLE)
    try:
        return Shelf(team, pipeline, ask.now, reach), desk.library.one(slug)
    except (UnknownRunbook, BrokenRunbook) as problem:
        return usage.refused(escape(str(problem)))
