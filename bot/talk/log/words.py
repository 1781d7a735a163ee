"""What was done by a change, in words: for each kind of change a sentence without its subject.

Of what is private is only told that it was changed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from bot.plan import difference as plan_difference
from bot.speech import say
from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from bot.speech.parts import staffing as words_about
from models.changes import Change, ChangeFacts
from models.pipelines import Pipeline
from models.requests import CoverRequest
from scheduler import entries
from scheduler.entries import (
    AgreementTakenBack,
    CoverAgreed,
    CoverRequested,
    DeclineUndone,
    DutyTakenOver,
    EngineerAdded,
    EngineerPaused,
    EngineerRemoved,
    EverybodyAsked,
    HandoffAcknowledged,
    HolidayCancelled,
    HolidayDeclared,
    HolidayUndone,
    PartOffered,
    PipelineChanged,
    PipelineState,
    PlanApplied,
    RecordTakenBack,
    RequestChange,
    RequestDeclined,
    RequestWithdrawn,
    RotationChange,
    RotationReordered,
    RotationUndone,
    ShortNoticeAccepted,
    SwapAgreed,
    SwapRequested,
    TakeOverChanged,
    TakeOverGivenBack,
    TimeOffChange,
    WeekDeclined,
    WeekOffered,
)
from scheduler.rule.time_off import Exchange
from scheduler.team.roster import Roster

DECLARED = "declared time off{whose}: {days}"
CANCELLED = "cancelled time off{whose}: {days}"
UNDONE = "took a change of time off{whose} back: {days}"
GOT_IT = "has got the week {days}"
PLAN_BEGUN = "applied the first plan: {after}"
PLAN_APPLIED = "applied a plan"
ORDER = "{before} → {after}"
PLAN_PART, PLAN_FIELD = "{name} {how}", "{name}: {field} {before} → {after}"
PLAN_PRIVATE, PLAN_MORE = "{name}: {field} changed", "and {count} more"
NONE = "(none)"

COVER_ASKED = "asked for a cover{whose}: {days}"
SWAP_ASKED = "asked to swap{whose}: {days} for {back} of {other}"
COVER_AGREED = "agreed: {taker} covers {days} for {asks}"
SWAP_AGREED = "agreed: {taker} has {days}, {asks} has {back}"
TAKEN_BACK = "took back: {taker} does not cover {days} for {asks}"
WITHDRAWN = "withdrew the request{whose}: {days}"
DECLINED = "can't cover {days} for {asks}"
PART = "offered {asks} a part: {days}"
OTHER_WEEK = "offered {asks} another week: {back}"
EVERYBODY = "asked everybody for a cover{whose}: {days}"

TAKEN_OVER = "took over from {other} until {ends}"
PUT_ON_CALL = "put {who} on call instead of {other} until {ends}"
TAKE_OVER_CHANGED = "changed until when {taker} has taken over: {before} → {after}"
GIVEN_BACK = "gave back what they had taken over{back}"
ENDED = "ended the take-over of {taker}{back}"
IS_BACK = ": {who} is on call again"
WEEK_TAKEN = "has got the week {days}, on short notice"
WEEK_DECLINED = "can't take {days}{whose}"
DECLINE_UNDONE = "can take {days} after all{whose}"
WHOSE = " of {who}"
ROTATION = "changed the rotation: {did}: {orders}"
ROTATION_BACK = "took a change of the rotation back{whose}: {orders}"
OWNERS = "changed the owners of {pipeline}: {owners}"
RECORD_BACK = "took back what was on record: up to {change}"
OWNERS_BACK = "took a change of the owners of {pipeline} back: {owners}"

UNKNOWN = "made a change that this release does not know: {kind}"

MOST_PARTS = 4
PRIVATE = frozenset({"note", "email", "phone", "slack_id", "found_slack_id"})

F = TypeVar("F", bound=ChangeFacts)
Words = Mapping[type[ChangeFacts], Callable[[Roster, Change, Any], str]]


def words(team: Roster, change: Change) -> str:
    """What was done. A kind that this release does not know is called by its name."""
    facts = entries.facts(change)
    return KINDS[type(facts)](team, change, facts) if type(facts) in KINDS else UNKNOWN.format(kind=escape(change.what))


def tells(kind: type[F], did: Callable[[Roster, Change, F], str]) -> Words:
    """A row of the table of words: what a change of that kind did."""
    return {kind: did}


def _whose(team: Roster, change: Change) -> str:
    return "" if change.about in (None, change.by) else WHOSE.format(who=bold(team.name(change.about)))


def _time_off(template: str) -> Callable[[Roster, Change, TimeOffChange], str]:
    def told(team: Roster, change: Change, facts: TimeOffChange) -> str:
        first, last = Exchange(facts.before, facts.after).span
        return template.format(whose=_whose(team, change), days=say.days(first, last))

    return told


def _request(template: str) -> Callable[[Roster, Change, RequestChange], str]:
    def told(team: Roster, change: Change, facts: RequestChange) -> str:
        return _of_request(template, team, change, facts.after.request)

    return told


def _part(team: Roster, change: Change, facts: PartOffered) -> str:
    first, until = facts.after.part
    return _of_request(PART, team, change, replace(facts.after.request, first=first, until=until))


def _taken_back(team: Roster, change: Change, facts: AgreementTakenBack) -> str:
    return _of_request(TAKEN_BACK, team, change, facts.before.request)


def _of_request(template: str, team: Roster, change: Change, request: CoverRequest) -> str:
    back = request.back_first and request.back_until and say.span(request.back_first, request.back_until)
    return template.format(
        whose=_whose(team, change),
        days=say.span(request.first, request.until),
        back=back or "",
        asks=bold(team.name(request.person_id)),
        other=named(team, request.other_id),
        taker=named(team, request.taken_by),
    )


def named(team: Roster, who: str | None) -> str:
    """A person's name in bold, or that there is nobody."""
    return bold(team.name(who)) if who else team.name(who)


