"""What only the preview provider promises: about restarts, the order of clips, cancels and the disk."""

import asyncio
import hashlib
import json
import os
from functools import partial

import pytest

from bot.domain.clip import Kind, RawClip
from bot.domain.job import Failure
from bot.errors import ClipUnavailable, MediaError, ProviderRejected, ProviderUnavailable
from bot.ops.clock import SystemClock
from bot.ports import THE_CLIP, FindingCode, Lost, Phase, Severity
from bot.providers.preview.provider import PreviewProvider
from bot.providers.preview.store import CLIPS_KEPT_SECONDS, IMAGES_KEPT_SECONDS, PreviewStore
from tests.factories import a_submission
from tests.waiting import until

DAY_MS = 24 * 3600 * 1000


class HandRenderer:
    """A renderer whose clips each wait for `release`, so that a test can act while one is drawn."""

    def __init__(self):
        self.started = []
        self.stopped = []
        self.at_once = self.most = 0
        self.release = asyncio.Event()
        self.error = None
        self.images = []
        self.told = 0.4

    async def render(self, submission, images, target, on_progress):
        self.started.append(submission)
        self.images.append(images)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            on_progress(self.told)
            await self.release.wait()
            if self.error:
                raise self.error
            target.write_bytes(b"clip of %d" % submission.job_id)
        except asyncio.CancelledError:
            self.stopped.append(submission.job_id)
            raise
        finally:
            self.at_once -= 1


submission = partial(a_submission, prompt="a kite")


@pytest.fixture
def renderer():
    return HandRenderer()


@pytest.fixture
def opened(tmp_path, renderer):
    def opened(parallel=1, folder=tmp_path):
        return PreviewProvider(renderer, folder, parallel=parallel)

    return opened


async def phase(provider, reference):
    (status,) = await provider.statuses([reference])
    return status.phase


async def reaches(provider, reference, wanted):
    async def is_there():
        return await phase(provider, reference) is wanted

    await until(is_there)


async def test_the_job_id_is_the_reference_and_asking_twice_renders_once(opened, renderer):
    async with opened() as provider:
        first = await provider.submit(submission(42))
        second = await provider.submit(submission(42))
        assert first == second
        assert first.reference == "42"
        renderer.release.set()
        await reaches(provider, "42", Phase.SUCCEEDED)
        await provider.submit(submission(42))
        assert await phase(provider, "42") is Phase.SUCCEEDED
    assert len(renderer.started) == 1


async def test_progress_is_the_renderers_own_and_never_falls(opened, renderer):
    async with opened() as provider:
        await provider.submit(submission())
        await until(lambda: renderer.started)
        (status,) = await provider.statuses(["1"])
        assert (status.phase, status.fraction) == (Phase.RUNNING, 0.4)
        provider._heard("1", 0.2)
        assert (await provider.statuses(["1"]))[0].fraction == 0.4


@pytest.mark.parametrize("parallel", [1, 2])
async def test_no_more_than_its_capacity_is_rendered_at_a_time(opened, renderer, parallel):
    async with opened(parallel) as provider:
        assert await provider.availability.capacity() == parallel
        for job_id in range(1, 5):
            await provider.submit(submission(job_id))
        await until(lambda: len(renderer.started) == parallel)
        assert await phase(provider, "4") is Phase.WAITING
        renderer.release.set()
        for job_id in range(1, 5):
            await reaches(provider, str(job_id), Phase.SUCCEEDED)
    assert renderer.most == parallel


async def test_what_was_under_way_when_it_stopped_is_rendered_again_when_asked_for(opened, renderer):
    asked = submission(9, prompt="wind “hello” 风")
    async with opened() as provider:
        await provider.submit(asked)
        await until(lambda: renderer.started)
    assert renderer.stopped == [9]
    async with opened() as provider:
        assert await phase(provider, "9") is Phase.WAITING
        renderer.release.set()
        await reaches(provider, "9", Phase.SUCCEEDED)
    assert renderer.started == [asked, asked]


