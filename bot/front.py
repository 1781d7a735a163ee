"""What the operations address says from the first second on: how far the start is, then how the bot is."""

from typing import Any

from bot.listening import Ear
from bot.service import Bot

ITS_STORE, STORE, SLACK, ITS_END = "its store", "its store ({problem})", "Slack ({problem})", "its threads to end"
NO_ANSWER_YET = "no answer yet"


class Front:
    """Asked by the operations address; `run` tells it how far it is."""

    def __init__(self) -> None:
        """There is no bot yet."""
        self.waits_for = ITS_STORE
        self._at_work: tuple[Bot, Ear] | None = None

    def waits_for_store(self, problem: str) -> None:
        """The store does not answer; `problem`: why not."""
        self.waits_for = STORE.format(problem=problem)

    def waits_for_slack(self, problem: str = NO_ANSWER_YET) -> None:
        """Slack is asked; `problem`: what went wrong the last time."""
        self.waits_for = SLACK.format(problem=problem)

    def begins(self, bot: Bot, ear: Ear) -> None:
        """The bot is at work from now on."""
        bot.watch.ear, self._at_work = ear, (bot, ear)

    def ends(self) -> None:
        """The bot stops: what it waits for now are its own threads."""
        self.waits_for, self._at_work = ITS_END, None

    def alive(self) -> dict[str, Any]:
        """Whether its threads live. Who starts waits for others, which no new start would speed up."""
        if self._at_work is None:
            return {"ok": True, "waits_for": self.waits_for}
        bot, ear = self._at_work
        return _well(bot.facts(), ear.facts())

    def ready(self) -> dict[str, Any]:
        """Whether it takes requests: also while nothing can be saved, so that people get a sentence; it is named."""
        if self._at_work is None:
            return {"ok": False}
        watch = self._at_work[0].watch
        unsaved = watch.cannot_save()
        return {"ok": watch.is_open, **({"saving": unsaved} if unsaved else {})}

    def status(self) -> dict[str, Any]:
        """How it is doing."""
        if self._at_work is None:
            return {"ok": False, "waits_for": self.waits_for}
        return self._at_work[0].status()

    def metrics(self) -> bytes:
        """What it has counted."""
        return self._at_work[0].metrics.text() if self._at_work else b""


def _well(*parts: dict[str, Any]) -> dict[str, Any]:
    """All facts, and whether every part is well."""
    together = {name: fact for part in parts for name, fact in part.items()}
    return {**together, "ok": all(part.get("ok", True) for part in parts)}
