"""Dataclasses as plain values, for what is kept as JSON or carried by a button, and back.

    str, int, bool, None        as they are
    date, datetime              in ISO form
    tuple, NamedTuple           a list
    dataclass                   a dict by the names of its fields, but for those that are `kept` otherwise

Another release may have written what is read: a field that is missing has its default, and what no field is named after
is left out, unless a field holds the `rest`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Plain = Mapping[str, object]
_Reader = Callable[[Any], Any]
_NAME, _REST, _SELDOM = "name", "rest", "seldom"

# For the `metadata` of a field
SELDOM = {_SELDOM: True}  # it is not written down while it has its default
REST = {_REST: True}  # it holds, as plain values, all that no other field is named after


class UnreadableFacts(ValueError):
    """Plain values that are no such dataclass."""


def kept(name: str) -> dict[str, Any]:
    """For the `metadata` of a field: the other name by which it is kept."""
    return {_NAME: name}


def plain(facts: Any) -> Any:
    """The plain values of a dataclass, or of a tuple of them."""
    if is_dataclass(facts):
        return _of_dataclass(facts)
    if isinstance(facts, date):
        return facts.isoformat()
    if isinstance(facts, tuple | list):
        return [plain(each) for each in facts]
    return facts


def _of_dataclass(facts: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for each in fields(facts):
        value = getattr(facts, each.name)
        if each.metadata.get(_REST):
            values |= value
        elif not (each.metadata.get(_SELDOM) and value == each.default):
            values[_name(each)] = plain(value)
    return values


def of_plain(kind: type[T], values: object) -> T:
    """The dataclass, or the tuple, that `plain` wrote down. Raises UnreadableFacts."""
    wanted: Any = kind
    found: T = _reader(wanted)(values)
    return found


def of_json(kind: type[T], text: str) -> T:
    """The dataclass, or the tuple, of which this is the JSON. Raises UnreadableFacts."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableFacts(text[:80]) from None
    return of_plain(kind, values)


@cache
def _reader(kind: Any) -> _Reader:
    """What reads a value of this type."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        read = _first_of([_reader(each) for each in args if each is not NoneType])
        return (lambda value: None if value is None else read(value)) if NoneType in args else read
    if origin is tuple:
        return _all(_reader(args[0])) if args[-1] is ... else _each(kind, [_reader(each) for each in args], tuple)
    if is_dataclass(kind):
        return _dataclass(kind)
    if isinstance(kind, type) and issubclass(kind, tuple):
        readers = [_reader(each) for each in get_type_hints(kind).values()]
        return _each(kind, readers, lambda values: kind(*values))
    if kind in (date, datetime):
        return _parsed(kind)
    return _same if origin is not None or kind in (object, Any) else _checked(kind)


def _first_of(readers: Sequence[_Reader]) -> _Reader:
    if len(readers) == 1:
        return readers[0]

    def read_first(value: Any) -> Any:
        for read in readers[:-1]:
            try:
                return read(value)
            except UnreadableFacts:
                pass
        return readers[-1](value)

    return read_first


def _all(read: _Reader) -> _Reader:
    return lambda values: tuple(read(value) for value in _listed(values))


def _each(kind: Any, readers: Sequence[_Reader], make: Callable[[Any], Any]) -> _Reader:
    def read_each(values: Any) -> Any:
        if len(_listed(values)) != len(readers):
            raise UnreadableFacts(f"{kind}: {values}")
        return make(tuple(read(value) for read, value in zip(readers, values, strict=True)))

    return read_each


def _listed(values: Any) -> Sequence[Any]:
    if not isinstance(values, list | tuple):
        raise UnreadableFacts(f"no list: {values}")
    return values


def _dataclass(kind: Any) -> _Reader:
    hints = get_type_hints(kind)
    mine = [(each, _name(each), _reader(hints[each.name])) for each in fields(kind) if not each.metadata.get(_REST)]
    others = next((each.name for each in fields(kind) if each.metadata.get(_REST)), None)
    names = {name for _, name, _ in mine}

    def read(values: Any) -> Any:
        if not isinstance(values, Mapping):
            raise UnreadableFacts(f"{kind.__name__}: {values}")
        found = {each.name: read(values[name]) for each, name, read in mine if name in values}
        for each, name, _ in mine:
            if name not in values and each.default is MISSING and each.default_factory is MISSING:
                raise UnreadableFacts(f"{kind.__name__} without {name}: {values}")
        if others:
            found[others] = {name: value for name, value in values.items() if name not in names}
        return kind(**found)

    return read


def _parsed(kind: type[date]) -> _Reader:
    def parse(value: Any) -> date:
        try:
            return kind.fromisoformat(value)
        except (TypeError, ValueError):
            raise UnreadableFacts(f"no {kind.__name__}: {value}") from None

    return parse


def _same(value: Any) -> Any:
    return value


def _checked(kind: Any) -> _Reader:
    def check(value: Any) -> Any:
        if type(value) is not kind or (kind is str and not value.isascii() and not _can_be_written(value)):
            raise UnreadableFacts(f"no {kind.__name__}: {value!r}")
        return value

    return check


def _can_be_written(text: str) -> bool:
    """Half of a pair of surrogates can't: no database takes it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name(each: "Field[Any]") -> str:
    return str(each.metadata.get(_NAME, each.name))
