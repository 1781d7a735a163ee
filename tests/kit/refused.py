"""What is refused, with the words that a person reads of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.speech.refusals import sentence
from bot.speech.store_trouble import told
from scheduler.refusals import Refused


@contextmanager
def refused(kind: type[Refused], says: str) -> Iterator[None]:
    """What stands in the block is refused as `kind`, in a sentence that has these words."""
    with pytest.raises(kind) as caught:
        yield
    assert says in sentence(caught.value)


@contextmanager
def troubled(kind: type[Exception], says: str) -> Iterator[None]:
    """What stands in the block fails for the store's sake, in a sentence that matches `says`."""
    with pytest.raises(kind) as caught:
        yield
    assert re.search(says, told(caught.value)), told(caught.value)
