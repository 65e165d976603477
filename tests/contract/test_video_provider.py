"""What every `VideoProvider` promises, tested on each adapter: real HTTP for a vendor, real ffmpeg for the preview."""

import asyncio
import hashlib
import re
from io import BytesIO

import httpx
import imageio_ffmpeg
import pytest
from PIL import Image

from bot.domain.clip import Kind
from bot.errors import ClipMissing, ClipUnavailable, ProviderUnavailable
from bot.ports import PHASES_OVER, THE_CLIP, Lost, Phase, Severity
from bot.presentation.views.findings import worded
from tests.factories import a_submission
from tests.fixtures.video_providers import UNDER_TEST
from tests.waiting import until

pytestmark = pytest.mark.timeout(400)
SMALL = (320, 180)
"""Frame size in pixels for clips whose picture does not matter: the preview draws it in a quarter of the time."""


@pytest.fixture(params=UNDER_TEST)
async def under_test(request, tmp_path):
    async with UNDER_TEST[request.param](tmp_path / "provider") as under_test:
        yield under_test


def picture(width, height, colour="teal"):
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()


async def uploaded(under_test, data):
    return await under_test.provider.upload(hashlib.sha256(data).hexdigest(), "image/jpeg", data)


async def ended(under_test, reference):
    """Asks for the clip until it ended. Returns every status on the way."""
    told = []

    async def is_over():
        nonlocal told
        told += [s for s in await under_test.provider.statuses({reference}) if s.reference == reference]
        over = bool(told) and told[-1].phase in PHASES_OVER
        if not over:
            under_test.hurry()
        return over

    await until(is_over, 180)
    return told


async def probed(path):
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path), "-f", "null", "-", stderr=asyncio.subprocess.PIPE
    )
    said = (await process.communicate())[1].decode()
    assert process.returncode == 0, said
    return said


async def test_a_submitted_clip_is_watched_to_its_end_and_fetched_as_asked_for(under_test, tmp_path):
    reference = (await under_test.provider.submit(a_submission(aspect="4:3", frame=(960, 720)))).reference
    told = await ended(under_test, reference)
    assert told[-1].phase is Phase.SUCCEEDED
    fractions = [s.fraction for s in told if s.fraction is not None]
    assert all(0 <= f <= 1 for f in fractions)
    assert fractions == sorted(fractions), "progress never runs backwards"
    target = tmp_path / "clip.mp4"
    assert await under_test.provider.fetch(reference, THE_CLIP, target, 50_000_000) == 1
    said = await probed(target)
    assert re.search(r"Video: h264.*960x720.* 24 fps", said)
    assert "Audio: aac" in said
    assert re.search(r"Duration: 00:00:0(2\.9|3\.0)", said)


async def test_a_still_and_characters_make_clips_too(under_test, tmp_path):
    still, face = await uploaded(under_test, picture(600, 800)), await uploaded(under_test, picture(640, 640, "plum"))
    image = a_submission(job_id=2, kind=Kind.IMAGE, images=(still,), frame=(720, 960))
    cast = a_submission(job_id=3, kind=Kind.CHARACTERS, prompt="character1 meets character2", images=(face, still))
    references = [(await under_test.provider.submit(each)).reference for each in (image, cast)]
    for reference, frame in zip(references, ("720x960", "1280x720"), strict=True):
        assert (await ended(under_test, reference))[-1].phase is Phase.SUCCEEDED
        target = tmp_path / f"{frame}.mp4"
        await under_test.provider.fetch(reference, THE_CLIP, target, 50_000_000)
        assert frame in await probed(target)


async def test_an_upload_may_be_repeated_and_either_reference_works(under_test):
    data = picture(512, 512)
    for reference in (await uploaded(under_test, data), await uploaded(under_test, data)):
        assert await under_test.provider.submit(a_submission(kind=Kind.IMAGE, images=(reference,), frame=SMALL))


