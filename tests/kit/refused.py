"""What is refused, with the words that a person reads of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.speech.refusals import sentence
from scheduler.refusals import Refused


@contextmanager
def refused(kind: type[Refused], says: str) -> Iterator[None]:
    """What stands in the block is refused as `kind`, in a sentence that has these words."""
    with pytest.raises(kind) as caught:
        yield
    assert says in sentence(caught.value)
