from dataclasses import replace
from types import SimpleNamespace

import discord
import pytest

from bot.domain.clip import Kind
from bot.domain.price import Prices
from bot.presentation.forms import FormKind, clip_form, merged, submitted
from bot.services.ask import Draft
from tests.factories import a_reference
from tests.unit.presentation.rulebook import broken_form

DRAFT = Draft(Kind.CHARACTERS, "old", 5, "720P", "1:1", 7, private=True, references=(a_reference(),), parent_id=3)


def sent(custom_id="hh:form:remix:12", files=(), **values):
    fields = [
        {"type": 18, "component": {"custom_id": name, **({"value": value} if isinstance(value, str) else {"values": value})}}
        for name, value in values.items()
    ]
    attachments = {key: {"url": f"https://cdn/{key}", "filename": f"{key}.png", "size": 10} for key in files}
    data = {"custom_id": custom_id, "components": fields, "resolved": {"attachments": attachments}}
    return SimpleNamespace(type=discord.InteractionType.modal_submit, data=data)


def test_pictures_come_in_the_order_in_which_the_member_gave_them():
    form = submitted(sent(prompt="x", pictures=["30", "10", "20"], files=("10", "20", "30")))
    assert [each.url for each in form.attached] == ["https://cdn/30", "https://cdn/10", "https://cdn/20"]


def test_a_form_of_another_bot_is_not_ours():
    assert submitted(sent(custom_id="ticket:12", prompt="x")) is None


def test_a_form_changes_what_it_says_and_leaves_the_rest():
    changed = merged(DRAFT, submitted(sent(prompt="new", duration=["8"], resolution=["1080P"], aspect=["16:9"])))
    assert (changed.prompt, changed.duration, changed.resolution, changed.aspect) == ("new", 8, "1080P", "16:9")
    assert changed.references == DRAFT.references
    assert changed.private


def test_a_seed_is_read_and_what_is_no_number_goes_on_to_be_refused():
    assert merged(DRAFT, submitted(sent(prompt="x", seed=" 55 "))).seed == 55
    assert merged(DRAFT, submitted(sent(prompt="x", seed=""))).seed is None
    assert merged(DRAFT, submitted(sent(prompt="x", seed="many"))).seed == "many"
    assert merged(DRAFT, submitted(sent(prompt="x"))).seed == 7


async def test_a_form_is_filled_with_what_was_typed_and_says_that_pictures_are_kept():
    parts = {
        label["component"]["custom_id"]: label
        for label in clip_form(FormKind.DRAFT, "1", DRAFT, "T", Prices()).to_dict()["components"]
    }
    assert parts["prompt"]["component"]["value"] == "old"
    chosen = [each["value"] for each in parts["resolution"]["component"]["options"] if each.get("default")]
    assert chosen == ["720P"]
    assert parts["duration"]["component"]["options"][2]["description"] == "70 credits at 720P, 90 at 1080P"
    assert parts["pictures"]["description"] == "Keeps 1 picture from before unless you add new ones."
    assert not parts["pictures"]["component"]["required"]


def hint(draft):
    [label] = [
        each
        for each in clip_form(FormKind.DRAFT, "1", draft, "T", Prices()).to_dict()["components"]
        if each["component"]["custom_id"] == "pictures"
    ]
    return label["description"], label["component"]["max_values"], label["component"]["required"]


@pytest.mark.parametrize(
    ("places", "prompt", "told"),
    [
        ("0", "", ("One for each character, in order: the first is character1.", 9, True)),
        ("011", "", ("Add the picture for character1; the other 2 are kept.", 1, False)),
        ("01", "", ("Add the picture for character1; the one you gave is kept.", 1, False)),
        ("0100", "", ("Add the pictures for character1, 3 and 4; the one you gave is kept.", 3, False)),
        ("11", "character3 nods", ("Add the picture for character3; the other 2 are kept.", 1, False)),
        ("1", "character9", ("Add the pictures for character2, 3, 4, 5, 6, 7, 8 and 9; the one you gave is kept.", 8, False)),
        ("11", "", ("Keeps 2 pictures from before unless you add new ones.", 9, False)),
    ],
)
async def test_the_form_names_the_pictures_that_are_missing(places, prompt, told):
    references = tuple(a_reference(number) if each == "1" else None for number, each in enumerate(places, 1))
    draft = replace(DRAFT, prompt=prompt, references=references)
    assert hint(draft) == told
    assert broken_form(clip_form(FormKind.DRAFT, "1", draft, "T", Prices())) == []


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("\U0001f600" * 2500, "\U0001f600" * 2500),
        ("x" * 4000, "x" * 4000),
        ("x" * 4001, "x" * 3999 + "…"),
    ],
    ids=["a valid one of emoji", "the longest", "too long"],
)
async def test_a_prompt_comes_back_whole_as_far_as_a_form_holds_it(prompt, shown):
    form = clip_form(FormKind.REMIX, "1", replace(DRAFT, prompt=prompt), "T", Prices()).to_dict()
    assert form["components"][0]["component"]["value"] == shown


async def test_a_still_decides_the_shape_so_no_shape_is_asked_for():
    draft = Draft(Kind.IMAGE, "", None, None, None, None, private=False, references=(), parent_id=None)
    names = [
        label["component"]["custom_id"]
        for label in clip_form(FormKind.ANIMATE, "1", draft, "T", Prices()).to_dict()["components"]
    ]
    assert names == ["prompt", "duration", "resolution", "pictures", "seed"]


async def test_a_form_that_was_shown_does_not_wait_in_memory():
    assert clip_form(FormKind.STUDIO, "0", DRAFT, "T", Prices()).is_finished()
