"""The vendor's own examples for this model, one case each: their settings and number of pictures, with words of our own."""

import pytest

from tests.e2e.house import a_house, texts
from tests.e2e.member import real_photograph, videos
from tests.e2e.once import assert_made_once

pytestmark = pytest.mark.xdist_group("e2e-examples")
TALL = {"resolution": "1080P", "aspect": "9:16"}
WIDE = {"resolution": "1080P", "aspect": "16:9"}
ANCHOR = "A radio host leans to the microphone, lip-sync, says good evening, and a jingle fades"
DUET = "character1 questions character2 across a kitchen table, lip-sync, rain on the window"
EXAMPLES = {
    "anchor": ("text", ANCHOR, {"duration": 12, **WIDE}, 0),
    "concert": ("text", "A fiddler plays on a crowded market square, people clap", {"duration": 14, **WIDE}, 0),
    "knight": (
        "image",
        "The rocket trembles on its pad, a deep roar, the camera orbits",
        {"duration": 13, **TALL},
        1,
    ),
    "surfer": ("image", "The cat turns its head and purrs, the camera moves along", {"duration": 14, **WIDE}, 1),
    "astronaut": ("characters", "character1 reads a short letter aloud, lip-sync, a fan hums", {"duration": 11, **WIDE}, 1),
    "noir": ("characters", DUET, {"duration": 14, **WIDE}, 2),
    "chef and cyclist": ("characters", "character1 hands a warm loaf to character2, bells ring", {"duration": 15, **WIDE}, 2),
    "royal ball": ("characters", "character1, character2 and character3 waltz, strings play", {"duration": 15, **WIDE}, 3),
}
PHOTOGRAPHS = {
    "knight": ["rocket.jpg"],
    "surfer": ["cat.png"],
    "astronaut": ["portrait-astronaut.jpg"],
    "noir": ["portrait-astronaut.jpg"],
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("examples")) as made:
        yield made


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_made_as_asked(house, name):
    kind, prompt, settings, count = EXAMPLES[name]
    member = house.member()
    real = PHOTOGRAPHS.get(name, [])
    files = [member.sandbox_file(one, real_photograph(one, number)) for number, one in enumerate(real)]
    files += [member.picture(200 + number, (1024, 1024)) for number in range(len(files), count)]
    names = ["image"] if kind == "image" else [f"character{number}" for number in range(1, count + 1)]
    job = member.ask(f"/video {kind}", prompt=prompt, **dict(zip(names, files, strict=True)), **settings)
    clip = member.clip(job)
    row = house.ended(job)
    assert (row["duration"], row["resolution"]) == (settings["duration"], "1080P")
    sent = [one for one in house.requests(source="scenario")["requests"] if "/generate/custom/" in one["path"]][-1]
    body = sent["request"]["json"]
    assert (body["duration"], body["resolution"], body["prompt"]) == (settings["duration"], "1080P", prompt)
    assert ("image" in body, len(body.get("referenceImages", ()))) == (kind == "image", 0 if kind == "image" else count)
    if kind != "image":
        assert body["aspectRatio"] == settings["aspect"]
        assert (videos(clip)[0]["width"], videos(clip)[0]["height"]) == (1920, 1080)
    assert f"{settings['duration']} s · 1080P" in texts(clip)
    assert_made_once(house, member, job)
