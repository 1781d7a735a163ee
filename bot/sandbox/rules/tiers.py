"""How often each Web API method may be called, and who stays above that.

Source: "Rate Limits" on each method's page, https://docs.slack.dev/reference/methods/<method>, and what a tier means on
https://docs.slack.dev/apis/web-api/rate-limits: so many calls a minute of each method in each workspace; bursts are
forgiven, and nobody says how long. Where sources differ, the stricter: apps.connections.open is tier 3 on its page and
tier 1 in an older copy. chat.postMessage takes one message a second in a channel, "several hundred" a minute in all;
auth.test "hundreds". An app that is commercially distributed outside the Marketplace has conversations.history and
conversations.replies once a minute; one that a company builds for itself has them as here.
"""

from collections import Counter
from collections.abc import Mapping

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
POSTS, TESTS = 300, 200  # calls a minute of the methods with a rule of their own

A_MINUTE: Mapping[str, int] = {
    "api.test": TIER_4,
    "apps.connections.open": TIER_1,
    "auth.test": TESTS,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": POSTS,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.setTopic": TIER_2,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "usergroups.users.update": TIER_2,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}

DEED_SECONDS = 3.0  # what a person needs for something that the bot hears of
BURST, LEAST = 1.0, 3  # minutes of a tier, and calls even of tier 1: so much is forgiven at one moment
ABOVE = "{method}: {calls} calls, {most} of them at once, where {a_minute} a minute are allowed"


class CallTally:
    """Counts the calls of a scenario, and remembers which methods stayed above their tier.

    A scenario plays in no time, on a clock that stands and is turned. So its time is that of its own clock, and three
    seconds for each deed of a person that the bot hears of: nobody types or presses faster, and many people make many
    deeds. Each method has a bucket: a call fills it by one, and in a minute of the scenario's time as many leave it as
    the method's tier allows. One that holds more than a minute's worth is above: what is done at one moment (a tick and
    all that it delivers, a start, a look-up) may take a whole minute of a tier, and each deed may go on taking a call
    of tier 2, two or three of tier 3, five of tier 4. Whoever uses it holds the workspace's lock.
    """

    def __init__(self) -> None:
        """Nobody has called yet."""
        self.calls: Counter[str] = Counter()
        self._held: dict[str, tuple[float, float]] = {}  # by method: how full its bucket was, and when
        self._most: dict[str, float] = {}
        self._passed = 0.0

    def deed(self) -> None:
        """A person does something, and the bot hears of it."""
        self.let_pass(DEED_SECONDS)

    def let_pass(self, seconds: float) -> None:
        """So much time passes that the scenario's clock does not show."""
        self._passed += seconds

    def call(self, method: str, now: float) -> None:
        """The bot calls a method; `now` is the scenario's clock, in seconds."""
        if method not in A_MINUTE:
            return
        now += self._passed
        held, then = self._held.get(method, (0.0, now))
        held = max(0.0, held - max(0.0, now - then) * A_MINUTE[method] / 60) + 1
        self._held[method] = (held, now)
        self.calls[method] += 1
        if held > max(BURST * A_MINUTE[method], LEAST):
            self._most[method] = max(held, self._most.get(method, 0.0))

    def above(self) -> list[str]:
        """A sentence for each method that was called more than its tier allows."""
        return [
            ABOVE.format(method=method, calls=self.calls[method], most=round(most), a_minute=A_MINUTE[method])
            for method, most in sorted(self._most.items())
        ]
