"""What a team owes, kept beside what its channels hold: each message once, by its key; each picture once, by its name;
each edit made; nothing left."""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.clock import StoppedClock
from bot.sandbox.server import FakeSlack
from bot.talk.drawings import file_of
from models import outbox
from models.outbox import CHANNEL, EDIT, NEEDLESS, OWED, SAID, WITHDRAWN, Message, Owed, to_person
from models.store.engine import Store
from models.store.errors import StoreBusy
from scheduler import no_answer
from scheduler.messages import Greeting, PictureAsked, PictureGone

AUDIENCES = (CHANNEL, CHANNEL, *(to_person(who) for who in ("toms", "maya", "danny", "rene")))
MOST_WAITING = 40


@dataclass
class Books:
    """What is owed in a store and what a Slack shows of it."""

    store: Store
    slack: FakeSlack
    clock: StoppedClock
    chance: random.Random
    owed: int = 0
    _behind: bool = False

    def owe_something(self) -> None:
        """Owe a message now and then: to the channel or to somebody, with an edit, or a picture."""
        if self.chance.random() > 0.4 or self._is_behind():
            return
        now, self.owed = self.clock.now(), self.owed + 1
        about, to = str(self.owed), self.chance.choice(AUDIENCES)
        facts = PictureAsked() if to != CHANNEL and self.chance.random() < 0.1 else Greeting()
        owed = Owed(facts, about, to, now, urgent=self.chance.random() < 0.2)
        try:
            with self.store.writing() as tx:
                message_id = outbox.owe(tx, 1, owed, now)
                if isinstance(facts, Greeting) and self.chance.random() < 0.2:
                    outbox.owe(tx, 1, Owed(facts, f"{about}/edit", to, now, edits=message_id), now)
        except StoreBusy:  # bots write, too
            self.owed -= 1

    def _is_behind(self) -> bool:
        """Whether bots that live so short have enough to do; looked at now and then."""
        if self.owed % 10 == 0:
            self._behind = len(self.waiting()) > MOST_WAITING
        return self._behind

    def check(self) -> None:
        """Compare what the channels hold with what was owed."""
        keys, files, edited = self._shown()
        messages = {message.id: message for message in self._messages()}
        for message in messages.values():
            awaits = message.kind in no_answer.KINDS and message.state == OWED  # its hour has not come
            assert awaits or message.state in (SAID, NEEDLESS, WITHDRAWN), message
            if message.kind == EDIT:
                original = messages[message.edits or 0]
                assert message.state == NEEDLESS or edited[original.key], message
                continue
            if file_of(message) or message.kind == PictureGone.kind:
                continue
            most = message.state == SAID or _may_stand(message)
            assert (message.state == SAID) <= keys[message.key] <= most, (message, keys[message.key])
        assert all(count == 1 for count in files.values()), files
        unknown = sum(file_of(message) is not None and _may_stand(message) for message in messages.values())
        assert self._pictures() <= len(files) <= self._pictures() + unknown

    def _messages(self) -> list[Message]:
        with self.store.reading() as tx:
            return outbox.everything(tx)

    def waiting(self) -> list[Message]:
        """What is not settled, but for what is said only where nobody answers for hours."""
        with self.store.reading() as tx:
            return [message for message in outbox.waiting(tx) if message.kind not in no_answer.KINDS]

    def unshared(self) -> bool:
        """Whether a picture that was shared is not seen yet."""
        return len(self._shown()[1]) < self._pictures()

    def _pictures(self) -> int:
        """How many pictures there should be: those that were shared and not taken away."""
        said = [m for m in self._messages() if m.state == SAID]
        return sum(file_of(m) is not None for m in said) - sum(m.kind == PictureGone.kind for m in said)

    def _shown(self) -> tuple[Counter[str], Counter[str], dict[str, bool]]:
        """How often each key and each picture is shown, and which keys were edited."""
        keys: Counter[str] = Counter()
        files: Counter[str] = Counter()
        edited: dict[str, bool] = {}
        for message in self.slack.workspace.timeline:
            files.update(file.name for file in message.files)
            key = _key(message.metadata)
            if key:
                keys[key] += 1
                edited[key] = message.edited
        return keys, files, edited


def _may_stand(message: Message) -> bool:
    """Whether it was of no use any more before anybody could find out what came of an attempt."""
    return message.state == NEEDLESS and message.begun_at is not None


def _key(metadata: dict[str, Any] | None) -> str | None:
    return metadata["event_payload"]["key"] if metadata else None
