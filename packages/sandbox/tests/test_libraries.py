"""What libraries other than discord.py send and ask for: each case was seen in their frames and requests."""

import json
from datetime import datetime
from urllib.parse import quote

import aiohttp
import pytest

from raw_bot import gateway
from sandbox.discord.application import TOKEN, Application, BadApplication, named
from sandbox.testing.local import local_sandbox

GUILD = "/guilds/1190000000000000002"
REAL = "MTE5MDAwMDAwMDAwMDAwMDA5OQ.GabcDe.a-secret_of_27_characters_x"
REAL_ID = "1190000000000000099"
MEMBERS, CONTENT = 1 << 15, 1 << 19
DAY = 24 * 3600


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


async def sent(here, path, **options):
    async with here.http.post(f"{here.url}/api/v10{path}", headers={"Authorization": f"Bot {TOKEN}"}, **options) as response:
        return response.status, await response.json()


async def test_a_message_may_be_a_form_of_texts(here):
    path = f"/channels/{here.channel()}/messages"
    status, made = await sent(here, path, data={"content": "12", "tts": "false", "flags": "4096", "nonce": "7"})
    assert (status, made["content"], made["flags"], made["nonce"]) == (200, "12", 4096, "7")
    status, made = await sent(here, path, data={"payload_json": json.dumps({"content": "whole"})})
    assert (status, made["content"]) == (200, "whole")
    [first, _] = (await here.get("/requests", source="discord"))["requests"]
    assert {"name": "content", "json": 12} in first["request"]["form"]


async def test_fields_may_stand_beside_the_files_of_a_form(here):
    form = aiohttp.FormData()
    form.add_field("content", "look")
    form.add_field("files[0]", b"a", filename="a.png", content_type="image/png")
    status, made = await sent(here, f"/channels/{here.channel()}/messages", data=form)
    assert (status, made["content"], len(made["attachments"])) == (200, "look", 1)


@pytest.mark.parametrize("data", [{"flags": "many", "content": "x"}, {"content": "x", "tts": "maybe"}, {"payload_json": "{"}])
async def test_a_form_of_the_wrong_texts_is_a_bad_form(here, data):
    status, error = await sent(here, f"/channels/{here.channel()}/messages", data=data)
    assert (status, error["code"]) == (400, 50035)


async def test_a_body_of_another_type_is_told_which_there_are(here):
    kind = {"Content-Type": "text/plain", "Authorization": f"Bot {TOKEN}"}
    async with here.http.post(f"{here.url}/api/v10/channels/{here.channel()}/messages", data=b"{}", headers=kind) as response:
        assert response.status == 400
        assert "application/x-www-form-urlencoded" in await response.text()


async def test_members_come_in_pages_by_limit_and_after(here):
    await here.patch("/guild", privileged_intents=["members"])
    seen, after = [], 0
    while page := await here.rest("GET", f"{GUILD}/members?limit=2&after={after}"):
        assert len(page) <= 2
        seen += [one["user"]["username"] for one in page]
        after = page[-1]["user"]["id"]
    assert sorted(seen) == ["Sandbox Bot", "alice", "bob", "mod", "owner"]
    assert len(await here.rest("GET", f"{GUILD}/members")) == 1
    await here.rest("GET", f"{GUILD}/members?limit=1001", 400)


async def test_the_owner_is_a_member_who_may_do_everything(here):
    guild = await here.rest("GET", GUILD)
    owner = await here.rest("GET", f"{GUILD}/members/{guild['owner_id']}")
    assert owner["user"]["username"] == "owner"
    assert (await here.rest("GET", "/applications/@me"))["owner"]["id"] == guild["owner_id"]
    await here.post("/channels", name="secret", overwrites=[{"id": "@everyone", "deny": str(1 << 10)}])
    await here.get("/messages", channel="secret", **{"as": "owner"})


async def test_a_guild_is_counted_where_it_is_asked_for(here):
    assert "approximate_member_count" not in await here.rest("GET", GUILD)
    assert (await here.rest("GET", f"{GUILD}?with_counts=true"))["approximate_member_count"] == 5
    [mine] = await here.rest("GET", "/users/@me/guilds?with_counts=true&limit=1")
    assert mine["approximate_member_count"] == 5
    assert await here.rest("GET", f"/users/@me/guilds?after={mine['id']}") == []


async def test_the_application_tells_which_privileged_intents_are_on(here):
    assert (await here.rest("GET", "/applications/@me"))["flags"] == 0
    await here.patch("/guild", privileged_intents=["members", "message_content"])
    shown = await here.rest("GET", "/applications/@me")
    assert (shown["flags"], shown["flags_new"]) == (MEMBERS | CONTENT, str(MEMBERS | CONTENT))
    assert shown["summary"] == ""
    async with gateway(here) as line:
        assert (await line.identify())["application"]["flags"] == MEMBERS | CONTENT


async def test_the_default_sounds_are_there(here):
    assert (await here.rest("GET", "/soundboard-default-sounds"))[0]["name"] == "quack"


