"""What is drawn for a preview before ffmpeg moves it: portraits, backdrops, weather, captions and their fonts."""

import itertools

import pytest
from PIL import Image

from bot.domain.clip import Aspect, Resolution, frame_size
from bot.media.animatic import caption_layers, fonts
from bot.media.animatic.backdrop import backdrop
from bot.media.animatic.caption_timing import Phrase, Role, phrases
from bot.media.animatic.portraits import ensemble, layout, spotlight
from bot.media.animatic.scene import scene_of
from bot.media.animatic.weather import weather

SHAPES = [frame_size(Resolution.P720, aspect.ratio) for aspect in Aspect]
ACCENT = (255, 200, 120)


@pytest.mark.parametrize("size", SHAPES)
def test_one_to_nine_portraits_stand_apart_above_the_captions_in_every_shape(size):
    for count in range(1, 10):
        boxes = layout(count, size)
        assert len(boxes) == count
        for box in boxes:
            left, top, right, bottom = box.corners
            assert size[0] * 0.05 < left < right < size[0] * 0.95
            assert size[1] * 0.1 < top < bottom < size[1] * 0.75
            assert box.width * box.height > size[0] * size[1] * 0.006
        for one, other in itertools.combinations(boxes, 2):
            apart = one.corners[2] < other.left or other.corners[2] < one.left
            assert apart or one.corners[3] < other.top or other.corners[3] < one.top


def test_a_spotlight_shows_only_where_some_but_not_all_are_named():
    size = (320, 180)
    assert spotlight(frozenset(), 3, size, ACCENT) is None
    assert spotlight(frozenset({1, 2, 3}), 3, size, ACCENT) is None
    assert spotlight(frozenset({1}), 1, size, ACCENT) is None
    layer = spotlight(frozenset({2}), 3, size, ACCENT)
    first, second, _ = layout(3, size)
    middle = (first.left + first.width // 2, first.top + first.height // 2)
    assert layer.getpixel(middle)[3] > 100
    assert layer.getpixel((second.left + second.width // 2, second.top + second.height // 2))[3] == 0


def test_every_character_is_in_the_picture():
    colours = [(250, 20, 20), (20, 250, 20), (20, 20, 250)]
    picture = ensemble([Image.new("RGB", (500, 500), colour) for colour in colours], (640, 360), ACCENT)
    for box, colour in zip(layout(3, (640, 360)), colours, strict=True):
        assert picture.getpixel((box.left + box.width // 2, box.top + box.height // 3)) == colour


@pytest.mark.parametrize(
    ("prompt", "location", "light", "falls", "heard"),
    [
        ("A lighthouse in a night storm, huge waves", "sea", "night", "rain", ("rain", "thunder", "ocean")),
        ("Neon Tokyo streets, engine hum", "city", "neon", None, ("crowd", "hum")),
        ("Dunes under the sun, wind", "hills", "desert", None, ("wind",)),
        ("character1 interrogates character2 in a noir office", "blinds", "noir", None, ("hum",)),
        ("A fire burns in the snow", "hills", "fire", "snow", ("wind", "fire")),
    ],
)  # fmt: skip
def test_words_make_the_scene(prompt, location, light, falls, heard):
    scene = scene_of(prompt, 1)
    assert (scene.location, scene.light, scene.weather, scene.noises) == (location, light, falls, heard)


@pytest.mark.parametrize(
    "prompt", ["sea", "city street", "forest", "planet", "concert stage", "noir detective", "kitchen", "snow mountains", "love"]
)
def test_every_place_can_be_drawn_in_the_most_extreme_shapes_and_is_the_same_again(prompt):
    for size in ((210, 90), (90, 210)):
        one, again, other = (backdrop(size, scene_of(prompt, 3), seed) for seed in (3, 3, 4))
        assert one.size == size
        assert one.mode == "RGB"
        assert one.tobytes() == again.tobytes() != other.tobytes()
        assert len(set(one.resize((8, 8)).get_flattened_data())) > 8, "more than one colour"


@pytest.mark.parametrize("kind", ["rain", "snow", "embers"])
def test_weather_repeats_without_a_seam(kind):
    layer = weather(kind, (200, 100), ACCENT, 5).image
    assert layer.size == (200, 200)
    assert layer.crop((0, 0, 200, 100)).tobytes() == layer.crop((0, 100, 200, 200)).tobytes()
    assert layer.getextrema()[3][1] > 20


@pytest.mark.parametrize("size", SHAPES)
def test_captions_stay_within_the_safe_area_in_every_shape(size):
    prompt = (
        "An extraordinarily Wollstrumpfwarenfabrikation stands in the quiet evening light. “Where were you last night, friend?”"
    )
    told = phrases(prompt, 12, caption_layers.holds(size))
    for phrase in told:
        layer = caption_layers.caption(phrase, size, ACCENT)
        left, top, right, bottom = layer.image.getbbox()
        assert size[0] * 0.02 < layer.x + left < layer.x + right < size[0] * 0.98
        assert size[1] * 0.55 < layer.y + top < layer.y + bottom < size[1] * 0.98


def test_the_label_is_there_from_first_to_last_in_every_shape():
    for size in SHAPES:
        frame = caption_layers.chrome(size, "5 s · 16:9 · 720P", ACCENT, scrim=0.5)
        assert frame.size == size
        corner = frame.crop((0, 0, size[0] // 2, size[1] // 8))
        assert corner.getextrema()[0][1] == 255, "white letters at the top left"


@pytest.mark.parametrize("text", ["Ça marche, señor, Łódź, Šibenik", "Привет, мир", "Γειά σου Κόσμε", "“Quotes” — dashes …"])
def test_the_bots_own_typeface_covers_these(text):
    assert fonts.showable(text, fonts.TEXT) == (fonts.TEXT, text)


def test_what_no_typeface_here_shows_is_left_out_and_never_a_box():
    assert fonts.showable("A fox 🦊\u200b in\u202e the\x00 snow \ue000", fonts.TEXT)[1] == "A fox in the snow"
    assert fonts.showable("\U000f0000\U000f0001\U000f0002", fonts.TEXT)[1] == ""
    assert caption_layers.caption(Phrase("\U000f0000" * 9, Role.SCENE), (640, 360), ACCENT) is None


@pytest.mark.parametrize("text", ["مرحبا بالعالم", "שלום עולם", "你好世界", "こんにちは", "สวัสดี", "नमस्ते"])
def test_other_scripts_are_shown_with_the_machines_fonts_or_not_at_all(text):
    layer = caption_layers.caption(Phrase(text, Role.SCENE), (640, 360), ACCENT)
    path, shown = fonts.showable(text, fonts.TEXT)
    assert (layer is None) is (shown == "")
    assert not shown or path != fonts.TEXT
