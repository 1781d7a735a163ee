"""Everything that must survive a restart.

Tables carry their team, except people, their time off and what they want to be told when. Ranges of dates are
half-open: `until` is the day after the last. Moments are UTC. What has passed (`held_weeks`, `duty`, `changes`) is only
ever added to.
"""

from datetime import date, time
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, Text, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.schema.columns import At, Facts, Json, Key, MaybeAt, Name, Names

PERSON = "people.id"
TEAM = "teams.id"


class Base(DeclarativeBase):
    """All tables; constraints have names on both databases, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text}


class StoreFacts(Base):
    """One row: what this store is for. A sandbox's store is never opened by a real bot, nor the other way round."""

    __tablename__ = "store"

    id: Mapped[Key]
    purpose: Mapped[str | None]  # real or sandbox; None until one of them opens it
    stamped_at: Mapped[MaybeAt]  # when it was put back or copied: what was due before may have been said meanwhile
    moved_to: Mapped[str | None]  # the store that it was copied to, without a password: this one is closed
    saved_at: Mapped[MaybeAt]  # when a bot that had nothing else to save last saw that it can


class PersonRow(Base):
    """An engineer, owner or admin of a team's plan. `id` never changes; who left all plans stays for the record."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Name]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    time_zone: Mapped[str | None]

    # Whose public holidays are theirs, by the codes of ISO 3166
    country: Mapped[str | None]
    region: Mapped[str | None]

    # Slack: as the plan gives it, and as found by email where the plan gives none
    slack_id: Mapped[str | None]
    found_slack_id: Mapped[str | None]


class TeamMemberRow(Base):
    """A person's place in a team's plan: whether they are an engineer of it, and in it still."""

    __tablename__ = "team_members"
    __table_args__ = (Index(None, "person_id"),)

    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON), primary_key=True)
    engineer: Mapped[bool]
    listed: Mapped[bool]
    position: Mapped[int]


class FeedRow(Base):
    """A person's secret link to the calendar feeds of a team: only its hash is kept. The latest of a person in a team
    is the one that counts, until it is revoked."""

    __tablename__ = "feeds"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    digest: Mapped[Name]
    made_at: Mapped[At]
    revoked_at: Mapped[MaybeAt]
    key: Mapped[str | None] = mapped_column(unique=True)  # the request that made it: the same one again makes none


class MemberRow(Base):
    """Somebody who asked or is in the plan, whether they are a full member of the workspace, and their enterprise."""

    __tablename__ = "members"

    slack_id: Mapped[str] = mapped_column(primary_key=True)
    full: Mapped[bool]
    enterprise_id: Mapped[str | None]  # None: of none, or learnt by a release that did not ask
    checked_at: Mapped[At]


class FoundChannelRow(Base):
    """The id of a channel that the plan names, once it was found: finding it again can take Slack minutes."""

    __tablename__ = "found_channels"

    name: Mapped[str] = mapped_column(primary_key=True)  # without its #
    slack_id: Mapped[Name]
    found_at: Mapped[At]


class TeamRow(Base):
    """A team: its channel, its hours, its service levels, and when it began to be told things."""

    __tablename__ = "teams"

    id: Mapped[Key]
    name: Mapped[Name]
    channel: Mapped[Name]
    notice_days: Mapped[int]
    admins: Mapped[Names]
    service_levels: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    # Its hours
    time_zone: Mapped[Name]
    handoff_weekday: Mapped[int]
    handoff_time: Mapped[time]

    # When people are at work, and within how many such hours they answer; None: as the plan does not say
    office_days: Mapped[str | None]
    office_from: Mapped[time | None]
    office_until: Mapped[time | None]
    country: Mapped[str | None]
    answer_within: Mapped[int | None]

    created_at: Mapped[At]
    speaks_since: Mapped[MaybeAt]  # nothing that was due before is ever said; None: never ran


class VersionRow(Base):
    """A rotation from the week that begins on `starts`. `order` is what holds, `asked` the list that led to it."""

    __tablename__ = "rotation_versions"
    __table_args__ = (UniqueConstraint("team_id", "starts"),)

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    starts: Mapped[date]
    order: Mapped[Names]
    asked: Mapped[Names]


class PipelineRow(Base):
    """A pipeline and who owns it."""

    __tablename__ = "pipelines"
    __table_args__ = (UniqueConstraint("team_id", "slug"),)

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    slug: Mapped[Name]
    name: Mapped[Name]
    area: Mapped[Name]
    purpose: Mapped[Name]
    primary_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    secondary_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    why: Mapped[Name]
    position: Mapped[int]


class HolidayRow(Base):
    """A person's time off, from `first` up to, not including, `until`. The note is for the person and admins only."""

    __tablename__ = "holidays"
    __table_args__ = (
        CheckConstraint("first < until", name="has_days"),
        Index(None, "until"),
        {"sqlite_autoincrement": True},  # an id is never used again: announcements are known by it
    )

    id: Mapped[Key]
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    first: Mapped[date]
    until: Mapped[date]
    note: Mapped[str | None]
    declared_at: Mapped[At]
    short_notice: Mapped[bool]


