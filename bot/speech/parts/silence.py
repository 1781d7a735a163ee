"""What is said instead of whom the bot tells, as long as it has never run: nothing is owed before that."""

from scheduler.team.roster import Roster

NOT_SPEAKING = "Nobody is told of it: the bot speaks from its first run on."


def unless_silent(team: Roster, words: str) -> str:
    """The words, or that nobody is told."""
    return NOT_SPEAKING if team.facts.speaks_since is None else words
