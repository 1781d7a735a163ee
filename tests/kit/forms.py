"""Forms that a button opens, filled in and sent, each with its preview."""

from bot.sandbox.records import SlackMessage, View
from tests.kit.cast import ROBIN
from tests.kit.stage import Stage


def opened(stage: Stage, action: str, who: str = ROBIN) -> View:
    """The form that a button below `/oncall roster` opens."""
    return pressed(stage, stage.ask(who, "/oncall roster"), action, who)


def pressed(stage: Stage, message: SlackMessage, action: str, who: str = ROBIN) -> View:
    """The form that a button below a message opens."""
    done = stage.slack.press(who, message, action)
    stage.slack.until(lambda: done.views)
    return done.views[0]


def filled(**values: str) -> dict[str, dict[str, object]]:
    """What is typed into a form, by the names of its fields."""
    return {name: {name: value} for name, value in values.items()}


def previewed(stage: Stage, action: str, **values: str) -> View:
    """The preview that a form leads to."""
    assert stage.slack.submit(ROBIN, opened(stage, action), filled(**values)) is None
    return stage.modal(ROBIN)


def applied(stage: Stage, action: str, *, twice: bool = False, **values: str) -> list[str]:
    """What is said after a form and its preview were sent."""
    previewed(stage, action, **values)
    assert stage.slack.submit(ROBIN, stage.modal(ROBIN), {}, twice=twice) is None
    return stage.modal(ROBIN).words().splitlines()
