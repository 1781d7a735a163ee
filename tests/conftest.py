"""What tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage import Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The first team in its Slack, on Tuesday 24 November 2026 at 10:00."""
    with a_stage(tmp_path) as stage:
        yield stage
