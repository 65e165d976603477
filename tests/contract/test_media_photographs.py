"""Real photographs through the whole `Media` port, from a member's attachment to a picture that a provider takes."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.image import Use
from bot.errors import RequestRefused
from bot.media.local import LocalMedia
from bot.ports import Media

PHOTOGRAPHS = Path(__file__).resolve().parents[2].parent / "shared" / "images"

pytestmark = pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="the shared photographs are not here")


@pytest.fixture
async def media():
    async with LocalMedia() as media:
        port: Media = media
        yield port


@pytest.mark.parametrize("name", ["portrait-astronaut.jpg", "cat.png", "coffee.png", "rocket.jpg"])
async def test_a_photograph_keeps_its_size_and_look(media, name):
    data = (PHOTOGRAPHS / name).read_bytes()
    checked = await media.check_image(data, Use.FIRST_FRAME, "image", 7)
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(checked.data)) as after:
        assert after.size == before.size == (checked.width, checked.height)
        one, other = (image.convert("RGB").resize((16, 16)).get_flattened_data() for image in (before, after))
    apart = [abs(a - b) for left, right in zip(one, other, strict=True) for a, b in zip(left, right, strict=True)]
    # One of them has a wide colour profile: its numbers change, but not how it looks.
    assert sum(apart) / len(apart) < 6
    assert max(apart) < 30
    assert len(checked.data) < 10_000_000
    with Image.open(BytesIO(await media.thumbnail(checked.data))) as thumbnail:
        assert max(thumbnail.size) <= 320


async def test_a_photograph_too_small_for_a_character_says_how_large_it_must_be(media):
    with pytest.raises(RequestRefused) as caught:
        await media.check_image((PHOTOGRAPHS / "cat.png").read_bytes(), Use.REFERENCE, "character1", 7)
    (problem,) = caught.value.problems
    assert (problem.field, problem.given, problem.allowed) == ("character1", (451, 300), (400,))
