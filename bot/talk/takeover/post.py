"""From what is owed about take-overs and short notice to what is said."""

from datetime import date, timedelta

from bot.speech.ask import Reply
from bot.talk.takeover import words
from bot.talk.telling import Renderers, Telling, says
from scheduler.change import answers
from scheduler.messages import TakeOverNews
from scheduler.shifts import decline
from scheduler.team import covers


def _take_over(at: Telling, facts: TakeOverNews) -> Reply:
    has_got = facts.who == facts.taker and answers.has_accepted(at.tx, at.team, facts.who, facts.at)
    return words.news(at.team, facts, at.now, at.message.edits or at.message.id, has_got=has_got)


def asking(at: Telling, said: Reply, who: str, week: date, asked: int | None = None) -> Reply:
    """The news that a week came to somebody on short notice, with the question whether they can take it, as long as it
    is theirs. `asked`: the id of the message that asked first; None: of this one."""
    team, today = at.team, at.team.hours.on_call_day(at.now)
    until, asked = week + timedelta(days=7), asked or at.message.edits or at.message.id
    declined = decline.declined_of(team, who, week)
    if declined:
        return words.short_notice_declined(said, f"{declined.id}/{asked}") if today < until else said
    if not covers.days_of(team, who, max(week, today), until):
        return said
    has_taken = answers.has_taken(at.tx, team, who, week)
    return words.short_notice(said, f"{who}/{week}/{asked}", has_taken=has_taken)


POSTS: Renderers = says(TakeOverNews, _take_over)
