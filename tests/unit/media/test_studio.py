"""Pictures that members bring stand before nothing that is drawn for a card."""

import asyncio
import threading

from bot.domain.image import Use
from bot.media.studio import Studio
from tests.unit.cogs.conftest import picture


async def test_a_thumbnail_never_waits_behind_pictures_that_hang():
    over = threading.Event()
    async with Studio() as studio:
        hanging = [asyncio.create_task(studio._checks.run_for(owner, over.wait)) for owner in range(4)]
        await asyncio.sleep(0)
        assert (await studio.thumbnail(picture())).startswith(b"\xff\xd8")
        over.set()
        await asyncio.gather(*hanging)
        assert (await studio.check_image(picture(), Use.REFERENCE, "image", 7)).width == 1024
