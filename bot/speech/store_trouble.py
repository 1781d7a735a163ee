"""What a person reads where something is wrong with the store: a sentence for each word of the models."""

from collections.abc import Mapping

from models.store.errors import Trouble
from scheduler.team.roster import NoPlan

NO_TEAM = "There is no team yet. Apply a plan first: python -m bot plan apply FILE"

SENTENCES: Mapping[str, str] = {
    "busy": "{store} is held by somebody else: {problem}",
    "full": "{store} has no room left: {problem}",
    "unavailable": "{store} does not answer: {problem}",
    "damaged": "{store} is damaged ({problem}): stop the bot, and put a backup back with `python -m bot restore FILE`.",
    "maybe saved": "{store} went away while it was saving: {problem}",
    "unreadable address": (
        "The address of the store cannot be read: write sqlite:///FILE, or postgresql://USER:PASSWORD@HOST:PORT/NAME."
    ),
    "two ats": "The address of the store has an @ too many: in a password, an @ is written %40, a : %3A and a / %2F.",
    "bad port": "The port in the address of the store is no number from 1 to 65535; in a password, a : is written %3A.",
    "no options": (
        "The address of a SQLite store has no options: write sqlite:///FILE, without the ? and what is behind it."
    ),
    "another's file": (
        "{file} is another program's database, not a store of this bot. Nothing was written to it: choose another file."
    ),
    "no database": (
        "{file} is no SQLite database. If it was a store, it is damaged: move it away, and put a backup back with "
        "`python -m bot restore FILE`. Nothing was written to it."
    ),
    "emptied": (
        "{file} is empty, and what lies beside it ({beside}) says that a store was there: put a backup back with "
        "`python -m bot restore FILE` or, to begin anew, move all of it away."
    ),
    "left over": (
        "{file} is not there, but its journal {beside} is: put the file back or, to begin anew, move that away."
    ),
    "gone": "{file} was removed, replaced or emptied while it was open: put it back, or start the bot again",
    "no driver": (
        "PostgreSQL's driver is missing ({problem}): install the bot with its extra, pip install "
        "'oncall-bot[postgres]' or, from its source, pip install '.[postgres]'."
    ),
    "no file": "A store is a file, sqlite:///FILE, neither in memory nor a file: address; or postgresql://…",
    "other database": "The store is a {database}; use sqlite:///FILE or postgresql://…",
    "in use": (
        "{store} is in use by another process (run, sandbox, tick, restore or copy). A SQLite file is for one at a "
        "time: stop that one first, or use PostgreSQL, which is for several."
    ),
    "being copied": "{store} is being copied: wait until that is done.",
    "no lock": "{lock} cannot be locked ({problem}): a bot keeps this file beside its store.",
    "bots at work": "Bots work with {store}: stop them first.",
    "another's database": (
        "{store} is another program's database, not a store of this bot. Nothing was changed: choose another one."
    ),
    "newer schema": "The store has schema {revision}, newer than this release knows ({head}); update the bot.",
    "closed": "{store} was copied to {target} and is closed: use that one.",
    "waits for a copy": "{store} waits for a copy of {source} that was cut short: run that copy again.",
    "only sqlite": (
        "{store} is no SQLite file. PostgreSQL has tools of its own: pg_dump, and pg_restore with `python -m bot "
        "restored` after it."
    ),
    "exists": "{file} is there already: name another file, so that no backup is lost.",
    "not there": "{store} does not exist.",
    "other purpose": "{file} is a {found} store, and {store} a {wanted} one. Nothing was changed.",
    "itself": "{file} is the store itself: name a backup of it. Nothing was changed.",
    "is damaged": (
        "{file} is damaged, so it was not copied: put an earlier backup back with `python -m bot restore FILE`."
    ),
    "broken": "{file} cannot be written: {problem}.",
    "no store": "{file} is no store of this bot. Nothing was changed.",
    "missing file": "{file} is no store of this bot: there is no such file. Nothing was changed.",
    "unreadable file": "{file} is no store of this bot ({problem}). Nothing was changed.",
    "damaged file": "{file} is no store of this bot (it is damaged). Nothing was changed.",
    "same store": "Both are the same store. Nothing was changed.",
    "not empty": "{store} is not empty ({table} has rows): only an empty store can be copied to. Nothing was changed.",
    "no team": "{store} has nothing to copy. Nothing was changed.",
    "other schema": "{store} has schema {had}, this release needs {head}: python -m bot migrate. Nothing was changed.",
    "copied elsewhere": (
        "{store} was copied to {target} and is closed: use that one. If that copy was cut short, run it again."
    ),
    "miscounted": "{table}: {source} rows in the source, {target} in the target. Nothing was changed.",
    "in doubt": (
        "{target} went away, perhaps with all that was copied, so {source} stays closed. Run the same copy again: "
        "it does the rest, or says that all is there."
    ),
}

PROBLEMS: Mapping[str, str] = {  # the words of ours among those of databases and systems
    "all in use": "all its connections are in use",
    "others save": "others have been saving for too long",
    "silent": "it has not answered in time",
}


def told(error: Exception) -> str:
    """The sentence for what is wrong, in plain text: of a store's trouble, of a team that is not there, or of what has
    a sentence itself."""
    if isinstance(error, NoPlan):
        return NO_TEAM
    if isinstance(error, Trouble) and error.what in SENTENCES:
        about = error.about
        problem = about.get("problem")
        return SENTENCES[error.what].format(**{**about, "problem": PROBLEMS.get(str(problem), problem)})
    return str(error)
