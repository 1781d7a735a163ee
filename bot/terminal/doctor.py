"""`python -m bot doctor`: looks at all that a running bot needs, and says what to do for each thing that it lacks."""

import os
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot import opening
from bot.clock import SLACK, SystemClock, keep_right
from bot.config import BadSettings, Settings
from bot.plan import file as plan_file
from bot.plan import proposed
from bot.plan.file import PACKAGED, BadPlan
from bot.runbooks.library import Library
from bot.slack import channels, mirror
from bot.slack.channels import Search
from bot.slack.client import Identity, Slack
from bot.slack.manifest import SCOPES
from bot.slack.trouble import Limited, Passing, SlackRefused, SlackTrouble, Unclear
from bot.speech.store_trouble import told
from bot.talk.trouble.words import what, whom
from models import outbox, teams
from models.keeping import migrate
from models.outbox import REFUSED
from models.store.engine import Store, sqlite_file
from models.store.errors import StoreError
from models.store.file import open_to_others
from scheduler.team import roster
from scheduler.team.roster import NoPlan, Roster

INSTALL = "Install the app again from the manifest: python -m bot manifest"
STORE_WELL = "The store {store} has schema {head}."
STORE_EMPTY = "The store {store} is empty; `run` makes it ready and applies the first plan."
STORE_NOWHERE = "The store {store} can't be made: {folder} {problem}. Correct that, or set ONCALL_DATABASE to another."
NO_FOLDER, NOT_A_FOLDER, NOT_OURS = "does not exist", "is no directory", "can't be written to by this user"
STORE_OLD = "The store {store} has schema {had}, this release needs {head}: python -m bot migrate"
STORE_OPEN = "Other users of this machine may read or write what holds phone numbers and notes: chmod 600 {files}"
STORE_STAMPED = "It was put back or copied on {moment}: what was due before is looked up in Slack before it is posted."
TOKEN_WELL = "The bot token is that of {team}."
SLACK_AWAY = "Slack does not answer ({problem}): look at the network, a proxy, the name server."
SLACK_UNTOLD = "Slack does not tell of {what} just now ({problem}): run doctor again in a minute."
TOKEN_BAD = "The bot token is not accepted ({problem}): copy it from the app's page OAuth & Permissions."
CLOCK_WELL = "The clock is right."
APP_TOKEN_WELL = "The app token opens Socket Mode."
APP_TOKEN_BAD = "The app token is not accepted ({problem}): make one with connections:write under Basic Information."
SCOPES_WELL = "It has all scopes that it needs."
SCOPES_MISSING = "It lacks the scopes {scopes}. {install}"
CHANNEL_WELL = "It is in {channel}."
CHANNEL_OUT = "It is not in {channel}: type `/invite @oncall` there, so that nothing is said twice after a failure."
CHANNEL_FAR = (
    "It is not in {channel}: type `/invite @oncall` there. To find out whether there is such a channel takes minutes "
    "({count} looked at so far)."
)
CHANNEL_UNKNOWN = "It cannot see {channel} ({problem}): check the name in the plan, and invite it to a private channel."
PERSON_UNKNOWN = "Slack does not know {name}: write their Slack member id or the right email into the plan."
PEOPLE_WELL = "Slack knows everybody of the plan."
UNSAID = "Slack refuses {what} to {whom} ({problem}): mend it, then `python -m bot outbox retry {id}` or `drop {id}`."
UNSAID_SO_FAR = "Slack refuses {what} to {whom} so far ({problem}); it is tried for an hour, see `outbox list`."
OUTBOX_WELL = "Slack refuses nothing that is owed."
EXAMPLES = (
    "ONCALL_RUNBOOKS is not set, so what people read are the example's runbooks: set it to a directory with your own "
    "(docs/runbooks.md)."
)
RUNBOOKS_WELL = "All runbooks can be read, and each pipeline has one."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at: whether it is well, and what to say about it."""

    well: bool
    sentence: str

    @property
    def line(self) -> str:
        """As it is printed."""
        return f"{'ok ' if self.well else '!! '} {self.sentence}"


def examine(settings: Settings) -> list[Finding]:
    """Look at everything. Writes nothing."""
    found = _team(settings)
    team, slugs = found if found else (None, _proposed(settings))
    findings = [*_settings(settings), *_store(settings), *_runbooks(settings, slugs)]
    unsaid = _outbox(settings) if team else []
    return [*findings, *unsaid, *(_slack(settings, team) if settings.bot_token else [])]


def _settings(settings: Settings) -> Iterator[Finding]:
    try:
        settings.check_for_running()
    except BadSettings as bad:
        yield Finding(False, str(bad))
    for warning in settings.unknown:
        yield Finding(False, warning)


def _store(settings: Settings) -> Iterator[Finding]:
    try:
        store = Store(settings.database_url)
        if opening.is_not_there(settings.database_url):
            yield from _not_made(settings, store)
            return
        with closing(store):
            had, shown = migrate.schema_of(store), store.shown_url
    except StoreError as error:
        yield Finding(False, told(error))
        return
    yield from _modes(settings)
    if had is None:
        yield _empty(settings, shown)
    elif had == migrate.HEAD:
        yield Finding(True, STORE_WELL.format(store=shown, head=had))
        yield from _closed(settings)
        yield from _plan(settings)
    elif had > migrate.HEAD:
        yield Finding(False, told(migrate.NewerStore(had)))
    else:
        yield Finding(False, STORE_OLD.format(store=shown, had=had, head=migrate.HEAD))


def _modes(settings: Settings) -> Iterator[Finding]:
    """Files of a SQLite store that are not for their owner only. Those that the bot makes are."""
    path = sqlite_file(settings.database_url)
    if path and (files := open_to_others(path)):
        yield Finding(False, STORE_OPEN.format(files=shlex.join(map(str, files))))


def _not_made(settings: Settings, store: Store) -> Iterator[Finding]:
    """A SQLite file that is still to be made, and the folder that it is to be made in."""
    path = sqlite_file(settings.database_url)
    folder = path.absolute().parent if path else None
    problem = _why_not_in(folder) if folder else None
    if problem:
        yield Finding(False, STORE_NOWHERE.format(store=store.shown_url, folder=folder, problem=problem))
    else:
        yield _empty(settings, store.shown_url)


def _why_not_in(folder: Path) -> str | None:
    if not folder.exists():
        return NO_FOLDER
    if not folder.is_dir():
        return NOT_A_FOLDER
    return None if os.access(folder, os.W_OK | os.X_OK) else NOT_OURS


def _empty(settings: Settings, shown: str) -> Finding:
    if settings.proposed is None:
        return Finding(False, opening.NO_TEAM.format(store=shown))
    try:
        plan_file.read(settings.plan)
    except (BadPlan, OSError) as error:
        return Finding(False, _said(error))
    return Finding(True, STORE_EMPTY.format(store=shown))


def _plan(settings: Settings) -> Iterator[Finding]:
    """Whether the plan that is set is the store's, or can become it."""
    with closing(Store(settings.database_url)) as store:
        with store.reading() as tx:
            begun = teams.is_there(tx)
        file = settings.proposed
        if not begun and file is None:
            yield Finding(False, opening.NO_TEAM.format(store=store.shown_url))
            return
        try:
            another = proposed.unlike(store, file, SystemClock().now()) if file else None
        except (BadPlan, OSError) as error:
            yield Finding(False, _said(error))
            return
    if another:  # which is well: the store is the truth
        yield Finding(True, another)


