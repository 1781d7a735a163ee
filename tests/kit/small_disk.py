"""A disk that is really full: a small one of its own, in memory, which only root can have."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MB = 1 << 20
NOBODY_ELSE = "Only root can have a disk of its own."
FILLER = "filler"


@contextmanager
def a_small_disk(folder: Path, megabytes: int) -> Iterator["SmallDisk"]:
    """A disk of so many megabytes, in a new folder within `folder`. The test is skipped where there can be none."""
    place = folder / "disk"
    place.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(place))
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip(NOBODY_ELSE)
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


class SmallDisk:
    """A disk that can be filled to its last byte."""

    def __init__(self, place: Path) -> None:
        """It is at `place`."""
        self.place = place

    @contextmanager
    def full(self) -> Iterator[None]:
        """There is no room at all."""
        with (self.place / FILLER).open("wb", buffering=0) as filler:
            left = shutil.disk_usage(self.place).free
            while left:
                filler.write(b"x" * min(left, MB))
                left = shutil.disk_usage(self.place).free
        try:
            yield
        finally:
            (self.place / FILLER).unlink()
