"""What a request to the Web API asks, read as Slack reads it: from the query, a form, or JSON where a method takes it.

https://docs.slack.dev/apis/web-api: a token stands in the header, or in a form; never in the query or in JSON. What
stands in JSON is not mixed with the query. Slack reads multipart/form-data and text/plain too, this fake doesn't.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl

from bot.sandbox.records import Json
from bot.sandbox.rules.types import BY_METHOD, BY_POST_WITH_HEADER, FORM, JSON

TOKEN = "token"
DIGITS = 15  # Python refuses to read thousands of them
CHARSETS = ("utf-8", "iso-8859-1")
MISSING_CHARSET, SUPERFLUOUS_CHARSET = "missing_charset", "superfluous_charset"


class SlackError(Exception):
    """The answer is `{"ok": false, "error": error, …}`; with `retry_after` (seconds) it is a 429."""

    def __init__(self, error: str, retry_after: int | None = None, **more: object) -> None:
        """`more` stands in the answer beside the error."""
        super().__init__(error)
        self.error, self.retry_after, self.more = error, retry_after, more


def wrong(*messages: str, error: str = "invalid_arguments") -> SlackError:
    """The error of arguments that are wrong, with Slack's words about each."""
    return SlackError(error, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})


def whole(text: str) -> int | None:
    """A whole number that is written in up to fifteen digits; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


@dataclass(frozen=True)
class Request:
    """What came over HTTP; the names of `headers` in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> tuple[str, str | None]:
        """The media type of the body ("" if none is named), and its charset."""
        header = Message()
        header["Content-Type"] = self.headers.get("content-type", "")
        named = header.get_content_type() if self.headers.get("content-type") else ""
        return named, header.get_content_charset()

    def object(self) -> Json:
        """The JSON of the body. Raises SlackError."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise SlackError("invalid_json") from None
        if not isinstance(found, dict):
            raise SlackError("json_not_object")
        return found


@dataclass(frozen=True)
class Arguments:
    """A token, arguments, whether those came as JSON, Slack's warnings, and arguments that were not even looked at."""

    token: str | None
    arguments: Json
    as_json: bool = False
    warnings: tuple[str, ...] = ()
    dropped: Json = field(default_factory=dict)


def asked(method: str, request: Request) -> Arguments:
    """What a request asks of `method`. Raises SlackError."""
    if method in BY_POST_WITH_HEADER and request.method != "POST":
        raise SlackError("insecure_request")
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
    query = {name: value for name, value in request.query.items() if name != TOKEN}
    if not request.body:
        return Arguments(token, _plain(query))
    kind, charset = request.content_type
    if not kind:
        raise SlackError("missing_post_type")
    if charset not in (None, *CHARSETS):
        raise SlackError("invalid_charset")
    if kind == FORM:
        given = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        in_form = given.pop(TOKEN, None)
        token = token or (None if method in BY_POST_WITH_HEADER else in_form)
        return Arguments(token, _plain(query | given), warnings=(SUPERFLUOUS_CHARSET,) if charset else ())
    if kind != JSON:
        raise SlackError("invalid_post_type")
    return _of_json(method, token, request.object(), charset)


def _of_json(method: str, token: str | None, found: Json, charset: str | None) -> Arguments:
    given = {name: value for name, value in found.items() if value is not None and name != TOKEN}
    warnings = () if charset else (MISSING_CHARSET,)
    if method in BY_METHOD and JSON not in BY_METHOD[method].types:
        return Arguments(token, {}, True, warnings, dropped=given)
    return Arguments(token, given, True, warnings)


def _plain(given: Mapping[str, str]) -> Json:
    if any("[" in name for name in given):
        raise SlackError("invalid_array_arg")
    return dict(given)
