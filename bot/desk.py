"""The desk: what answers are made from."""

from dataclasses import dataclass, field

from bot.links import Addresses
from bot.runbooks.library import Library
from models import teams
from models.store.engine import Store
from scheduler.team.roster import NoPlan


@dataclass(frozen=True)
class Desk:
    """What answers are made from: the store, the runbooks, the prefix of command names, and the bot's public address,
    if it has one, with the addresses of `pictures` there."""

    store: Store
    library: Library
    prefix: str = ""
    url: str = ""
    pictures: Addresses | None = None
    _teams: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def command(self, typed: str) -> str:
        """How a command is typed here: `oncall next` → `/oncall next`, with the prefix if there is one."""
        return f"/{self.prefix}{typed}"

    @property
    def team(self) -> int | None:
        """The id of the store's own team, which whoever asks here means; None until it was learned."""
        return self._teams[0] if self._teams else None

    def learn_team(self) -> None:
        """Find out which team is the store's own: once, since that never changes. Raises NoPlan and StoreError."""
        if self.team is None:
            with self.store.reading() as tx:
                found = teams.own_id(tx)
            if found is None:
                raise NoPlan
            self._teams.append(found)
