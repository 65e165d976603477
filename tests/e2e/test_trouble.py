"""Errors at Discord and at the provider, without a kill: lost answers are found, failed clips are free, members are told."""

import httpx
import pytest

from tests.e2e.assertions import assert_made_once, assert_paid_once, assert_whole, clips_of
from tests.e2e.bot_process import texts, until, with_operators
from tests.e2e.member import buttons

QUICK = {"duration": 3, "resolution": "720P"}
SUBMIT = {"at": "scenario", "method": "POST", "path": "/generate/custom/*"}
CLIP = {"at": "scenario", "method": "GET", "path": "/files/*"}
POST = {"at": "discord", "method": "POST", "path": "/channels/*/messages"}


@pytest.fixture(scope="module")
def settings():
    return with_operators


def ask(member, prompt):
    return member.ask("/video text", prompt=prompt, **QUICK)


def assert_free(bot, member, job):
    """The member was not charged and is told so. The operator may still have to pay."""
    row = bot.books.ended(job, "failed")
    assert row["charged"] == 0
    assert bot.books.ledger(job) == {"reserve": -row["cost"], "release": row["cost"]}
    assert "You were not charged." in texts(member.screen.card(job))
    assert member.screen.pings() == 0
    assert "1,000,000 of 1,000,000 credits left" in texts(member.answer(member.ask("/quota")))


@pytest.mark.parametrize(
    "fault",
    [
        SUBMIT | {"what": "reset_after"},
        SUBMIT | {"what": "reset"},
        SUBMIT | {"what": "status", "status": 503},
        SUBMIT | {"what": "rate_limit", "seconds": 1},
        CLIP | {"what": "truncate"},
        CLIP | {"what": "status", "status": 500},
        {"at": "scenario", "method": "GET", "path": "/jobs", "what": "status", "status": 502, "times": 3},
        {"at": "scenario", "method": "GET", "path": "/jobs/*", "what": "rate_limit", "seconds": 1},
        POST | {"what": "reset_after", "times": 2},
        POST | {"what": "reset", "times": 2},
        POST | {"what": "rate_limit", "seconds": 1, "times": 2},
        {"at": "discord", "method": "PATCH", "path": "/webhooks/**", "what": "status", "status": 503, "times": 2},
        {"at": "discord", "method": "POST", "path": "/channels/*/messages/*/threads", "what": "reset_after"},
    ],
    ids=lambda fault: f"{fault['what']} {fault['method']} {fault['path']}",
)
def test_the_clip_is_made_and_posted_once_through(bot, member, fault):
    bot.faults.add({"times": 1, **fault})
    assert_made_once(bot, member, ask(member, f"Through {fault['what']} at {fault['path']} by {member.name}"))
    assert all(one["struck"] for one in bot.sandbox.get("/faults")["faults"])


def test_a_lost_submit_is_found_also_where_the_provider_lists_it_late(bot, member):
    bot.provider(hide_from_listing_seconds=1, clip_seconds=2)
    bot.faults.add(SUBMIT | {"what": "reset_after", "times": 1})
    assert_made_once(bot, member, ask(member, "Listed late"))


def test_two_equal_lost_submits_of_two_members_bring_each_of_them_a_clip(bot, member):
    bot.faults.add(SUBMIT | {"what": "reset_after", "times": 2})
    search = bot.faults.hold("scenario", "GET", "/jobs", times=100)
    both = (member, bot.member())
    twins = [one.ask("/video text", prompt=f"Twins of {member.name}", seed=7, **QUICK) for one in both]
    for job in twins:
        bot.books.until_job(job, state="submitting")
    until(lambda: len(bot.books.billed(twins[0])) == 2, bot.log)
    bot.faults.release(search)
    rows = [bot.books.ended(job) for job in twins]
    assert len({row["provider_reference"] for row in rows}) == 2
    assert [len(clips_of(one, job)) for one, job in zip(both, twins, strict=True)] == [1, 1]
    assert len(bot.books.billed(twins[0])) == 2


