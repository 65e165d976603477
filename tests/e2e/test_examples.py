"""The vendor's examples for this model, one test each: their settings and number of pictures, with our own prompts."""

import io

import pytest
from PIL import Image

from tests.e2e.assertions import assert_made_once
from tests.e2e.bot_process import a_bot, texts
from tests.e2e.member import photograph, real_photograph, videos

TALL = {"resolution": "1080P", "aspect": "9:16"}
WIDE = {"resolution": "1080P", "aspect": "16:9"}
ANCHOR = "A radio host leans to the microphone, lip-sync, says good evening, and a jingle fades"
DUET = "character1 questions character2 across a kitchen table, lip-sync, rain on the window"
EXAMPLES = {
    "anchor": ("text", ANCHOR, {"duration": 12, **WIDE}, 0),
    "concert": ("text", "A fiddler plays on a crowded market square, people clap", {"duration": 14, **WIDE}, 0),
    "knight": (
        "image",
        "The knight lifts the visor, armour creaks, the camera orbits",
        {"duration": 13, **TALL},
        1,
    ),
    "surfer": ("image", "The cat turns its head and purrs, the camera moves along", {"duration": 14, **WIDE}, 1),
    "astronaut": ("characters", "character1 reads a short letter aloud, lip-sync, a fan hums", {"duration": 11, **WIDE}, 1),
    "noir": ("characters", DUET, {"duration": 14, **WIDE}, 2),
    "chef and cyclist": ("characters", "character1 hands a warm loaf to character2, bells ring", {"duration": 15, **WIDE}, 2),
    "royal ball": ("characters", "character1, character2 and character3 waltz, strings play", {"duration": 15, **WIDE}, 3),
}
TALL_STILL = (720, 1280)
PHOTOGRAPHS = {
    "surfer": ["cat.png"],
    "astronaut": ["portrait-astronaut.jpg"],
    "noir": ["portrait-astronaut.jpg"],
}


def frame_of(still):
    """The clip's frame: 1080 pixels on the short side, the still's shape, even sides."""
    width, height = Image.open(io.BytesIO(still)).size
    long_side = round(1080 * max(width, height) / min(width, height) / 2) * 2
    return (long_side, 1080) if width >= height else (1080, long_side)


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    with a_bot(tmp_path_factory.mktemp("examples")) as made:
        yield made


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_made_as_asked(bot, name):
    kind, prompt, settings, count = EXAMPLES[name]
    member = bot.member()
    stills = [(one, real_photograph(one, number)) for number, one in enumerate(PHOTOGRAPHS.get(name, []))]
    made_size = TALL_STILL if name == "knight" else (1024, 1024)
    stills += [(f"picture{number}.jpg", photograph(200 + number, made_size)) for number in range(len(stills), count)]
    files = [member.sandbox_file(*each) for each in stills]
    names = ["image"] if kind == "image" else [f"character{number}" for number in range(1, count + 1)]
    job = member.ask(f"/video {kind}", prompt=prompt, **dict(zip(names, files, strict=True)), **settings)
    clip = member.clip(job)
    row = bot.books.ended(job)
    assert (row["duration"], row["resolution"]) == (settings["duration"], "1080P")
    sent = [one for one in bot.requests(source="scenario")["requests"] if "/generate/custom/" in one["path"]][-1]
    body = sent["request"]["json"]
    assert (body["duration"], body["resolution"], body["prompt"]) == (settings["duration"], "1080P", prompt)
    assert ("image" in body, len(body.get("referenceImages", ()))) == (kind == "image", 0 if kind == "image" else count)
    assert body.get("aspectRatio") == (None if kind == "image" else settings["aspect"])
    frame = frame_of(stills[0][1]) if kind == "image" else (1920, 1080)
    assert (videos(clip)[0]["width"], videos(clip)[0]["height"]) == frame
    assert (frame[0] < frame[1]) is (name == "knight")
    assert f"{settings['duration']} s · 1080P" in texts(clip)
    assert_made_once(bot, member, job)
