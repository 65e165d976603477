"""Kills the real bot at every boundary that a job crosses, twice at each, and starts it again on the same database.

A request is held when the bot dies: before it takes effect, or after that and before its answer. The second kill is at the same
request of the next process. A submit and a clip's post that took effect must not be sent again: the next process searches for
them, and the second kill is at the search.
"""

from contextlib import suppress
from itertools import count

import psutil
import pytest

from tests.e2e.assertions import assert_made_once, assert_paid_once, assert_whole, clips_of
from tests.e2e.bot_process import LONG, RENDER_SECONDS, texts, until
from tests.e2e.member import buttons

QUICK = {"duration": 3, "resolution": "720P"}
CARD = ("discord", "PATCH", "/webhooks/*/*/messages/*")
THREAD = ("discord", "POST", "/channels/*/messages/*/threads")
POST = ("discord", "POST", "/channels/*/messages")
PROGRESS_GONE = ("discord", "DELETE", "/channels/*/messages/*")
SUBMIT = ("scenario", "POST", "/generate/custom/*")
LISTING = ("scenario", "GET", "/jobs")
CLIP = ("scenario", "GET", "/files/*")
LINK = ("scenario", "GET", "/assets/*")
HISTORY = ("discord", "GET", "/channels/*/messages")
CALLBACK = ("discord", "POST", "/interactions/*/*/callback")
ORIGINAL = ("discord", "GET", "/webhooks/*/*/messages/@original")
ATTACHMENT = ("cdn", "GET", "/ephemeral-attachments/**")
BOUNDARIES = {
    "the card": CARD,
    "the thread": THREAD,
    "the progress message": POST,
    "the picture's upload": ("scenario", "POST", "/assets"),
    "the submit": SUBMIT,
    "a look at running clips": LISTING,
    "the clip's address": LINK,
    "the fetch of the clip": CLIP,
}
TOO_LATE = 5
TOKEN_DIES = 16 * 60
LONGER_THAN_A_NONCE = 10 * 60
EIGHT_MIB, ELEVEN_MIB = 8 * 1024 * 1024, 11 * 1024 * 1024
pictures = iter(range(1000, 2000))


@pytest.fixture
def bot(lived_in):
    if lived_in.process is None:
        lived_in.start()
    yield lived_in
    if lived_in.process is None:
        lived_in.start()
    lived_in.faults.settle()


def ask(member, prompt):
    number = next(pictures)
    return member.ask("/video image", prompt=f"{prompt} {number}", image=member.picture(number), **QUICK)


def kill_at(bot, name):
    """Kill the bot while its request is held, then release the request."""
    bot.faults.held(name)
    bot.kill()
    bot.sandbox.delete("/faults")


def kill_again_at(bot, boundary, *, after):
    """Start the bot, kill it again at the same boundary, and start it."""
    name = bot.faults.hold(*boundary, after=after)
    bot.start()
    kill_at(bot, name)
    bot.start()


@pytest.mark.parametrize("after", [False, True], ids=["before it takes effect", "before its answer"])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_killed_twice_at(bot, member, boundary, after):
    place = BOUNDARIES[boundary]
    name = bot.faults.hold(*place, after=after)
    job = ask(member, "Killed at " + boundary)
    kill_at(bot, name)
    kill_again_at(bot, LISTING if after and place is SUBMIT else place, after=after)
    assert_made_once(bot, member, job)


def test_killed_before_discord_takes_the_first_answer_and_started_too_late_its_member_is_told_once(bot, member):
    name = bot.faults.hold(*CALLBACK)
    lost = ask(member, "Never booked")
    kill_at(bot, name)
    bot.sandbox.post("/clock", advance_seconds=TOO_LATE)
    name = bot.faults.hold(*POST, after=True)
    bot.start()
    kill_at(bot, name)
    bot.start()
    until(lambda: bot.books.asked(lost)["outcome"] == "told", bot.log)
    [told] = [one for one in member.screen.everywhere() if f"hh:draft:{lost}" in buttons(one).values()]
    assert "**Your clip was not begun**" in texts(told)
    assert bot.books.job(lost) is None
    assert not [one for one in bot.sandbox.get("/bill")["entries"] if one["prompt"].startswith("Never booked")]


def test_killed_twice_when_discord_has_taken_the_first_answer_and_nothing_is_booked_yet(bot, member):
    name = bot.faults.hold(*CALLBACK, after=True)
    job = ask(member, "Killed while it was answered")
    kill_at(bot, name)
    assert member.interaction(job)["state"] == "deferred"
    kill_again_at(bot, ORIGINAL, after=True)
    assert_made_once(bot, member, job)


def test_killed_twice_while_the_pictures_are_read(bot, member):
    name = bot.faults.hold(*ATTACHMENT)
    job = ask(member, "Killed while its picture was read")
    kill_at(bot, name)
    assert bot.books.job(job) is None
    kill_again_at(bot, ATTACHMENT, after=False)
    assert_made_once(bot, member, job)