async def test_an_end_is_told_until_the_clip_is_no_longer_asked_for(under_test):
    reference = (await under_test.provider.submit(a_submission(frame=SMALL))).reference
    await ended(under_test, reference)
    assert [s.phase for s in await under_test.provider.statuses({reference})] == [Phase.SUCCEEDED]
    assert await under_test.provider.statuses(set()) == []


async def test_a_clip_asked_for_by_its_id_is_what_the_statuses_say(under_test):
    reference = (await under_test.provider.submit(a_submission(frame=SMALL))).reference
    assert (await under_test.provider.status(reference)).phase not in PHASES_OVER
    await ended(under_test, reference)
    status = await under_test.provider.status(reference)
    assert (status.reference, status.phase) == (reference, Phase.SUCCEEDED)


async def test_a_clip_past_the_cap_is_refused_and_leaves_no_file(under_test, tmp_path):
    reference = (await under_test.provider.submit(a_submission(frame=SMALL))).reference
    await ended(under_test, reference)
    target = tmp_path / "clip.mp4"
    with pytest.raises(ClipUnavailable):
        await under_test.provider.fetch(reference, THE_CLIP, target, 1000)
    assert not target.exists()


async def test_a_file_that_was_not_made_beside_the_clip_is_missing(under_test, tmp_path):
    reference = (await under_test.provider.submit(a_submission(frame=SMALL))).reference
    await ended(under_test, reference)
    with pytest.raises(ClipMissing):
        await under_test.provider.fetch(reference, THE_CLIP + 1, tmp_path / "other", 50_000_000)
    assert not (tmp_path / "other").exists()


async def test_a_clip_that_does_not_exist_cannot_be_fetched(under_test, tmp_path):
    with pytest.raises((ClipUnavailable, ProviderUnavailable)):
        await under_test.provider.fetch("job_of_nobody", THE_CLIP, tmp_path / "clip.mp4", 1000)
    assert not (tmp_path / "clip.mp4").exists()


async def test_a_submit_that_never_arrived_is_not_found_and_one_that_arrived_is(under_test):
    arrived = a_submission(job_id=5, frame=SMALL)
    reference = (await under_test.provider.submit(arrived)).reference
    found = await under_test.provider.find([Lost(arrived, 0), Lost(a_submission(job_id=6, seed=8), 0)], set())
    assert found == {5: reference}


@pytest.mark.parametrize("kind", Kind)
async def test_it_takes_clips_of_every_kind_and_says_by_what_a_lost_one_is_recognised(under_test, kind):
    request = a_submission(kind=kind).request
    assert under_test.provider.availability.takes(request)
    like, other = [under_test.provider.recognition(request).likeness(request, seed) for seed in (1, 2)]
    assert like == (request.prompt, 1)
    assert other != like


async def test_cancelling_an_ended_clip_is_refused(under_test):
    reference = (await under_test.provider.submit(a_submission(frame=SMALL))).reference
    await ended(under_test, reference)
    assert await under_test.provider.cancel(reference) is False


async def test_whether_it_is_free_its_link_and_capacity_are_as_this_provider_says(under_test):
    assert under_test.provider.free is under_test.free
    assert await under_test.provider.availability.capacity() == under_test.capacity
    reference = (await under_test.provider.submit(a_submission(frame=SMALL))).reference
    await ended(under_test, reference)
    link = await under_test.provider.link(reference, THE_CLIP)
    assert (link is not None) is under_test.links
    if link is not None:
        async with httpx.AsyncClient() as http:
            answer = await http.get(link.url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")


async def test_a_healthy_provider_answers_at_the_start(under_test):
    await under_test.provider.availability.ping()


async def test_the_doctor_finds_nothing_wrong_with_a_healthy_provider(under_test):
    findings = await under_test.provider.availability.check()
    assert {worded(finding).subject for finding in findings} == under_test.looked_at
    assert {finding.severity for finding in findings} <= {Severity.OK, Severity.ADVICE}
