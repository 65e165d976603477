"""Discord's rules, one by one, on raw REST: what a bot is refused must be refused here too."""

import pytest

from sandbox.testing.local import local_sandbox, webhook_of

EPHEMERAL = 1 << 6
SEND, DEFER, MODAL = 4, 5, 9
MP4 = ("clip.mp4", b"0123456789", "video/mp4")
VIEW, CREATE_PUBLIC_THREADS, ATTACH = 1 << 10, 1 << 35, 1 << 15


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made


def text(content):
    return {"type": 10, "content": content}


async def test_the_first_answer_must_come_within_three_seconds(here):
    interaction = await here.command()
    await here.post("/clock", advance_seconds=3.2)
    error = await here.callback(interaction, SEND, {"content": "late"}, status=404)
    assert error["code"] == 10062
    assert (await here.get(f"/interactions/{interaction.id}"))["state"] == "failed"


async def test_a_second_first_answer_is_refused(here):
    interaction = await here.command()
    await here.callback(interaction, DEFER)
    assert (await here.callback(interaction, SEND, {"content": "again"}, status=400))["code"] == 40060


async def test_the_token_dies_after_fifteen_minutes(here):
    interaction = await here.command()
    await here.callback(interaction, DEFER)
    await here.post("/clock", advance_seconds=899)
    await here.rest("PATCH", webhook_of(interaction) + "/messages/@original", body={"content": "in time"})
    await here.post("/clock", advance_seconds=2)
    error = await here.rest("PATCH", webhook_of(interaction) + "/messages/@original", 401, {"content": "late"})
    assert error["code"] == 50027


async def test_a_follow_up_to_a_deferral_takes_its_place_and_visibility(here):
    interaction = await here.command()
    await here.callback(interaction, DEFER, {"flags": EPHEMERAL})
    first = await here.rest("POST", webhook_of(interaction), body={"content": "filled"})
    second = await here.rest("POST", webhook_of(interaction), body={"content": "open"})
    assert first["id"] == interaction.original.id
    assert first["flags"] & EPHEMERAL
    assert not second["flags"] & EPHEMERAL
    assert [one["content"] for one in await here.messages("bob")] == ["open"]


async def test_after_the_original_is_deleted_a_follow_up_keeps_its_own_flags(here):
    interaction = await here.command()
    await here.callback(interaction, DEFER, {"flags": EPHEMERAL})
    await here.rest("DELETE", webhook_of(interaction) + "/messages/@original", 204)
    made = await here.rest("POST", webhook_of(interaction), body={"content": "for all"})
    assert not made["flags"] & EPHEMERAL
    await here.rest("GET", webhook_of(interaction) + "/messages/@original", 404)


async def test_an_ephemeral_message_exists_for_its_member_only(here):
    interaction = await here.command()
    await here.callback(interaction, SEND, {"content": "psst", "flags": EPHEMERAL})
    assert [one["content"] for one in await here.messages("alice")] == ["psst"]
    assert await here.messages("mod") == []
    path = f"/channels/{here.channel()}/messages/{interaction.original.id}"
    assert (await here.rest("GET", path, 404))["code"] == 10008


async def test_the_same_nonce_gives_the_same_message_for_some_minutes(here):
    path, body = f"/channels/{here.channel()}/messages", {"content": "x", "nonce": "7", "enforce_nonce": True}
    first = await here.rest("POST", path, body=body)
    assert (await here.rest("POST", path, body=body))["id"] == first["id"]
    await here.post("/clock", advance_seconds=400)
    assert (await here.rest("POST", path, body=body))["id"] != first["id"]


async def test_a_nonce_that_is_not_enforced_posts_again(here):
    path, body = f"/channels/{here.channel()}/messages", {"content": "x", "nonce": "7"}
    first = await here.rest("POST", path, body=body)
    assert (await here.rest("POST", path, body=body))["id"] != first["id"]