def _got_it(team: Roster, change: Change, facts: HandoffAcknowledged) -> str:
    return GOT_IT.format(days=_week(date.fromisoformat(str(change.about))))


def _week_taken(team: Roster, change: Change, facts: ShortNoticeAccepted) -> str:
    return WEEK_TAKEN.format(days=_week(facts.after.week))


def _week(first: date) -> str:
    return say.span(first, first + timedelta(days=7))


def _declined(team: Roster, change: Change, facts: WeekDeclined) -> str:
    declined = facts.after.decline
    return WEEK_DECLINED.format(days=say.span(declined.first, declined.until), whose=_whose(team, change))


def _decline_undone(team: Roster, change: Change, facts: DeclineUndone) -> str:
    declined = facts.before.decline
    return DECLINE_UNDONE.format(days=say.span(declined.first, declined.until), whose=_whose(team, change))


def _taken_over(team: Roster, change: Change, facts: DutyTakenOver) -> str:
    ends = say.moment(facts.after.take_over.ends, team.hours.zone)
    words = TAKEN_OVER if change.about == change.by else PUT_ON_CALL
    return words.format(who=named(team, change.about), other=named(team, facts.after.instead_of), ends=ends)


def _take_over_changed(team: Roster, change: Change, facts: TakeOverChanged) -> str:
    before, after = (say.moment(each.take_over.ends, team.hours.zone) for each in (facts.before, facts.after))
    taker = named(team, facts.after.take_over.person_id)
    return TAKE_OVER_CHANGED.format(taker=taker, before=before, after=after)


def _given_back(team: Roster, change: Change, facts: TakeOverGivenBack) -> str:
    taker, back = facts.before.take_over.person_id, facts.after.instead_of
    words = GIVEN_BACK if taker == change.by else ENDED
    return words.format(taker=named(team, taker), back=IS_BACK.format(who=named(team, back)) if back else "")


def _plan(team: Roster, change: Change, facts: PlanApplied) -> str:
    after = _order(team, facts.after.rotation.order)
    if facts.before is None:
        return PLAN_BEGUN.format(after=after)
    before = _order(team, facts.before.rotation.order)
    changed = [ORDER.format(before=before, after=after)] if before != after else []
    changed += [text for entry in plan_difference.of_log(facts.before, facts.after) for text in _entry(entry)]
    shown, left = say.first_of(changed, MOST_PARTS)
    more = [PLAN_MORE.format(count=left)] if left else []
    return f"{PLAN_APPLIED}: {'; '.join([*shown, *more])}" if changed else PLAN_APPLIED


