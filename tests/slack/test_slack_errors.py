"""Every error that Slack documents for what the bot does has its sort, and each sort its consequence."""

import pytest

from bot.sandbox.rules.errors import COMMON, DOCUMENTED
from bot.slack.errors import DOUBTFUL, FINAL, PASSES, SORTS, UNCLEAR, sort_of


@pytest.mark.parametrize("method", DOCUMENTED)
def test_each_documented_error_has_its_sort(method: str) -> None:
    assert {error for error in DOCUMENTED[method] if error not in SORTS} == set()


def test_nothing_has_a_sort_that_no_page_lists() -> None:
    known = {error for errors in DOCUMENTED.values() for error in errors}
    assert {error for error in SORTS if error not in known} == set()


def test_what_an_error_means() -> None:
    for error, sort in [
        *[(error, PASSES) for error in ("rate_limited", "ratelimited", "team_added_to_org", "org_login_required")],
        *[(error, UNCLEAR) for error in ("internal_error", "fatal_error", "request_timeout", "service_unavailable")],
        *[(error, DOUBTFUL) for error in ("message_limit_exceeded", "access_denied", "invented_tomorrow")],
        *[(error, FINAL) for error in ("not_in_channel", "channel_not_found", "is_archived", "invalid_auth")],
        *[(error, FINAL) for error in ("missing_scope", "no_text", "invalid_blocks", "msg_too_long")],
    ]:
        assert sort_of(error) == sort, (error, sort)


def test_what_all_methods_answer_passes_nowhere_unnoticed() -> None:
    passing = {error for error in COMMON if sort_of(error) == PASSES}
    assert passing == {"ratelimited", "team_added_to_org", "org_login_required"}
