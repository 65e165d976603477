"""The verbs of the command line that press, fill, break and let go, each against a sandbox in this process."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from raw_bot import raw_bot
from sandbox.cli import actions, main
from sandbox.testing.local import local_sandbox, webhook_of

DEFER, SEND, MODAL = 5, 4, 9
SWITCHES = [{"label": one.title(), "value": one} for one in ("private", "seed")]
FORM = {
    "custom_id": "form",
    "title": "Studio",
    "components": [
        {"type": 18, "label": "Prompt", "component": {"type": 4, "custom_id": "prompt", "style": 2}},
        {"type": 18, "label": "Stills", "component": {"type": 19, "custom_id": "stills", "max_values": 2, "required": False}},
        {"type": 18, "label": "Loud", "component": {"type": 23, "custom_id": "loud"}},
        {
            "type": 18,
            "label": "Choices",
            "component": {"type": 22, "custom_id": "choices", "required": False, "options": SWITCHES},
        },
    ],
}
LENGTHS = [{"label": one, "value": one} for one in ("5", "10")]
CARD = [
    {"type": 1, "components": [{"type": 2, "style": 1, "label": "Again", "custom_id": "again:1"}]},
    {"type": 1, "components": [{"type": 3, "custom_id": "length", "placeholder": "Length", "options": LENGTHS}]},
]
COMMANDS = [
    {
        "name": "make",
        "description": "Make it",
        "options": [
            {"name": "prompt", "description": "What", "type": 3},
            {"name": "image", "description": "Of what", "type": 11},
            {"name": "friend", "description": "Of whom", "type": 6},
        ],
    },
    {"name": "studio", "description": "A form"},
    {"name": "Look", "type": 3},
]


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


@pytest.fixture
def run(here, capsys):
    """Run one line; its exit code, what it printed as JSON, and its complaint."""

    async def ran(*line):
        code = await asyncio.to_thread(main.main, [*line, "--url", here.url])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return ran


@asynccontextmanager
async def studio(here):
    """A bot that opens a form on /studio, posts a card on /make, and says what it heard of presses and forms."""

    async def answer(payload):
        interaction = here.state.interactions[payload["id"]]
        if payload["data"].get("name") == "studio":
            await here.callback(interaction, MODAL, FORM)
        elif payload["type"] == 2:
            await here.callback(interaction, SEND, {"content": "A card", "components": CARD, "flags": 64})
        else:
            heard = json.dumps(payload["data"].get("components") or payload["data"])
            await here.callback(interaction, SEND, {"content": heard[:2000], "flags": 64})

    async with raw_bot(here, answer, COMMANDS):
        yield


async def test_a_button_is_pressed_by_its_label_and_a_list_chosen_in_by_what_stands_on_it(here, run):
    async with studio(here):
        await run("call", "/make")
        code, shown, _ = await run("press", "Again")
        assert (code, json.loads(shown["message"]["content"])["custom_id"]) == (0, "again:1")
        code, shown, _ = await run("press", "Length", "--as", "alice", "10")
        assert (code, json.loads(shown["message"]["content"])["values"]) == (0, ["10"])


async def test_a_form_is_filled_in_by_label_or_id(here, run, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 a picture")
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8 another")
    async with studio(here):
        code, opened, _ = await run("call", "/studio")
        assert (code, opened["state"]) == (0, "modal")
        stills = [f"Stills=@{tmp_path / name}" for name in ("a.jpg", "b.jpg")]
        code, shown, err = await run("fill", opened["id"], "Prompt=a kite", *stills, "loud=true", "Choices=seed")
        assert (code, err) == (0, "")
    fields = [one["component"] for one in json.loads(shown["message"]["content"])]
    assert (fields[0]["value"], len(fields[1]["values"]), fields[2]["value"]) == ("a kite", 2, True)
    assert fields[3]["values"] == ["seed"]


async def test_a_reaction_is_given_and_taken_back(here, run):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    code, shown, _ = await run("react", message["id"], "👍", "--as", "bob")
    assert (code, shown["reactions"][0]["count"]) == (0, 1)
    code, shown, _ = await run("react", message["id"], "👍", "--as", "bob", "--remove")
    assert (code, shown.get("reactions") or []) == (0, [])


async def test_a_fault_is_set_shown_struck_and_let_go(here, run):
    path = f"/channels/{here.channel()}/messages"
    code, shown, _ = await run("fault", "hold", "at=discord", "path=/channels/*/messages", "name=p1", "times=1")
    assert (code, shown["faults"][0]["times"]) == (0, 1)
    posting = asyncio.create_task(here.rest("POST", path, body={"content": "late"}))
    await here.wait(held="p1")
    code, shown, _ = await run("release", "p1")
    assert (code, shown) == (0, {"released": 1})
    assert (await posting)["content"] == "late"
    await run("fault", "status", "status=503")
    assert "no fault is named 'p1'; there are: none" in (await run("release", "p1"))[2]
    assert len((await run("fault"))[1]["faults"]) == 1
    assert (await run("fault", "--clear"))[1] == {"faults": []}


async def test_a_refusal_shows_its_reason_without_waiting_for_the_end(here, run):
    async def answer(payload):
        interaction = here.state.interactions[payload["id"]]
        await here.callback(interaction, DEFER)
        await here.rest("PATCH", webhook_of(interaction) + "/messages/@original", body={"content": "Not started"})
        await here.rest("POST", webhook_of(interaction), body={"content": "No credits left", "flags": 64})
        await here.rest("DELETE", webhook_of(interaction) + "/messages/@original", 204)

    async with raw_bot(here, answer, COMMANDS):
        code, shown, _ = await run("call", "/make")
    assert code == 0
    assert shown["messages"][-1]["content"] == "No credits left"


async def test_a_command_that_nobody_answers_says_so(here, run, monkeypatch):
    monkeypatch.setattr(actions, "ANSWER_SECONDS", 0.2)

    async def answer(_):
        await here.post("/clock", advance_seconds=4)

    async with raw_bot(here, answer, COMMANDS):
        code, shown, _ = await run("call", "/make")
    assert (code, shown["reason"]) == (1, "The application did not respond")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (["call", "/make", "image=/tmp/a.jpg"], "write image=@/tmp/a.jpg"),
        (["call", "/make", "image=@"], "write image=@/path"),
        (["call", "/make", "image=@/no/such.jpg"], "/no/such.jpg cannot be read"),
        (["call", "/make", "picture=1"], "there are: prompt, image, friend"),
        (["call", "/make", "friend=nobody"], "option 'friend': there is no member 'nobody'; there are: "),
        (["call", "/make", "prompt"], "'prompt' is no name and value"),
        (["call", "/make", "prompt=x", "prompt=y"], "'prompt' is given twice"),
        (["call", "/nothing"], "it has: /make, /studio, Look"),
        (["call", "/make", "--as", "nobody"], "there is no member 'nobody'"),
        (["call", "/make", "--channel", "nowhere"], "there is no channel 'nowhere'"),
        (["call", "/make", "--target", "5"], "takes no target"),
        (["call", "Look", "prompt=x", "--target", "5"], "takes no options"),
        (["press", "Nothing"], "there is no button or list 'Nothing' to be seen; there are: Again, Length"),
        (["press", "Again", "--message", "5"], "there is no message 5"),
        (["press", "Again", "--channel", "nowhere"], "there is no channel"),
        (["press", "Again", "7"], "'again:1' is a button; values are chosen in lists"),
        (["press", "length", "7"], "there is no option '7'; there are: 10, 5"),
        (["fill", "5", "a=b"], "there is no interaction '5'"),
        (["fill", "../bill", "a=b"], "'../bill' is no id"),
        (["fill", "1 2", "a=b"], "'1 2' is no id"),
        (["fill", "{form}", "Prompt=x", "prompt=y"], "'prompt' is given twice, and takes one value"),
        (["fill", "{card}", "a=b"], "has no open form"),
        (["fill", "{form}", "nothing=b"], "its fields are: prompt, stills, loud, choices"),
        (["fill", "{form}", "Prompt=x", "Choices=public"], "'Choices' has no option 'public'; it has: private, seed"),
        (["fill", "{form}", "loud=perhaps"], "loud takes true or false"),
        (["fault", "earthquake"], "must be one of"),
        (["fault", "status", "times=many"], "times=many is neither a number nor JSON"),
        (["fault", "status", "colour=red"], "a fault has no 'colour'; it may have at, body, method"),
        (["fault", "status", "times=1.5"], "give a whole number"),
        (["fault", "status", "times=1", "times=2"], "'times' is given twice"),
        (["fault", "status", "odds=NaN"], "odds=NaN is neither a number nor JSON"),
        (["fault", "status", "path="], "'path' is empty"),
        (["bend", "job.x=1", "job.x=2"], "'job.x' is given twice"),
        (["bend", "job.x=1", "--clear"], "not both"),
        (["fault", "status", "503"], "write name=value"),
        (["fault", "status", "--clear"], "not both"),
        (["react", "5", "👍"], "there is no message '5'"),
        (["release", "nothing"], "no fault is named 'nothing'; there are: none"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
async def test_a_mistake_is_answered_with_what_there_is(here, run, line, word):
    async with studio(here):
        _, card, _ = await run("call", "/make")
        _, form, _ = await run("call", "/studio")
        code, out, err = await run(*(one.format(card=card["id"], form=form["id"]) for one in line))
    assert (code, out) == (2, None)
    assert word in err
