"""All messages of a workspace, found by their conversation without a look at any other."""

from collections import defaultdict
from collections.abc import Iterator

from bot.sandbox.records import SlackMessage


class Timeline:
    """Messages in the order of their timestamps, which are never the same in two conversations.

    Whoever changes it holds the workspace's lock; whoever goes through it sees what there was when they began.
    """

    def __init__(self) -> None:
        """Nothing has been said yet."""
        self._all: dict[str, SlackMessage] = {}
        self._by_channel: defaultdict[str, dict[str, SlackMessage]] = defaultdict(dict)

    def __iter__(self) -> Iterator[SlackMessage]:
        """Every message, oldest first."""
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    def add(self, message: SlackMessage) -> None:
        """The newest message, with its timestamp."""
        self._all[message.ts] = self._by_channel[message.channel][message.ts] = message

    def remove(self, message: SlackMessage) -> None:
        """The message is gone; or was before."""
        self._all.pop(message.ts, None)
        self._by_channel[message.channel].pop(message.ts, None)

    def clear(self) -> None:
        """All messages are gone."""
        self._all.clear()
        self._by_channel.clear()

    def find(self, channel: str, ts: str) -> SlackMessage | None:
        """The message with this timestamp."""
        return self._by_channel[channel].get(ts)

    def of(self, channel: str) -> list[SlackMessage]:
        """The messages of a conversation, oldest first."""
        return list(self._by_channel[channel].values())

    def newest_first(self, channel: str) -> Iterator[SlackMessage]:
        """The messages of a conversation. Whoever goes through it holds the lock."""
        return reversed(self._by_channel[channel].values())