def test_a_lost_submit_that_cannot_be_told_from_a_strangers_is_not_guessed_at_but_refunded_and_told(bot, member):
    bot.faults.add(SUBMIT | {"what": "reset_after", "times": 1})
    search = bot.faults.hold("scenario", "GET", "/jobs", times=100)
    job = member.ask("/video text", prompt=f"Alike, of {member.name}", seed=7, **QUICK)
    bot.books.until_job(job, state="submitting")
    until(lambda: bot.books.billed(job), bot.log)
    sent = bot.requests(source="scenario")
    (ours,) = [one["request"]["json"] for one in sent["requests"] if f"Alike, of {member.name}" in str(one["request"])]
    stranger = f"{bot.sandbox.url}/scenario/v1/generate/custom/model_alibaba-happy-horse-1.1"
    assert httpx.post(stranger, json=ours, auth=("sandbox-key", "sandbox-secret")).is_success
    bot.faults.release(search)
    row = bot.books.ended(job, "unknown")
    assert bot.books.ledger(job) == {"reserve": -row["cost"], "release": row["cost"]}
    card = member.screen.card(job)
    assert "Lost contact" in texts(card)
    code = texts(card).split("Reference `")[1].split("`")[0]
    told = [one for one in bot.known("mod").screen.channel("operators") if code in texts(one)]
    assert len(told) == 1
    assert "can't be told apart" in texts(told[0])
    assert clips_of(member, job) == []
    assert len(bot.books.billed(job)) == 2
    assert member.screen.pings() == 0


def test_a_storm_at_both_delays_clips_and_loses_none(bot):
    bot.faults.add(
        {"at": "discord", "path": "/channels/**", "what": "status", "status": 503, "odds": 0.25, "times": 8},
        {"at": "discord", "method": "PATCH", "path": "/webhooks/**", "what": "status", "status": 500, "odds": 0.25, "times": 4},
        {"at": "scenario", "method": "GET", "path": "*", "what": "status", "status": 503, "odds": 0.4, "times": 8},
    )
    members = [bot.member() for _ in range(3)]
    jobs = {member: [ask(member, f"Storm {number} {member.name}") for number in range(2)] for member in members}
    for member in members:
        for job in jobs[member]:
            row = assert_paid_once(bot, job, seconds=150)
            assert clips_of(member, job) == [str(row["result_id"])]
        assert member.screen.pings() == len(jobs[member])


def test_a_limit_of_minutes_on_one_channels_threads_is_obeyed_whole_and_holds_up_nobody_elsewhere(bot, member):
    busy = bot.channel(f"busy-{member.name}")
    threads = f"/channels/{busy}/messages/*/threads"
    bot.faults.add({"at": "discord", "method": "POST", "path": threads, "what": "rate_limit", "seconds": 240})
    others = [bot.member() for _ in range(2)]
    # More jobs than are announced or posted at the same time.
    limited = [one.ask("/video text", channel=busy, prompt=f"{n} {one.name}", **QUICK) for n in range(5) for one in others]
    assert_made_once(bot, member, ask(member, "In a channel that is not limited"))
    for job in limited:
        assert str(assert_paid_once(bot, job)["channel_id"]) == busy
    # Only requests that were on their way together with the first one. Clips ask for their missing threads before they are
    # posted, which eight at a time are.
    [fault] = bot.sandbox.get("/faults")["faults"]
    assert 1 <= fault["struck"] <= 8


@pytest.mark.parametrize(
    "how", [{"what": "gateway_drop"}, {"what": "gateway_close", "body": {"code": 4000}}], ids=lambda how: how["what"]
)
def test_commands_work_after_the_gateway_broke_off_and_the_clip_goes_on_meanwhile(bot, member, how):
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = ask(member, f"While it broke {member.name}")
    bot.faults.held(fetch)
    bot.faults.add({"times": 1, **how})
    bot.faults.release(fetch)
    member.clip(job)
    assert bot.sandbox.wait(20, bot="online")
    assert_made_once(bot, member, job, ask(member, f"After it broke {member.name}"))


def test_an_expired_link_to_the_clip_is_asked_for_anew(bot, member):
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = ask(member, "Fetched late")
    bot.faults.held(fetch)
    bot.sandbox.post("/clock", advance_seconds=1501)
    bot.faults.release(fetch)
    assert_made_once(bot, member, job)


def test_the_providers_safety_check_is_told_kindly_and_costs_nothing(bot, member):
    bot.provider(outcome="moderation")
    job = ask(member, "Something that is not let through")
    failed = member.outcome(job)
    assert_free(bot, member, job)
    card = member.screen.card(job)
    assert "Not this wording" in texts(card)
    assert "Something that is not let through" not in texts(card)
    assert "safety check" in texts(card)
    assert failed["message"]
    thread = next(one for one in bot.sandbox.get("/state")["channels"] if one["id"] == str(bot.books.job(job)["thread_id"]))
    assert thread["name"] == "A clip"
    stranger = bot.member()
    assert "Only they can do that." in texts(stranger.answer(stranger.press(card, "Edit")))
    bot.provider(outcome="success")
    opened = member.press(card, "Edit")
    again = member.fill(opened, prompt="Something kinder")
    assert "Something kinder" in texts(member.clip(again))


