"""The command "Animate this image" on every kind of picture in a message. The sandbox describes pictures as Discord does."""

import io

from PIL import Image

from bot.domain.limits import IMAGE_BYTES
from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, booked, running_bot, sought
from tests.sandbox_process import sandbox_here

ELSEWHERE = "https://pictures.example/cat.png"
PNG = {"Content-Type": "image/png"}


def picture(side):
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (200, 90, 40)).save(buffer, "PNG")
    return buffer.getvalue()


async def found(here, app, message, who="bob"):
    """The widths of the pictures that the form for this message offers; [] if no form opens."""
    body = {"command": "Animate this image", "target": message, "channel": "clips", "as": who}
    interaction = (await here.post("/invoke", **body))["interaction"]
    answered = "POST /interactions/*/*/callback"
    while (seen := await here.get(f"/interactions/{interaction}"))["state"] == "pending":
        await here.wait(PATIENCE_SECONDS, request=answered, source="discord", since=here.sandbox.records.last)
    if seen["state"] != "modal":
        return []
    kept = await app.storage.drafts.load(int(interaction), int(here.member(who).id))
    read = [await app.client.use_cases.request.attachments.read(url, IMAGE_BYTES) for _, url, _, _ in kept["stills"]]
    return [Image.open(io.BytesIO(each)).width for each in read]


async def test_a_picture_is_found_wherever_it_is_and_read(tmp_path, monkeypatch):
    async with sandbox_here(rate_limits=False) as here, running_bot(here, tmp_path, monkeypatch) as app:
        await here.post("/scenario", clip_seconds=600)
        await here.post("/applications", name="Painter")
        file = await here.upload("cat.png", picture(700))
        await here.control("POST", f"/files?filename=cat.png&url={ELSEWHERE}", data=picture(800), headers=PNG)

        async def written(**body):
            return (await here.post("/messages", **{"as": "alice", "channel": "clips", **body}))["id"]

        gallery = {"type": 12, "items": [{"media": {"url": "attachment://cat.png"}}, {"media": {"url": ELSEWHERE}}]}
        plain = await written(content="look", files=[file])
        assert await found(here, app, plain) == [700]
        linked = await written(content=ELSEWHERE, embeds=[{"type": "image", "thumbnail": {"url": ELSEWHERE}}])
        assert await found(here, app, linked) == [800]
        others = await written(**{"as": "Painter"}, flags=1 << 15, components=[gallery], files=[file])
        assert await found(here, app, others) == [700, 800]
        assert await found(here, app, await written(forward=plain)) == [700]

        asked = await ask(here, "/video image", image=file)
        card = await sought(here, lambda each: each.id != plain and "picture1.jpg" in str(each.data))
        assert len(await found(here, app, card.id)) == 1
        assert len(await found(here, app, await written(content="this one", reply_to=card.id))) == 1
        # Without the message content intent, another user's message comes without its content.
        assert await found(here, app, await written(content="and this one", reply_to=plain)) == []
        assert await found(here, app, await written(content="just words")) == []
        assert (await booked(app, asked)).request.references[0].width == 700
        assert (await here.get("/violations"))["violations"] == []
