"""The codec of what is kept as JSON: whatever is written down is read back as the same."""

import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.schema.plain import REST, SELDOM, Plain, UnreadableFacts, kept, of_json, of_plain, plain
from scheduler import entries, messages

KINDS = [*messages.KINDS.values(), *entries.KINDS.values()]
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(),
    bool: st.booleans(),
    NoneType: st.none(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Plain: st.dictionaries(st.sampled_from(["team", "engineers"]), st.lists(st.text() | st.none())),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that a dataclass of facts has."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    args = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*map(values, args))
    if get_origin(kind) is tuple:
        return st.lists(values(args[0]), max_size=3).map(tuple) if args[-1] is ... else st.tuples(*map(values, args))
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)] if is_dataclass(kind) else list(hints)
    return st.builds(kind, **{name: values(hints[name]) for name in names})


@pytest.mark.slow
@settings(max_examples=20)
@given(st.data())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_what_is_written_down_is_read_back(kind: type, data: st.DataObject) -> None:
    facts = data.draw(values(kind))
    kept_as = json.dumps(plain(facts), ensure_ascii=False)
    assert of_json(kind, kept_as) == facts


@dataclass(frozen=True, slots=True)
class Cat:
    """Facts with a field of each kind."""

    name: str = field(metadata=kept("called"))
    born: date
    kittens: tuple[str, ...] = ()
    chipped: bool = field(default=False, metadata=SELDOM)
    rest: Plain = field(default_factory=dict, metadata=REST)


def test_fields_are_kept_by_their_names_or_by_others() -> None:
    tom = Cat("Tom", date(2026, 11, 24))
    assert plain(tom) == {"called": "Tom", "born": "2026-11-24", "kittens": []}
    assert plain(Cat("Tom", date(2026, 11, 24), chipped=True, rest={"likes": ["fish"]})) == {
        "called": "Tom",
        "born": "2026-11-24",
        "kittens": [],
        "chipped": True,
        "likes": ["fish"],
    }


def test_what_another_release_wrote_is_read_as_far_as_it_is_known() -> None:
    found = of_json(Cat, '{"called": "Tom", "born": "2026-11-24", "likes": ["fish"]}')
    assert found == Cat("Tom", date(2026, 11, 24), rest={"likes": ["fish"]})
    assert of_plain(messages.GapAlarm, {"effect": {"weeks": []}, "since": "a later release"}).effect.hours == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[" * 5000,
        "null",
        "[]",
        '{"called": "Tom"}',
        '{"called": 3, "born": "2026-11-24"}',
        '{"called": "\\ud800", "born": "2026-11-24"}',
        '{"called": "Tom", "born": "tomorrow"}',
        '{"called": "Tom", "born": 3}',
        '{"called": "Tom", "born": "2026-11-24", "kittens": "Tim"}',
        '{"called": "Tom", "born": "2026-11-24", "kittens": [null]}',
        '{"called": "Tom", "born": "2026-11-24", "chipped": 1}',
    ],
)
def test_what_is_no_such_thing_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableFacts):
        of_json(Cat, text)


def test_a_tuple_of_another_length_is_unreadable() -> None:
    with pytest.raises(UnreadableFacts):
        of_json(tuple[str, int], '["one"]')