def at_delivery(bot, member, prompt):
    """A job whose finished clip is about to be fetched: every message but the clip's is posted."""
    fetch = bot.faults.hold(*CLIP)
    job = ask(member, prompt)
    bot.faults.held(fetch)
    bot.books.until_job(job, state="fetching")
    until(lambda: bot.books.job(job)["progress_id"], bot.log)
    return job, fetch


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_the_clip_is_posted(bot, member, after):
    job, fetch = at_delivery(bot, member, "Killed while posting")
    name = bot.faults.hold(*POST, after=after, name="post")
    bot.faults.release(fetch)
    kill_at(bot, name)
    assert bot.books.job(job)["state"] == "delivering"
    kill_again_at(bot, HISTORY if after else POST, after=after)
    assert_made_once(bot, member, job)


def test_killed_before_discords_answer_and_started_long_after_the_clip_is_found_not_posted_again(bot, member):
    job, fetch = at_delivery(bot, member, "Found again later")
    name = bot.faults.hold(*POST, after=True, name="post")
    bot.faults.release(fetch)
    kill_at(bot, name)
    bot.sandbox.post("/clock", advance_seconds=LONGER_THAN_A_NONCE)
    bot.start()
    assert_made_once(bot, member, job)


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_a_private_clip_is_put_on_its_card(bot, member, after):
    fetch = bot.faults.hold(*CLIP)
    job = member.ask("/video text", prompt="Killed in private", private=True, **QUICK)
    bot.faults.held(fetch)
    name = bot.faults.hold(*CARD, after=after, name="card")
    bot.faults.release(fetch)
    kill_at(bot, name)
    kill_again_at(bot, CARD, after=after)
    row = assert_paid_once(bot, job)
    assert clips_of(member, job) == [str(row["result_id"])] == [str(row["card_id"])]
    assert member.screen.pings() == 0


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_a_private_clip_is_sent_directly_since_the_token_is_dead(bot, member, after):
    fetch = bot.faults.hold(*CLIP)
    job = member.ask("/video text", prompt="Killed on its way to a direct message", private=True, **QUICK)
    bot.faults.held(fetch)
    bot.sandbox.post("/clock", advance_seconds=TOKEN_DIES)
    name = bot.faults.hold(*POST, after=after, name="post")
    bot.faults.release(fetch)
    kill_at(bot, name)
    kill_again_at(bot, HISTORY if after else POST, after=after)
    row = assert_paid_once(bot, job)
    assert clips_of(member, job) == [str(row["result_id"])]


def test_killed_with_a_private_clip_on_its_card_and_started_after_the_token_nothing_follows_until_its_owner_asks(bot, member):
    fetch = bot.faults.hold(*CLIP)
    job = member.ask("/video text", prompt="Shown in private, then killed", private=True, **QUICK)
    bot.faults.held(fetch)
    held = bot.faults.hold(*CARD, after=True, name="card 0")
    bot.faults.release(fetch)
    for number in count(1):
        bot.faults.held(held)
        if bot.books.job(job)["way"] == "answer":
            break
        # That edit showed progress, not the end.
        following = bot.faults.hold(*CARD, after=True, name=f"card {number}")
        bot.faults.release(held)
        held = following
    kill_at(bot, held)
    bot.sandbox.post("/clock", advance_seconds=TOKEN_DIES)
    bot.start()
    row = bot.books.until_job(job, state="unposted")
    assert (row["failure"], row["charged"]) == ("doubtful", None)
    assert clips_of(member, job) == [str(row["card_id"])]
    member.press(member.answer(member.ask("/jobs")), "Post it here")
    row = assert_paid_once(bot, job)
    assert str(row["result_id"]) in clips_of(member, job)


def test_killed_with_the_clip_in_the_channel_and_started_when_its_thread_is_open_again_it_is_found(bot, member):
    job, fetch = at_delivery(bot, member, "Killed with its thread closed")
    row = bot.books.job(job)
    at, method, _ = POST
    closed = {"what": "status", "status": 403, "body": {"code": 50013, "message": "Missing Permissions"}}
    bot.faults.add({"at": at, "method": method, "path": f"/channels/{row['thread_id']}/messages", "times": 1, **closed})
    name = bot.faults.hold(at, method, f"/channels/{row['channel_id']}/messages", after=True, name="post")
    bot.faults.release(fetch)
    kill_at(bot, name)
    assert bot.books.job(job)["clip_channel_id"] == row["channel_id"]
    bot.sandbox.post("/clock", advance_seconds=LONGER_THAN_A_NONCE)
    bot.start()
    row = assert_paid_once(bot, job)
    assert clips_of(member, job) == [str(row["result_id"])]
    assert f"/{row['channel_id']}/" in row["result_url"]


