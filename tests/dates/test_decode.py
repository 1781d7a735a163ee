"""What people type, out of what Slack makes of it: and back, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import StoppedClock
from bot.sandbox.server import FakeSlack
from bot.sandbox.slack.escaping import escaped
from bot.sandbox.slack.workspace import Workspace
from bot.speech.read import decode
from tests.kit import cast
from tests.kit.cast import MAYA
from tests.kit.stage import SECRET, TOKEN

GROUP = "S0METRICS"

# Not what stands for mentions in decoded text, and not the halves of characters that no request can hold.
TYPED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=decode.OPEN + decode.CLOSE))
ENTITIES = st.sampled_from(
    [
        *("R&D", "&amp;", "&lt;", "<", ">", "|", "<@U0MAYA00002>", "<@U0MAYA00002|maya>", "<!here>", "<!channel|x>"),
        *("@maya", "@here", "#random", "@metrics", "http://a.example/?b=1&c=<2>", "see example.com.", "a@example.com"),
        *("<http://a|b>", "<mailto:a@b|c>", "&amp;lt;", "@Nobody", "#nothing", "maya@", "(@rene)", "@everyone!"),
    ]
)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """The cast's, with a user group."""
    fake = FakeSlack(cast.USERS, ("random",), clock=StoppedClock(cast.NOW), signing_secret=SECRET, bot_token=TOKEN)
    fake.workspace.usergroups[GROUP] = {"id": GROUP, "handle": "metrics", "users": []}
    return fake.workspace


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("R&D <b>", "R&amp;D &lt;b&gt;"),
        ("with @Maya, and @nobody", f"with <@{MAYA}|maya>, and @nobody"),
        ("<@U0MAYA00002>", "&lt;@U0MAYA00002&gt;"),
        ("&lt;@U0MAYA00002&gt;", "&amp;lt;@U0MAYA00002&amp;gt;"),
        ("@here #random @metrics", f"<!here> <#C00000001|random> <!subteam^{GROUP}|@metrics>"),
        ("http://x.example/?a=1&b=2, example.com", "<http://x.example/?a=1&amp;b=2>, <http://example.com|example.com>"),
        ("maya@example.com", "<mailto:maya@example.com|maya@example.com>"),
    ],
)
def test_the_fake_escapes_as_slack_does(workspace: Workspace, typed: str, sent: str) -> None:
    assert escaped(workspace, typed) == sent


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("R&amp;D", "R&D"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<http://x.example/?a=1&amp;b=2|the &lt;page&gt;>", "the <page>"),
        ("<http://x.example/?a=1&amp;b=2>", "http://x.example/?a=1&b=2"),
        ("<mailto:a@b.example|a@b.example> <mailto:c@d.example> <tel:123>", "a@b.example c@d.example 123"),
        ("<!here> <!here|here> <!channel> <!everyone>", "@here @here @channel @everyone"),
        ("<!subteam^S1|@metrics> <!subteam^S1>", "@metrics @S1"),
        ("<#C1|random> <#C1|> <#C1>", "#random #C1 #C1"),
        ("<!date^1392734382^Posted {date_num}|Posted in 2014>", "Posted in 2014"),
        ("a < b, and <", "a < b, and <"),
        ("<> <@> <!> <#>", " @ @ #"),
    ],
)
def test_an_entity_becomes_what_was_typed(sent: str, typed: str) -> None:
    assert decode.words(decode.typed(sent)) == typed


@pytest.mark.parametrize(
    ("sent", "word"),
    [("<!subteam^S1|@metrics>", "@metrics"), ("<!subteam^S1|metrics>", "@metrics"), ("<!subteam^S1>", "@S1")],
)
def test_a_group_is_a_sign_of_its_own_and_no_member(sent: str, word: str) -> None:
    typed = decode.typed(sent)
    assert decode.is_group(typed)
    assert decode.mentioned(typed) is None
    assert decode.words(typed) == word
    assert not decode.is_group(word)


@pytest.mark.parametrize("sent", ["<@U1|maya>", "<@W1>", "<@U1|Maya de Vries>"])
def test_a_mention_is_one_word_that_says_who(sent: str) -> None:
    typed = decode.typed(sent)
    assert typed.split() == [typed]
    assert decode.begins_with_mention(f"{typed}:")
    assert decode.mentioned(typed) in ("U1", "W1")
    assert decode.mentioned(f"{typed}:") is None
    assert decode.words(typed) in ("@maya", "@W1", "@Maya.de.Vries")


@given(typed=st.lists(ENTITIES | TYPED).map(" ".join))
def test_whatever_is_typed_arrives_as_it_was_typed(workspace: Workspace, typed: str) -> None:
    assert decode.words(decode.typed(escaped(workspace, typed))) == typed


@given(typed=st.text(st.sampled_from(f"<>&@!U1|;{decode.OPEN}{decode.CLOSE}") | st.characters()))
def test_nothing_that_is_typed_forges_a_mention(workspace: Workspace, typed: str) -> None:
    sent = escaped(workspace, typed)
    assert ("<@" in sent) == (decode.OPEN in decode.typed(sent))
