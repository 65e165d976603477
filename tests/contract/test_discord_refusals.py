"""The whole bot when Discord refuses: by a rate limit of minutes, for blocked words, for files that an edit does not list."""

from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, job_of, press, running_bot, shown_to, sought, text_of
from tests.fixtures.simcord_bot import picture
from tests.sandbox_process import sandbox_here
from tests.waiting import until

SUBMIT = {"at": "scenario", "method": "POST", "path": "/generate/**", "what": "hold", "name": "submit", "times": 1}
THREADS = "/threads"


def clip_of(here, job_id):
    return sought(here, lambda message: f"hh:more:{job_id}" in str(message.data.get("components")))


def asked_for(here, method, ending):
    records = here.sandbox.records.since(0)
    return [each["path"] for each in records if each["method"] == method and each["path"].endswith(ending)]


async def test_a_channel_whose_threads_are_limited_for_minutes_makes_and_shows_all_its_clips(tmp_path, monkeypatch):
    async with sandbox_here(rate_limits=False) as here, running_bot(here, tmp_path, monkeypatch) as app:
        await here.post("/scenario", clip_seconds=0)
        await here.post("/refusals", threads_seconds=219)
        jobs = [
            await job_of(app, await ask(here, who=who, prompt=f"A kite {number}"))
            for number in range(4)
            for who in ("alice", "bob")
        ]
        clips = [await clip_of(here, job) for job in jobs]
        assert {each.channel.name for each in clips} == {"clips"}
        # The first request was told how long to wait, and no other is sent before that.
        assert len(asked_for(here, "POST", THREADS)) == 1


async def test_blocked_words_are_posted_nowhere_and_a_picture_stays_through_edits_that_must_list_it(tmp_path, monkeypatch):
    async with sandbox_here(rate_limits=False) as here, running_bot(here, tmp_path, monkeypatch) as app:
        await here.post("/scenario", clip_seconds=0)
        await here.post("/refusals", keywords=["kite"], unlisted_files=False)
        await here.post("/faults", faults=[SUBMIT])
        image = await here.upload("cat.png", picture())
        job = await job_of(app, await ask(here, "/video image", prompt="A red kite", image=image))
        await here.wait(PATIENCE_SECONDS, held="submit")
        card = await sought(here, lambda message: "Making it" in text_of(message.data))
        assert "picture1.jpg" in str(card.data["components"])
        await here.post("/release", name="submit")
        clip = await clip_of(here, job)
        await until(lambda: "**Done**" in text_of(card.data), PATIENCE_SECONDS)
        assert all(name in str(card.data["components"]) for name in ("picture1.jpg", "poster.jpg"))
        assert clip.channel.name == "A clip"
        assert "red kite" not in str((card.data["components"], clip.data["components"]))


async def test_when_words_are_blocked_the_member_misses_nothing_but_the_words(tmp_path, monkeypatch):
    async with sandbox_here(rate_limits=False) as here, running_bot(here, tmp_path, monkeypatch) as app:
        await here.post("/scenario", clip_seconds=0)
        await here.post("/refusals", keywords=["kite"])
        job = await job_of(app, await ask(here, prompt="A red kite"))
        clip = await clip_of(here, job)
        assert "clip-from-text-3s-720p-" in str(clip.data["components"])
        assert "kite" not in str(clip.data["components"])
        listed = await here.wait(PATIENCE_SECONDS, interaction=await ask(here, "/jobs"), state="answered")
        assert "3 s · 720P · 42 credits" in text_of(listed["message"])
        assert "Prompts are left out" in text_of(listed["message"])
        shown = await press(here, f"hh:prompt:{job}")
        assert "Remix opens a form that holds it" in text_of(shown)
        assert f"hh:remix:{job}" in str(shown["components"])
        await here.post("/refusals", keywords=["file"])
        no_picture = await here.upload("kite.txt", b"A kite", "text/plain")
        said = await ask(here, "/video image", image=no_picture)
        told = (await shown_to(here, "**One thing to change**"))[-1]
        assert "**Picture (image)**: allowed JPEG, PNG" in told
        assert "text file" not in told
        await sought(here, lambda message: f"hh:draft:{said}" in str(message.data["components"]))
