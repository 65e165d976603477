"""SIGKILL to the real bot around every boundary that a job crosses, twice at each, and a new start on the same books.

Requests are held where they are when the bot dies: before they take effect, or after it and before their answer.
"""

import pytest

from tests.e2e.house import LONG, a_house, texts, until
from tests.e2e.once import assert_made_once, assert_paid_once, assert_whole, clips_of

pytestmark = pytest.mark.xdist_group("e2e-kill")
QUICK = {"duration": 3, "resolution": "720P"}
CARD = ("discord", "PATCH", "/webhooks/*/*/messages/*")
THREAD = ("discord", "POST", "/channels/*/messages/*/threads")
POST = ("discord", "POST", "/channels/*/messages")
EDIT = ("discord", "PATCH", "/channels/*/messages/*")
SUBMIT = ("scenario", "POST", "/generate/custom/*")
CLIP = ("scenario", "GET", "/files/*")
BOUNDARIES = {
    "the card": CARD,
    "the thread": THREAD,
    "the progress message": POST,
    "the picture's upload": ("scenario", "POST", "/assets"),
    "the submit": SUBMIT,
    "a look at running clips": ("scenario", "GET", "/jobs"),
    "the clip's address": ("scenario", "GET", "/assets/*"),
    "the fetch of the clip": CLIP,
}
TOKEN_DIES = 16 * 60
LONGER_THAN_A_NONCE = 10 * 60
ELEVEN_MIB = 11 * 1024 * 1024
pictures = iter(range(1000, 2000))


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("kill")) as made:
        yield made


@pytest.fixture
def house(lived_in):
    if lived_in.process is None:
        lived_in.start()
    yield lived_in
    if lived_in.process is None:
        lived_in.start()
    lived_in.settle()


@pytest.fixture
def member(house):
    return house.member()


def ask(member, prompt):
    number = next(pictures)
    return member.ask("/video image", prompt=f"{prompt} {number}", image=member.picture(number), **QUICK)


def kill_at(house, name):
    """Kill the bot while it waits at this hold, and let what was held go on without it."""
    house.held(name)
    house.kill()
    house.sandbox.delete("/faults")


def kill_again_at(house, boundary, job, *, after):
    """Start, and kill it once more should it come to the same place again."""
    name = house.hold(*boundary, after=after)
    house.start()

    def there():
        holding = any(one["holding"] for one in house.sandbox.get("/faults")["faults"])
        return "held" if holding else (house.job(job) or {}).get("shown")

    if until(there, house.log) == "held":
        kill_at(house, name)
        house.start()


@pytest.mark.parametrize("after", [False, True], ids=["before it takes effect", "before its answer"])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_killed_twice_at(house, member, boundary, after):
    place = BOUNDARIES[boundary]
    name = house.hold(*place, after=after)
    job = ask(member, "Killed at " + boundary)
    kill_at(house, name)
    kill_again_at(house, place, job, after=after)
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


def at_delivery(house, member, prompt):
    """A job whose clip is at the provider's door: every message but the last is made."""
    fetch = house.hold(*CLIP)
    job = ask(member, prompt)
    house.held(fetch)
    house.until_job(job, state="fetching")
    return job, fetch


@pytest.mark.parametrize("after", [False, True], ids=["before Discord has it", "before Discord's answer"])
def test_killed_twice_while_the_clip_is_posted(house, member, after):
    job, fetch = at_delivery(house, member, "Killed while posting")
    name = house.hold(*POST, after=after, name="post")
    house.release(fetch)
    kill_at(house, name)
    assert house.job(job)["state"] == "delivering"
    kill_again_at(house, POST, job, after=after)
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
    kill_again_at(house, CARD, job, after=after)
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
    kill_again_at(house, POST, job, after=after)
    row = assert_paid_once(house, job)
    assert clips_of(member, job) == [str(row["result_id"])]


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


@pytest.mark.parametrize("boundary", [CARD, EDIT], ids=["card", "progress"])
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
    kill_again_at(house, boundary, job, after=True)
    assert_made_once(house, member, job)


def test_killed_three_times_while_the_clip_is_made(house, member):
    house.provider(clip_seconds=4)
    job = ask(member, "Killed while it is made")
    for _ in range(3):
        house.until_job(job, state="generating")
        house.kill()
        house.start()
    assert_made_once(house, member, job)


def test_killed_twice_while_the_clip_is_fitted_the_posted_file_is_whole(house, member):
    house.provider(clip_bytes=ELEVEN_MIB)
    number = next(pictures)
    large = {"duration": 8, "resolution": "1080P"}
    job = member.ask("/video image", prompt=f"Killed while fitting {number}", image=member.picture(number), **large)
    encoding = house.database.parent / "work"
    for _ in range(2):
        until(lambda: [half for half in encoding.glob(".*.part") if half.stat().st_size], house.log)
        house.kill()
        assert house.job(job)["state"] in {"fitting", "delivering"}
        house.start()
    assert assert_whole(house, member.clip(job, 120)) <= 10 * 1024 * 1024
    assert_made_once(house, member, job)
