"""`python -m bot …`"""

from bot.terminal.cli import main

main()