class HeldWeekRow(Base):
    """A week that has been handed over, whose it was, and the state of the walk after it. It never changes."""

    __tablename__ = "held_weeks"

    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    home: Mapped[Name]
    holder: Mapped[str | None]
    owes: Mapped[Names]
    early: Mapped[Names]


class DutyRow(Base):
    """Who was on duty from `starts` up to `ends`, and why. Written once its end has passed, or a change cut it off."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("team_id", "starts"), Index(None, "team_id", "week"))

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    starts: Mapped[At]
    ends: Mapped[At]
    who: Mapped[str | None]
    why: Mapped[Name]
    week: Mapped[date]
    holder: Mapped[str | None]
    home: Mapped[Name]
    day: Mapped[date]


class RequestRow(Base):
    """Somebody asks for their on-call days from `first` up to `until` to be covered, or to be swapped for another's
    from `back_first` up to `back_until`."""

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint("first < until", name="has_days"),
        Index(None, "team_id", "until"),
        {"sqlite_autoincrement": True},  # an id is never used again: messages are known by it
    )

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    first: Mapped[date]
    until: Mapped[date]
    opened_at: Mapped[At]  # when it was asked, or opened again

    # Of whom: one person, or, where it stands in the channel, whoever can
    asked: Mapped[Names]
    in_channel: Mapped[bool]

    # A swap: with whom, for which days of theirs, and whose word is awaited
    other_id: Mapped[str | None] = mapped_column(ForeignKey(PERSON))
    back_first: Mapped[date | None]
    back_until: Mapped[date | None]
    waits_for: Mapped[str | None] = mapped_column(ForeignKey(PERSON))

    # What became of it
    state: Mapped[Name]  # open, agreed, declined, withdrawn
    taken_by: Mapped[str | None] = mapped_column(ForeignKey(PERSON))
    settled_at: Mapped[MaybeAt]


class AnswerRow(Base):
    """What somebody answered to a request, other than taking it: that they can't, or which part they offer."""

    __tablename__ = "answers"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON), primary_key=True)
    at: Mapped[At]
    first: Mapped[date | None]  # None: they can't
    until: Mapped[date | None]


class CoverRow(Base):
    """By agreement `person_id` stands in for `instead_of`, from `first` up to `until`. The latest agreed counts."""

    __tablename__ = "covers"
    __table_args__ = (
        CheckConstraint("first < until", name="has_days"),
        Index(None, "team_id", "until"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    instead_of: Mapped[str] = mapped_column(ForeignKey(PERSON))
    first: Mapped[date]
    until: Mapped[date]
    agreed_at: Mapped[At]
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))


class TakeOverRow(Base):
    """From `starts` up to `ends` `person_id` is on duty, whoever that time belongs to. The latest counts."""

    __tablename__ = "take_overs"
    __table_args__ = (
        CheckConstraint("starts < ends", name="has_time"),
        Index(None, "team_id", "ends"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    starts: Mapped[At]
    ends: Mapped[At]
    taken_at: Mapped[At]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))  # a cover of days that are no own week's