async def test_a_finished_clip_outlives_a_restart_and_can_be_fetched_twice(opened, renderer, tmp_path):
    renderer.release.set()
    async with opened() as provider:
        await provider.submit(submission(3))
        await reaches(provider, "3", Phase.SUCCEEDED)
    async with opened() as provider:
        assert await phase(provider, "3") is Phase.SUCCEEDED
        for target in (tmp_path / "a.mp4", tmp_path / "b.mp4"):
            await provider.fetch("3", THE_CLIP, target, 100)
            assert target.read_bytes() == b"clip of 3"


async def test_a_render_that_fails_says_why_and_is_not_tried_again(opened, renderer):
    renderer.error = MediaError("ffmpeg_ended: 1")
    renderer.release.set()
    async with opened() as provider:
        await provider.submit(submission())
        await reaches(provider, "1", Phase.FAILED)
    async with opened() as provider:
        (status,) = await provider.statuses(["1"])
        assert (status.failure, status.billed) == (Failure.OURS, False)
        assert "ffmpeg_ended: 1" in str(status.detail)
    assert len(renderer.started) == 1


async def test_an_error_that_nobody_foresaw_fails_the_clip_and_not_the_provider(opened, renderer):
    renderer.error = ZeroDivisionError("shape")
    renderer.release.set()
    async with opened() as provider:
        await provider.submit(submission(1))
        await reaches(provider, "1", Phase.FAILED)
        renderer.error = None
        await provider.submit(submission(2))
        await reaches(provider, "2", Phase.SUCCEEDED)


@pytest.mark.parametrize("reference", ["77", "job_of_nobody", "../../etc", ""])
async def test_a_reference_that_it_never_gave_is_a_failed_clip(opened, reference, tmp_path):
    async with opened() as provider:
        (status,) = await provider.statuses([reference])
        assert (status.phase, status.failure) == (Phase.FAILED, Failure.PROVIDER)
        with pytest.raises(ClipUnavailable):
            await provider.fetch(reference, THE_CLIP, tmp_path / "x.mp4", 100)


async def test_cancelling_stops_the_encoder_and_stays_cancelled(opened, renderer):
    async with opened() as provider:
        await provider.submit(submission(1))
        await provider.submit(submission(2))
        await until(lambda: renderer.started)
        assert await provider.cancel("2") is True, "one that waits is cancelled too"
        assert await provider.cancel("1") is True
        assert renderer.stopped == [1]
        assert await phase(provider, "1") is Phase.CANCELLED
        await provider.submit(submission(1))
    async with opened() as provider:
        assert [await phase(provider, each) for each in "12"] == [Phase.CANCELLED] * 2
    assert [each.job_id for each in renderer.started] == [1]


async def test_a_lost_submit_is_found_by_what_is_on_disk(opened):
    async with opened() as provider:
        await provider.submit(submission(5))
    async with opened() as provider:
        lost = [Lost(submission(5), 0), Lost(submission(6), 0)]
        assert await provider.find(lost, set()) == {5: "5"}


async def test_images_come_to_the_renderer_in_order_and_strangers_are_refused(opened, renderer):
    first, second = b"first", b"second"
    async with opened() as provider:
        names = [await provider.upload(hashlib.sha256(each).hexdigest(), "image/png", each) for each in (first, second)]
        await provider.submit(submission(1, kind=Kind.CHARACTERS, images=(names[1], names[0])))
        await until(lambda: renderer.images)
        assert renderer.images == [[second, first]]
        for stranger in ("0" * 64, "../spec.json", ""):
            with pytest.raises(ProviderRejected):
                await provider.submit(submission(2, images=(stranger,)))
        with pytest.raises(ProviderRejected):
            await provider.upload("0" * 64, "image/png", first)
        assert await provider.find([Lost(submission(2), 0)], set()) == {}, "a refused submit started nothing"


