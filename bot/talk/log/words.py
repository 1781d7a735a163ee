"""What was done by a change, in words: for each kind of change a sentence without its subject.

Of what is private is only told that it was changed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.plan import apply as plan
from bot.plan import difference as plan_difference
from bot.speech import say
from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from bot.speech.parts import staffing as words_about
from models.changes import Change
from scheduler import holidays, taking_back
from scheduler.covers import state
from scheduler.people import members, owners, undo
from scheduler.rule.hours import ONE_DAY
from scheduler.shifts import decline, takeover
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

MOST_PARTS = 4
PRIVATE = frozenset({"note", "email", "phone", "slack_id", "found_slack_id"})

Words = Callable[[Roster, Change], str]


def words(team: Roster, change: Change) -> str:
    """What was done. A kind that this release does not know is called by its name."""
    return KINDS[change.what](team, change) if change.what in KINDS else escape(change.what)


def _whose(team: Roster, change: Change) -> str:
    return "" if change.about in (None, change.by) else WHOSE.format(who=bold(team.name(change.about)))


def _days(facts: Mapping[str, Any], first: str = "first", until: str = "until") -> str:
    if not facts.get(first) or not facts.get(until):
        return ""
    return say.days(date.fromisoformat(facts[first]), date.fromisoformat(facts[until]) - ONE_DAY)


def _week(iso: str) -> str:
    first = date.fromisoformat(iso)
    return say.days(first, first + timedelta(days=6))


def _time_off(template: str) -> Words:
    def told(team: Roster, change: Change) -> str:
        first, last = holidays.exchange_of(change).span
        return template.format(whose=_whose(team, change), days=say.days(first, last))

    return told


def _request(template: str, side: str = "after") -> Words:
    """Of a request, as it was before or is after."""

    def told(team: Roster, change: Change) -> str:
        facts = (change.after if side == "after" else change.before)["request"]
        part = change.after.get("part")
        days = _days(dict(zip(("first", "until"), part, strict=True))) if part else _days(facts)
        return template.format(
            whose=_whose(team, change),
            days=days,
            back=_days(facts, "back_first", "back_until"),
            asks=bold(team.name(facts["person_id"])),
            other=named(team, facts.get("other_id")),
            taker=named(team, facts.get("taken_by")),
        )

    return told


def named(team: Roster, who: str | None) -> str:
    """A person's name in bold, or that there is nobody."""
    return bold(team.name(who)) if who else team.name(who)


def _got_it(team: Roster, change: Change) -> str:
    return GOT_IT.format(days=_week(str(change.about)))


def _week_taken(team: Roster, change: Change) -> str:
    return WEEK_TAKEN.format(days=_week(change.after["week"]))


def _decline(template: str, side: str) -> Words:
    def told(team: Roster, change: Change) -> str:
        facts = (change.after if side == "after" else change.before)["decline"]
        return template.format(days=_days(facts), whose=_whose(team, change))

    return told


def _taken_over(team: Roster, change: Change) -> str:
    ends = say.moment(datetime.fromisoformat(change.after["take_over"]["ends"]), team.hours.zone)
    other = named(team, change.after["instead_of"])
    words = TAKEN_OVER if change.about == change.by else PUT_ON_CALL
    return words.format(who=named(team, change.about), other=other, ends=ends)


def _take_over_changed(team: Roster, change: Change) -> str:
    before, after = (
        say.moment(datetime.fromisoformat(facts["take_over"]["ends"]), team.hours.zone)
        for facts in (change.before, change.after)
    )
    taker = named(team, change.after["take_over"]["person_id"])
    return TAKE_OVER_CHANGED.format(taker=taker, before=before, after=after)


def _given_back(team: Roster, change: Change) -> str:
    taker, back = change.before["take_over"]["person_id"], change.after.get("instead_of")
    words = GIVEN_BACK if taker == change.by else ENDED
    return words.format(taker=named(team, taker), back=IS_BACK.format(who=named(team, back)) if back else "")


