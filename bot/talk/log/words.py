"""What was done by a change, in words, without its subject: each subject has its own words, and a plan has these.

Of what is private is only told that it was changed.
"""

from collections.abc import Iterator

from bot.plan import difference
from bot.speech import say
from bot.speech.mrkdwn import escape
from bot.talk import features
from bot.talk.did import ORDER, Words, order, tells
from models.changes import Change
from scheduler import entries
from scheduler.entries import (
    PlanApplied,
    RecordTakenBack,
)
from scheduler.team.roster import Roster

PLAN_BEGUN = "applied the first plan: {after}"
PLAN_APPLIED = "applied a plan"
PLAN_PART, PLAN_FIELD = "{name} {how}", "{name}: {field} {before} → {after}"
PLAN_PRIVATE, PLAN_MORE = "{name}: {field} changed", "and {count} more"
NONE = "(none)"
RECORD_BACK = "took back what was on record: up to {change}"

UNKNOWN = "made a change that this release does not know: {kind}"

MOST_PARTS = 4
PRIVATE = frozenset({"note", "email", "phone", "slack_id", "found_slack_id"})


def words(team: Roster, change: Change) -> str:
    """What was done. A kind that this release does not know is called by its name."""
    facts = entries.facts(change)
    return DID[type(facts)](team, change, facts) if type(facts) in DID else UNKNOWN.format(kind=escape(change.what))


def _plan(team: Roster, change: Change, facts: PlanApplied) -> str:
    after = order(team, facts.after.rotation.order)
    if facts.before is None:
        return PLAN_BEGUN.format(after=after)
    before = order(team, facts.before.rotation.order)
    changed = [ORDER.format(before=before, after=after)] if before != after else []
    changed += [text for entry in difference.of_log(facts.before, facts.after) for text in _entry(entry)]
    shown, left = say.first_of(changed, MOST_PARTS)
    more = [PLAN_MORE.format(count=left)] if left else []
    return f"{PLAN_APPLIED}: {'; '.join([*shown, *more])}" if changed else PLAN_APPLIED


def _entry(entry: difference.Part) -> Iterator[str]:
    name = escape(entry.name)
    if entry.how != difference.CHANGED:
        yield PLAN_PART.format(name=name, how=entry.how)
    for each in entry.fields:
        if each.name in PRIVATE:
            yield PLAN_PRIVATE.format(name=name, field=_field(each.name))
        else:
            before, after = (escape(value or NONE) for value in (each.before, each.after))
            yield PLAN_FIELD.format(name=name, field=_field(each.name), before=before, after=after)


def _field(name: str) -> str:
    return escape(name.replace("_", " "))


def _record_back(team: Roster, change: Change, facts: RecordTakenBack) -> str:
    ends = (say.moment(each.ended, team.hours.zone) for each in (facts.before, facts.after))
    return RECORD_BACK.format(change=" → ".join(ends))


DID: Words = {
    **features.DID,
    **tells(PlanApplied, _plan),
    **tells(RecordTakenBack, _record_back),
}
