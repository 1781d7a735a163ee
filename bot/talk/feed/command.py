"""`/oncall feed`: secret links to the team's calendar feeds, for one person of the plan."""

from datetime import datetime

from bot import links
from bot.desk import Desk
from bot.speech import permissions, usage
from bot.speech.ask import Ask, Asker, Reply
from bot.talk.feed import words as views
from models import feeds, teams
from scheduler.team import roster

HELP = (("oncall feed", "links for your calendar program: the rotation, your weeks, who is away"),)

TAKES_NOTHING = "It takes nothing behind it."


def feed(ask: Ask, desk: Desk, typed: str) -> Reply:
    """Answer `/oncall feed`. Raises Refused, NoPlan and StoreError."""
    if typed:
        return usage.wrong(desk, TAKES_NOTHING, "oncall feed")
    with desk.store.reading() as tx:
        team = roster.load(tx)
        me = permissions.in_plan(ask.asker, team)
        since = feeds.made_at(tx, me.id)
    if not desk.url:
        return views.no_address()
    return views.standing(team, since) if since else make(desk, ask.asker, ask.now, ask.key)


def make(desk: Desk, asker: Asker, now: datetime, key: str | None) -> Reply:
    """New links; old ones stop working. The request that came before is answered without its links: nobody knows them
    any more. Raises Refused."""
    secret, digest = links.new_secret()
    with desk.store.writing() as tx:
        teams.lock(tx)
        team = roster.load(tx)
        me = permissions.in_plan(asker, team)
        since = feeds.made_at(tx, me.id)
        if key and feeds.is_made(tx, key):
            return views.standing(team, since) if since else views.revoked()
        feeds.make(tx, me.id, digest, now, key)
        return views.made(links.feeds(desk.url, me.id, secret), replaces=since is not None)


def revoke(desk: Desk, asker: Asker, now: datetime) -> Reply:
    """The links stop working. Raises Refused."""
    with desk.store.writing() as tx:
        teams.lock(tx)
        me = permissions.in_plan(asker, roster.load(tx))
        feeds.revoke(tx, me.id, now)
        return views.revoked()
