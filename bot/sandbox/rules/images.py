"""Whether Slack could fetch the pictures of a message or a view, which it does before it takes either.

For one that cannot be had it answers `invalid_blocks`, "downloading image failed", and posts nothing: no page says so,
but those who met it do (slackapi/python-slack-sdk#1782, slackapi/node-slack-sdk#1693, otiai10/amesh-bot#24). Here the
bot's own pictures can be had, from where it listens; nothing else can.
"""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.sandbox.records import Json

SECONDS = 2.0
FAILED = "{at}/image_url: downloading image failed"


class PictureFetcher:
    """Fetches pictures. `public`: the bot's public address, `bot`: where it listens."""

    def __init__(self, public: str | None) -> None:
        self.public, self.bot = public, ""

    def problems(self, blocks: object) -> list[str]:
        """A sentence for each picture that cannot be had. Call it without the workspace's lock: it asks the bot."""
        return [FAILED.format(at=at) for at, address in _pictured(blocks, "blocks") if not self._is_there(address)]

    def _is_there(self, address: str) -> bool:
        here = urlsplit(self.bot).netloc
        mine = next((each for each in (self.public, f"http://{here}") if each and address.startswith(f"{each}/")), None)
        if mine is None:
            return False
        connection = http.client.HTTPConnection(here, timeout=SECONDS)
        try:
            connection.request("GET", address.removeprefix(mine))
            answer = connection.getresponse()
            return answer.status == 200 and str(answer.getheader("Content-Type")).startswith("image/")
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _pictured(node: object, at: str) -> Iterator[tuple[str, str]]:
    """Every picture in a tree of blocks: where it stands, and its address."""
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from _pictured(each, f"{at}/{place}")
    elif isinstance(node, dict):
        if isinstance(node.get("image_url"), str):
            yield at, node["image_url"]
        for key in ("elements", "accessory", "blocks"):
            yield from _pictured(node.get(key), f"{at}/{key}")


def blocks_of(arguments: Json) -> object:
    """The blocks of a message or of a view, among the arguments of a call."""
    view = arguments.get("view")
    return view.get("blocks") if isinstance(view, dict) else arguments.get("blocks")
