"""Every method of the Web API that the bot calls stands in the fake's tables, and is called as the SDK calls it."""

from collections.abc import Collection

import pytest

from bot.sandbox.api import methods
from bot.sandbox.rules import scopes, tiers, types
from bot.sandbox.slack.sockets import OPENING
from tests.kit import calls

TABLES: dict[str, Collection[str]] = {
    "scopes": {*scopes.BY_METHOD, *scopes.BY_KIND},
    "types": types.BY_METHOD,
    "tiers": tiers.A_MINUTE,
    "routes": {*methods.ROUTES, OPENING},
}


def test_what_the_bot_calls_is_read_from_its_code() -> None:
    assert calls.called() >= {
        *("auth.test", "users.info", "users.lookupByEmail", "users.conversations", "usergroups.users.update"),
        *("conversations.list", "conversations.history", "conversations.replies", "conversations.setTopic"),
        *("chat.postMessage", "chat.update", "views.open", "views.publish", "apps.connections.open"),
        *("files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"),
    }


@pytest.mark.parametrize("table", TABLES)
def test_every_method_that_is_called_is_in_the_table(table: str) -> None:
    assert calls.called() - set(TABLES[table]) == set()


def test_no_method_is_called_by_its_name() -> None:
    assert [path for path, source in calls.sources().items() if calls.called_by_name_in(source)] == []


@pytest.mark.parametrize("table", TABLES)
def test_a_method_that_is_not_in_a_table_would_be_noticed(table: str) -> None:
    code = "def cheer(self):\n    return self.client.reactions_add(channel='C1', name='tada', timestamp='1.2')\n"
    assert calls.called_in(code) - set(TABLES[table]) == {"reactions.add"}


def test_a_call_by_name_would_be_noticed_and_so_would_a_function_that_is_passed_on() -> None:
    assert calls.called_by_name_in("client.api_call('users.info', json={'user': 'U1'})")
    assert calls.called_in("asked(partial(self.client.pins_add, channel='C1'))") == {"pins.add"}


def test_a_helper_of_the_sdk_stands_for_all_that_it_calls() -> None:
    in_three_steps = {"files.getUploadURLExternal", "files.completeUploadExternal"}
    assert calls.called_in("client.files_upload_v2(channel='C1', content=b'PNG')") == in_three_steps


def test_the_sdk_asks_for_each_method_in_a_type_that_it_takes() -> None:
    in_json = {method for each in calls.functions_of_the_sdk().values() if each.in_json for method in each.methods}
    assert {"chat.postMessage", "chat.update", "views.open"} <= in_json
    known = in_json & types.BY_METHOD.keys()
    assert {method for method in known if types.JSON not in types.BY_METHOD[method].types} == set()
