"""SIGKILL to the real bot around every boundary that a job crosses, twice at each, and a new start on the same books.

Requests are held where they are when the bot dies: before they take effect, or after it and before their answer. The second
kill is at the same place, which comes again in the next life. Two must not, a submit and a clip's post that took effect: they
are found instead of asked for again, and the second kill is at the search.
"""

from contextlib import suppress
from itertools import count

import psutil
import pytest

from tests.e2e.bot_process import LONG, RENDER_SECONDS, texts, until
from tests.e2e.once import assert_made_once, assert_paid_once, assert_whole, clips_of

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
TOKEN_DIES = 16 * 60
LONGER_THAN_A_NONCE = 10 * 60
EIGHT_MIB, ELEVEN_MIB = 8 * 1024 * 1024, 11 * 1024 * 1024
pictures = iter(range(1000, 2000))


@pytest.fixture
def house(lived_in):
    if lived_in.process is None:
        lived_in.start()
    yield lived_in
    if lived_in.process is None:
        lived_in.start()
    lived_in.settle()


def ask(member, prompt):
    number = next(pictures)
    return member.ask("/video image", prompt=f"{prompt} {number}", image=member.picture(number), **QUICK)


def kill_at(house, name):
    """Kill the bot while it waits at this hold, and let what was held go on without it."""
    house.held(name)
    house.kill()
    house.sandbox.delete("/faults")


def kill_again_at(house, boundary, *, after):
    """Start, kill it once more where it comes to the same place again, and start."""
    name = house.hold(*boundary, after=after)
    house.start()
    kill_at(house, name)
    house.start()


@pytest.mark.parametrize("after", [False, True], ids=["before it takes effect", "before its answer"])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_killed_twice_at(house, member, boundary, after):
    place = BOUNDARIES[boundary]
    name = house.hold(*place, after=after)
    job = ask(member, "Killed at " + boundary)
    kill_at(house, name)
    kill_again_at(house, LISTING if after and place is SUBMIT else place, after=after)
    assert_made_once(house, member, job)


@pytest.mark.parametrize("after", [False, True], ids=["before it takes effect", "before its answer"])
def test_killed_while_the_command_is_answered_nothing_is_booked_and_the_next_one_works(house, member, after):
    name = house.hold("discord", "POST", "/interactions/*/*/callback", after=after)
    lost = ask(member, "Never booked")
    kill_at(house, name)
    house.start()
    job = ask(member, "Booked afterwards")
    assert_made_once(house, member, job)
    assert house.job(lost) is None
    assert not [one for one in house.sandbox.get("/bill")["entries"] if one["prompt"].startswith("Never booked")]


def test_killed_while_the_pictures_are_read_nothing_is_booked_charged_or_sent_and_the_next_one_works(house, member):
    """By design the command is lost: it was deferred and no more, and the member gives it again."""
    name = house.hold(*ATTACHMENT)
    lost = ask(member, "Never read")
    house.held(name)
    assert member.interaction(lost)["state"] == "deferred"
    house.kill()
    house.sandbox.delete("/faults")
    house.start()
    job = ask(member, "Read afterwards")
    assert_made_once(house, member, job)
    assert house.job(lost) is None
    booked = house.rows("SELECT DISTINCT job_id FROM ledger WHERE member_id = ?", int(member.id))
    assert [row["job_id"] for row in booked] == [int(job)]
    assert not [one for one in house.sandbox.get("/bill")["entries"] if one["prompt"].startswith("Never read")]


def at_delivery(house, member, prompt):
    """A job whose clip is at the provider's door: every message but the last is made."""
    fetch = house.hold(*CLIP)
    job = ask(member, prompt)
    house.held(fetch)
    house.until_job(job, state="fetching")
    until(lambda: house.job(job)["progress_id"], house.log)
    return job, fetch


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_the_clip_is_posted(house, member, after):
    job, fetch = at_delivery(house, member, "Killed while posting")
    name = house.hold(*POST, after=after, name="post")
    house.release(fetch)
    kill_at(house, name)
    assert house.job(job)["state"] == "delivering"
    kill_again_at(house, HISTORY if after else POST, after=after)
    assert_made_once(house, member, job)


