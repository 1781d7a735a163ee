"""Which methods of the Web API some code calls, by that code and by the SDK's own source: its functions name them."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from slack_sdk import WebClient

import bot

BY_NAME = "api_call"  # what calls a method by its name, in whatever way its caller chooses


@dataclass(frozen=True)
class Function:
    """A function of the client: the methods that it calls, by itself or by other functions, and whether in JSON."""

    methods: frozenset[str]
    in_json: bool


@cache
def functions_of_the_sdk() -> dict[str, Function]:
    """The client's functions that call a method."""
    [client] = ast.parse(inspect.getsource(WebClient)).body
    assert isinstance(client, ast.ClassDef)
    bodies = {each.name: each for each in client.body if isinstance(each, ast.FunctionDef)}
    found = {name: Function(frozenset(_methods(name, bodies)), _sends_json(body)) for name, body in bodies.items()}
    return {name: function for name, function in found.items() if function.methods}


def called_in(source: str) -> set[str]:
    """The methods that a piece of code calls by functions of the client, or passes on to be called."""
    functions = functions_of_the_sdk()
    named = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return {method for name in named & functions.keys() for method in functions[name].methods}


def called_by_name_in(source: str) -> bool:
    """Whether a piece of code calls a method by its name. A client that passes on what is asked of it names none."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == BY_NAME and ast.unparse(node.value) != "super()"
        for node in ast.walk(ast.parse(source))
    )


def sources() -> dict[str, str]:
    """The code of the bot by its place in the package, without the sandbox."""
    package = Path(bot.__file__).parent
    files = (path.relative_to(package) for path in package.rglob("*.py"))
    return {str(path): (package / path).read_text(encoding="utf-8") for path in files if path.parts[0] != "sandbox"}


@cache
def called() -> frozenset[str]:
    """The methods that the bot calls."""
    return frozenset(method for source in sources().values() for method in called_in(source))


def _methods(name: str, bodies: dict[str, ast.FunctionDef]) -> Iterator[str]:
    for function, call in _calls_of_itself(bodies[name]):
        if function == BY_NAME and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)
        elif function in bodies and function != name:
            yield from _methods(function, bodies)


def _sends_json(body: ast.FunctionDef) -> bool:
    calls = [call for function, call in _calls_of_itself(body) if function == BY_NAME]
    return any(argument.arg == "json" for call in calls for argument in call.keywords)


def _calls_of_itself(body: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """The functions of its own object that a function calls, each with the call."""
    for node in ast.walk(body):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=function)):
                yield function, node
