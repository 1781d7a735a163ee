"""`/runbook`: what to do when a pipeline breaks."""

from bot import decode, standing
from bot.ask import Ask, Asker, Desk, Reply
from bot.mrkdwn import escape
from bot.nearest import Close, Exact, nearest
from bot.runbooks import SECTIONS, BrokenRunbook, Runbook, UnknownRunbook
from bot.views import runbook as views
from bot.views import usage
from bot.views.runbook import Shelf
from models.pipelines import Pipeline
from scheduler import roster

HELP = (
    ("runbook", "all runbooks, with owners and last change"),
    ("runbook daily-growth", "one: what to look at first, service levels, who is on call"),
    ("runbook daily-growth issues", "one section: overview, steps, monitoring, issues or contacts"),
    ("runbook search nulls", "known issues of all runbooks"),
)
UNKNOWN = "There is no runbook called {typed}."
UNKNOWN_SECTION = "{name} has no section called {typed}."
NOTHING_TO_SEARCH = "What shall I search for?"
EXAMPLE = "runbook daily-growth"
SEARCH_EXAMPLE = "runbook search nulls"


def answer(ask: Ask, desk: Desk) -> Reply:
    """Answer `/runbook …`. Raises NoPlan and StoreError."""
    typed = " ".join(decode.words(ask.text).split())
    first, _, rest = typed.partition(" ")
    if first.lower() == "help":
        return usage.of(desk, HELP)
    with desk.store.reading() as tx:
        known, pipelines = roster.load_with_pipelines(tx)
    if not typed:
        return views.listed(known, [(pipeline, _book(desk, pipeline.slug)) for pipeline in pipelines], ask.now)
    names = {pipeline.slug: pipeline.name for pipeline in pipelines}
    if first.lower() == "search":
        return search(desk, names, rest)
    return _opened(ask, desk, names, typed)


def _book(desk: Desk, slug: str) -> Runbook | None:
    try:
        return desk.library.one(slug)
    except (UnknownRunbook, BrokenRunbook):
        return None  # asking for it says what is wrong with it


def search(desk: Desk, names: dict[str, str], words: str) -> Reply:
    """The known issues whose text has all the words."""
    if not words:
        return usage.wrong(desk, NOTHING_TO_SEARCH, SEARCH_EXAMPLE)
    found = desk.library.search(words)
    if not found:
        return usage.wrong(desk, views.NOTHING_FOUND.format(words=escape(usage.shown(words))), SEARCH_EXAMPLE)
    return views.found(names, usage.shown(words), found)


def _opened(ask: Ask, desk: Desk, names: dict[str, str], typed: str) -> Reply:
    """A runbook, or one of its sections: the name may have several words, the section is the last of them."""
    match nearest(typed, names):
        case Exact(slug):
            return opened(desk, ask, slug)
    name, _, section = typed.rpartition(" ")
    if name and isinstance(found := nearest(name, names), Exact):
        return _section(desk, ask, found.slug, names[found.slug], section)
    near = nearest(typed, names) or (nearest(name, names) if name else None)
    unknown = UNKNOWN.format(typed=usage.quoted(typed))
    if isinstance(near, Close):
        return usage.wrong(desk, unknown, f"runbook {near.slug}", did_you_mean=near.slug)
    return usage.wrong(desk, unknown, EXAMPLE)


def _section(desk: Desk, ask: Ask, slug: str, name: str, typed: str) -> Reply:
    match nearest(typed, SECTIONS):
        case Exact(key):
            return section(desk, ask, slug, key)
        case Close(key):
            unknown = UNKNOWN_SECTION.format(name=escape(name), typed=usage.quoted(typed))
            return usage.wrong(desk, unknown, f"runbook {slug} {key}", did_you_mean=key)
    unknown = UNKNOWN_SECTION.format(name=escape(name), typed=usage.quoted(typed))
    return usage.wrong(desk, unknown, f"runbook {slug} issues")


def opened(desk: Desk, ask: Ask, slug: str) -> Reply:
    """A runbook as it is opened first."""
    found = _on_shelf(desk, ask.asker, ask, slug)
    return found if isinstance(found, Reply) else views.opened(*found)


def section(desk: Desk, ask: Ask, slug: str, key: str, page: int = 0) -> Reply:
    """A page of one of its sections."""
    found = _on_shelf(desk, ask.asker, ask, slug)
    return found if isinstance(found, Reply) else views.one_section(*found, key, page)


def _on_shelf(desk: Desk, asker: Asker, ask: Ask, slug: str) -> tuple[Shelf, Runbook] | Reply:
    """The runbook and what it stands among, or why there is none."""
    with desk.store.reading() as tx:
        known, pipelines = roster.load_with_pipelines(tx)
        reach = standing.may_see_contacts(tx, asker, known)
    pipeline: Pipeline | None = next((p for p in pipelines if p.slug == slug), None)
    if pipeline is None:
        return usage.wrong(desk, UNKNOWN.format(typed=usage.quoted(slug)), EXAMPLE)
    try:
        return Shelf(known, pipeline, ask.now, reach), desk.library.one(slug)
    except (UnknownRunbook, BrokenRunbook) as problem:
        return usage.refused(escape(str(problem)))