def test_killed_right_after_a_cancel_it_stays_cancelled_and_free(bot, member):
    line = [bot.member() for _ in range(4)]
    bot.provider(clip_seconds=LONG)
    for each in line:
        bot.books.until_job(ask(each, "Before it in line"), state="generating")
    job = ask(member, "Cancelled, then killed")
    row = until(lambda: (found := bot.books.job(job)) and found["progress_id"] and found, bot.log)
    bot.faults.hold(*CARD, name="every edit by the token", times=50)
    progress = member.screen.message(str(row["thread_id"]), row["progress_id"])
    member.press(progress, "Cancel")
    assert bot.books.until_job(job, state="cancelled")["shown"] == 0
    bot.kill()
    bot.sandbox.delete("/faults")
    bot.start()
    bot.books.ended(job, "cancelled")
    assert bot.books.ledger(job) == {"reserve": -row["cost"], "release": row["cost"]}
    assert bot.books.billed(job) == []
    assert "**Cancelled**" in texts(member.screen.card(job))


@pytest.mark.parametrize("boundary", [CARD, PROGRESS_GONE], ids=["card", "progress"])
def test_killed_twice_after_the_post_before_the_end_is_shown_on_the(bot, member, boundary):
    job, fetch = at_delivery(bot, member, "Killed before its end is shown")
    post = bot.faults.hold(*POST, after=True, name="post")
    bot.faults.release(fetch)
    bot.faults.held(post)
    end = bot.faults.hold(*boundary, name="end")
    bot.faults.release(post)
    kill_at(bot, end)
    row = bot.books.job(job)
    assert (row["state"], row["shown"]) == ("done", 0)
    kill_again_at(bot, boundary, after=True)
    assert_made_once(bot, member, job)


def test_killed_three_times_while_the_clip_is_made(bot, member):
    bot.provider(clip_seconds=LONG)
    job = ask(member, "Killed while it is made")
    for _ in range(3):
        bot.books.until_job(job, state="generating")
        bot.kill()
        bot.start()
    bot.sandbox.post("/clock", advance_seconds=LONG)
    assert_made_once(bot, member, job)


def kill_half_way(bot, job):
    """Kill the bot when half of the clip has arrived: the download breaks off, and the bot dies as it requests a new link."""
    bot.faults.held("the body")
    row = bot.books.job(job)
    half = bot.database.parent / "work" / f"{row['id']}.{row['fence']}.part"
    fresh = bot.faults.hold(*LINK)
    bot.faults.release("the body")
    bot.faults.held(fresh)
    assert 0 < half.stat().st_size < EIGHT_MIB
    bot.kill()
    bot.sandbox.delete("/faults")


def test_killed_twice_in_the_middle_of_the_download_the_posted_file_is_whole(bot, member):
    at, method, path = CLIP
    broken = {"at": at, "method": method, "path": path, "times": 1}
    bot.provider(clip_bytes=EIGHT_MIB)
    bot.faults.add({**broken, "what": "truncate"}, {**broken, "what": "hold", "name": "the body"})
    job = ask(member, "Killed while it is fetched")
    kill_half_way(bot, job)
    bot.faults.add({**broken, "what": "truncate"}, {**broken, "what": "hold", "name": "the body"})
    bot.start()
    kill_half_way(bot, job)
    bot.start()
    assert assert_whole(bot, member.clip(job)) == EIGHT_MIB
    assert_made_once(bot, member, job)


def encoder_at_work(bot):
    """The bot's encoder process, paused in the middle of its file; None if there is none yet."""
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        if any(half.stat().st_size for half in (bot.database.parent / "work").glob(".*.part")):
            encoders = [each for each in psutil.Process(bot.process.pid).children() if "ffmpeg" in each.name()]
            if encoders:
                encoders[0].suspend()
                return encoders[0]
    return None


@pytest.mark.timeout(3 * RENDER_SECONDS)
def test_killed_twice_while_the_clip_is_fitted_the_posted_file_is_whole(bot, member):
    bot.provider(clip_bytes=ELEVEN_MIB)
    number = next(pictures)
    large = {"duration": 8, "resolution": "1080P"}
    job = member.ask("/video image", prompt=f"Killed while fitting {number}", image=member.picture(number), **large)
    for _ in range(2):
        encoder = until(lambda: encoder_at_work(bot), bot.log, RENDER_SECONDS)
        bot.kill()
        encoder.resume()  # it outlives the bot, and writes at the same time as the next one
        assert bot.books.job(job)["state"] in {"fitting", "delivering"}
        bot.start()
    assert assert_whole(bot, member.clip(job, RENDER_SECONDS)) <= 10 * 1024 * 1024
    assert_made_once(bot, member, job, seconds=RENDER_SECONDS)
