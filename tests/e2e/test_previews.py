"""The bot without any account: previews are free and playable, and are drawn again after a kill."""

from contextlib import suppress

import pytest

from tests.e2e.assertions import assert_posted_once, assert_whole
from tests.e2e.bot_process import RENDER_SECONDS, SETTINGS, a_bot, texts, until
from tests.e2e.member import buttons

pytestmark = [pytest.mark.timeout(3 * RENDER_SECONDS)]
QUICK = {"duration": 3, "resolution": "720P"}
PREVIEWS = {**SETTINGS, "provider": {"name": "preview", "watch_seconds": 0.2}}


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    with a_bot(tmp_path_factory.mktemp("previews"), PREVIEWS) as made:
        yield made


@pytest.mark.parametrize(("kind", "count"), [("text", 0), ("image", 1), ("characters", 2)])
def test_a_preview_comes_for_free_and_plays(bot, kind, count):
    member = bot.member()
    names = {"image": ["image"], "characters": ["character1", "character2"]}.get(kind, [])
    files = {name: member.picture(number) for number, name in enumerate(names[:count])}
    prompt = "character1 meets character2, slow push-in, birds" if kind == "characters" else "A slow push-in over dunes, wind"
    job = member.ask(f"/video {kind}", prompt=prompt, seed=5, **files, **QUICK)
    clip = member.clip(job, RENDER_SECONDS)
    row = bot.books.ended(job)
    assert (row["cost"], row["charged"]) == (0, 0)
    assert "A preview of your clip is ready." in texts(clip)
    assert "1080P final" in buttons(clip)
    assert assert_whole(bot, clip) > 0
    assert member.screen.pings() == 1
    assert bot.sandbox.get("/bill")["entries"] == []
    assert open_to_others(bot.database.parent) == []


def open_to_others(folder):
    """Files and folders that other users of the machine may read."""
    found = []
    for each in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if each.stat().st_mode & 0o077:
                found.append(each)
    return found


def rendering(bot):
    """The clips that are being drawn. Their folders may vanish during the look."""
    with suppress(FileNotFoundError):
        return [*bot.database.parent.rglob(".render-*")]


def test_a_preview_is_drawn_again_after_a_kill_and_posted_once(bot):
    member = bot.member()
    job = member.ask("/video text", prompt="A lantern sways, an owl calls", **QUICK)
    for _ in range(2):
        bot.books.until_job(job, state="generating")
        until(lambda: rendering(bot), bot.log)
        bot.kill()
        bot.start()
    clip = member.clip(job, RENDER_SECONDS)
    assert_posted_once(member, bot.books.ended(job))
    assert assert_whole(bot, clip)
    assert member.screen.pings() == 1


def test_the_words_say_that_clips_are_previews(bot):
    member = bot.member()
    assert "free previews" in texts(member.answer(member.ask("/help")))
    assert "Clips are free here" in texts(member.answer(member.ask("/quota")))
