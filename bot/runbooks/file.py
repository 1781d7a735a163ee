"""A runbook's file → what is shown of it. docs/runbooks.md describes the format.

    text ─► runbook_head (YAML) ─► markdown (nodes) ─► parts, each under its heading ─► the five sections, and the rest

Owners edit these files by hand, so anything may be missing or odd in them. Nothing that stands in one is left out: what
belongs to none of the five sections is shown after them under its own heading.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markdown_it.tree import SyntaxTreeNode

from bot.plan.lines import Problem
from bot.runbooks import head as runbook_head
from bot.speech import markdown
from bot.speech.mrkdwn import as_code, paragraphs

OVERVIEW, STEPS, MONITORING, ISSUES, CONTACTS = "overview", "steps", "monitoring", "issues", "contacts"
SECTIONS: Mapping[str, str] = {
    OVERVIEW: "Overview",
    STEPS: "Pipeline steps",
    MONITORING: "Monitoring and alerts",
    ISSUES: "Common issues and resolutions",
    CONTACTS: "Contact information",
}
REST = "rest"
PLACES: Mapping[str, str] = {**SECTIONS, REST: "Everything else"}  # whatever is written stands in one of them

# How headings of the five begin, as people write them, after a number and signs.
NAMES: Mapping[str, Sequence[str]] = {
    OVERVIEW: (
        "overview", "summary", "meaning", "description", "about", "introduction", "background", "purpose", "context",
        "impact", "pipeline overview", "what is this", "what it is", "what it does", "tl dr",
    ),
    STEPS: (
        "pipeline", "pipeline steps", "steps", "first steps", "procedure", "procedures", "diagnosis", "diagnostics",
        "diagnose", "investigation", "triage", "how it works", "architecture", "what to do", "process", "playbook",
    ),
    MONITORING: (
        "monitoring", "alerts", "alerting", "dashboards", "dashboard", "metrics", "observability", "logs",
        "pipeline monitoring", "pipeline alerts", "data quality", "health checks",
    ),
    ISSUES: (
        "common issues", "common problems", "common errors", "common failures", "common", "known issues",
        "known problems", "known errors", "issues", "problems", "troubleshooting", "troubleshoot", "mitigation",
        "mitigations", "resolution", "resolutions", "remediation", "recovery", "failure modes", "faq",
        "pipeline issues", "how to fix", "fixes",
    ),
    CONTACTS: (
        "contact", "contacts", "contact information", "escalation", "escalations", "escalate", "escalation path",
        "owner", "owners", "ownership", "support", "who to contact", "who to call", "points of contact",
    ),
}  # fmt: skip
NOT_UNDER_A_HEADING = "Also in the file"

_KEYS = {tuple(name.split()): key for key, names in NAMES.items() for name in names}
_LONGEST_NAME = max(map(len, _KEYS))

Node = SyntaxTreeNode
Part = tuple[Node, Sequence[Node]]  # a heading, and the blocks under it


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a runbook: its title as plain text, and paragraphs of mrkdwn. A known issue's are all but its title, a
    section's begin with its heading."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runbook:
    """A runbook. `updated` and `by`: its last change, as its head says; `title`: its first heading, in mrkdwn, or
    nothing; `sections`: paragraphs of mrkdwn by key, of the five that are there; `issues`: the known issues one by one;
    `rest`: all else that is written; `problems`: what is wrong with its head."""

    slug: str
    updated: date | None
    by: str | None
    title: str
    sections: Mapping[str, tuple[str, ...]]
    issues: tuple[Piece, ...]
    rest: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()


def parse(slug: str, text: str) -> Runbook:
    """The runbook that a file holds, whatever it holds."""
    head, body = runbook_head.read(text.replace("\r\n", "\n").replace("\r", "\n"))
    parsed = markdown.parsed(body)
    title, before, parts = _divided(parsed.nodes)
    sections: dict[str, list[str]] = {OVERVIEW: paragraphs(before)}
    rest = []
    for heading, nodes in parts:
        if key := key_of(markdown.words(heading)):
            sections.setdefault(key, []).extend(_headed(heading, nodes, SECTIONS[key]))
        else:
            rest.append(Piece(markdown.words(heading).strip(), tuple(_headed(heading, nodes))))
    if besides := [code for lines in (head.more, "\n".join(parsed.left)) if (code := as_code(lines))]:
        rest.append(Piece(NOT_UNDER_A_HEADING, (f"*{NOT_UNDER_A_HEADING}*", *besides)))
    return Runbook(
        slug,
        head.updated,
        head.by,
        "".join(paragraphs([title])) if title else "",
        {key: tuple(held) for key, held in sections.items() if held},
        tuple(issue for heading, nodes in parts if _is(heading, ISSUES) for issue in _issues(heading, nodes)),
        tuple(piece for piece in rest if piece.paragraphs),
        head.problems,
    )


def key_of(heading: str) -> str | None:
    """Which of the five a heading begins: by its first words, as people change the rest."""
    plain = re.sub(r"^[\W\d_]+", "", heading.casefold())
    words = re.findall(r"\w+", plain)[:_LONGEST_NAME]
    begins = (tuple(words[:length]) for length in range(len(words), 0, -1))
    return next((_KEYS[name] for name in begins if name in _KEYS), None)


def _is(heading: Node, key: str) -> bool:
    return key_of(markdown.words(heading)) == key


def _divided(nodes: Sequence[Node]) -> tuple[Node | None, list[Node], list[Part]]:
    """The title, what stands before the first part, and the parts of a file."""
    before, parts = _parts(nodes)
    headings = [node for node in nodes if node.type == "heading"]
    if not headings or not _is_title(headings, is_first=not before):
        return None, before, parts
    title = headings[0]
    more, parts = _parts(nodes[len(before) + 1 :])
    return title, [*before, *more], parts


def _parts(nodes: Sequence[Node]) -> tuple[list[Node], list[Part]]:
    """What stands before the first heading, and the parts: each goes on until a heading as great, or greater."""
    before: list[Node] = []
    parts: list[tuple[Node, list[Node]]] = []
    for node in nodes:
        level = markdown.level(node)
        if level and (not parts or level <= (markdown.level(parts[-1][0]) or 0)):
            parts.append((node, []))
        else:
            (parts[-1][1] if parts else before).append(node)
    return before, list(parts)


def _is_title(headings: Sequence[Node], is_first: bool) -> bool:
    """Whether the first heading names the whole file: there is none as great; or it stands above the five, or before
    them. Where each of several great headings has an overview of its own, they are about several things."""
    first, greatest = headings[0], min(markdown.level(node) or 0 for node in headings)
    if markdown.level(first) != greatest or (greatest > 1 and not is_first) or key_of(markdown.words(first)):
        return False
    _, [(_, below), *others] = _parts(headings)
    if not others:
        return True
    below_others = _keys(node for _, nodes in others for node in nodes)
    return bool(_keys(below) - below_others if below else _keys(heading for heading, _ in others))


def _keys(headings: Iterable[Node]) -> set[str]:
    return {key for heading in headings if (key := key_of(markdown.words(heading)))}


def _headed(heading: Node, nodes: Sequence[Node], known_as: str = "") -> list[str]:
    """A part's paragraphs under its heading, unless that says no more than what the section is called."""
    shown, below = "".join(paragraphs([heading])), paragraphs(nodes)
    if not shown or _words(shown) <= _words(known_as):
        return below
    return [f"{shown}\n{below[0]}", *below[1:]] if below else [shown]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _issues(heading: Node, nodes: Sequence[Node]) -> list[Piece]:
    """The known issues of a section, each under its own heading; what stands before them goes by the section's."""
    before, parts = _parts(nodes)
    named = [*([(heading, before)] if before else []), *parts]
    return [Piece(markdown.words(title).strip(), tuple(paragraphs(below))) for title, below in named]
