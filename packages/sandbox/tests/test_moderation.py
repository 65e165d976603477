"""What this server and Discord's filters do not show, each with Discord's own code, and when they do."""

import pytest

from sandbox.testing.local import local_sandbox, webhook_of

V2 = 1 << 15
SEND, DEFER, UPDATE = 4, 5, 7
NOTES = [("notes.txt", b"notes", "text/plain")]


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made


async def post(here, status=200, channel=None, **body):
    return await here.rest("POST", f"/channels/{channel or here.channel()}/messages", status, body)


async def direct(here, name="alice"):
    return (await here.rest("POST", "/users/@me/channels", body={"recipient_id": here.member(name).id}))["id"]


@pytest.mark.parametrize(
    ("keyword", "text", "blocked"),
    [
        ("dragon", "a Dragon, flying", True),
        ("dragon", "dragonfly", False),
        ("dragon*", "dragonfly", True),
        ("*fly", "dragonfly", True),
        ("*gonf*", "dragonfly", True),
    ],
)
async def test_automod_blocks_whole_words_and_what_a_star_stands_for(here, keyword, text, blocked):
    await here.post("/refusals", keywords=[keyword])
    made = await post(here, 400 if blocked else 200, content=text)
    assert not blocked or made["code"] == 200000


async def test_automod_reads_components_embeds_and_edits(here):
    told = await post(here, content="fine")
    await here.post("/refusals", keywords=["dragon"])
    card = {"flags": V2, "components": [{"type": 17, "components": [{"type": 10, "content": "A dragon"}]}]}
    assert (await post(here, 400, **card))["code"] == 200000
    assert (await post(here, 400, embeds=[{"title": "x", "fields": [{"name": "y", "value": "dragon"}]}]))["code"] == 200000
    path = f"/channels/{here.channel()}/messages/{told['id']}"
    assert (await here.rest("PATCH", path, 400, {"content": "dragon"}))["code"] == 200000


async def test_automod_judges_a_bots_answer_by_the_member_who_asked(here):
    await here.post("/refusals", keywords=["dragon"], exempt_roles=["Supporter"])
    blocked = await here.command()
    assert (await here.callback(blocked, SEND, {"content": "dragon"}, status=400))["code"] == 200000
    await here.callback(blocked, DEFER)  # what was blocked was no answer
    assert (await here.rest("POST", webhook_of(blocked), 400, {"content": "dragon"}))["code"] == 200000
    edit = webhook_of(blocked) + "/messages/@original"
    assert (await here.rest("PATCH", edit, 400, {"content": "dragon"}))["code"] == 200000
    await here.patch("/members/alice", roles=["Supporter"])
    await here.rest("PATCH", edit, body={"content": "dragon"})
    assert (await post(here, 400, content="dragon"))["code"] == 200000  # not an answer, so judged by the bot


async def test_automod_skips_exempt_channels_direct_messages_and_who_manages_the_server(here):
    await here.post("/channels", name="lair")
    await here.post("/refusals", keywords=["dragon"], exempt_channels=["lair"])
    await post(here, channel=here.channel("lair"), content="dragon")
    await post(here, channel=await direct(here), content="dragon")
    await here.post("/messages", 400, channel="general", content="dragon", **{"as": "alice"})
    await here.patch("/guild", bot_permissions=str((1 << 53) - 1))
    await post(here, content="dragon")


async def test_a_thread_with_a_blocked_or_a_forbidden_name_is_not_opened(here):
    message = await post(here, content="x")
    path = f"/channels/{here.channel()}/messages/{message['id']}/threads"
    await here.post("/refusals", keywords=["dragon"], banned_titles=["casino"])
    assert (await here.rest("POST", path, 400, {"name": "A dragon"}))["code"] == 200001
    assert (await here.rest("POST", path, 400, {"name": "Casinos"}))["code"] == 20031
    thread = await here.rest("POST", path, 201, {"name": "A clip"})
    assert (await here.rest("PATCH", f"/channels/{thread['id']}", 400, {"name": "dragon"}))["code"] == 200001


async def test_a_harmful_link_is_blocked_everywhere(here):
    await here.post("/refusals", harmful_links=["evil.example"])
    assert (await post(here, 400, content="see https://EVIL.example/x"))["code"] == 240000
    assert (await post(here, 400, channel=await direct(here), content="https://evil.example"))["code"] == 240000


