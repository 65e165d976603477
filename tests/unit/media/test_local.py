"""Pictures that members bring stand before nothing that is drawn for a card."""

import asyncio

from bot.domain.image import Use
from bot.media.decoder_pool import DecoderPool
from bot.media.local import Studio
from tests.fixtures.simcord_bot import picture
from tests.unit.media.test_decoder_pool import FOREVER, SLOW, decoding


async def test_a_thumbnail_never_waits_behind_pictures_that_hang():
    decoders = DecoderPool(time_limit=FOREVER)
    async with Studio(decoders=decoders) as studio:
        hanging = [asyncio.create_task(studio.check_image(SLOW, Use.REFERENCE, "image", owner)) for owner in range(4)]
        await decoding(decoders)
        assert (await studio.thumbnail(picture())).startswith(b"\xff\xd8")
        for each in hanging:
            each.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        assert (await studio.check_image(picture(), Use.REFERENCE, "image", 7)).width == 1024