def _said(error: BadPlan | OSError) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else told(error)


def _closed(settings: Settings) -> Iterator[Finding]:
    with closing(Store(settings.database_url)) as store, store.reading() as tx:
        why, stamped_at = teams.why_closed(tx, store.shown_url), teams.stamped_at(tx)
    if why:
        yield Finding(False, told(why))
    if stamped_at:
        yield Finding(True, STORE_STAMPED.format(moment=f"{stamped_at:%Y-%m-%d %H:%M} UTC"))


def _team(settings: Settings) -> tuple[Roster, list[str]] | None:
    """The team of the store, and the slugs of its pipelines."""
    try:
        if opening.is_not_there(settings.database_url):
            return None
        with closing(Store(settings.database_url)) as store:
            if migrate.schema_of(store) != migrate.HEAD:
                return None
            with store.reading() as tx:
                team, pipelines = roster.load_with_pipelines(tx, None)
                return team, [pipeline.slug for pipeline in pipelines]
    except (StoreError, NoPlan):
        return None  # what is wrong with the store has been said


def _proposed(settings: Settings) -> list[str] | None:
    """The slugs of the pipelines of the plan that an empty store begins with."""
    if settings.proposed is None:
        return None
    try:
        return [pipeline.slug for pipeline in plan_file.read(settings.proposed).pipelines]
    except (BadPlan, OSError):
        return None  # what is wrong with it has been said


