"""A change that an admin looks at before it is done: form ─► preview ─► applied, each in the same window."""

from collections.abc import Sequence
from typing import Any

from bot.speech import forms
from bot.speech.blocks import sections

PREVIEW, APPLY = "Preview", "Apply"
NOT_YET = "_Nothing is changed yet._"
MEANWHILE = "*Something changed meanwhile: please look again.*"
DONE = ":white_check_mark: Done."


def asked(title: str, callback: str, lines: Sequence[str], about: str, *, again: bool = False) -> dict[str, Any]:
    """What will be done when it is sent; `about` comes back then. `again`: it is not what was shown before."""
    shown = [*([MEANWHILE] if again else []), *lines, NOT_YET]
    return forms.asking(title, callback, APPLY, shown, about)


def done(title: str, lines: Sequence[str]) -> dict[str, Any]:
    """What stands in place of a preview that was applied."""
    return forms.result(title, sections([DONE, *lines]))
