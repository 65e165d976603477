"""`/video` in every kind of channel where members write. The real bot against the sandbox."""

from sandbox.discord.channels import PRIVATE_THREAD, PUBLIC_THREAD
from sandbox.discord.shown_files import videos_shown
from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, booked, running_bot, text_of
from tests.sandbox_process import sandbox_here

TEXT, VOICE, ANNOUNCEMENT, STAGE, FORUM, MEDIA = 0, 2, 5, 13, 15, 16
CHATS = {"text": TEXT, "voice": VOICE, "announcement": ANNOUNCEMENT, "stage": STAGE}
IN_A_THREAD_OF_ITS_OWN = {"text", "announcement"}


async def places(here):
    """One channel or thread of each kind: its kind, and its id."""
    made = {name: (await here.post("/channels", name=name, type=kind))["id"] for name, kind in CHATS.items()}
    for name, kind in (("forum", FORUM), ("media", MEDIA)):
        await here.post("/channels", name=name, type=kind, tags=["Cats"])
        post = {"name": "a post", "channel": name, "content": "look", "tags": ["Cats"], "as": "alice"}
        made[f"{name} post"] = (await here.post("/threads", **post))["id"]
    for name, kind in (("thread", PUBLIC_THREAD), ("private thread", PRIVATE_THREAD)):
        made[name] = (await here.post("/threads", name=name, channel="text", type=kind, **{"as": "alice"}))["id"]
        await here.post(f"/threads/{made[name]}/members", member="bot", **{"as": "alice"})
    news = await here.post("/messages", channel="announcement", content="news", **{"as": "studio"})
    made["announcement thread"] = (await here.post("/threads", name="on news", on=news["id"], **{"as": "studio"}))["id"]
    made["direct message"] = (await here.post("/channels", dm_with="alice"))["id"]
    return made


async def test_a_clip_comes_in_every_place_where_a_member_may_ask_for_one(tmp_path, monkeypatch):
    busy = {"allowance": 1_000_000, "running_per_member": 20, "running_jobs_per_member": 20}
    async with sandbox_here(rate_limits=False, speed=100) as here, running_bot(here, tmp_path, monkeypatch, quota=busy) as app:
        there = await places(here)
        asked = {}
        for name, place in there.items():
            asked[name] = await ask(here, channel=place, prompt=f"A kite over the {name}")
            await here.wait(PATIENCE_SECONDS, interaction=asked[name], state="deferred,answered")
        for name, interaction in asked.items():
            came = await here.wait(PATIENCE_SECONDS, clip=interaction, **{"as": "alice"})
            assert came["outcome"] == "clip", (name, came)
            clip, address = came["message"], (await booked(app, interaction)).address
            own = name in IN_A_THREAD_OF_ITS_OWN
            assert (address.thread_id is not None) is own, name
            assert clip["channel_id"] == (str(address.thread_id) if own else there[name]), name
            assert f"A kite over the {name}" in text_of(clip)
            assert len(videos_shown(clip)) == 1, name
        assert (await here.get("/violations"))["violations"] == []
