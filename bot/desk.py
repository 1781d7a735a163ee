"""The desk: what answers are made from."""

from dataclasses import dataclass

from bot.links import Addresses
from bot.runbooks.library import Library
from models.store.engine import Store


@dataclass(frozen=True)
class Desk:
    """What answers are made from: the store, the runbooks, the prefix of command names, and the bot's public address,
    if it has one, with the addresses of `pictures` there."""

    store: Store
    library: Library
    prefix: str = ""
    url: str = ""
    pictures: Addresses | None = None

    def command(self, typed: str) -> str:
        """How a command is typed here: `oncall next` → `/oncall next`, with the prefix if there is one."""
        return f"/{self.prefix}{typed}"
