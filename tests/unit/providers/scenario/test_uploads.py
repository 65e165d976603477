"""Uploads in one call, and in parts."""

import hashlib
from io import BytesIO

import pytest
from PIL import Image

from bot.errors import ProviderRejected, ProviderUnavailable
from bot.providers.scenario import Pace


def picture(size):
    file = BytesIO()
    Image.new("RGB", (600, 600), "teal").save(file, "PNG")
    return file.getvalue().ljust(size, b"\0")


async def hand_over(provider, data):
    return await provider.upload(hashlib.sha256(data).hexdigest(), "image/png", data)


async def test_a_small_image_goes_in_one_call(served, provider):
    asset = await hand_over(provider, picture(4_000_000))
    assert served.paths() == ["/assets"]
    assert served.scenario.assets.get(asset).data == picture(4_000_000)


@pytest.mark.parametrize(("size", "parts"), [(4_500_000, 1), (6_000_000, 1), (9_900_000, 2)])
async def test_a_larger_one_goes_in_parts_and_is_waited_for(served, provider, size, parts):
    asset = await hand_over(provider, picture(size))
    paths = served.paths()
    assert paths[0] == "/uploads"
    assert served.paths("PUT") == [p for p in paths if "/parts/" in p]
    assert len(served.paths("PUT")) == parts
    assert served.scenario.assets.get(asset).data == picture(size)


async def test_our_key_never_goes_to_a_signed_url(served, provider):
    seen = []
    check = served.scenario.links.check
    served.scenario.links.check = lambda what, query, now: (seen.append(what), check(what, query, now))
    original = provider._http.send

    async def send(request, **options):
        if request.method == "PUT":
            seen.append((options.get("auth"), request.headers.get("Authorization")))
        return await original(request, **options)

    provider._http.send = send
    await hand_over(provider, picture(5_000_000))
    assert (None, None) in seen


async def test_trouble_on_the_way_is_repeated_until_it_is_there(served, provider):
    served.faults.add(
        [
            {"method": "PUT", "what": "reset", "times": 1},
            {"path": "/uploads", "what": "status", "status": 502, "times": 1},
            {"path": "/uploads/*", "what": "reset_after", "times": 1},
        ]
    )
    assert await hand_over(provider, picture(5_000_000))


async def test_a_completion_whose_answer_was_lost_and_whose_repeat_is_refused_has_worked(served, provider, clock, monkeypatch):
    action = {"method": "POST", "path": "/uploads/*/action", "times": 1}
    served.faults.add([{**action, "what": "reset_after"}])
    sleep, refusals = clock.sleep, [{**action, "what": "status", "status": 400}]

    async def refused_after(seconds):
        served.faults.add([refusals.pop()] if refusals else [])
        await sleep(seconds)

    monkeypatch.setattr(clock, "sleep", refused_after)
    assert await hand_over(provider, picture(5_000_000))
    assert [r["status"] for r in served.records.since(0) if r["path"].endswith("/action")][-1] == 400


async def test_a_part_whose_link_is_refused_is_no_bad_key(served, provider):
    served.faults.add([{"method": "PUT", "what": "status", "status": 403}])
    with pytest.raises(ProviderUnavailable):
        await hand_over(provider, picture(5_000_000))


async def test_a_failed_import_says_why(served, provider):
    served.scenario.settings({"upload_fails": True})
    with pytest.raises(ProviderRejected, match="validated"):
        await hand_over(provider, picture(5_000_000))


async def test_an_import_that_never_ends_is_given_up(served, provider, clock):
    data = picture(5_000_000)
    served.faults.add([{"method": "GET", "path": "/uploads/*", "what": "status", "status": 500}])
    with pytest.raises(ProviderUnavailable):
        await hand_over(provider, data)
    assert len(served.paths("GET")) == Pace().tries
