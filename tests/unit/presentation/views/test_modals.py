"""Forms: what they show, and what a sent one changes in the draft that it began with."""

from dataclasses import replace
from types import SimpleNamespace

import discord
import pytest

from bot.domain.clip import Kind, RawClip
from bot.domain.price import FREE, Prices
from bot.presentation.interactions.filled_forms import merged, submitted
from bot.presentation.message_pictures import Found
from bot.presentation.views.custom_ids import FormKind
from bot.presentation.views.modals import clip_form
from bot.services.clip_input import Draft
from bot.services.offer import Offer
from tests.factories import a_reference_image
from tests.unit.presentation.views.discord_rules import broken_form

REAL = Offer({"scenario": Prices()})
BOTH = Offer({"scenario": Prices(), "preview": FREE})
RAW = RawClip(Kind.CHARACTERS, "old", 5, "720P", "1:1", 7)
DRAFT = Draft(RAW, private=True, references=(a_reference_image(),), parent_id=3)


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
    assert changed.raw == RawClip(Kind.CHARACTERS, "new", 8, "1080P", "16:9", 7)
    assert changed.references == DRAFT.references
    assert changed.private


def test_a_seed_is_read_and_what_is_no_number_goes_on_to_be_refused():
    assert merged(DRAFT, submitted(sent(prompt="x", seed=" 55 "))).raw.seed == 55
    assert merged(DRAFT, submitted(sent(prompt="x", seed=""))).raw.seed is None
    assert merged(DRAFT, submitted(sent(prompt="x", seed="many"))).raw.seed == "many"
    assert merged(DRAFT, submitted(sent(prompt="x"))).raw.seed == 7


async def test_a_form_is_filled_with_what_was_typed_and_says_that_pictures_are_kept():
    parts = {
        label["component"]["custom_id"]: label
        for label in clip_form(FormKind.DRAFT, "1", DRAFT, "T", REAL).to_dict()["components"]
    }
    assert parts["prompt"]["component"]["value"] == "old"
    chosen = [each["value"] for each in parts["frame"]["component"]["options"] if each.get("default")]
    assert chosen == ["720P 1:1"]
    assert parts["switches"]["component"]["options"][0]["default"]
    assert parts["duration"]["component"]["options"][2]["description"] == "70 credits at 720P, 90 at 1080P"
    assert "description" not in parts["duration"]
    assert (
        parts["pictures"]["description"]
        == "New ones become character1 and on, and replace the one from before. Add none to keep."
    )
    assert not parts["pictures"]["component"]["required"]


async def test_a_form_has_the_price_of_all_prompts_that_its_braces_ask_for():
    draft = replace(DRAFT, raw=replace(RAW, prompt="A {red|blue} kite"))
    form = clip_form(FormKind.DRAFT, "1", draft, "T", REAL).to_dict()["components"]
    [lengths] = [each for each in form if each["component"]["custom_id"] == "duration"]
    assert lengths["description"] == "Each price is for 2 prompts together."
    told = {each["label"]: each["description"] for each in lengths["component"]["options"]}
    assert (told["5 s"], told["5 s · 2 takes"]) == ("140 credits at 720P, 180 at 1080P", "280 credits at 720P, 360 at 1080P")


def hint(draft):
    [label] = [
        each
        for each in clip_form(FormKind.DRAFT, "1", draft, "T", REAL).to_dict()["components"]
        if each["component"]["custom_id"] == "pictures"
    ]
    return label["description"], label["component"]["max_values"], label["component"]["required"]


@pytest.mark.parametrize(
    ("places", "prompt", "told"),
    [
        ("0", "", ("In order: the first becomes character1, the second character2. Up to nine.", 9, True)),
        ("011", "", ("A new one becomes character1; the 2 from before stay.", 1, False)),
        ("01", "", ("A new one becomes character1; the one from before stays.", 1, False)),
        ("0100", "", ("New ones become character1, character3 and character4; the one from before stays.", 3, False)),
        ("11", "character3 nods", ("A new one becomes character3; the 2 from before stay.", 1, False)),
        ("1", "character9", ("New ones become character2 to character9; the one from before stays.", 8, False)),
        ("11", "", ("New ones become character1 and on, and replace the 2 from before. Add none to keep.", 9, False)),
    ],
)
async def test_the_form_names_the_pictures_that_are_missing(places, prompt, told):
    references = tuple(a_reference_image(number) if each == "1" else None for number, each in enumerate(places, 1))
    draft = replace(DRAFT, raw=replace(RAW, prompt=prompt), references=references)
    assert hint(draft) == told
    assert broken_form(clip_form(FormKind.DRAFT, "1", draft, "T", REAL)) == []


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
    form = clip_form(FormKind.REMIX, "1", replace(DRAFT, raw=replace(RAW, prompt=prompt)), "T", REAL).to_dict()
    field = form["components"][0]["component"]
    assert (field["value"], field["max_length"]) == (shown, 4000 if len(prompt) > 2500 else 2500)


