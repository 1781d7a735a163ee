"""A workspace as large as a company: thousands of people and of channels, in few of which the bot is."""

from bot.sandbox.records import CHANNEL, PRIVATE, Channel, User
from bot.sandbox.slack.workspace import BOT_USER, Workspace

# Every how many-th channel is archived, private and without the bot, shared by another company, or has the bot in it.
ARCHIVED, HIDDEN, FOREIGN, WITH_BOT = 3, 40, 50, 1_000
OTHER_COMPANY = "T0ELSEWHERE"


def crowd(workspace: Workspace, channels: int = 5_000, people: int = 3_000) -> None:
    """Add so many of both. They were there before all other channels: whoever lists channels meets them first."""
    users = [User(f"UC{n:08d}", f"Colleague {n}", f"colleague{n}@example.com") for n in range(people)]
    with workspace.lock:
        older = [_channel(n, {users[n % people].id} if users else set()) for n in range(1, channels + 1)]
        workspace.users |= {user.id: user for user in users}
        workspace.channels = {channel.id: channel for channel in (*older, *workspace.channels.values())}
        workspace.touch()


def _channel(n: int, members: set[str]) -> Channel:
    hidden, with_bot = n % HIDDEN == 0, n % WITH_BOT == 1
    return Channel(
        f"CC{n:07d}",
        f"topic-{n}",
        PRIVATE if hidden else CHANNEL,
        members | ({BOT_USER} if with_bot else set()),
        archived=n % ARCHIVED == 0,
        shared_by=OTHER_COMPANY if n % FOREIGN == 0 else None,
    )
