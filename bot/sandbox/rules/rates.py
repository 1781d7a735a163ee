"""How often Slack lets itself be asked, where a test wants it to mind: whoever asks sooner gets a 429."""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Mapping

from bot.sandbox.rules.tiers import A_MINUTE

POSTING, EDITING, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
BETWEEN, MINUTE = 1.0, 60.0  # seconds: between two messages in one channel, and in a minute


class Rates:
    """One message a second in a channel, and so many calls of a method in any minute; what is refused isn't counted.
    Stricter than Slack, which forgives a burst. Whoever uses it holds the workspace's lock."""

    def __init__(
        self, *, paced: bool = False, a_minute: Mapping[str, int] | None = None, minute: float = MINUTE
    ) -> None:
        """`paced`: one message a second in a channel. `a_minute`: how many calls of which methods. `minute`: how many
        real seconds a minute has, for tests that cannot wait; a second shrinks with it."""
        self.between = BETWEEN * minute / MINUTE if paced else 0.0
        self.a_minute, self.minute = dict(a_minute or {}), minute
        self.start_over()

    @classmethod
    def enforced(cls, minute: float = MINUTE) -> "Rates":
        """Everything that Slack limits, in a minute of so many real seconds."""
        return cls(paced=True, a_minute=A_MINUTE, minute=minute)

    def start_over(self) -> None:
        """Nobody has asked for anything yet."""
        self.refused: Counter[str] = Counter()
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)
        self._said: dict[str, float] = {}

    def take(self, method: str, channel: str, now: float) -> int | None:
        """Take a call at `now` (real seconds). None, or after how many whole seconds to ask again: it is refused."""
        wait = max(self._until_free(method, now), self._until_said(method, channel, now))
        if wait > 0:
            self.refused[method] += 1
            return math.ceil(wait)
        self._taken[method].append(now)
        if method == POSTING:
            self._said[channel] = now
        return None

    def _until_free(self, method: str, now: float) -> float:
        taken = self._taken[method]
        while taken and taken[0] <= now - self.minute:
            taken.popleft()
        allowed = self.a_minute.get(method)
        return taken[0] + self.minute - now if allowed is not None and len(taken) >= allowed else 0.0

    def _until_said(self, method: str, channel: str, now: float) -> float:
        if method != POSTING or channel not in self._said:
            return 0.0
        return self._said[channel] + self.between - now