@pytest.mark.parametrize(
    ("denied", "path", "body", "code"),
    [
        (VIEW, "/messages", {"content": "x"}, 50001),
        (1 << 11, "/messages", {"content": "x"}, 50013),
        (CREATE_PUBLIC_THREADS, "/messages/{message}/threads", {"name": "t"}, 50013),
    ],
)
async def test_a_missing_permission_is_refused(here, denied, path, body, code):
    channel = here.channel()
    message = await here.rest("POST", f"/channels/{channel}/messages", body={"content": "x"})
    await here.patch(f"/channels/{channel}", overwrites=[{"id": "bot", "type": 1, "deny": str(denied)}])
    error = await here.rest("POST", f"/channels/{channel}" + path.format(message=message["id"]), 403, body)
    assert error["code"] == code


async def test_files_need_their_own_permission(here):
    everything = (1 << 53) - 1
    await here.patch("/guild", bot_permissions=str(everything & ~ATTACH & ~(1 << 3)))
    path = f"/channels/{here.channel()}/messages"
    assert (await here.rest("POST", path, 403, {}, files=[MP4]))["code"] == 50013
    await here.rest("POST", path, body={"content": "words"})


async def test_one_thread_per_message_and_none_in_threads(here):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    path = f"/channels/{here.channel()}/messages/{message['id']}/threads"
    thread = await here.rest("POST", path, 201, {"name": "t"})
    assert thread["id"] == message["id"]
    assert (await here.rest("POST", path, 400, {"name": "t"}))["code"] == 160004
    inner = await here.rest("POST", f"/channels/{thread['id']}/messages", body={"content": "y"})
    nested = f"/channels/{thread['id']}/messages/{inner['id']}/threads"
    assert (await here.rest("POST", nested, 400, {"name": "t"}))["code"] == 50024


async def test_a_message_opens_an_archived_thread_again_and_an_edit_does_not(here):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={"content": "x"})
    path = f"/channels/{here.channel()}/messages/{message['id']}/threads"
    thread = await here.rest("POST", path, 201, {"name": "t", "auto_archive_duration": 60})
    inner = await here.rest("POST", f"/channels/{thread['id']}/messages", body={"content": "y"})
    await here.post("/clock", advance_seconds=3601)
    edit = f"/channels/{thread['id']}/messages/{inner['id']}"
    assert (await here.rest("PATCH", edit, 400, {"content": "z"}))["code"] == 50083
    await here.rest("POST", f"/channels/{thread['id']}/messages", body={"content": "again"})
    assert not (await here.rest("GET", f"/channels/{thread['id']}"))["thread_metadata"]["archived"]
    await here.rest("PATCH", edit, body={"content": "z"})


async def test_a_private_thread_is_seen_by_its_members_only(here):
    thread = await here.rest("POST", f"/channels/{here.channel()}/threads", 201, {"name": "quiet", "type": 12})
    await here.get("/messages", 403, channel=thread["id"], **{"as": "alice"})
    await here.rest("PUT", f"/channels/{thread['id']}/thread-members/{here.member().id}", 204)
    await here.get("/messages", channel=thread["id"], **{"as": "alice"})


@pytest.mark.parametrize(("tier", "limit"), [(0, 10), (1, 10), (2, 50), (3, 100)])
async def test_the_upload_limit_follows_the_guilds_tier(here, tier, limit):
    await here.patch("/guild", premium_tier=tier)
    interaction = await here.command()
    assert interaction.payload["attachment_size_limit"] == limit * 1024 * 1024


async def test_a_file_over_the_limit_is_too_large(here):
    size = 10 * 1024 * 1024
    path = f"/channels/{here.channel()}/messages"
    error = await here.rest("POST", path, 413, {}, files=[("a.bin", bytes(size + 1), "application/octet-stream")])
    assert error["code"] == 40005


async def test_a_member_who_refuses_direct_messages_gets_none(here):
    channel = await here.rest("POST", "/users/@me/channels", body={"recipient_id": here.member().id})
    await here.rest("POST", f"/channels/{channel['id']}/messages", body={"content": "hello"})
    await here.patch("/members/alice", dms=False)
    error = await here.rest("POST", f"/channels/{channel['id']}/messages", 403, {"content": "hello"})
    assert error["code"] == 50007