async def test_a_still_decides_the_shape_so_no_shape_is_asked_for():
    draft = Draft(RawClip(Kind.IMAGE))
    names = [
        label["component"]["custom_id"] for label in clip_form(FormKind.ANIMATE, "1", draft, "T", REAL).to_dict()["components"]
    ]
    assert names == ["prompt", "duration", "pictures", "seed", "switches"]


@pytest.mark.parametrize(
    ("kind", "clip", "names"),
    [
        (FormKind.STUDIO, Kind.CHARACTERS, ["prompt", "duration", "frame", "pictures", "switches"]),
        (FormKind.REMIX, Kind.CHARACTERS, ["prompt", "duration", "frame", "pictures", "switches"]),
        (FormKind.REMIX, Kind.IMAGE, ["prompt", "duration", "pictures", "seed", "switches"]),
        (FormKind.EDIT, Kind.IMAGE, ["prompt", "duration", "pictures", "seed", "switches"]),
        (FormKind.REMIX, Kind.TEXT, ["prompt", "duration", "frame", "seed", "switches"]),
        (FormKind.DRAFT, Kind.TEXT, ["prompt", "duration", "frame", "seed", "switches"]),
    ],
)
async def test_a_form_has_five_fields_at_most_and_always_its_switches(kind, clip, names):
    form = clip_form(kind, "1", replace(DRAFT, raw=replace(RAW, kind=clip)), "T", BOTH)
    assert [each["component"]["custom_id"] for each in form.to_dict()["components"]] == names
    assert broken_form(form) == []


STILLS = [Found(f"https://cdn/{name}", name, 0, "") for name in ("a.png", "b.png")]


@pytest.mark.parametrize("stills", [STILLS[:1], STILLS])
async def test_animate_this_image_may_be_private_and_take_a_seed(stills):
    draft = Draft(RawClip(Kind.IMAGE))
    form = clip_form(FormKind.ANIMATE, "1", draft, "T", REAL, stills=stills)
    assert broken_form(form) == []
    assert [each["component"]["custom_id"] for each in form.to_dict()["components"]][-2:] == ["seed", "switches"]


def test_switches_say_what_holds_and_a_remix_without_the_seeds_switch_gets_a_new_one():
    remix = merged(DRAFT, submitted(sent(prompt="x", switches=["private"])))
    assert (remix.private, remix.raw.seed) == (True, None)
    remix = merged(DRAFT, submitted(sent(prompt="x", switches=["seed"])))
    assert (remix.private, remix.raw.seed) == (False, 7)
    draft = merged(DRAFT, submitted(sent("hh:form:draft:12", prompt="x", switches=[])))
    assert (draft.private, draft.raw.seed) == (False, 7)


@pytest.mark.parametrize(
    ("typed", "switches", "seed"),
    [("", ["seed"], 7), ("", [], None), ("55", ["seed"], 55), ("55", [], 55), ("many", ["seed"], "many")],
)
def test_the_seed_of_a_remix_is_the_one_typed_or_else_what_its_switch_says(typed, switches, seed):
    form = submitted(sent("hh:form:remix:12:scenario", prompt="x", seed=typed, switches=switches))
    assert merged(DRAFT, form).raw.seed == seed


@pytest.mark.parametrize(
    ("seed", "offered", "switches", "kept"), [(7, True, ["seed"], 7), (7, True, [], None), (-7, False, [], None)]
)
async def test_characters_keep_a_known_seed_by_a_switch_since_no_field_has_room(seed, offered, switches, kept):
    draft = replace(DRAFT, raw=replace(RAW, seed=seed))
    form = clip_form(FormKind.DRAFT, "1", draft, "T", REAL).to_dict()
    assert ("seed" in switch_of(form)) is offered
    assert merged(draft, submitted(sent(form["custom_id"], prompt="x", switches=switches))).raw.seed == kept