async def test_ended_clips_go_after_a_day_and_images_that_nobody_asks_for_after_a_month(opened, renderer, tmp_path):
    renderer.release.set()
    name = hashlib.sha256(b"x").hexdigest()
    async with opened() as provider:
        await provider.upload(name, "image/png", b"x")
        await provider.submit(submission(1))
        await reaches(provider, "1", Phase.SUCCEEDED)
        renderer.release.clear()
        await provider.submit(submission(2))
        await until(lambda: len(renderer.started) == 2)
        store, now = PreviewStore(tmp_path), SystemClock().now_ms()
        store.prune(now + CLIPS_KEPT_SECONDS * 1000 - 60_000)
        assert store.clip("1").exists()
        store.prune(now + CLIPS_KEPT_SECONDS * 1000 + 60_000)
        assert not store.clip("1").parent.exists()
        assert store.submission("2") is not None, "unfinished work stays"
        assert store.image(name) == b"x"
        store.prune(now + IMAGES_KEPT_SECONDS * 1000 + 60_000)
        with pytest.raises(ProviderRejected):
            store.image(name)


async def test_an_image_that_is_asked_for_is_kept_for_another_month(tmp_path):
    store = PreviewStore(tmp_path)
    store.open()
    name = hashlib.sha256(b"x").hexdigest()
    store.keep_image(name, b"x")
    os.utime(tmp_path / "images" / name, (1, 1))
    store.image(name)
    store.prune(SystemClock().now_ms() + DAY_MS)
    assert store.image(name) == b"x"


async def test_a_spec_that_a_power_cut_spoiled_is_a_failed_clip(opened, tmp_path):
    async with opened() as provider:
        await provider.submit(submission(4))
    (tmp_path / "jobs" / "4" / "spec.json").write_bytes(b'{"job_id"')
    async with opened() as provider:
        assert await phase(provider, "4") is Phase.FAILED


@pytest.mark.parametrize(
    "why", [b"ffmpeg_ended: 1", b"half a letter: \xc3", b""], ids=["a sentence", "half a letter", "nothing"]
)
async def test_a_reason_that_an_earlier_version_or_a_power_cut_left_is_a_failed_clip(opened, tmp_path, why):
    async with opened() as provider:
        await provider.submit(submission(4))
    (tmp_path / "jobs" / "4" / "failed.txt").write_bytes(why)
    async with opened() as provider:
        assert await phase(provider, "4") is Phase.FAILED


@pytest.mark.parametrize(("kind", "pictures"), [("text", 0), ("image", 1), ("characters", 2)])
def test_a_spec_of_the_version_before_is_read_as_what_was_asked(tmp_path, kind, pictures):
    store = PreviewStore(tmp_path)
    store.open()
    images = tuple(f"{number:064x}" for number in range(pictures))
    spec = {
        "job_id": 4, "kind": kind, "prompt": "A red kite, wind", "duration": 8, "resolution": "720P", "aspect": "4:5",
        "seed": 7, "images": images, "frame": [720, 900],
    }  # fmt: skip
    (tmp_path / "jobs" / "4").mkdir()
    (tmp_path / "jobs" / "4" / "spec.json").write_text(json.dumps(spec))
    read = store.submission("4")
    assert (read.job_id, read.seed, read.images, read.frame) == (4, 7, images, (720, 900))
    assert read.request.raw == RawClip(Kind(kind), "A red kite, wind", 8, "720P", "4:5")
    assert read.request.frame == read.frame


async def test_a_folder_that_cannot_be_written_is_a_finding_and_passing_trouble(opened, tmp_path):
    async with opened() as provider:
        assert [finding.severity for finding in await provider.availability.check()] == [Severity.OK]
        (tmp_path / "jobs").rmdir()
        (tmp_path / "jobs").write_bytes(b"a file in the way")
        with pytest.raises(ProviderUnavailable):
            await provider.submit(submission())
        (finding,) = await provider.availability.check()
        assert (finding.severity, finding.code) == (Severity.ERROR, FindingCode.CLOSED)
        (tmp_path / "jobs").unlink()
        (tmp_path / "jobs").mkdir()
