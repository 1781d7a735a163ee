"""Threads whose outcome nobody waits for."""

import pytest

from bot.worker import UNEXPECTED, Threads


def test_what_goes_wrong_in_a_thread_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with Threads(1) as threads:
        threads.submit(int, "nine")
        assert threads.submit(int, "9").result() == 9
    [said] = caplog.records
    assert (said.message, said.exc_info and said.exc_info[0]) == (UNEXPECTED, ValueError)
