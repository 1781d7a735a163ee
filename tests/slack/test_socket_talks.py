"""One conversation of each subject over Socket Mode, word for word as over HTTP; `make sockets` has them all."""

from collections.abc import Callable, Iterator

import pytest

from tests.cover import test_talk_cover, test_talk_requests, test_talk_swap
from tests.dates import test_talk_typed
from tests.fairness import test_talk_fairness
from tests.feed import test_talk_feed
from tests.handoff import test_talk_handoff
from tests.holiday import test_talk_for_others, test_talk_holiday, test_talk_public_holidays
from tests.home import test_talk_home
from tests.kit.databases import Databases
from tests.kit.stage import SOCKET, Stage, a_stage
from tests.log import test_talk_log
from tests.oncall import test_talk_oncall, test_talk_picture
from tests.owners import test_talk_owners
from tests.rotation import test_talk_roster
from tests.runbook import test_talk_runbook
from tests.settings import test_talk_settings
from tests.takeover import test_talk_take

CONVERSATIONS: tuple[Callable[[Stage], None], ...] = (
    test_talk_oncall.test_next_8_weeks_replaces_the_reply_and_back_brings_it_again,
    test_talk_oncall.test_share_tells_the_channel_without_contacts,
    test_talk_holiday.test_a_day_in_the_middle_is_cancelled_after_asking,
    test_talk_cover.test_maya_asks_danny_who_takes_it,
    test_talk_swap.test_toms_and_danny_swap_a_week,
    test_talk_take.test_maya_takes_over_until_the_evening_and_gives_it_back,
    test_talk_requests.test_a_swap_is_answered_from_the_list,
    test_talk_for_others.test_an_admin_settles_a_swap_that_nobody_answered,
    test_talk_roster.test_mistakes_stand_at_their_fields,
    test_talk_owners.test_daily_growth_passes_from_maya_to_danny_after_a_preview,
    test_talk_runbook.test_sections_are_a_press_or_a_word_away,
    test_talk_settings.test_maya_sees_and_changes_her_settings,
    test_talk_feed.test_new_links_close_the_old_ones,
    test_talk_fairness.test_more_numbers_stand_below_for_who_asks,
    test_talk_home.test_toms_declares_a_holiday_from_it_and_takes_it_back,
    test_talk_home.test_a_runbook_opens_above_it_and_its_sections_stay_there,
    test_talk_log.test_older_ones_follow_a_page_at_a_time,
    test_talk_handoff.test_i_ve_got_it_is_for_whoever_is_on_duty,
    test_talk_handoff.test_rene_is_reminded_two_weeks_ahead_and_declares_time_off_in_the_form,
    test_talk_picture.test_the_handoff_has_a_picture_in_its_thread,
    test_talk_public_holidays.test_without_a_country_nothing_is_said,
    test_talk_typed.test_a_note_is_kept_and_shown_as_it_was_typed,
)


@pytest.fixture
def stage(sqlite: Databases) -> Iterator[Stage]:
    """The first team, whose bot listens by Socket Mode."""
    with a_stage(sqlite, by=SOCKET) as stage:
        yield stage


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda each: each.__name__.removeprefix("test_"))
def test_over_a_socket(stage: Stage, conversation: Callable[[Stage], None]) -> None:
    conversation(stage)
