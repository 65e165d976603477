"""Discord's limits of minutes: threads that may not be opened, third names, many edits of old messages, new direct messages."""

import pytest

from sandbox.discord.application import TOKEN
from sandbox.testing.local import local_sandbox


@pytest.fixture
async def here():
    async with local_sandbox() as made:
        yield made


async def refused(here, method, path, body):
    """The headers and the body of a 429."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with here.http.request(method, f"{here.url}/api/v10{path}", json=body, headers=headers) as response:
        assert response.status == 429
        assert response.headers["Via"]
        return response.headers, await response.json()


async def posted(here, channel=None, **body):
    return await here.rest("POST", f"/channels/{channel or here.channel()}/messages", body={"content": "x"} | body)


async def test_opening_threads_is_refused_for_the_minutes_that_were_asked_for(here):
    message = await posted(here)
    path = f"/channels/{here.channel()}/messages/{message['id']}/threads"
    await here.post("/refusals", threads_seconds=219)
    headers, body = await refused(here, "POST", path, {"name": "t"})
    assert headers["X-RateLimit-Scope"] == "shared"
    assert 218 < body["retry_after"] <= 219
    assert int(headers["Retry-After"]) >= body["retry_after"]
    assert (body["global"], body["message"]) == (False, "You are being rate limited.")
    await refused(here, "POST", f"/channels/{here.channel()}/threads", {"name": "t"})
    await here.post("/clock", advance_seconds=100)
    _, body = await refused(here, "POST", path, {"name": "t"})
    assert body["retry_after"] < 120
    await here.post("/clock", advance_seconds=120)
    await here.rest("POST", path, 201, {"name": "t"})


async def test_a_thread_takes_two_new_names_in_ten_minutes(here):
    message = await posted(here)
    thread = await here.rest("POST", f"/channels/{here.channel()}/messages/{message['id']}/threads", 201, {"name": "t"})
    path = f"/channels/{thread['id']}"
    await here.rest("PATCH", path, body={"name": "t", "auto_archive_duration": 60})  # no new name
    for name in ("one", "two"):
        await here.rest("PATCH", path, body={"name": name})
    headers, body = await refused(here, "PATCH", path, {"name": "three"})
    assert 590 < body["retry_after"] <= 600
    assert headers["X-RateLimit-Remaining"] == "1"  # the window of the route says nothing of it
    await here.post("/clock", advance_seconds=601)
    await here.rest("PATCH", path, body={"name": "three"})


async def test_three_edits_of_old_messages_go_through_in_six_seconds_and_the_fourth_has_a_code(here):
    first, second = await posted(here), await posted(here)
    path = f"/channels/{here.channel()}/messages"
    await here.rest("PATCH", f"{path}/{first['id']}", body={"content": "young"})
    await here.post("/clock", advance_seconds=3601)
    here.sandbox.limits.clear()
    for number in range(3):
        await here.rest("PATCH", f"{path}/{first['id']}", body={"content": str(number)})
    headers, body = await refused(here, "PATCH", f"{path}/{second['id']}", {"content": "y"})
    assert body["code"] == 30046
    assert 0 < body["retry_after"] <= 6
    assert headers["Retry-After"]
    await here.post("/clock", advance_seconds=6)
    here.sandbox.limits.clear()
    await here.rest("PATCH", f"{path}/{second['id']}", body={"content": "y"})


async def test_a_new_direct_message_may_be_refused_as_too_fast_and_an_open_one_goes_on(here):
    known = await here.rest("POST", "/users/@me/channels", body={"recipient_id": here.member().id})
    await posted(here, known["id"])
    await here.post("/refusals", dms_seconds=60)
    error = await here.rest("POST", "/users/@me/channels", 403, {"recipient_id": here.member("bob").id})
    assert error["code"] == 40003
    await here.rest("POST", "/users/@me/channels", body={"recipient_id": here.member().id})
    await posted(here, known["id"])
    await here.post("/clock", advance_seconds=61)
    await here.rest("POST", "/users/@me/channels", body={"recipient_id": here.member("bob").id})


async def test_a_sandbox_without_windows_per_route_has_none_for_names_either():
    async with local_sandbox(rate_limits=False) as here:
        message = await posted(here)
        thread = await here.rest("POST", f"/channels/{here.channel()}/messages/{message['id']}/threads", 201, {"name": "t"})
        for name in ("one", "two", "three"):
            await here.rest("PATCH", f"/channels/{thread['id']}", body={"name": name})


@pytest.mark.parametrize(("scope", "everywhere"), [("user", False), ("shared", False), ("global", True)])
async def test_a_limit_set_as_a_fault_says_whose_it_is(here, scope, everywhere):
    channel = here.channel()
    threads = f"/channels/{channel}/messages/*/threads"
    fault = {"at": "discord", "method": "POST", "path": threads, "what": "rate_limit", "seconds": 240, "scope": scope}
    await here.post("/faults", faults=[fault])
    message = await posted(here)
    headers, body = await refused(here, "POST", f"/channels/{channel}/messages/{message['id']}/threads", {"name": "t"})
    assert (headers["X-RateLimit-Scope"], headers["Retry-After"]) == (scope, "240")
    assert ("X-RateLimit-Global" in headers, body["global"]) == (everywhere, everywhere)
    assert "'scope'" in (await here.post("/faults", 400, faults=[fault | {"scope": "mine"}]))["error"]