def _outbox(settings: Settings) -> Iterator[Finding]:
    with closing(Store(settings.database_url)) as store, store.reading() as tx:
        of = {team.id: team for team in roster.load_all(tx)}
        refused = [message for message in outbox.waiting(tx) if message.is_refused]
    for message in refused:
        words = {"what": what(message), "whom": whom(of[message.team_id], message.audience).replace("*", "")}
        sentence = UNSAID if message.state == REFUSED else UNSAID_SO_FAR
        yield Finding(False, sentence.format(**words, problem=message.problem, id=message.id))
    if not refused:
        yield Finding(True, OUTBOX_WELL)


def _runbooks(settings: Settings, slugs: list[str] | None) -> Iterator[Finding]:
    problems = Library(settings.runbooks).problems(slugs)
    if problems and settings.runbooks == PACKAGED.parent:
        problems = [EXAMPLES]
    yield from (Finding(False, problem) for problem in problems)
    if not problems:
        yield Finding(True, RUNBOOKS_WELL)


def _slack(settings: Settings, team: Roster | None) -> Iterator[Finding]:
    slack = Slack(settings.bot_token, base_url=settings.slack_api_url, timeout=settings.client_timeout)
    clock = SystemClock()
    slack.tell_time(partial(clock.hears, SLACK))
    try:
        me = slack.identity()
    except (Passing, Unclear) as trouble:
        yield Finding(False, SLACK_AWAY.format(problem=trouble.problem))
        return
    except SlackTrouble as trouble:
        yield Finding(False, TOKEN_BAD.format(problem=trouble.problem))
        return
    yield Finding(True, TOKEN_WELL.format(team=me.team))
    yield _clock(settings, clock)
    yield _scopes(settings, me)
    if settings.app_token:
        yield from _told("the app token", _app_token(settings, settings.app_token))
    if team:
        yield from _told(team.facts.channel, _channel(settings, slack, team.facts.channel))
        yield from _told("the people of the plan", _people(slack, team))


def _clock(settings: Settings, clock: SystemClock) -> Finding:
    """Whether the machine's clock is right, as far as the store's and Slack's tell."""
    with closing(Store(settings.database_url)) as store:
        if opening.is_made(settings.database_url):
            keep_right(store, clock)
    off = clock.off()
    return Finding(off is None, off.sentence if off else CLOCK_WELL)


def _told(what: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings. Slack's being away or busy is nobody's fault, and no finding about `what` was asked of it."""
    try:
        yield from findings
    except (Passing, Unclear) as trouble:
        yield Finding(False, SLACK_UNTOLD.format(what=what, problem=trouble.problem))


def _app_token(settings: Settings, token: str) -> Iterator[Finding]:
    try:
        Slack(token, base_url=settings.slack_api_url, timeout=settings.client_timeout).socket_address()
    except SlackRefused as refused:
        yield Finding(False, APP_TOKEN_BAD.format(problem=_final(refused)))
    else:
        yield Finding(True, APP_TOKEN_WELL)


def _final(refused: SlackRefused) -> str:
    """The problem of a refusal that does not pass by itself. Raises Passing."""
    if isinstance(refused, Passing):
        raise refused
    return refused.problem


def _scopes(settings: Settings, me: Identity) -> Finding:
    missing = sorted({*SCOPES, *mirror.scopes(settings.signs)} - me.scopes)
    if missing:
        return Finding(False, SCOPES_MISSING.format(scopes=", ".join(missing), install=INSTALL))
    return Finding(True, SCOPES_WELL)


def _channel(settings: Settings, slack: Slack, channel: str) -> Iterator[Finding]:
    with closing(Store(settings.database_url)) as store, store.reading() as tx:
        found = channels.kept(tx, channel)
    search, name = Search(slack), channel.removeprefix("#")
    try:
        inside = slack.is_in(found or search.id_of(name))
    except Limited:
        if not (seen := search.looked_at.get(name)):
            raise
        yield Finding(False, CHANNEL_FAR.format(channel=channel, count=len(seen)))
    except SlackRefused as refused:
        yield Finding(False, CHANNEL_UNKNOWN.format(channel=channel, problem=_final(refused)))
    else:
        yield Finding(inside, (CHANNEL_WELL if inside else CHANNEL_OUT).format(channel=channel))


def _people(slack: Slack, team: Roster) -> Iterator[Finding]:
    listed = [person for person in team.people.values() if person.listed]
    strangers = [person.name for person in listed if not _knows(slack, person.slack_id, person.email)]
    yield from (Finding(False, PERSON_UNKNOWN.format(name=name)) for name in strangers)
    if not strangers:
        yield Finding(True, PEOPLE_WELL)


def _knows(slack: Slack, slack_id: str | None, email: str | None) -> bool:
    try:
        if slack_id:
            return bool(slack.member(slack_id))
        return email is not None and slack.by_email(email) is not None
    except SlackRefused as refused:
        _final(refused)
        return False