async def test_a_file_that_the_filter_takes_for_explicit_does_not_reach_its_member(here):
    channel = await direct(here)
    await here.post("/refusals", explicit_to=["alice"])
    assert (await here.rest("POST", f"/channels/{channel}/messages", 400, {}, files=NOTES))["code"] == 20009
    await post(here, channel=channel, content="words")
    await here.rest("POST", f"/channels/{await direct(here, 'bob')}/messages", body={}, files=NOTES)


async def test_who_left_the_server_has_no_mutual_one_with_the_bot(here):
    channel, alice = await direct(here), here.member().id
    await post(here, channel=channel, content="x")
    await here.control("DELETE", "/members/alice")
    assert (await post(here, 403, channel=channel, content="x"))["code"] == 50278
    assert (await here.rest("POST", "/users/@me/channels", body={"recipient_id": alice}))["id"] == channel


async def test_a_server_takes_so_many_active_threads_and_archived_ones_do_not_count(here):
    await here.post("/refusals", active_threads=1)
    first, second = await post(here, content="x"), await post(here, content="y")
    path = f"/channels/{here.channel()}/messages/{{}}/threads"
    await here.rest("POST", path.format(first["id"]), 201, {"name": "t", "auto_archive_duration": 60})
    assert (await here.rest("POST", path.format(second["id"]), 400, {"name": "t"}))["code"] == 160006
    await here.post("/clock", advance_seconds=3601)
    await here.rest("POST", path.format(second["id"]), 201, {"name": "t"})


async def test_threads_of_announcement_channels_have_a_limit_of_their_own(here):
    news = (await here.post("/channels", name="news", type=5))["id"]
    await here.post("/refusals", announcement_threads=1)
    path = f"/channels/{news}/messages/{{}}/threads"
    first, second = await post(here, channel=news, content="x"), await post(here, channel=news, content="y")
    await here.rest("POST", path.format(first["id"]), 201, {"name": "t"})
    assert (await here.rest("POST", path.format(second["id"]), 400, {"name": "t"}))["code"] == 160007
    elsewhere = await post(here, content="z")
    await here.rest("POST", f"/channels/{here.channel()}/messages/{elsewhere['id']}/threads", 201, {"name": "t"})


@pytest.mark.parametrize(("code", "status"), [(40005, 413), (50045, 400)])
async def test_a_file_over_the_limit_is_refused_in_either_of_discords_ways(here, code, status):
    await here.post("/refusals", too_large=code)
    large = [("a.bin", bytes(10 * 1024 * 1024 + 1), "application/octet-stream")]
    assert (await here.rest("POST", f"/channels/{here.channel()}/messages", status, {}, files=large))["code"] == code


async def test_the_members_own_plan_counts_for_answers_and_the_servers_tier_for_posts(here):
    await here.patch("/members/alice", upload_limit=11 * 1024 * 1024)
    large = [("a.bin", bytes(10 * 1024 * 1024 + 1), "application/octet-stream")]
    interaction = await here.command()
    assert interaction.payload["attachment_size_limit"] == 11 * 1024 * 1024
    await here.callback(interaction, DEFER)
    await here.rest("PATCH", webhook_of(interaction) + "/messages/@original", body={}, files=large)
    await here.rest("POST", f"/channels/{here.channel()}/messages", 413, {}, files=large)


async def test_refusals_are_shown_read_whole_before_they_count_and_gone_after_a_reset(here):
    await here.post("/refusals", 400, keywords=["dragon"], too_large=413)
    await here.post("/refusals", 404, keywords=["dragon"], explicit_to=["nobody"])
    assert (await here.get("/refusals"))["keywords"] == []
    shown = await here.post("/refusals", keywords=["dragon"], threads_seconds=60)
    assert (shown["keywords"], shown["too_large"], shown["active_threads"]) == (["dragon"], 40005, 1000)
    assert 59 < shown["threads_seconds"] <= 60
    await here.post("/reset")
    cleared = await here.get("/refusals")
    assert (cleared["keywords"], cleared["threads_seconds"]) == ([], 0)


async def test_a_nonce_counts_for_its_author_in_all_channels_even_when_its_own_is_gone(here):
    body = {"content": "once", "nonce": "7", "enforce_nonce": True}
    channel = (await here.post("/channels", name="brief"))["id"]
    message = await post(here, channel=channel, **body)
    again = await post(here, channel=here.channel(), **body)
    assert (again["id"], again["channel_id"]) == (message["id"], channel)
    await here.control("DELETE", f"/channels/{channel}")
    assert (await post(here, 404, channel=here.channel(), **body))["code"] == 10008
