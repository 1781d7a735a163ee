"""What the fake Slack takes in blocks and views, and what it does not, by the pages of Block Kit."""

from typing import Any

import pytest

from bot.sandbox.rules.limits import problems_with_message, problems_with_view

Block = dict[str, Any]


def plain(text: str) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def button(**more: object) -> Block:
    """A button."""
    return {"type": "button", "text": plain("Press"), "action_id": "press", **more}


def actions(*elements: object) -> Block:
    """A row of elements."""
    return {"type": "actions", "elements": list(elements)}


def section(**more: object) -> Block:
    """A section."""
    return {"type": "section", "text": mrkdwn("hello"), **more}


def select(*values: str, **more: object) -> Block:
    """A menu."""
    options = [{"text": plain(value), "value": value} for value in values]
    return {"type": "static_select", "placeholder": plain("Choose"), "options": options, "action_id": "a", **more}


def field(**more: object) -> Block:
    """An input of a line."""
    element = {"type": "plain_text_input", "action_id": "a", **more}
    return {"type": "input", "label": plain("Note"), "element": element}


CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
DAY = {"type": "datepicker", "action_id": "day"}


def problems(block: Block) -> list[str]:
    """What is wrong with a message of this block."""
    return problems_with_message({"text": "hello", "blocks": [block]})


@pytest.mark.parametrize(
    "block",
    [
        section(text=mrkdwn("x" * 3_000)),
        section(fields=[mrkdwn("x" * 2_000)] * 4),
        section(accessory=button(value="x" * 2_000, url="https://example.com", style="danger")),
        section(accessory={"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}),
        actions(*[button(action_id=str(n)) for n in range(25)]),
        actions(button(confirm=CONFIRM | {"style": "danger"}), select(*map(str, range(100)))),
        actions({**DAY, "initial_date": "2026-12-24"}, {**DAY, "action_id": "other"}),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "context", "elements": [mrkdwn("small")] * 10},
        field(min_length=1, max_length=3_000, initial_value="x" * 3_000),
    ],
)
def test_what_slack_takes_is_taken(block: Block) -> None:
    assert problems(block) == []


def test_what_slack_does_not_take_is_refused() -> None:
    for block, problem in [
        (section(text=mrkdwn("")), "blocks/0/text: empty"),
        (section(text=mrkdwn("x" * 3_001)), "blocks/0/text: 3001 characters, more than 3000"),
        (section(text="hello"), "blocks/0/text: needs a text object"),
        (section(fields=[mrkdwn("x")] * 11), "blocks/0/fields: 11, not between 1 and 10"),
        (section(fields=["x"]), "blocks/0/fields: not all are objects"),
        (section(colour="red"), "blocks/0: unknown colour"),
        (section(accessory=field()["element"]), "blocks/0/accessory: unknown element type 'plain_text_input' here"),
        ({"type": "header", "text": plain("x" * 151)}, "blocks/0/text: 151 characters, more than 150"),
        ({"type": "context", "elements": [mrkdwn("x")] * 11}, "blocks/0/elements: 11, not between 1 and 10"),
        ({"type": "image", "image_url": "https://example.com/a.png"}, "blocks/0: an image needs an alt_text"),
        (actions(), "blocks/0/elements: 0, not between 1 and 25"),
        (actions("Press"), "blocks/0/elements: not all are objects"),
        (actions(button(value="x" * 2_001)), "blocks/0/elements/0/value: 2001 characters, more than 2000"),
        (actions(button(value=7)), "blocks/0/elements/0/value: no text"),
        (actions(button(text=plain("x" * 76))), "blocks/0/elements/0/text: 76 characters, more than 75"),
        (actions(button(url="example.com")), "blocks/0/elements/0/url: 'example.com' is no address"),
        (
            actions(button(url="https://e.com/" + "x" * 3_000)),
            "blocks/0/elements/0/url: 3014 characters, more than 3000",
        ),
        (actions(button(style="bold")), "blocks/0/elements/0/style: 'bold' is neither primary nor danger"),
        (actions(button(action_id="x" * 256)), "blocks/0/elements/0/action_id: 256 characters, more than 255"),
        (actions(button(confirm="Sure?")), "blocks/0/elements/0/confirm: no object"),
        (
            actions(button(confirm=CONFIRM | {"title": plain("x" * 101)})),
            "blocks/0/elements/0/confirm/title: 101 characters, more than 100",
        ),
        (actions(button(confirm=CONFIRM | {"colour": "red"})), "blocks/0/elements/0/confirm: unknown colour"),
        (actions(select(*map(str, range(101)))), "blocks/0/elements/0/options: 101, not between 1 and 100"),
        (actions(select("x" * 76)), "blocks/0/elements/0/options/0/text: 76 characters, more than 75"),
        (
            actions(select("a", initial_option={"text": plain("b"), "value": "b"})),
            "blocks/0/elements/0: the initial option 'b' is not one of the options",
        ),
        (actions(select("a", option_groups=[])), "blocks/0/elements/0: unknown option_groups"),
        *[
            (
                actions({**DAY, "initial_date": wrong}),
                f"blocks/0/elements/0/initial_date: {wrong!r} is no date such as 2026-12-24",
            )
            for wrong in ("24 Dec 2026", "2026-02-30", "20261224", "2026-12-24T00:00", 7)
        ],
        *[
            (
                field(**limits),
                f"blocks/0/element: min_length {least!r} and max_length {most!r}, not between 0, 1 and 3000",
            )
            for limits, least, most in (
                ({"max_length": 3_001}, 0, 3_001),
                ({"max_length": 0}, 0, 0),
                ({"min_length": 11, "max_length": 10}, 11, 10),
                ({"min_length": -1}, -1, 3_000),
                ({"max_length": "10"}, 0, "10"),
            )
        ],
        (field(max_length=3, initial_value="four"), "blocks/0/element/initial_value: 4 characters, more than 3"),
        (field(placeholder=plain("x" * 151)), "blocks/0/element/placeholder: 151 characters, more than 150"),
    ]:
        assert problem in problems(block), (block, problem)


def modal(*blocks: Block, **more: object) -> Block:
    """A modal."""
    return {"type": "modal", "title": plain("A modal"), "submit": plain("Send"), "blocks": list(blocks), **more}


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(section(), title=plain("x" * 25)), "title: 25 characters, more than 24"),
        (modal(section(), submit=plain("x" * 25)), "submit: 25 characters, more than 24"),
        (modal(section(), private_metadata="x" * 3_001), "private_metadata: 3001 characters, more than 3000"),
        (modal(section(), callback_id="x" * 256), "callback_id: 256 characters, more than 255"),
        (modal(), "blocks: a view needs at least one"),
        (modal(*[section()] * 101), "blocks: 101, more than 100"),
        (modal({"type": "markdown", "text": "# hello"}), "blocks/0: unknown block type 'markdown'"),
        (
            modal(field(focus_on_load=True), field(focus_on_load=True)),
            "blocks: focus_on_load in more than one element",
        ),
        (
            modal({**field(), "label": plain("x" * 2_001)}),
            "blocks/0/label: 2001 characters, more than 2000",
        ),
        ({"type": "home", "blocks": [section()], "title": plain("Home")}, "view: unknown title"),
    ],
)
def test_a_view_has_limits_of_its_own(view: Block, problem: str) -> None:
    assert problem in problems_with_view(view)


def test_a_modal_as_it_should_be_is_taken() -> None:
    assert problems_with_view(modal(section(), field(focus_on_load=True), private_metadata="x" * 3_000)) == []