def test_a_failure_at_the_provider_is_free_and_try_again_keeps_everything(bot, member):
    bot.provider(outcome="failure")
    job = ask(member, "Fails at first")
    assert member.outcome(job)["outcome"] == "failed"
    assert_free(bot, member, job)
    card = member.screen.card(job)
    assert "could not make this clip" in texts(card)
    assert "Reference `" in texts(card)
    bot.provider(outcome="success")
    again = member.press(card, "Try again")
    member.clip(again)
    assert bot.books.ended(again)["seed"] == bot.books.job(job)["seed"]


def test_pictures_that_are_not_taken_keep_their_own_clip_waiting_and_nobody_elses(bot, member):
    bot.faults.add({"at": "scenario", "method": "POST", "path": "/assets", "what": "rate_limit", "seconds": 3600, "times": 99})
    still = member.ask("/video image", prompt=f"Waves {member.name}", image=member.picture(), **QUICK)
    row = until(lambda: (row := bot.books.job(still)) and row["not_before_ms"] and row["progress_id"] and row, bot.log)
    assert row["state"] == "queued"
    others = [bot.member() for _ in range(5)]
    for other, job in [(other, ask(other, f"Not held up {other.name}")) for other in others]:
        # So many threads in one channel may reach Discord's limit; then the clip is posted in the channel.
        assert_paid_once(bot, job)
        assert len(clips_of(other, job)) == 1

    def progress():
        return texts(member.screen.message(str(row["thread_id"]), row["progress_id"]))

    until(lambda: f"your pictures; next try <t:{row['not_before_ms'] // 1000}:R>" in progress(), progress)
    assert until(lambda: "Cancel" in buttons(member.screen.message(str(row["thread_id"]), row["progress_id"])), bot.log)
    member.press(member.screen.message(str(row["thread_id"]), row["progress_id"]), "Cancel")
    bot.books.ended(still, "cancelled")
    assert bot.books.ledger(still) == {"reserve": -42, "release": 42}


def test_a_provider_with_fewer_places_than_it_said_delays_and_refuses_nothing(bot):
    bot.provider(parallel=1, clip_seconds=0.5)
    members = [bot.member() for _ in range(3)]
    jobs = {member: ask(member, f"One at a time {member.name}") for member in members}
    for member, job in jobs.items():
        assert_made_once(bot, member, job, seconds=150)


def mute_channel(bot, name):
    """Makes a channel in which the bot may neither write nor open threads."""
    return bot.channel(name, overwrites=[{"id": "bot", "type": 1, "allow": "0", "deny": str(1 << 11 | 1 << 38 | 1 << 35)}])


def test_where_the_bot_may_write_nowhere_the_clip_comes_by_the_answer_to_the_command(bot):
    member = bot.member(dms=False)
    job = member.ask("/video text", channel=mute_channel(bot, "mute"), prompt="Posted by the token alone", **QUICK)
    clip = member.clip(job)
    assert bot.books.ended(job)["charged"] == 42
    assert clip["id"] == str(bot.books.job(job)["card_id"])
    assert "More" in buttons(clip)
    assert assert_whole(bot, clip)


def test_a_clip_that_no_place_takes_waits_and_is_posted_and_charged_where_its_owner_presses(bot):
    member = bot.member(dms=False)
    fetch = bot.faults.hold("scenario", "GET", "/files/*")
    job = member.ask("/video text", channel=mute_channel(bot, "closed"), prompt="Nowhere to post this", **QUICK)
    bot.faults.held(fetch)
    bot.sandbox.post("/clock", advance_seconds=16 * 60)
    bot.faults.release(fetch)
    row = bot.books.until_job(job, state="unposted")
    assert (row["failure"], row["charged"]) == ("undeliverable", None)
    assert bot.books.ledger(job) == {"reserve": -42}
    until(lambda: "Made, but not posted" in texts(member.screen.card(job)), bot.log)
    reference = row["provider_reference"]
    told = [one for one in bot.known("mod").screen.channel("operators") if reference.replace("_", "\\_") in texts(one)]
    assert len(told) == 1
    bot.restart()
    listed = member.ask("/jobs")
    member.press(member.answer(listed), "Post it here")
    clip = member.clip(job)
    assert clip["channel_id"] == next(one["id"] for one in bot.sandbox.get("/state")["channels"] if one["name"] == "clips")
    row = assert_paid_once(bot, job)
    assert clips_of(member, job) == [clip["id"]] == [str(row["result_id"])]
