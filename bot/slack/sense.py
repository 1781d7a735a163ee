"""What Slack's requests are made of, as far as it is read: by Bolt of each, and by `listener.py` of each kind.

Who can sign may still send rubbish, and Bolt stumbles over it before any listener of ours is asked.
https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

COMMAND = "command"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _Named(_Part):
    id: str


_Id = str | _Named | dict[str, Any] | None


class _Request(_Part):
    """What Bolt reads, in whatever comes; no stricter than that, since Slack disables the events of an app that takes
    too few of them."""

    user: _Id = None
    team: _Id = None
    channel: _Id = None
    enterprise: _Id = None
    response_urls: list[dict[str, Any]] = []
    authorizations: list["_Request"] | None = None


class _Asked(_Request):
    """What somebody does, who is answered."""

    team_id: str | None = None
    trigger_id: str | None = None
    response_url: str | None = None


class _Typed(_Request):
    type: str


class _Command(_Asked):
    command: Annotated[str, Field(pattern="^/")]
    user_id: str
    text: str | None = None


class _Text(_Part):
    text: str


class _Field(_Part):
    """A control of a message or a form, and what it holds."""

    value: str | None = None
    selected_date: str | None = None
    selected_option: dict[str, Any] | None = None


class _Action(_Field):
    action_id: str


class _View(_Part):
    id: str
    callback_id: str = ""
    private_metadata: str | None = None


class _Home(_View):
    type: Literal["home"]


class _Modal(_View):
    type: Literal["modal"]
    title: _Text


class _State(_Part):
    values: dict[str, dict[str, _Field]] = {}


class _Form(_Modal):
    state: _State


class _Press(_Asked):
    user: _Named
    trigger_id: str
    actions: Annotated[list[_Action], Field(min_length=1)]
    view: _Home | _Modal | None = None


class _Submission(_Asked):
    user: _Named
    view: _Form


class _Callback(_Typed):
    event: dict[str, Any]


class _HomeOpened(_Typed):
    user: str


class _Changed(_Typed):
    user: _Named


_BY_KIND: dict[str, type[_Request]] = {
    COMMAND: _Command,
    "block_actions": _Press,
    "view_submission": _Submission,
    "event_callback": _Callback,
}


_EVENTS: dict[str, type[_Typed]] = {"app_home_opened": _HomeOpened, "user_change": _Changed}


def makes_sense(said: object) -> bool:
    """Whether the body of a request has what is read of its kind, each part in its type; of other kinds, what Bolt
    reads."""
    kind = said.get("type") if isinstance(said, dict) and COMMAND not in said else COMMAND
    try:
        made = _BY_KIND.get(str(kind), _Typed).model_validate(said)
        if isinstance(made, _Callback):
            _EVENTS.get(str(made.event.get("type")), _Typed).model_validate(made.event)
    except ValidationError:
        return False
    return True