async def test_a_link_plays_in_ranges_and_expires(here):
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={}, files=[MP4])
    url = message["attachments"][0]["url"]
    async with here.http.get(url, headers={"Range": "bytes=2-4"}) as response:
        assert (response.status, await response.read()) == (206, b"234")
        assert response.content_type == "video/mp4"
    async with here.http.get(url.replace("hm=", "hm=0")) as response:
        assert response.status == 404
    await here.post("/clock", advance_seconds=24 * 3600 + 1)
    async with here.http.get(url) as response:
        assert response.status == 404
    again = await here.rest("GET", f"/channels/{here.channel()}/messages/{message['id']}")
    async with here.http.get(again["attachments"][0]["url"]) as response:
        assert response.status == 200


async def test_an_unknown_route_is_loud(here):
    await here.rest("GET", "/guilds/1/soundboard-sounds", 501)
    [violation] = (await here.get("/violations"))["violations"]
    assert violation["path"] == "/guilds/1/soundboard-sounds"


async def test_a_wrong_token_is_unauthorized(here):
    await here.rest("GET", "/users/@me", 401, token="other")


async def test_a_full_bucket_is_answered_with_the_time_to_wait():
    async with local_sandbox() as here:
        path = f"/channels/{here.channel()}/messages"
        for _ in range(5):
            await here.rest("POST", path, body={"content": "x"})
        refused = await here.rest("POST", path, 429, {"content": "x"})
        assert 0 < refused["retry_after"] <= 5
        assert refused["global"] is False
        other = await here.post("/channels", name="other")
        await here.rest("POST", f"/channels/{other['id']}/messages", body={"content": "x"})


async def test_commands_keep_their_ids_and_have_their_limits(here):
    path = "/applications/1190000000000000001/commands"
    one = {"name": "make", "description": "Make"}
    [first] = await here.rest("PUT", path, body=[one])
    [second] = await here.rest("PUT", path, body=[one | {"description": "Make it"}])
    assert first["id"] == second["id"]
    required_last = [
        {"name": "a", "description": "a", "type": 3},
        {"name": "b", "description": "b", "type": 3, "required": True},
    ]
    error = await here.rest("PUT", path, 400, [one | {"options": required_last}])
    assert error["errors"]["0"]["options"]["1"]["_errors"][0]["code"] == "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
    assert len(await here.rest("GET", path)) == 1


@pytest.mark.parametrize(
    ("modal", "where"),
    [
        ({"title": "x" * 46, "custom_id": "m", "components": [text("a")]}, ("title",)),
        ({"title": "x", "custom_id": "m", "components": [text("a")] * 6}, ("components",)),
        (
            {"title": "x", "custom_id": "m", "components": [{"type": 18, "label": "l" * 46, "component": {}}]},
            ("components", "0", "label"),
        ),
    ],
)
async def test_a_bad_modal_is_refused(here, modal, where):
    interaction = await here.command()
    node = (await here.callback(interaction, MODAL, modal, status=400))["errors"]
    for part in where:
        node = node[part]
    assert node["_errors"]


async def test_history_pages_before_after_and_around(here):
    path = f"/channels/{here.channel()}/messages"
    ids = [(await here.rest("POST", path, body={"content": str(n)}))["id"] for n in range(5)]

    async def page(query):
        return [one["content"] for one in await here.rest("GET", f"{path}?{query}")]

    assert await page("limit=2") == ["4", "3"]
    assert await page(f"before={ids[2]}&limit=2") == ["1", "0"]
    assert await page(f"after={ids[2]}&limit=1") == ["3"]
    assert await page(f"around={ids[2]}&limit=3") == ["3", "2", "1"]


async def test_others_words_are_blank_without_the_content_intent(here):
    posted = await here.post("/messages", channel="general", content="secret", **{"as": "bob"})
    seen = await here.rest("GET", f"/channels/{here.channel()}/messages/{posted['id']}")
    assert seen["content"] == ""
