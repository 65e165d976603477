"""What a message may hold, whom it mentions and what an edit keeps, on raw REST."""

import pytest

from sandbox.testing.local import local_sandbox

V2 = 1 << 15


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made


def text(content):
    return {"type": 10, "content": content}


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        (
            {"flags": V2, "content": "x", "components": [text("y")]},
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            {"flags": V2, "components": [text("x" * 2001), text("y" * 2000)]},
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        (
            {"flags": V2, "components": [{"type": 17, "components": [text("x")] * 40}]},
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        ),
        ({"components": [text("x")]}, "components/0/type", "UNION_TYPE_CHOICES"),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a" * 101}]}]},
            "components/0/components/0/custom_id",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}] * 2}]},
            "components/0/components/1/custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            {
                "components": [
                    {
                        "type": 1,
                        "components": [{"type": 2, "style": 1, "label": "x", "custom_id": str(n)} for n in range(6)],
                    }
                ]
            },
            "components/0/components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://none.mp4"}}]}]},
            "components/0/items/0/media/url",
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
        ),
        ({"content": "x", "nonce": "n" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
    ],
)
async def test_a_bad_message_is_refused_at_its_field(here, body, where, code):
    error = await here.rest("POST", f"/channels/{here.channel()}/messages", 400, body)
    node = error["errors"]
    for part in where.split("/"):
        node = node[part]
    assert error["code"] == 50035
    assert [one["code"] for one in node["_errors"]] == [code]
    assert (await here.get("/violations"))["violations"]


async def test_an_empty_message_is_refused(here):
    assert (await here.rest("POST", f"/channels/{here.channel()}/messages", 400, {"content": " "}))["code"] == 50006


async def test_mentions_ping_once_and_edits_never(here):
    alice, path = here.member(), f"/channels/{here.channel()}/messages"
    told = {"content": f"<@{alice.id}>", "allowed_mentions": {"parse": ["users"]}}
    message = await here.rest("POST", path, body=told)
    assert [one["id"] for one in message["mentions"]] == [alice.id]
    await here.rest("PATCH", f"{path}/{message['id']}", body=told)
    quiet = await here.rest("POST", path, body=told | {"allowed_mentions": {"parse": []}})
    assert quiet["mentions"] == []
    await here.rest("POST", path, body={"content": f"`<@{alice.id}>`"})
    pings = {one["name"]: one["pings"] for one in (await here.get("/state"))["members"]}
    assert (pings["alice"], pings["bob"]) == (1, 0)


async def test_a_cards_text_mentions_too(here):
    body = {"flags": V2, "components": [text(f"for <@{here.member().id}>")]}
    await here.rest("POST", f"/channels/{here.channel()}/messages", body=body)
    assert here.member().pings == 1


async def test_an_edit_keeps_the_attachments_it_names_and_adds_new_ones(here):
    path = f"/channels/{here.channel()}/messages"
    files = [("a.png", b"a", "image/png"), ("b.png", b"b", "image/png")]
    message = await here.rest("POST", path, body={}, files=files)
    kept = message["attachments"][0]["id"]
    body = {"attachments": [{"id": kept}, {"id": "0", "description": "third"}]}
    edited = await here.rest("PATCH", f"{path}/{message['id']}", body=body, files=[("c.png", b"c", "image/png")])
    assert [one["filename"] for one in edited["attachments"]] == ["a.png", "c.png"]
    assert edited["attachments"][1]["description"] == "third"
    gone = message["attachments"][1]["url"]
    async with here.http.get(gone) as response:
        assert response.status == 404


async def test_a_nonce_answers_with_its_message_and_with_404_once_that_was_deleted(here):
    path = f"/channels/{here.channel()}/messages"
    body = {"content": "once", "nonce": "7", "enforce_nonce": True}
    message = await here.rest("POST", path, body=body)
    assert (await here.rest("POST", path, body=body))["id"] == message["id"]
    await here.rest("DELETE", f"{path}/{message['id']}", 204)
    assert (await here.rest("POST", path, 404, body))["code"] == 10008
    assert await here.rest("POST", path, body=body | {"nonce": "8"})