def _entry(entry: plan_difference.Entry) -> Iterator[str]:
    name = escape(entry.name)
    if entry.how != plan_difference.CHANGED:
        yield PLAN_PART.format(name=name, how=entry.how)
    for each in entry.fields:
        if each.name in PRIVATE:
            yield PLAN_PRIVATE.format(name=name, field=_field(each.name))
        else:
            before, after = (escape(value or NONE) for value in (each.before, each.after))
            yield PLAN_FIELD.format(name=name, field=_field(each.name), before=before, after=after)


def _field(name: str) -> str:
    return escape(name.replace("_", " "))


def _rotation(team: Roster, change: Change, facts: RotationChange) -> str:
    starts = facts.after.starts
    was = [v for v in facts.before.versions if v.starts <= starts] or facts.before.versions
    becomes = next((v for v in facts.after.versions if v.starts >= starts), facts.after.versions[-1])
    orders = ORDER.format(before=_order(team, was[-1].asked), after=_order(team, becomes.asked))
    return ROTATION.format(did=words_about.did(team, change), orders=orders)


def _owners(team: Roster, change: Change, facts: PipelineChanged) -> str:
    return _handed_over(OWNERS, team, facts.before.pipeline, facts.after.pipeline)


def _handed_over(template: str, team: Roster, was: Pipeline, becomes: Pipeline) -> str:
    before, after = (words_about.pair(team, each.owners) for each in (was, becomes))
    return template.format(pipeline=escape(becomes.name), owners=ORDER.format(before=before, after=after))


def _undone(team: Roster, change: Change, facts: RotationUndone) -> str:
    was, becomes = facts.before, facts.after
    if isinstance(was, PipelineState) or isinstance(becomes, PipelineState):
        pipelines = [each.pipeline for each in (was, becomes) if isinstance(each, PipelineState)]
        return _handed_over(OWNERS_BACK, team, pipelines[0], pipelines[-1])
    whose = WHOSE.format(who=bold(team.name(change.about))) if change.about else ""
    before, after = (_order(team, each.versions[-1].asked) for each in (was, becomes))
    return ROTATION_BACK.format(whose=whose, orders=ORDER.format(before=before, after=after))


def _order(team: Roster, ids: Sequence[str]) -> str:
    return say.row([escape(team.name(who)) for who in ids])


def _record_back(team: Roster, change: Change, facts: RecordTakenBack) -> str:
    ends = (say.moment(each.ended, team.hours.zone) for each in (facts.before, facts.after))
    return RECORD_BACK.format(change=" → ".join(ends))


KINDS: Words = {
    **tells(HolidayDeclared, _time_off(DECLARED)),
    **tells(HolidayCancelled, _time_off(CANCELLED)),
    **tells(HolidayUndone, _time_off(UNDONE)),
    **tells(HandoffAcknowledged, _got_it),
    **tells(PlanApplied, _plan),
    **tells(CoverRequested, _request(COVER_ASKED)),
    **tells(SwapRequested, _request(SWAP_ASKED)),
    **tells(CoverAgreed, _request(COVER_AGREED)),
    **tells(SwapAgreed, _request(SWAP_AGREED)),
    **tells(AgreementTakenBack, _taken_back),
    **tells(RequestWithdrawn, _request(WITHDRAWN)),
    **tells(RequestDeclined, _request(DECLINED)),
    **tells(PartOffered, _part),
    **tells(WeekOffered, _request(OTHER_WEEK)),
    **tells(EverybodyAsked, _request(EVERYBODY)),
    **tells(DutyTakenOver, _taken_over),
    **tells(TakeOverChanged, _take_over_changed),
    **tells(TakeOverGivenBack, _given_back),
    **tells(ShortNoticeAccepted, _week_taken),
    **tells(WeekDeclined, _declined),
    **tells(DeclineUndone, _decline_undone),
    **tells(EngineerAdded, _rotation),
    **tells(EngineerRemoved, _rotation),
    **tells(EngineerPaused, _rotation),
    **tells(RotationReordered, _rotation),
    **tells(PipelineChanged, _owners),
    **tells(RotationUndone, _undone),
    **tells(RecordTakenBack, _record_back),
}
