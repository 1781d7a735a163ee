"""Tells of gaps: of a run of days that have nobody, as of one thing.

    appears    it has a day that was not told yet, by a change or as the tick finds it
    week, day  seven days, one day before its first day, as that stands
    begins     on its first day
    handoff    in the handoff before it

Each is told once for a gap, and a run that shares a day with one that was told is that gap. What falls on one moment is
said once: in the handoff or the digest of time off that is owed then, else in a message of its own. What was read
already is no place for an alarm: an edit makes no phone ring.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from models import outbox
from models.outbox import CHANNEL, NEEDLESS, OWED, REFUSED, SAID, WITHDRAWN, Message, MessageFacts, Owed
from models.store.engine import Tx
from scheduler import messages
from scheduler.change import told
from scheduler.change.told import Made
from scheduler.messages import AwayDigest, GapAlarm, GapRun, GapTold, HandoffDue
from scheduler.rule.hours import ONE_DAY
from scheduler.rule.rotation import WEEK
from scheduler.team import gaps
from scheduler.team.gaps import Gap
from scheduler.team.roster import Roster
from scheduler.team.schedule import HANDOFF_SHOWS

APPEARS, IN_A_WEEK, TOMORROW, BEGINS, HANDOFF = "appears", "week", "day", "begins", "handoff"
LOOKS_AHEAD = LOOKS_BACK = timedelta(weeks=26)


def now_due(tx: Tx, team: Roster, owed: Sequence[Owed], now: datetime) -> list[Owed]:
    """What a tick owes, with the gaps that are to be told now."""
    today = team.hours.on_call_day(now)
    found = gaps.runs(team, today, today + LOOKS_AHEAD) if team.facts.speaks_since else []
    if not found:
        return list(owed)
    read = _messages(tx, team, now)
    known = [*_told(read), *_told_before(outbox.standing(tx, team.id, {GapAlarm.kind: None}))]
    handoff = next((each.facts for each in owed if isinstance(each.facts, HandoffDue) and each.edits is None), None)
    fresh = [_to_tell(team, gap, known, now, handoff) for gap in found]
    return _said(owed, [each for each in fresh if each.occasions], read, now)


def of_change(tx: Tx, made: Made, digests: Sequence[Owed], alarms: Iterable[Message]) -> list[Owed]:
    """What a change owes to tell of the gaps that appear by it, in one of the `digests` that it owes or beside them,
    and to keep true what was told of others. `alarms`: those of earlier releases."""
    today = made.after.hours.on_call_day(made.now)
    until = max(today + LOOKS_AHEAD, *(day + WEEK for day in made.moved.empty), today)
    was, found = (gaps.runs(team, today, until) for team in (made.team, made.after))
    if not was and not found:
        return list(digests)
    read = _messages(tx, made.after, made.now)
    known = [*_told(read), *_told_before(alarms)]
    fresh = (_to_tell(made.after, gap, known, made.now) for gap in found)
    appear = [each for each in fresh if APPEARS in each.occasions]
    owed = _said(digests, appear, read, made.now)
    alone = (isinstance(each.facts, GapRun) for each in owed)
    later = made.now + told.WAITS
    owed = [replace(o, due_at=later, change_id=made.id) if a else o for o, a in zip(owed, alone, strict=True)]
    return [*owed, *_edits(made, read)]


def _messages(tx: Tx, team: Roster, now: datetime) -> list[tuple[Message, MessageFacts]]:
    """All that may have told of a gap, whatever became of it."""
    kinds = (GapRun.kind, AwayDigest.kind, HandoffDue.kind)
    since = (team.hours.on_call_day(now) - LOOKS_BACK).isoformat()
    return [(message, messages.facts(message)) for message in outbox.since(tx, team.id, kinds, since)]


def _told(read: Iterable[tuple[Message, MessageFacts]]) -> Iterator[GapTold]:
    """The gaps that were told, or are about to be."""
    for message, facts in read:
        if message.state in (OWED, SAID, REFUSED):
            if isinstance(facts, GapRun):
                yield facts.gap
            elif isinstance(facts, AwayDigest | HandoffDue):
                yield from facts.gaps


def _told_before(alarms: Iterable[Message]) -> Iterator[GapTold]:
    """The days of nobody that earlier releases told of, a message for each change."""
    for alarm in alarms:
        facts = messages.of_kind(GapAlarm, alarm)
        yield from (GapTold(day, day + ONE_DAY, ()) for day in (facts.effect.empty if facts else ()))


def _to_tell(
    team: Roster, gap: Gap, known: Iterable[GapTold], now: datetime, handoff: HandoffDue | None = None
) -> GapTold:
    """A gap, with the occasions on which it is to be told now: none where all are told."""
    same = [each for each in known if gap.shares(each)]
    said = {occasion for each in same for occasion in each.occasions}
    days = {day for each in same for day in Gap(each.first, each.until).days}
    today = team.hours.on_call_day(now)
    occasions = [APPEARS] if any(day not in days for day in gap.days if day >= today) else []
    occasions += [each for each in _now_is(team, gap, now) if each not in said]
    if handoff and handoff.week <= gap.first < handoff.week + WEEK:
        occasions.append(HANDOFF)
    return GapTold(gap.first, gap.until, tuple(occasions))


def _now_is(team: Roster, gap: Gap, now: datetime) -> list[str]:
    """The latest occasion that has come: after downtime only that one is told."""
    come = [(ONE_DAY * 0, BEGINS), (ONE_DAY, TOMORROW), (WEEK, IN_A_WEEK)]
    return [occasion for ahead, occasion in come if team.hours.handoff(gap.first - ahead) <= now][:1]


def _said(
    owed: Sequence[Owed], fresh: Sequence[GapTold], read: Sequence[tuple[Message, MessageFacts]], now: datetime
) -> list[Owed]:
    """What is owed, with these gaps told in what fits, or each by itself."""
    said, left = list(owed), list(fresh)
    for place, each in enumerate(said):
        facts = each.facts
        fits: list[GapTold] = []
        if isinstance(facts, HandoffDue) and each.edits is None:
            fits = [gap for gap in left if gap.first < facts.week + HANDOFF_SHOWS * WEEK]
        elif isinstance(facts, AwayDigest) and each.edits is None:
            fits = left
        if fits and isinstance(facts, HandoffDue | AwayDigest):
            said[place] = replace(each, facts=replace(facts, gaps=(*facts.gaps, *fits)), urgent=True)
            left = [gap for gap in left if gap not in fits]
    return said + [_alone(gap, read, now) for gap in left]


def _alone(gap: GapTold, read: Iterable[tuple[Message, MessageFacts]], now: datetime) -> Owed:
    """A message of its own; the one that was withdrawn, if it was."""
    about = f"{gap.first}/{gap.until}/{gap.occasions[0]}"
    before = (m.id for m, _ in read if (m.kind, m.about) == (GapRun.kind, about) and m.state in (WITHDRAWN, NEEDLESS))
    return Owed(GapRun(gap), about, CHANNEL, now, urgent=True, again=next(before, None))


def _edits(made: Made, read: Iterable[tuple[Message, MessageFacts]]) -> Iterator[Owed]:
    """The edits of what was told of a gap by itself: it shows what is left of it, and what it grew to."""
    today = made.after.hours.on_call_day(made.now)
    for message, facts in read:
        if isinstance(facts, GapRun) and message.state == SAID:
            before, after = (gaps.left(team, [facts.gap], today) for team in (made.team, made.after))
            if before != after:
                first = min([facts.gap.first, *(gap.first for gap in after)])
                until = max([facts.gap.until, *(gap.until for gap in after)])
                grown = GapRun(replace(facts.gap, first=first, until=until))
                yield told.edit(message, made.id, made.now + told.WAITS, made.id, grown)