class DeclineRow(Base):
    """*I can't*: an on-call week that came to somebody on short notice and that they passed on, from `first` up to
    `until`. It counts as being away, and is no time off."""

    __tablename__ = "declines"
    __table_args__ = (
        CheckConstraint("first < until", name="has_days"),
        Index(None, "team_id", "until"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    first: Mapped[date]
    until: Mapped[date]
    declined_at: Mapped[At]


class SignRow(Base):
    """A sign of who is on duty outside the bot's messages, `group` or `topic`: what the bot made of it last, and what
    Slack refused."""

    __tablename__ = "signs"

    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[str | None]
    problem: Mapped[str | None]
    refused: Mapped[str | None]


class PreferenceRow(Base):
    """What somebody wants to be told when: which reminders, and between which hours nothing, in their own zone."""

    __tablename__ = "preferences"

    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON), primary_key=True)
    two_weeks: Mapped[bool]
    one_week: Mapped[bool]
    day_before: Mapped[bool]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    at: Mapped[At]


class AcknowledgementRow(Base):
    """*I've got it*: who said so for a week, and when."""

    __tablename__ = "acknowledgements"

    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey(PERSON))
    at: Mapped[At]


class ChangeRow(Base):
    """Who changed what, when, and how it was before and after. Notes stay in `before` and `after`: never shown."""

    __tablename__ = "changes"
    __table_args__ = (UniqueConstraint("team_id", "key"), UniqueConstraint("undoes"))

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))
    at: Mapped[At]
    by: Mapped[str | None]  # a person's id; None: from the terminal
    what: Mapped[Name]
    about: Mapped[str | None]  # whose time off, which week, …
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    after: Mapped[Any] = mapped_column(Json, nullable=True)
    effect: Mapped[Any] = mapped_column(Json, nullable=True)
    key: Mapped[str | None]  # the request that caused it: the same one again writes nothing
    undoes: Mapped[int | None] = mapped_column(ForeignKey("changes.id"))


class OutboxRow(Base):
    """What is owed to Slack, and what became of it. (team, kind, about) is said once, ever."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("team_id", "kind", "about"),
        Index(None, "state", "urgent", "due_at"),
        Index(None, "team_id", "audience", "state"),
    )

    id: Mapped[Key]
    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM))

    # What it says, and to whom: facts, not words
    kind: Mapped[Name]
    about: Mapped[Name]
    audience: Mapped[Name]
    facts: Mapped[Facts]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id"))
    edits: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    urgent: Mapped[bool] = mapped_column(server_default=false())  # sent before what is not

    # When, by the team's clock, which may be a turned one
    owed_at: Mapped[At]
    due_at: Mapped[At]

    # Delivery, by the real clock
    state: Mapped[Name]  # owed, said, refused, withdrawn, needless
    attempts: Mapped[int]
    retry_at: Mapped[MaybeAt]
    tried_at: Mapped[MaybeAt]  # when its first attempt began; it holds up its channel for five minutes from then on
    begun_at: Mapped[MaybeAt]  # when the latest attempt began that may have taken effect
    refused_at: Mapped[MaybeAt]  # since when Slack refuses it for a reason that may pass
    problem: Mapped[str | None]

    # What Slack made of it
    channel: Mapped[str | None]
    ts: Mapped[str | None]
    said_at: Mapped[MaybeAt]


class ChannelRow(Base):
    """Where messages go, one sender at a time over all bots. Moments are of the real clock."""

    __tablename__ = "channels"

    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str | None]  # who has claimed it, until `lease_until`
    lease_until: Mapped[MaybeAt]
    free_at: Mapped[MaybeAt]  # nothing goes there before: Slack takes about a message a second, or said when to retry


class PaceRow(Base):
    """How fast a workspace is written to, by all bots together. Moments are of the real clock."""

    __tablename__ = "pace"

    team_id: Mapped[int] = mapped_column(ForeignKey(TEAM), primary_key=True)
    free_at: Mapped[MaybeAt]  # nothing is sent before
    limited_until: Mapped[MaybeAt]  # one channel waits that long because Slack said so; a second one makes all wait
