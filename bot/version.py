"""Which release this is."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

NAME = "oncall-bot"
NOT_INSTALLED = "unknown"  # run from its source alone


@cache
def release() -> str:
    """The version that was installed, as pip knows it."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return NOT_INSTALLED