def switch_of(form):
    """Each switch of a form: whether it is on, and its text."""
    options = form["components"][-1]["component"]["options"]
    return {each["value"]: (bool(each.get("default")), each["description"]) for each in options}


@pytest.mark.parametrize(("resolution", "on"), [("720P", False), ("1080P", True), (None, True), ("8K", True)])
async def test_of_a_still_the_resolution_is_a_switch(resolution, on):
    draft = replace(DRAFT, raw=replace(RAW, kind=Kind.IMAGE, resolution=resolution))
    form = clip_form(FormKind.DRAFT, "1", draft, "T", REAL).to_dict()
    assert switch_of(form)["1080P"][0] is on
    for switches, came in ((["1080P"], "1080P"), ([], "720P")):
        assert merged(draft, submitted(sent(form["custom_id"], prompt="x", seed="", switches=switches))).raw.resolution == came
    before = submitted(sent("hh:form:animate:1", prompt="x", seed="", resolution=["1080P"], switches=[]))
    assert merged(draft, before).raw.resolution == "1080P"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form_kind", FormKind)
async def test_every_form_has_the_choice_of_a_preview_where_there_is_one(form_kind, kind):
    draft = replace(DRAFT, raw=replace(RAW, kind=kind))
    form = clip_form(form_kind, "1", draft, "T", BOTH)
    assert broken_form(form) == []
    assert switch_of(form.to_dict())["preview"] == (False, "Quick and free, drawn here; off makes a real clip.")
    assert "preview" not in switch_of(clip_form(form_kind, "1", draft, "T", REAL).to_dict())


@pytest.mark.parametrize(
    ("offer", "provider", "on", "made"),
    [
        (BOTH, None, False, {"": "scenario", "preview": "preview"}),
        (BOTH, "preview", True, {"": "scenario", "preview": "preview"}),
        (Offer({"preview": FREE, "scenario": Prices()}), None, True, {"": "scenario", "preview": "preview"}),
        (REAL, "preview", None, {"": "scenario"}),
        (Offer({"preview": FREE}), None, None, {"": "preview"}),
    ],
)
async def test_a_form_says_who_makes_the_clip_and_begins_with_what_the_draft_had(offer, provider, on, made):
    draft = replace(DRAFT, provider=provider)
    form = clip_form(FormKind.DRAFT, "1", draft, "T", offer).to_dict()
    assert switch_of(form).get("preview", (None,))[0] is on
    for switch, maker in made.items():
        assert merged(draft, submitted(sent(form["custom_id"], prompt="x", switches=[switch]))).provider == maker


def lengths(draft, offer):
    [label] = [
        each
        for each in clip_form(FormKind.REMIX, "1", draft, "T", offer).to_dict()["components"]
        if each["component"]["custom_id"] == "duration"
    ]
    return label.get("description"), label["component"]["options"][2]["description"]


CHARGED = Offer({"scenario": Prices(), "preview": Prices()})


@pytest.mark.parametrize(
    ("offer", "provider", "told"),
    [
        (REAL, None, (None, "70 credits at 720P, 90 at 1080P")),
        (BOTH, "preview", (None, "70 credits at 720P, 90 at 1080P; a preview is free")),
        (CHARGED, "preview", (None, "70 credits at 720P, 90 at 1080P")),
        (Offer({"scenario": Prices(0, 18)}), None, (None, "free at 720P, 90 at 1080P")),
        (REAL, "preview", ("Previews are not made any more: this is a real clip.", "70 credits at 720P, 90 at 1080P")),
        (Offer({"preview": FREE}), "scenario", ("Real clips are not made any more: this is a preview.", "free")),
    ],
)
async def test_lengths_say_what_is_made_and_what_it_costs(offer, provider, told):
    assert lengths(replace(DRAFT, provider=provider), offer) == told


async def test_previews_that_are_charged_say_their_price_at_the_switch():
    form = clip_form(FormKind.STUDIO, "0", DRAFT, "T", CHARGED).to_dict()
    assert switch_of(form)["preview"][1] == "Quick, drawn here, 14 or 18 credits a second; off makes a real clip."


async def test_a_form_that_was_shown_does_not_wait_in_memory():
    assert clip_form(FormKind.STUDIO, "0", DRAFT, "T", REAL).is_finished()
