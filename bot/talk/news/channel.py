"""What the channel is told besides the handoff: a greeting, announcements of time off, gaps. Facts → blocks."""

from collections.abc import Sequence

from bot.desk import Desk
from bot.speech import say
from bot.speech.ask import Reply
from bot.speech.blocks import actions, reply, sections, without_marks
from bot.speech.mrkdwn import escape
from bot.speech.parts import buttons, gaps, moves
from bot.speech.parts import weeks as rota
from bot.speech.parts.moves import MARK_SHORT
from scheduler.messages import Announcement
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.moves import Effect
from scheduler.team.roster import Roster

HELLO = "Hello! I look after this team's on-call rotation: I post the handoff and remind people in good time."
TRY = "Ask me with `{oncall}`, tell me when you are away with `{holiday}`, and find what to do in `{runbook}`."

AWAY = "*{who}* is away {days}.{mark}"
NOTHING_MOVES = "The rotation stays as it is."
CANCELLED = "~*{who}* is away {days}.~ That is cancelled."

GAP = "The on-call rotation has a gap after a change."
GAP_CLOSED = "It is filled: nobody needs to do anything."
ADMINS = "{admins}: please find somebody, or agree on other days."


def greeting(desk: Desk, on_call: Sequence[str]) -> Reply:
    """The first message of all; `on_call` are lines about who is on call."""
    oncall, holiday, runbook = (desk.command(name) for name in ("oncall", "holiday", "runbook"))
    return reply(sections([HELLO, *on_call, TRY.format(oncall=oncall, holiday=holiday, runbook=runbook)]))


def announcement(team: Roster, facts: Announcement) -> Reply:
    """That somebody is away, and what moved; or that this is cancelled."""
    name, days = escape(team.name(facts.person)), say.days(facts.first, facts.until - ONE_DAY)
    if facts.cancelled:
        return reply(sections([CANCELLED.format(who=name, days=days)]))
    mark = MARK_SHORT if facts.short_notice else ""
    lines = [AWAY.format(who=name, days=days, mark=mark), *(moves.lines(team, facts.effect) or [NOTHING_MOVES])]
    return reply([*sections(lines), actions(buttons.calendar())])


def gap(team: Roster, moved: Effect) -> Reply:
    """Weeks that nobody can take whole and days that have nobody; the admins must act, so they are mentioned."""
    admins = say.names([rota.mention(team, who) for who in team.admins])
    return reply(
        sections(
            [GAP, *moves.gaps(moved), *gaps.tried(team, (*moved.torn, *moved.empty)), ADMINS.format(admins=admins)]
        )
    )


def gap_closed(moved: Effect) -> Reply:
    """What a gap's message changes to once it is filled."""
    return reply(sections([f"~{GAP}~ {GAP_CLOSED}", *(f"~{without_marks(line)}~" for line in moves.gaps(moved))]))
