"""Real processes of the bot: free ports, and whether one is well."""

import http.client
import socket

from bot.operations import READYZ


def healthy(port: int) -> bool:
    """Whether a bot says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", READYZ)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
