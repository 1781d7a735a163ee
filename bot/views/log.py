"""What was changed, a short line for each: when, who, what, about whom, before and after.

Notes and contact details stay in the store.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from bot import ask, plan, plan_difference, say
from bot.ask import Reply
from bot.mrkdwn import escape
from bot.plan_model import Plan
from bot.views import moves
from bot.views import staffing as words_about
from bot.views.blocks import actions, bold, button, reply, sections
from models.changes import Change
from models.people import Person
from scheduler import change, owning, passing_on, requested, staffing, taking, undoing
from scheduler.effect import Effect
from scheduler.hours import ONE_DAY
from scheduler.roster import Roster

TITLE = "*What was changed*"
TITLE_OF = "*What was changed by or for {who}*"
NOTHING = "Nothing was changed yet."
NO_MORE = "There is nothing older."
LINE = "• {at}: {who} {did}"
MOVED = "      ↳ {days}: {before} → {after}"
MOVED_MORE = "      ↳ … and {count} more."
TERMINAL = "somebody at the terminal"
AT_TERMINAL = "{who} (at the terminal)"
OLDER = "Older ones"

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
OWNERS_BACK = "took a change of the owners of {pipeline} back: {owners}"

OLDER_ACTION = "log.older"
MOST_MOVED, MOST_PARTS = 2, 4
PRIVATE = frozenset({"note", "email", "phone", "slack_id", "found_slack_id"})

Words = Callable[[Roster, Change], str]


def listed(known: Roster, made: Sequence[Change], who: Person | None, *, more: bool) -> Reply:
    """These changes, the latest first; `who`: only theirs are looked at; `more`: there are older ones."""
    title = TITLE_OF.format(who=escape(who.name)) if who else TITLE
    if not made:
        return reply(sections([title, NOTHING]))
    lines = [title]
    for day, changes in groupby(made, key=lambda each: known.hours.date_of(each.at)):
        lines.append(f"*{say.day(day)}*")
        lines += [text for each in changes for text in lines_of(known, each, say.clock(each.at, known.hours.zone))]
    blocks = sections(lines)
    if more:
        blocks.append(actions(button(OLDER, OLDER_ACTION, f"{made[-1].id}/{who.id if who else ''}")))
    return reply(blocks)


def lines_of(known: Roster, made: Change, at: str) -> list[str]:
    """One change, with its time, and below it whose days they were before that and are after it."""
    who = bold(known.name(made.by)) if made.by else TERMINAL
    if made.by and ask.is_of_terminal(made.key):
        who = AT_TERMINAL.format(who=who)
    moved = moves.spans(known, Effect.of_facts(made.effect)) if made.effect else []
    more = [MOVED_MORE.format(count=len(moved) - MOST_MOVED)] if len(moved) > MOST_MOVED else []
    return [
        LINE.format(at=at, who=who, did=words(known, made)),
        *(
            MOVED.format(days=span, before=_name(known, before), after=_name(known, after))
            for span, before, after in moved[:MOST_MOVED]
        ),
        *more,
    ]


def words(known: Roster, made: Change) -> str:
    """What was done. A kind that this release does not know is called by its name."""
    return KINDS[made.what](known, made) if made.what in KINDS else escape(made.what)


def public(facts: Any) -> Any:
    """Plain values without what is private: notes and contact details."""
    if isinstance(facts, Mapping):
        return {name: public(value) for name, value in facts.items() if name not in PRIVATE}
    return [public(each) for each in facts] if isinstance(facts, list) else facts


def _whose(known: Roster, made: Change) -> str:
    return "" if made.about in (None, made.by) else WHOSE.format(who=bold(known.name(made.about)))


def _days(facts: Mapping[str, Any], first: str = "first", until: str = "until") -> str:
    if not facts.get(first) or not facts.get(until):
        return ""
    return say.days(date.fromisoformat(facts[first]), date.fromisoformat(facts[until]) - ONE_DAY)


def _week(iso: str) -> str:
    first = date.fromisoformat(iso)
    return say.days(first, first + timedelta(days=6))


def _time_off(template: str) -> Words:
    def told(known: Roster, made: Change) -> str:
        first, last = change.exchange_of(made).span
        return template.format(whose=_whose(known, made), days=say.days(first, last))

    return told


def _request(template: str, side: str = "after") -> Words:
    """Of a request, as it was before or is after."""

    def told(known: Roster, made: Change) -> str:
        facts = (made.after if side == "after" else made.before)["request"]
        part = made.after.get("part")
        days = _days(dict(zip(("first", "until"), part, strict=True))) if part else _days(facts)
        return template.format(
            whose=_whose(known, made),
            days=days,
            back=_days(facts, "back_first", "back_until"),
            asks=bold(known.name(facts["person_id"])),
            other=_name(known, facts.get("other_id")),
            taker=_name(known, facts.get("taken_by")),
        )

    return told


def _name(known: Roster, who: str | None) -> str:
    return bold(known.name(who)) if who else known.name(who)


def _got_it(known: Roster, made: Change) -> str:
    return GOT_IT.format(days=_week(str(made.about)))


def _week_taken(known: Roster, made: Change) -> str:
    return WEEK_TAKEN.format(days=_week(made.after["week"]))


def _decline(template: str, side: str) -> Words:
    def told(known: Roster, made: Change) -> str:
        facts = (made.after if side == "after" else made.before)["decline"]
        return template.format(days=_days(facts), whose=_whose(known, made))

    return told


def _taken_over(known: Roster, made: Change) -> str:
    ends = say.moment(datetime.fromisoformat(made.after["take_over"]["ends"]), known.hours.zone)
    other = _name(known, made.after["instead_of"])
    words = TAKEN_OVER if made.about == made.by else PUT_ON_CALL
    return words.format(who=_name(known, made.about), other=other, ends=ends)


def _take_over_changed(known: Roster, made: Change) -> str:
    before, after = (
        say.moment(datetime.fromisoformat(facts["take_over"]["ends"]), known.hours.zone)
        for facts in (made.before, made.after)
    )
    taker = _name(known, made.after["take_over"]["person_id"])
    return TAKE_OVER_CHANGED.format(taker=taker, before=before, after=after)


def _given_back(known: Roster, made: Change) -> str:
    taker, back = made.before["take_over"]["person_id"], made.after.get("instead_of")
    words = GIVEN_BACK if taker == made.by else ENDED
    return words.format(taker=_name(known, taker), back=IS_BACK.format(who=_name(known, back)) if back else "")


def _plan(known: Roster, made: Change) -> str:
    after = _order(known, made.after["rotation"]["order"])
    if made.before is None:
        return PLAN_BEGUN.format(after=after)
    before = _order(known, made.before["rotation"]["order"])
    changed = [ORDER.format(before=before, after=after)] if before != after else []
    changed += _parts(made)
    more = [PLAN_MORE.format(count=len(changed) - MOST_PARTS)] if len(changed) > MOST_PARTS else []
    return f"{PLAN_APPLIED}: {'; '.join([*changed[:MOST_PARTS], *more])}" if changed else PLAN_APPLIED


def _parts(made: Change) -> list[str]:
    """What a plan changed but for the rotation; of what is private only that it did."""
    try:
        before, after = (Plan.model_validate(_plan_of(facts)) for facts in (made.before, made.after))
    except ValidationError:  # as an earlier release wrote it
        return []
    return [text for entry in plan_difference.entries(before, after, ()) for text in _entry(entry)]


def _plan_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name in Plan.model_fields}


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


def _rotation(known: Roster, made: Change) -> str:
    starts = made.after["starts"]
    was = [v for v in made.before["versions"] if v["starts"] <= starts] or made.before["versions"]
    becomes = next((v for v in made.after["versions"] if v["starts"] >= starts), made.after["versions"][-1])
    orders = ORDER.format(before=_order(known, was[-1]["asked"]), after=_order(known, becomes["asked"]))
    return ROTATION.format(did=words_about.did(known, made), orders=orders)


def _owners(known: Roster, made: Change) -> str:
    return OWNERS.format(pipeline=escape(made.after["pipeline"]["name"]), owners=_handed_over(known, made))


def _handed_over(known: Roster, made: Change) -> str:
    pairs = [
        (facts["pipeline"]["primary_id"], facts["pipeline"]["secondary_id"]) for facts in (made.before, made.after)
    ]
    before, after = (words_about.pair(known, pair) for pair in pairs)
    return ORDER.format(before=before, after=after)


def _undone(known: Roster, made: Change) -> str:
    if "pipeline" in made.after:
        return OWNERS_BACK.format(pipeline=escape(made.after["pipeline"]["name"]), owners=_handed_over(known, made))
    whose = WHOSE.format(who=bold(known.name(made.about))) if made.about else ""
    orders = (_order(known, facts["versions"][-1]["asked"]) for facts in (made.before, made.after))
    return ROTATION_BACK.format(whose=whose, orders=ORDER.format(before=next(orders), after=next(orders)))


def _order(known: Roster, ids: Sequence[str]) -> str:
    return ", ".join(escape(known.name(who)) for who in ids)


KINDS: Mapping[str, Words] = {
    change.DECLARED: _time_off(DECLARED),
    change.CANCELLED: _time_off(CANCELLED),
    change.UNDONE: _time_off(UNDONE),
    change.GOT_IT: _got_it,
    plan.APPLIED: _plan,
    requested.COVER_REQUESTED: _request(COVER_ASKED),
    requested.SWAP_REQUESTED: _request(SWAP_ASKED),
    requested.COVER_AGREED: _request(COVER_AGREED),
    requested.SWAP_AGREED: _request(SWAP_AGREED),
    requested.TAKEN_BACK: _request(TAKEN_BACK, "before"),
    requested.REQUEST_WITHDRAWN: _request(WITHDRAWN),
    requested.REQUEST_DECLINED: _request(DECLINED),
    requested.PART_OFFERED: _request(PART),
    requested.WEEK_OFFERED: _request(OTHER_WEEK),
    requested.WIDENED: _request(EVERYBODY),
    taking.TAKEN_OVER: _taken_over,
    taking.CHANGED: _take_over_changed,
    taking.GIVEN_BACK: _given_back,
    passing_on.WEEK_TAKEN: _week_taken,
    passing_on.WEEK_DECLINED: _decline(WEEK_DECLINED, "after"),
    passing_on.DECLINE_UNDONE: _decline(DECLINE_UNDONE, "before"),
    staffing.ADDED: _rotation,
    staffing.REMOVED: _rotation,
    staffing.PAUSED: _rotation,
    staffing.REORDERED: _rotation,
    owning.CHANGED: _owners,
    undoing.UNDONE: _undone,
}


def no_more() -> Reply:
    """That there is nothing older."""
    return reply(sections([NO_MORE]))


def without_private(made: Change) -> Change:
    """The same change, without notes and contact details."""
    return replace(made, before=public(made.before), after=public(made.after))