def _plan(team: Roster, change: Change) -> str:
    after = _order(team, change.after["rotation"]["order"])
    if change.before is None:
        return PLAN_BEGUN.format(after=after)
    before = _order(team, change.before["rotation"]["order"])
    changed = [ORDER.format(before=before, after=after)] if before != after else []
    changed += [text for entry in plan_difference.of_log(change.before, change.after) for text in _entry(entry)]
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


def _rotation(team: Roster, change: Change) -> str:
    starts = change.after["starts"]
    was = [v for v in change.before["versions"] if v["starts"] <= starts] or change.before["versions"]
    becomes = next((v for v in change.after["versions"] if v["starts"] >= starts), change.after["versions"][-1])
    orders = ORDER.format(before=_order(team, was[-1]["asked"]), after=_order(team, becomes["asked"]))
    return ROTATION.format(did=words_about.did(team, change), orders=orders)


def _owners(team: Roster, change: Change) -> str:
    return OWNERS.format(pipeline=escape(change.after["pipeline"]["name"]), owners=_handed_over(team, change))


def _handed_over(team: Roster, change: Change) -> str:
    pairs = [
        (facts["pipeline"]["primary_id"], facts["pipeline"]["secondary_id"]) for facts in (change.before, change.after)
    ]
    before, after = (words_about.pair(team, pair) for pair in pairs)
    return ORDER.format(before=before, after=after)


def _undone(team: Roster, change: Change) -> str:
    if "pipeline" in change.after:
        return OWNERS_BACK.format(pipeline=escape(change.after["pipeline"]["name"]), owners=_handed_over(team, change))
    whose = WHOSE.format(who=bold(team.name(change.about))) if change.about else ""
    orders = (_order(team, facts["versions"][-1]["asked"]) for facts in (change.before, change.after))
    return ROTATION_BACK.format(whose=whose, orders=ORDER.format(before=next(orders), after=next(orders)))


def _order(team: Roster, ids: Sequence[str]) -> str:
    return say.row([escape(team.name(who)) for who in ids])


def _record_back(team: Roster, change: Change) -> str:
    ends = (
        say.moment(datetime.fromisoformat(facts["ended"]), team.hours.zone) for facts in (change.before, change.after)
    )
    return RECORD_BACK.format(change=" → ".join(ends))


KINDS: Mapping[str, Words] = {
    holidays.DECLARED: _time_off(DECLARED),
    holidays.CANCELLED: _time_off(CANCELLED),
    holidays.UNDONE: _time_off(UNDONE),
    holidays.GOT_IT: _got_it,
    plan.APPLIED: _plan,
    state.COVER_REQUESTED: _request(COVER_ASKED),
    state.SWAP_REQUESTED: _request(SWAP_ASKED),
    state.COVER_AGREED: _request(COVER_AGREED),
    state.SWAP_AGREED: _request(SWAP_AGREED),
    state.TAKEN_BACK: _request(TAKEN_BACK, "before"),
    state.REQUEST_WITHDRAWN: _request(WITHDRAWN),
    state.REQUEST_DECLINED: _request(DECLINED),
    state.PART_OFFERED: _request(PART),
    state.WEEK_OFFERED: _request(OTHER_WEEK),
    state.WIDENED: _request(EVERYBODY),
    takeover.TAKEN_OVER: _taken_over,
    takeover.CHANGED: _take_over_changed,
    takeover.GIVEN_BACK: _given_back,
    decline.WEEK_TAKEN: _week_taken,
    decline.WEEK_DECLINED: _decline(WEEK_DECLINED, "after"),
    decline.DECLINE_UNDONE: _decline(DECLINE_UNDONE, "before"),
    members.ADDED: _rotation,
    members.REMOVED: _rotation,
    members.PAUSED: _rotation,
    members.REORDERED: _rotation,
    owners.CHANGED: _owners,
    undo.UNDONE: _undone,
    taking_back.RECORD_BACK: _record_back,
}