def test_killed_before_discords_answer_and_started_long_after_the_clip_is_found_not_posted_again(house, member):
    job, fetch = at_delivery(house, member, "Found again later")
    name = house.hold(*POST, after=True, name="post")
    house.release(fetch)
    kill_at(house, name)
    house.sandbox.post("/clock", advance_seconds=LONGER_THAN_A_NONCE)
    house.start()
    assert_made_once(house, member, job)


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_a_private_clip_is_put_on_its_card(house, member, after):
    fetch = house.hold(*CLIP)
    job = member.ask("/video text", prompt="Killed in private", private=True, **QUICK)
    house.held(fetch)
    name = house.hold(*CARD, after=after, name="card")
    house.release(fetch)
    kill_at(house, name)
    kill_again_at(house, CARD, after=after)
    row = assert_paid_once(house, job)
    assert clips_of(member, job) == [str(row["result_id"])] == [str(row["card_id"])]
    assert member.pings() == 0


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_a_private_clip_is_sent_directly_since_the_token_is_dead(house, member, after):
    fetch = house.hold(*CLIP)
    job = member.ask("/video text", prompt="Killed on its way to a direct message", private=True, **QUICK)
    house.held(fetch)
    house.sandbox.post("/clock", advance_seconds=TOKEN_DIES)
    name = house.hold(*POST, after=after, name="post")
    house.release(fetch)
    kill_at(house, name)
    kill_again_at(house, HISTORY if after else POST, after=after)
    row = assert_paid_once(house, job)
    assert clips_of(member, job) == [str(row["result_id"])]


def test_killed_with_a_private_clip_on_its_card_and_started_after_the_token_nothing_follows_until_its_owner_asks(house, member):
    fetch = house.hold(*CLIP)
    job = member.ask("/video text", prompt="Shown in private, then killed", private=True, **QUICK)
    house.held(fetch)
    held = house.hold(*CARD, after=True, name="card 0")
    house.release(fetch)
    for number in count(1):
        house.held(held)
        if house.job(job)["way"] == "answer":
            break
        # It was its progress that came by.
        following = house.hold(*CARD, after=True, name=f"card {number}")
        house.release(held)
        held = following
    kill_at(house, held)
    house.sandbox.post("/clock", advance_seconds=TOKEN_DIES)
    house.start()
    row = house.until_job(job, state="unposted")
    assert (row["failure"], row["charged"]) == ("doubtful", None)
    assert clips_of(member, job) == [str(row["card_id"])]
    member.press(member.answer(member.ask("/jobs")), "Post it here")
    row = assert_paid_once(house, job)
    assert str(row["result_id"]) in clips_of(member, job)


def test_killed_with_the_clip_in_the_channel_and_started_when_its_thread_is_open_again_it_is_found(house, member):
    job, fetch = at_delivery(house, member, "Killed with its thread closed")
    row = house.job(job)
    at, method, _ = POST
    closed = {"what": "status", "status": 403, "body": {"code": 50013, "message": "Missing Permissions"}}
    house.faults({"at": at, "method": method, "path": f"/channels/{row['thread_id']}/messages", "times": 1, **closed})
    name = house.hold(at, method, f"/channels/{row['channel_id']}/messages", after=True, name="post")
    house.release(fetch)
    kill_at(house, name)
    assert house.job(job)["way"] == "channel"
    house.sandbox.post("/clock", advance_seconds=LONGER_THAN_A_NONCE)
    house.start()
    row = assert_paid_once(house, job)
    assert clips_of(member, job) == [str(row["result_id"])]
    assert f"/{row['channel_id']}/" in row["result_url"]


