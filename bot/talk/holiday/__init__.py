"""Time off: declared, listed, cancelled, and taken back."""

from bot.speech.read.dates import DAY_EXAMPLE, SPAN_EXAMPLE
from bot.talk.feature import Command, Feature
from bot.talk.holiday import command, log, press

COMMAND = Command(
    command.answer,
    f"holiday {SPAN_EXAMPLE}",
    usage="[24 Dec - 2 Jan: note | next monday for 5 days | list | mine | cancel 24 Dec | help]",
    description="Declare time off; the rotation repairs itself",
    behind_a_name=DAY_EXAMPLE,
)
FEATURE = Feature(commands={"holiday": COMMAND}, actions=press.ACTIONS, log=log.DID, forms=press.FORMS)
