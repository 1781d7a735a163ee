"""How many examples a property is tried with: all of them in `make both`, where `TEST_FULL` is in the environment."""

import os


def examples(full: int) -> int:
    """So many, or a quarter of them."""
    return full if os.environ.get("TEST_FULL") else full // 4