def test_killed_right_after_a_cancel_it_stays_cancelled_and_free(house, member):
    line = [house.member() for _ in range(4)]
    house.provider(clip_seconds=LONG)
    for each in line:
        house.until_job(ask(each, "Before it in line"), state="generating")
    job = ask(member, "Cancelled, then killed")
    row = until(lambda: (found := house.job(job)) and found["progress_id"] and found, house.log)
    house.hold(*CARD, name="every edit by the token", times=50)
    progress = member.message(str(row["thread_id"]), row["progress_id"])
    member.press(progress, "Cancel")
    assert house.until_job(job, state="cancelled")["shown"] == 0
    house.kill()
    house.sandbox.delete("/faults")
    house.start()
    house.ended(job, "cancelled")
    assert house.ledger(job) == {"reserve": -row["cost"], "release": row["cost"]}
    assert house.billed(job) == []
    assert "**Cancelled**" in texts(member.card(job))


@pytest.mark.parametrize("boundary", [CARD, PROGRESS_GONE], ids=["card", "progress"])
def test_killed_twice_after_the_post_before_the_end_is_shown_on_the(house, member, boundary):
    job, fetch = at_delivery(house, member, "Killed before its end is shown")
    post = house.hold(*POST, after=True, name="post")
    house.release(fetch)
    house.held(post)
    end = house.hold(*boundary, name="end")
    house.release(post)
    kill_at(house, end)
    row = house.job(job)
    assert (row["state"], row["shown"]) == ("done", 0)
    kill_again_at(house, boundary, after=True)
    assert_made_once(house, member, job)


def test_killed_three_times_while_the_clip_is_made(house, member):
    house.provider(clip_seconds=LONG)
    job = ask(member, "Killed while it is made")
    for _ in range(3):
        house.until_job(job, state="generating")
        house.kill()
        house.start()
    house.sandbox.post("/clock", advance_seconds=LONG)
    assert_made_once(house, member, job)


def kill_half_way(house, job):
    """Kill the bot when half of the clip has arrived: the body breaks off, and the bot dies as it asks for a fresh link."""
    half = house.database.parent / "work" / f"{job}.part"
    house.held("the body")
    fresh = house.hold(*LINK)
    house.release("the body")
    house.held(fresh)
    assert 0 < half.stat().st_size < EIGHT_MIB
    house.kill()
    house.sandbox.delete("/faults")


def test_killed_twice_in_the_middle_of_the_download_the_posted_file_is_whole(house, member):
    at, method, path = CLIP
    broken = {"at": at, "method": method, "path": path, "times": 1}
    house.provider(clip_bytes=EIGHT_MIB)
    house.faults({**broken, "what": "truncate"}, {**broken, "what": "hold", "name": "the body"})
    job = ask(member, "Killed while it is fetched")
    kill_half_way(house, job)
    house.faults({**broken, "what": "truncate"}, {**broken, "what": "hold", "name": "the body"})
    house.start()
    kill_half_way(house, job)
    house.start()
    assert assert_whole(house, member.clip(job)) == EIGHT_MIB
    assert_made_once(house, member, job)


def encoder_at_work(house):
    """The bot's encoder, stopped in the middle of its file; None where there is none yet."""
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        if any(half.stat().st_size for half in (house.database.parent / "work").glob(".*.part")):
            encoders = [each for each in psutil.Process(house.process.pid).children() if "ffmpeg" in each.name()]
            if encoders:
                encoders[0].suspend()
                return encoders[0]
    return None


@pytest.mark.timeout(3 * RENDER_SECONDS)
def test_killed_twice_while_the_clip_is_fitted_the_posted_file_is_whole(house, member):
    house.provider(clip_bytes=ELEVEN_MIB)
    number = next(pictures)
    large = {"duration": 8, "resolution": "1080P"}
    job = member.ask("/video image", prompt=f"Killed while fitting {number}", image=member.picture(number), **large)
    for _ in range(2):
        encoder = until(lambda: encoder_at_work(house), house.log, RENDER_SECONDS)
        house.kill()
        encoder.resume()  # it outlives the bot, and writes on beside the next one's
        assert house.job(job)["state"] in {"fitting", "delivering"}
        house.start()
    assert assert_whole(house, member.clip(job, RENDER_SECONDS)) <= 10 * 1024 * 1024
    assert_made_once(house, member, job, seconds=RENDER_SECONDS)