async def test_many_messages_are_deleted_with_one_event(here):
    path = f"/channels/{here.channel()}/messages"
    await here.patch("/guild", bot_permissions=str((1 << 13) | (1 << 10) | (1 << 11) | (1 << 16)))
    ids = [(await here.rest("POST", path, body={"content": str(number)}))["id"] for number in range(3)]
    async with gateway(here) as line:
        await line.identify()
        await here.rest("POST", f"{path}/bulk-delete", 204, {"messages": [ids[0], ids[1], ids[1]]})
        told = await line.until("MESSAGE_DELETE_BULK")
    assert told["ids"] == ids[:2]
    assert [one["id"] for one in await here.messages()] == [ids[2]]
    await here.rest("POST", f"{path}/bulk-delete", 400, {"messages": ids[2:]})
    await here.post("/clock", advance_seconds=15 * DAY)
    assert (await here.rest("POST", f"{path}/bulk-delete", 400, {"messages": ids}))["code"] == 50034


async def test_archived_threads_and_pins_come_in_pages(here):
    channel = here.channel()
    await here.patch("/guild", bot_permissions=str((1 << 50) - 1))
    for name in ("first", "second"):
        thread = await here.rest("POST", f"/channels/{channel}/threads", 201, {"name": name, "type": 11})
        await here.rest("PATCH", f"/channels/{thread['id']}", body={"archived": True, "rate_limit_per_user": 5})
        await here.post("/clock", advance_seconds=5)
    page = await here.rest("GET", f"/channels/{channel}/threads/archived/public?limit=1")
    assert ([one["name"] for one in page["threads"]], page["has_more"]) == (["second"], True)
    assert page["threads"][0]["rate_limit_per_user"] == 5
    before = page["threads"][0]["thread_metadata"]["archive_timestamp"]
    assert datetime.fromisoformat(before)
    older = await here.rest("GET", f"/channels/{channel}/threads/archived/public?before={quote(before)}")
    assert ([one["name"] for one in older["threads"]], older["has_more"]) == (["first"], False)
    await here.rest("GET", f"/channels/{channel}/threads/archived/public?before=yesterday", 400)


@pytest.mark.parametrize(
    ("app_id", "token", "application"),
    [
        (None, None, Application()),
        (None, REAL, Application(REAL_ID, REAL)),
        (REAL_ID, REAL, Application(REAL_ID, REAL)),
        (REAL_ID, None, Application(REAL_ID, TOKEN)),
        (None, "a.b.c", Application(token="a.b.c")),
    ],
)
def test_an_application_is_named_by_its_id_or_by_a_token_in_discords_form(app_id, token, application):
    assert named(app_id, token) == application


@pytest.mark.parametrize(
    ("app_id", "token", "word"),
    [("mine", None, "is a number"), ("1", REAL, f"application {REAL_ID}"), (None, "a b", "blanks"), (None, "a" * 201, "200")],
)
def test_an_application_that_cannot_be_is_told_what_to_change(app_id, token, word):
    with pytest.raises(BadApplication, match=word):
        named(app_id, token)


async def test_a_bot_with_a_token_in_discords_form_is_its_application():
    async with local_sandbox(openapi=False, application=named(None, REAL)) as here:
        await here.rest("GET", "/users/@me", 401)
        assert (await here.rest("GET", "/users/@me", token=REAL))["id"] == REAL_ID
        command = {"name": "make", "description": "Make it"}
        [made] = await here.rest("PUT", f"/applications/{REAL_ID}/commands", body=[command], token=REAL)
        async with gateway(here) as line:
            ready = await line.identify(token=REAL)
            assert (ready["user"]["id"], ready["application"]["id"]) == (REAL_ID, REAL_ID)
            run = await here.post("/invoke", command="/make", **{"as": "alice"})
            told = await line.until("INTERACTION_CREATE")
        assert (told["application_id"], told["data"]["id"]) == (REAL_ID, made["id"])
        interaction = here.state.interactions[run["interaction"]]
        await here.callback(interaction, 4, {"content": "mine"})
        [message] = await here.messages()
        assert (message["author"]["id"], message["application_id"]) == (REAL_ID, REAL_ID)


async def test_a_sandbox_that_others_reach_by_a_name_answers_to_it_and_links_by_it():
    async with local_sandbox(openapi=False, public_url="http://sandbox.test:8787/") as here:
        headers = {"Authorization": f"Bot {TOKEN}", "Host": "sandbox.test:8787"}
        async with here.http.get(f"{here.url}/api/v10/gateway", headers=headers) as response:
            assert await response.json() == {"url": "ws://sandbox.test:8787/gateway"}
        files = [("a.png", b"a", "image/png")]
        made = await here.rest("POST", f"/channels/{here.channel()}/messages", body={}, files=files)
        assert made["attachments"][0]["url"].startswith("http://sandbox.test:8787/cdn/")
        async with here.http.get(f"{here.url}/api/v10/gateway", headers=headers | {"Host": "other.test"}) as response:
            assert response.status == 403
