"""Who is on call, and when: looked up."""

from bot.speech.read.dates import DAY_EXAMPLE
from bot.talk.feature import Command, Feature
from bot.talk.oncall import command, post, press

COMMAND = Command(
    command.answer,
    f"oncall {DAY_EXAMPLE}",
    usage="[date | next | @person | schedule 8 | calendar | cover 24 Dec | swap @person | take | requests | fairness "
    "| settings | feed | roster | log | help]",
    description="Who is on call; ask for cover, swap, take over",
)
FEATURE = Feature(
    commands={"oncall": COMMAND},
    look_up=command.HELP,
    at_first=command.AT_FIRST,
    actions=press.ACTIONS,
    pictures=post.PICTURES,
)
