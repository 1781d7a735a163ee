"""Somebody as a reader reads of them: "you" for themselves, a name for everybody else, each with its verb.

`who` and `reader` are people's ids; a `reader` of None are several, or none of the plan. Names are made harmless.
"""

from bot.speech.blocks import bold
from bot.speech.mrkdwn import escape
from scheduler.refusals import Somebody
from scheduler.team.roster import Roster

NOBODY = "nobody"
AN_ADMIN = "An admin"  # whoever changed something at the terminal


def is_you(who: str | None, reader: str | None) -> bool:
    """Whether who is spoken of is who reads it."""
    return who is not None and who == reader


def verb(who: str | None, reader: str | None, you: str, they: str) -> str:
    """The form of a verb that follows: `you` *are*, `they` *is*."""
    return you if is_you(who, reader) else they


def plain(team: Roster, who: str | None) -> str:
    """Their name as the plan has it, not yet harmless; "nobody" for None."""
    return team.name(who) if who else NOBODY


def name(team: Roster, who: str | None, reader: str | None, *, capital: bool = False) -> str:
    """Their name, or "you"; "nobody" for None."""
    return _you(capital) if is_you(who, reader) else escape(plain(team, who))


def bold_name(team: Roster, who: str | None, reader: str | None, *, capital: bool = False) -> str:
    """Their name in bold, or "you"."""
    return _you(capital) if is_you(who, reader) else bold(plain(team, who))


def bold_by(team: Roster, by: str | None) -> str:
    """Who did something, in bold; "An admin" for None, who did it at the terminal."""
    return bold(team.name(by)) if by else AN_ADMIN


def whose(team: Roster, who: str | None, reader: str | None) -> str:
    """Whose something is: *Danny's*, or "your"."""
    return "your" if is_you(who, reader) else f"{escape(plain(team, who))}'s"


def who_is(team: Roster, who: str | None, reader: str | None) -> str:
    """How a sentence begins that tells something of them: *Danny is*, or "You are"."""
    return f"{name(team, who, reader, capital=True)} {verb(who, reader, 'are', 'is')}"


def _you(capital: bool) -> str:
    return "You" if capital else "you"


def somebody(who: Somebody) -> dict[str, str]:
    """How a sentence of a refusal begins, by what follows: `who_is`, `who_has`."""
    return (
        {"who_is": "You are", "who_has": "You have"}
        if who.asks
        else {
            "who_is": f"{who.name} is",
            "who_has": f"{who.name} has",
        }
    )


def said_that(who: Somebody) -> str:
    """*You said that you*, or *Danny said that they*."""
    return "You said that you" if who.asks else f"{who.name} said that they"
