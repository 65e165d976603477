"""Threads that are archived or locked: what they take, from whom, and what of a member's presses arrives."""

import pytest

from sandbox import transcript
from sandbox.testing.local import local_sandbox, webhook_of

SEND, DEFER = 4, 5
MANAGE_THREADS = 1 << 34
ROW = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Again", "custom_id": "again"}]}]


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made


@pytest.fixture
async def thread(here):
    """A thread with one message, which has a button."""
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    path = f"/channels/{here.channel()}/messages/{message['id']}/threads"
    made = await here.rest("POST", path, 201, {"name": "t", "auto_archive_duration": 10080})
    await here.rest("POST", f"/channels/{made['id']}/messages", body={"content": "y", "components": ROW})
    return made["id"]


async def inner(here, thread):
    return (await here.rest("GET", f"/channels/{thread}/messages"))[0]["id"]


async def press(here, thread, status=200):
    return await here.post("/component", status, message=await inner(here, thread), custom_id="again", **{"as": "alice"})


async def metadata(here, thread):
    return (await here.rest("GET", f"/channels/{thread}"))["thread_metadata"]


async def test_a_thread_is_archived_after_its_seven_quiet_days_and_everybody_hears_of_it(here, thread):
    alice = here.member()
    heard = here.state.bus.subscribe(alice)
    await here.post("/clock", advance_seconds=7 * 24 * 3600 - 60)
    assert heard.unread == 0
    await here.post("/clock", advance_seconds=60)
    told = await heard.next()
    assert (told["type"], told["data"]["thread_metadata"]["archived"]) == ("thread", True)
    assert await metadata(here, thread) | {"archived": True, "auto_archive_duration": 10080} == await metadata(here, thread)


async def test_an_archived_thread_takes_new_messages_but_no_edit_and_no_deletion(here, thread):
    message = await inner(here, thread)
    await here.patch(f"/channels/{thread}", archived=True)
    path = f"/channels/{thread}/messages/{message}"
    assert (await here.rest("PATCH", path, 400, {"content": "z"}))["code"] == 50083
    assert (await here.rest("DELETE", path, 400))["code"] == 50083
    await here.rest("POST", f"/channels/{thread}/messages", body={"content": "z"})
    assert not (await metadata(here, thread))["archived"]


async def test_an_edit_through_the_token_is_refused_in_an_archived_thread_too(here, thread):
    interaction = await here.command(channel=thread)
    await here.callback(interaction, DEFER)
    original = webhook_of(interaction) + "/messages/@original"
    await here.rest("PATCH", original, body={"content": "in time"})
    await here.patch(f"/channels/{thread}", archived=True)
    assert (await here.rest("PATCH", original, 400, {"content": "late"}))["code"] == 50083
    assert (await here.rest("DELETE", original, 400))["code"] == 50083
    await here.rest("POST", webhook_of(interaction), body={"content": "opens it again"})
    await here.rest("PATCH", original, body={"content": "and now"})


async def test_a_locked_thread_that_is_active_refuses_who_cannot_manage_threads(here, thread):
    message = await inner(here, thread)
    await here.patch(f"/channels/{thread}", locked=True)
    for method, path, body in (
        ("POST", f"/channels/{thread}/messages", {"content": "z"}),
        ("PATCH", f"/channels/{thread}/messages/{message}", {"content": "z"}),
        ("DELETE", f"/channels/{thread}/messages/{message}", None),
    ):
        assert (await here.rest(method, path, 403, body))["code"] == 160005
    await here.patch("/guild", bot_permissions=str((1 << 53) - 1 & ~(1 << 3)))
    await here.rest("POST", f"/channels/{thread}/messages", body={"content": "z"})
    await here.rest("PATCH", f"/channels/{thread}/messages/{message}", body={"content": "z"})


async def test_a_lock_that_comes_before_the_answer_refuses_it_as_archived(here, thread):
    interaction, deferred = await here.command(channel=thread), await here.command(channel=thread)
    await here.callback(deferred, DEFER)
    await here.patch(f"/channels/{thread}", locked=True)
    assert (await here.callback(interaction, SEND, {"content": "x"}, status=403))["code"] == 50083
    assert (await here.rest("PATCH", webhook_of(deferred) + "/messages/@original", 403, {"content": "x"}))["code"] == 50083
    assert (await here.rest("POST", webhook_of(deferred), 403, {"content": "x"}))["code"] == 50083


async def test_a_locked_and_archived_thread_stays_so_for_the_bot(here, thread):
    await here.patch(f"/channels/{thread}", locked=True, archived=True)
    assert (await here.rest("POST", f"/channels/{thread}/messages", 400, {"content": "z"}))["code"] == 50083
    assert (await here.rest("PATCH", f"/channels/{thread}", 403, {"archived": False}))["code"] == 50013


async def test_a_press_in_an_archived_thread_opens_it_first(here, thread):
    await here.patch(f"/channels/{thread}", archived=True)
    await press(here, thread)
    assert not (await metadata(here, thread))["archived"]


async def test_a_press_never_arrives_from_a_client_that_cannot_open_the_thread(here, thread):
    await here.post("/refusals", unarchiving_fails=["alice"])
    await press(here, thread)  # it is open
    await here.patch(f"/channels/{thread}", archived=True)
    before = len(here.state.interactions)
    await press(here, thread, 409)
    assert len(here.state.interactions) == before
    assert (await metadata(here, thread))["archived"]
    await here.post("/refusals", unarchiving_fails=[])
    await press(here, thread)


async def test_nothing_in_a_locked_thread_can_be_pressed(here, thread):
    await here.patch(f"/channels/{thread}", locked=True)
    assert "locked" in (await press(here, thread, 409))["error"]


async def opened(here, message, name="t"):
    return await here.rest("POST", f"/channels/{here.channel()}/messages/{message['id']}/threads", 201, {"name": name})


async def kinds(here, channel):
    return [(one["type"], one["content"]) for one in await here.rest("GET", f"/channels/{channel}/messages")]


async def test_a_thread_begins_with_what_stands_for_its_message_and_does_not_count_it(here):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    thread = await opened(here, message)
    [starter] = await here.rest("GET", f"/channels/{thread['id']}/messages")
    assert (starter["type"], starter["content"]) == (21, "")
    assert starter["message_reference"]["channel_id"] == here.channel()
    assert starter["referenced_message"]["content"] == "x"
    assert (await here.rest("GET", f"/channels/{thread['id']}"))["message_count"] == 0
    path = f"/channels/{thread['id']}/messages/{starter['id']}"
    assert (await here.rest("PATCH", path, 403, {"content": "y"}))["code"] == 50021
    assert (await here.rest("DELETE", path, 403))["code"] == 50021


async def test_a_thread_on_an_older_message_is_told_of_in_its_channel(here):
    path = f"/channels/{here.channel()}/messages"
    first = await here.rest("POST", path, body={"content": "x"})
    await here.post("/messages", channel="general", content="meanwhile", **{"as": "bob"})
    thread = await opened(here, first, "late")
    newest = (await here.rest("GET", path))[0]
    assert (newest["type"], newest["content"], newest["author"]["bot"]) == (18, "late", True)
    assert newest["message_reference"]["channel_id"] == thread["id"]
    second = await here.rest("POST", path, body={"content": "y"})
    await opened(here, second, "at once")
    assert await kinds(here, here.channel()) == [(0, "y"), (18, "late"), (0, ""), (0, "x")]
    told = transcript.written([{"id": "1", "name": "general", "type": 0, "messages": await here.messages()}])
    assert "started a thread: late" in told
