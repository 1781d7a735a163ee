"""Folders in memory, if that has room: a disk is waited for at each commit, and takes thirty times as long to make a
database of PostgreSQL."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY, ROOMY = Path("/dev/shm"), 1 << 30


def new_folder(kind: str) -> Path:
    """A folder for databases of this kind. Its path is short, since PostgreSQL's socket is in it."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOMY
    return Path(tempfile.mkdtemp(prefix=f"oncall-{kind}-", dir=MEMORY if roomy else None))
