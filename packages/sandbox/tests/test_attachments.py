"""Where a message tells of its files: what components and embeds name is told of there, `attachments` has the others."""

import pytest

from discord_py_bot import PNG
from sandbox.testing.local import local_sandbox, webhook_of

V2 = 1 << 15
STILL = ("still.png", PNG, "image/png")
CLIP = ("clip.mp4", b"video", "video/mp4")
NOTES = ("notes.txt", b"notes", "text/plain")


@pytest.fixture
async def here():
    async with local_sandbox(rate_limits=False) as made:
        yield made


def named(name):
    return {"url": f"attachment://{name}"}


def gallery(*names):
    return {"type": 12, "items": [{"media": named(name)} for name in names]}


def card(*components):
    return {"flags": V2, "components": list(components)}


@pytest.fixture
def path(here):
    return f"/channels/{here.channel()}/messages"


async def test_a_file_that_a_component_names_is_told_of_there_and_not_among_the_attachments(here, path):
    section = {"type": 9, "components": [{"type": 10, "content": "x"}], "accessory": {"type": 11, "media": named("still.png")}}
    body = card(gallery("clip.mp4"), section, {"type": 13, "file": named("notes.txt")})
    posted = await here.rest("POST", path, body=body, files=[CLIP, STILL, NOTES])
    assert posted["attachments"] == []
    clip = posted["components"][0]["items"][0]["media"]
    still = posted["components"][1]["accessory"]["media"]
    notes = posted["components"][2]
    assert [one["content_type"] for one in (clip, still, notes["file"])] == ["video/mp4", "image/png", "text/plain"]
    assert (still["width"], still["height"]) == (32, 16)
    assert (notes["name"], notes["size"]) == ("notes.txt", 5)
    assert len({one["attachment_id"] for one in (clip, still, notes["file"])}) == 3
    async with here.http.get(clip["proxy_url"]) as response:
        assert await response.read() == b"video"


async def test_a_file_that_no_component_names_is_an_attachment(here, path):
    posted = await here.rest("POST", path, body=card(gallery("clip.mp4")), files=[CLIP, NOTES])
    assert [one["filename"] for one in posted["attachments"]] == ["notes.txt"]


async def test_a_picture_of_an_embed_is_no_attachment(here, path):
    posted = await here.rest("POST", path, body={"embeds": [{"title": "x", "image": named("still.png")}]}, files=[STILL, NOTES])
    assert [one["filename"] for one in posted["attachments"]] == ["notes.txt"]
    edited = await here.rest("PATCH", f"{path}/{posted['id']}", body={"embeds": []})
    assert [one["filename"] for one in edited["attachments"]] == ["still.png", "notes.txt"]


async def test_a_link_to_a_file_of_discords_own_has_no_attachment_id(here, path):
    first = await here.rest("POST", path, body={}, files=[CLIP])
    linked = {"type": 12, "items": [{"media": {"url": first["attachments"][0]["url"]}}]}
    media = (await here.rest("POST", path, body=card(linked)))["components"][0]["items"][0]["media"]
    assert media["content_type"] == "video/mp4"
    assert "attachment_id" not in media


async def test_links_in_components_are_signed_anew_and_keep_their_ids(here, path):
    posted = await here.rest("POST", path, body=card(gallery("clip.mp4")), files=[CLIP])
    await here.post("/clock", advance_seconds=25 * 3600)
    again = await here.rest("GET", f"{path}/{posted['id']}")
    old, new = (one["components"][0]["items"][0]["media"] for one in (posted, again))
    assert old["attachment_id"] == new["attachment_id"]
    async with here.http.get(old["url"]) as gone, here.http.get(new["url"]) as there:
        assert (gone.status, there.status) == (404, 200)


async def test_a_deleted_message_takes_the_files_of_its_components_along(here, path):
    posted = await here.rest("POST", path, body=card(gallery("clip.mp4")), files=[CLIP])
    await here.rest("DELETE", f"{path}/{posted['id']}", 204)
    async with here.http.get(posted["components"][0]["items"][0]["media"]["url"]) as response:
        assert response.status == 404


@pytest.fixture
async def posted(here, path):
    """A card with a clip that its gallery names."""
    return await here.rest("POST", path, body=card(gallery("clip.mp4")), files=[CLIP])


def listed(message, **entry):
    return [{"id": message["components"][0]["items"][0]["media"]["attachment_id"]} | entry]


@pytest.mark.parametrize("entry", [None, {}, {"filename": "other.mp4"}], ids=["nothing listed", "by id alone", "another name"])
async def test_an_edit_that_names_a_file_without_listing_it_by_id_and_filename_is_refused(here, path, posted, entry):
    body = card(gallery("clip.mp4")) | ({} if entry is None else {"attachments": listed(posted, **entry)})
    error = await here.rest("PATCH", f"{path}/{posted['id']}", 400, body)
    [found] = error["errors"]["components"]["0"]["items"]["0"]["media"]["url"]["_errors"]
    assert (error["code"], found["code"]) == (50035, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND")
    again = await here.rest("GET", f"{path}/{posted['id']}")
    assert again["components"] == posted["components"]


async def test_an_edit_names_what_it_lists_and_what_it_brings(here, path, posted):
    kept = listed(posted, filename="clip.mp4")
    body = card(gallery("clip.mp4", "still.png")) | {"attachments": kept}
    edited = await here.rest("PATCH", f"{path}/{posted['id']}", body=body, files=[STILL])
    clip, still = (one["media"] for one in edited["components"][0]["items"])
    assert clip["attachment_id"] == kept[0]["id"]
    assert still["content_type"] == "image/png"
    assert edited["attachments"] == []


async def test_an_edit_that_names_no_file_lists_none_and_keeps_all(here, path, posted):
    edited = await here.rest("PATCH", f"{path}/{posted['id']}", body=card({"type": 10, "content": "words"}))
    assert [one["filename"] for one in edited["attachments"]] == ["clip.mp4"]


async def test_with_unlisted_files_an_edit_may_name_what_it_does_not_list(here, path, posted):
    await here.post("/refusals", unlisted_files=True)
    edited = await here.rest("PATCH", f"{path}/{posted['id']}", body=card(gallery("clip.mp4")))
    assert edited["components"][0]["items"][0]["media"]["attachment_id"] == listed(posted)[0]["id"]


async def test_an_edit_through_the_token_lists_its_files_too(here, path):
    interaction = await here.command()
    await here.callback(interaction, 5)
    original = webhook_of(interaction) + "/messages/@original"
    made = await here.rest("PATCH", original, body=card(gallery("clip.mp4")), files=[CLIP])
    await here.rest("PATCH", original, 400, card(gallery("clip.mp4")))
    await here.rest("PATCH", original, body=card(gallery("clip.mp4")) | {"attachments": listed(made, filename="clip.mp4")})
