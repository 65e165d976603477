"""Assertions for a job after any trouble: it was made once, paid for once, posted once, and its end is shown once."""

import subprocess

import imageio_ffmpeg

from tests.e2e.bot_process import texts, until
from tests.e2e.member import buttons, videos

THREAD = 11
THREAD_STARTER = 21


def assert_made_once(bot, member, *jobs, seconds=60):
    """The member has these jobs and no others, each with its own thread."""
    for job in jobs:
        assert_posted_once(member, assert_paid_once(bot, job, seconds))
    booked = [str(bot.books.job(job)["id"]) for job in jobs]
    assert bot.books.jobs_of(member.id) == sorted(booked, key=int)
    assert member.screen.pings() == len(jobs)
    left = [each.name for each in (bot.database.parent / "work").iterdir()]
    assert not [name for name in left if any(job in name for job in booked)]
    assert_kept(bot)


def assert_kept(bot):
    """The kept clips and posters are those that belong to jobs."""
    kept = "SELECT sha256 FROM files WHERE location = 'clips' AND id IN (SELECT file_id FROM outputs)"
    folder = bot.database.parent / "clips"
    until(lambda: {each.stem for each in folder.iterdir()} == {row["sha256"] for row in bot.books.rows(kept)}, bot.log)


def assert_paid_once(bot, job, seconds=60):
    """The job is done, was submitted once and charged once. Returns its row."""
    row = bot.books.ended(job, seconds=seconds)
    assert row["charged"] == row["cost"]
    assert bot.books.ledger(job) == {"reserve": -row["cost"], "settle": 0}
    assert [(entry["cost"], entry["refunded"]) for entry in bot.books.billed(job)] == [(row["cost"], 0)], bot.log()
    return row


def clips_of(member, job):
    """Ids of all messages with this job's clip that the member sees, in any channel."""
    row = member.bot.books.job(job)
    mine = [one for one in member.screen.everywhere() if videos(one)]
    return [one["id"] for one in mine if row and any(str(row["id"]) in each for each in buttons(one).values())]


def assert_posted_once(member, row):
    """There is one card, which shows the end, with one thread, which has one clip and nothing else."""
    assert clips_of(member, row["id"]) == [str(row["result_id"])]
    everywhere = member.screen.everywhere()
    card = next(one for one in everywhere if one["id"] == str(row["card_id"]) and one["place"] != THREAD)
    assert "**Done**" in texts(card)
    said = [one for one in member.screen.channel(str(row["thread_id"])) if one["type"] != THREAD_STARTER]
    assert [one["id"] for one in said] == [str(row["result_id"])]


def assert_whole(bot, clip):
    """Every frame and all sound of the posted file can be decoded. Returns its size in bytes."""
    data = bot.sandbox.fetch(videos(clip)[0]["url"])
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "pipe:0", "-f", "null", "-"]
    decoded = subprocess.run(command, input=data, capture_output=True, check=False)
    assert (decoded.returncode, decoded.stderr) == (0, b"")
    return len(data)
