"""The SDK's clients, as the bot uses them: they try nothing again, and leave no answer open.

urllib raises an answer that refuses, still open. The SDK reads it and lets it lie, which Python warns of since 3.14. It
is read and closed here, and comes back as what the SDK would have made of it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request

from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookResponse


class Client(WebClient):
    """The Web API. Passes on what Slack's clock shows: the `Date` of each answer."""

    on_date: Callable[[datetime], None] = staticmethod(lambda _: None)

    def __init__(self, token: str, *, base_url: str, timeout: float) -> None:
        """`timeout` seconds are waited for each answer."""
        super().__init__(token, base_url=base_url, timeout=cast(int, timeout), retry_handlers=[])  # fractions are fine

    def api_call(self, *args: Any, **arguments: Any) -> SlackResponse:
        """Ask as the SDK does."""
        try:
            said = super().api_call(*args, **arguments)
        except SlackApiError as error:
            self._tell(getattr(error.response, "headers", {}))
            raise
        self._tell(said.headers)
        return said

    def _tell(self, headers: Mapping[str, str]) -> None:
        shown = next((value for name, value in headers.items() if name.lower() == "date"), "")
        if moment := _moment(str(shown)):
            self.on_date(moment)

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        try:
            return super()._perform_urllib_http_request_internal(url, req)
        except HTTPError as error:
            status, headers, body = _read(error)
            return {"status": status, "headers": headers, "body": body}


class Webhook(WebhookClient):
    """A `response_url`: a secret, good for half an hour and five answers."""

    def __init__(self, url: str, *, timeout: int) -> None:
        """`timeout` seconds are waited for an answer."""
        super().__init__(url, timeout=timeout, retry_handlers=[])

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        try:
            said: WebhookResponse = super()._perform_http_request_internal(url, req)
            return said
        except HTTPError as error:
            status, headers, body = _read(error)
            return WebhookResponse(url=url, status_code=status, headers=headers, body=body)


def _read(refusal: HTTPError) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of an answer, which is closed, also where it breaks off."""
    with refusal:
        charset = refusal.headers.get_content_charset() or "utf-8"
        return refusal.code, dict(refusal.headers.items()), refusal.read().decode(charset)


def _moment(date: str) -> datetime | None:
    """What a `Date` header means (RFC 9110, 5.6.7: always UTC); None where a proxy's rubbish is no moment."""
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
