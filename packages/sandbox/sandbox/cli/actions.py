"""What a member does from the command line (`call`, `press`, `fill`, `react`), and what they see of it. `main.py` calls it.

Each returns what to print and the exit code; a mistake is a CallFailed whose sentence says what to change.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.cli.pairs import pairs
from sandbox.client import CallFailed, Client
from sandbox.strict_json import Json

ANSWER_SECONDS = 10.0
FOLLOW_SECONDS = 1.0
"""How long to wait, after a public answer, for a message that only the member sees: a bot may tell why it refuses in one."""
_LOOK_SECONDS = 0.05
_TEXT_INPUT, _CHECKBOX = 4, 23
_TRUE, _FALSE = ("true", "yes"), ("false", "no")
Shown = tuple[Json, int]
"""What to print, and the exit code."""


def call(args: argparse.Namespace) -> Shown:
    client = Client(args.url)
    body: dict[str, Any] = {
        "as": args.member,
        "command": args.command,
        "options": {name: _value(client, name, text) for name, text in pairs(args.options, "duration=5")},
    }
    if args.channel:
        body["channel"] = args.channel
    if args.target:
        body["target"] = args.target
    return _became(client, client.post("/invoke", **body)["interaction"], args)


def press(args: argparse.Namespace) -> Shown:
    client = Client(args.url)
    message, component = _component(_messages(client, args), args.component, args.message)
    body = {"as": args.member, "message": message["id"], "custom_id": component["custom_id"], "values": args.values}
    return _became(client, client.post("/component", **body)["interaction"], args)


def fill(args: argparse.Namespace) -> Shown:
    client = Client(args.url)
    if not args.interaction.isdecimal():
        raise CallFailed(f"{args.interaction!r} is no id; the form is named by the id of the call or press that opened it")
    modal = client.get(f"/interactions/{args.interaction}")["modal"]
    if modal is None:
        raise CallFailed(f"interaction {args.interaction} has no open form; the id is that of the call or press that opened it")
    fields = dict(_fields(modal["components"]))
    values: dict[str, Any] = {}
    for name, text in pairs(args.values, '"Prompt=a red kite"', lists=True):
        field = _named(fields, name)
        custom_id = field["custom_id"]
        value = _field_value(field, _value(client, name, text))
        if custom_id in values and not isinstance(value, list):
            raise CallFailed(f"{name!r} is given twice, and takes one value")
        values[custom_id] = values[custom_id] + value if custom_id in values else value
    made = client.post("/modal", modal=args.interaction, values=values, **{"as": args.member})
    return _became(client, made["interaction"], args)


def react(args: argparse.Namespace) -> Shown:
    client = Client(args.url)
    body = {"as": args.member, "message": args.message, "emoji": args.emoji}
    return (client.delete if args.remove else client.post)("/reactions", **body), 0


def _became(client: Client, made: str, args: argparse.Namespace) -> Shown:
    """The result of an interaction: its answer, or with `--wait` its end."""
    if not args.wait:
        answered = client.wait(ANSWER_SECONDS, interaction=made, state="answered,modal,failed")
        if answered and answered["state"] == "answered":
            return _followed(client, answered), 0
        view = answered or client.get(f"/interactions/{made}")
        return view, 0 if view["state"] == "modal" else 1
    # A deferral is no answer to show, and it may last: from here on only the end counts, and a failure is one too.
    client.wait(ANSWER_SECONDS, interaction=made, state="deferred,answered,modal,failed")
    outcome = client.wait(args.timeout, clip=made, **{"as": args.member})
    outcome = outcome or {"outcome": "timeout", "message": None, "reason": f"no clip within {args.timeout:g} s"}
    return {"interaction": made} | outcome, 0 if outcome["outcome"] == "clip" else 1


def _followed(client: Client, answered: Json) -> Json:
    """The answer, with the message for the member alone that may follow a public answer."""
    until = time.monotonic() + FOLLOW_SECONDS
    while not answered["ephemeral"] and len(answered["messages"]) < 2 and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        answered = client.get(f"/interactions/{answered['id']}")
    return answered


def _value(client: Client, name: str, text: str) -> str:
    """The text; for `@path`, uploads that file and returns its name in the sandbox."""
    if text.startswith("@"):
        return client.upload(Path(text[1:])) if len(text) > 1 else _no_file(name)
    return text


def _no_file(name: str) -> str:
    raise CallFailed(f"{name}=@ names no file; write {name}=@/path")


def _messages(client: Client, args: argparse.Namespace) -> list[Any]:
    """Newest first: those in the channel that was named, or in all that the member sees."""
    query = {"channel": args.channel} if args.channel else {}
    seen = client.get("/messages", **{"as": args.member}, **query)
    found = [message for place in seen.get("channels", [seen]) for message in place["messages"]]
    return sorted(found, key=lambda message: -int(message["id"]))


def _walk(components: list[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _walk(component.get("components") or [])
        yield from _walk([component[key] for key in ("accessory", "component") if isinstance(component.get(key), dict)])


def _component(messages: list[Any], name: str, message_id: str | None) -> tuple[Any, Any]:
    """The newest message with a component of this custom id or label, and the component. Raises CallFailed."""
    if message_id is not None:
        messages = [one for one in messages if one["id"] == message_id]
        if not messages:
            raise CallFailed(f"there is no message {message_id} that the member sees")
    for message in messages:
        found = [one for one in _walk(message["components"]) if one.get("custom_id") and name in _names(one)]
        if len(found) > 1:
            choices = ", ".join(one["custom_id"] for one in found)
            raise CallFailed(f"message {message['id']} has {len(found)} of the name {name!r}; take a custom id: {choices}")
        if found:
            return message, found[0]
    known = {_names(one)[-1] for message in messages for one in _walk(message["components"]) if one.get("custom_id")}
    raise CallFailed(f"there is no button or list {name!r} to be seen; there are: {', '.join(sorted(known)) or 'none'}")


def _names(component: Json) -> list[str]:
    """What a component may be called: its custom id, and what stands on it."""
    return [str(component[key]) for key in ("custom_id", "placeholder", "label") if component.get(key)]


def _fields(components: list[Any]) -> Iterator[tuple[str, Any]]:
    """Each field of a form by its custom id, with the label that members read."""
    for component in components:
        if isinstance(inner := component.get("component"), dict):
            yield inner["custom_id"], inner | {"label": component.get("label")}
        for inner in component.get("components") or []:
            yield inner["custom_id"], inner


def _named(fields: dict[str, Any], name: str) -> Json:
    found = [one for one in fields.values() if name in _names(one)]
    if len(found) != 1:
        raise CallFailed(f"the form has no field {name!r}; its fields are: {', '.join(fields)}")
    return found[0]


def _field_value(field: Json, text: str) -> Json:
    """As the field takes it: a text, true or false, or a list."""
    if field["type"] == _TEXT_INPUT:
        return text
    if field["type"] != _CHECKBOX:
        return [text]
    if text.lower() not in _TRUE + _FALSE:
        raise CallFailed(f"{field['custom_id']} takes true or false, not {text!r}")
    return text.lower() in _TRUE
