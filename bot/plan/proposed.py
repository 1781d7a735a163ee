"""The plan file that is set, beside the store: it is looked at, and never applied here."""

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from bot.plan import apply as plan
from bot.plan.file import read
from models import teams
from models.store.engine import Store
from scheduler.refusals import Refused

ANOTHER = (
    "{store} holds another plan than {file}, and the store is what counts. "
    "To change it: python -m bot plan apply {file}"
)


def unlike(store: Store, file: Path, now: datetime) -> str | None:
    """A sentence where the store holds another plan than the file; None where it holds this one, or none yet. Raises
    BadPlan, OSError for a file that can't be read, and StoreError."""
    proposed = read(file)
    with store.reading() as tx:
        if not teams.is_there(tx):
            return None
        try:
            is_so = not plan.difference(tx, proposed, now)
        except (Refused, ValidationError):  # it can't be applied as it is, or the store's own could not be today
            is_so = False
    return None if is_so else ANOTHER.format(store=store.shown_url, file=file)
