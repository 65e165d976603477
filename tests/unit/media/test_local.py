"""Decoding members' pictures does not delay the drawing for job cards."""

import asyncio

from bot.domain.image import Use
from bot.media.decoder_pool import DecoderPool
from bot.media.local import LocalMedia
from tests.fixtures.simcord_bot import picture
from tests.unit.media.test_decoder_pool import FOREVER, SLOW, decoding


async def test_a_thumbnail_never_waits_behind_pictures_that_hang():
    decoders = DecoderPool(time_limit=FOREVER)
    async with LocalMedia(decoders=decoders) as media:
        hanging = [asyncio.create_task(media.check_image(SLOW, Use.REFERENCE, "image", owner)) for owner in range(4)]
        await decoding(decoders)
        assert (await media.thumbnail(picture())).startswith(b"\xff\xd8")
        for each in hanging:
            each.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        assert (await media.check_image(picture(), Use.REFERENCE, "image", 7)).width == 1024
