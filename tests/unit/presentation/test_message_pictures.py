"""Where pictures of a message are found. Payloads are from Discord's documentation, and discord.py reads them."""

import asyncio
from urllib.parse import urlsplit

import discord
import httpx
import pytest

from bot.http.attachments import HttpAttachments
from bot.presentation.message_pictures import PICTURES_MOST, pictures_for, pictures_in

CDN = "https://cdn.discordapp.com/attachments/1/2"
MEDIA = "https://media.discordapp.net/attachments/1/2"
PROXY = "https://images-ext-1.discordapp.net/external/x/https/example.org/cat.png"
ELSEWHERE = "https://example.org/cat.png"
OURS = 900


@pytest.fixture
async def client():
    return discord.Client(intents=discord.Intents.none())


@pytest.fixture
async def takes():
    async with httpx.AsyncClient() as http:
        yield HttpAttachments(http, {"127.0.0.1:9000"}).takes


def attachment(name="cat.png", content_type="image/png", number=1, **more):
    url = f"{CDN}/{name}?ex=1"
    return {"id": str(number), "filename": name, "size": 100, "url": url, "proxy_url": url, **more} | (
        {} if content_type is None else {"content_type": content_type}
    )


def media(url, proxy_url=None, content_type="image/png"):
    return {
        "url": url,
        "proxy_url": proxy_url or url,
        "width": 640,
        "height": 480,
        "content_type": content_type,
        "attachment_id": "7",
    }


def payload(message_id=20, **more):
    author = {"id": "5", "username": "alice", "discriminator": "0", "avatar": None}
    plain = {"content": "", "embeds": [], "attachments": [], "components": [], "mentions": [], "mention_roles": []}
    other = {"pinned": False, "tts": False, "mention_everyone": False, "timestamp": "2026-11-26T12:00:00+00:00"}
    return (
        {"id": str(message_id), "channel_id": "3", "type": 0, "edited_timestamp": None, "author": author} | plain | other | more
    )


def message(client, **more):
    channel = discord.PartialMessageable(state=client._connection, id=3)
    return discord.Message(state=client._connection, channel=channel, data=payload(**more))


def names(found):
    return [each.name for each in found]


@pytest.mark.parametrize(
    ("file", "is_one"),
    [
        (attachment(), True),
        (attachment("IMG_0001.HEIC", "image/heic"), True),
        (attachment("no-suffix", "image/webp"), True),
        (attachment("IMG_0001.JPG", None), True),
        (attachment("IMG_0002.jpeg", "application/octet-stream"), True),
        (attachment("notes.txt", None), False),
        (attachment("notes.png", "text/plain"), False),
        (attachment("clip.mp4", "video/mp4"), False),
        (attachment("clip.mp4", None), False),
        (attachment(url=ELSEWHERE, proxy_url=ELSEWHERE), False),
        (attachment(url=f"{CDN}/{'x' * 3000}", proxy_url=""), False),
        (attachment(url="http://127.0.0.1:9000/cdn/cat.png"), True),
        (attachment(url="http://127.0.0.1:9001/cdn/cat.png", proxy_url=""), False),
    ],
)
async def test_an_attached_picture_is_known_by_its_type_or_else_by_its_name(client, takes, file, is_one):
    assert len(pictures_in(message(client, attachments=[file]), takes)) == is_one


GALLERY = {
    "type": 12,
    "id": 1,
    "items": [{"media": media(f"{CDN}/a.png")}, {"media": media(f"{CDN}/b.mp4", None, "video/mp4")}],
}
THUMBNAIL = {"type": 11, "id": 2, "media": media(f"{CDN}/b.png")}
SECTION = {"type": 9, "id": 3, "components": [{"type": 10, "id": 4, "content": "look"}], "accessory": THUMBNAIL}
FILE = {"type": 13, "id": 5, "file": media(f"{CDN}/c.png", None, None), "name": "c.png", "size": 5}
OTHERS = {"type": 12, "id": 6, "items": [{"media": media(ELSEWHERE, PROXY)}, {"media": media(ELSEWHERE, ELSEWHERE)}]}
CONTAINER = {"type": 17, "id": 7, "components": [SECTION, GALLERY, FILE, OTHERS]}


async def test_pictures_stand_in_galleries_thumbnails_and_files_and_nowhere_else(client, takes):
    """Discord lists a file that a component shows only in that component."""
    found = pictures_in(message(client, flags=1 << 15, components=[CONTAINER]), takes)
    assert names(found) == ["b.png", "a.png", "c.png", "cat.png"]
    assert found[0].about == "640\u00a0×\u00a0480 pixels"
    assert found[3].url == PROXY


async def test_a_component_that_nobody_knows_hides_none_of_the_others(client, takes):
    assert names(pictures_in(message(client, components=[{"type": 77, "id": 9, "foo": 1}, GALLERY]), takes)) == ["a.png"]


@pytest.mark.parametrize("place", ["image", "thumbnail"])
async def test_of_an_embed_only_discords_own_copy_is_read(client, takes, place):
    shown = {"url": ELSEWHERE, "proxy_url": PROXY, "width": 640, "height": 640}
    found = pictures_in(message(client, embeds=[{"type": "rich", "title": "A cat", place: shown}]), takes)
    assert [(each.url, each.name) for each in found] == [(PROXY, "A cat")]
    bare = {"type": "image", "url": ELSEWHERE, place: {"url": ELSEWHERE, "proxy_url": ELSEWHERE}}
    assert pictures_in(message(client, embeds=[bare]), takes) == []


async def test_a_file_that_an_embed_shows_too_is_offered_once(client, takes):
    shown = {"url": f"{CDN}/cat.png?ex=2", "proxy_url": f"{MEDIA}/cat.png?ex=2"}
    found = pictures_in(message(client, attachments=[attachment()], embeds=[{"type": "rich", "image": shown}]), takes)
    assert names(found) == ["cat.png"]


async def test_what_was_forwarded_has_its_attachments_embeds_and_components(client, takes):
    inside = payload(attachments=[attachment()], embeds=[{"image": {"url": PROXY, "proxy_url": PROXY}}], components=[GALLERY])
    forward = {"type": 1, "message_id": "9", "channel_id": "3"}
    found = pictures_in(message(client, message_reference=forward, message_snapshots=[{"message": inside}]), takes)
    assert names(found) == ["cat.png", "a.png", "cat.png"]
    assert all(each.about.endswith("forwarded") for each in found)


REPLY = {"type": 0, "message_id": "19", "channel_id": "3"}


async def test_a_reply_offers_what_it_answers_only_where_it_shows_none_itself(client, takes):
    answered = payload(19, attachments=[attachment("theirs.png")])
    reply = {"type": 19, "message_reference": REPLY, "referenced_message": answered}
    [found] = await pictures_for(message(client, **reply), takes, client)
    assert (found.name, found.about) == ("theirs.png", "in the message that this one answers")
    own = message(client, **reply, attachments=[attachment("own.png")])
    assert names(await pictures_for(own, takes, client)) == ["own.png"]


class FakeAttachments:
    """Fetches a message in place of Discord: returns `answer`, or raises it."""

    def __init__(self, answer):
        self.answer = answer

    async def __call__(self, channel_id, message_id):
        if isinstance(self.answer, Exception):
            raise self.answer
        return await self.answer() if callable(self.answer) else self.answer


async def never():
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (payload(19, flags=1 << 15, components=[CONTAINER]), ["b.png", "a.png", "c.png", "cat.png"]),
        (payload(19), []),
        (discord.DiscordException(), []),
        (OSError("reset"), []),
        (never, []),
    ],
)
async def test_a_message_that_is_not_included_is_fetched_once_and_may_be_missing(client, takes, answer, found, monkeypatch):
    monkeypatch.setattr(client.http, "get_message", FakeAttachments(answer))
    monkeypatch.setattr("bot.presentation.message_pictures._FETCH_SECONDS", 0.02)
    reply = message(client, type=19, message_reference=REPLY)
    assert names(await pictures_for(reply, takes, client)) == found


async def test_a_reply_to_a_message_that_is_gone_has_no_picture(client, takes):
    reply = message(client, type=19, message_reference=REPLY, referenced_message=None)
    assert await pictures_for(reply, takes, client) == []


async def test_there_are_never_more_than_a_select_offers(client, takes):
    many = [attachment(f"{number}.png", number=number) for number in range(40)]
    found = pictures_in(message(client, attachments=many), takes)
    assert len(found) == PICTURES_MOST
    assert urlsplit(found[-1].url).path.endswith("/24.png")


@pytest.mark.parametrize("name", ["", "\ud83d.png", "x" * 300 + ".png", "\u202egnp.exe.png"])
async def test_a_name_is_shown_whole_or_cut_but_never_as_a_trick(client, takes, name):
    [found] = pictures_in(message(client, attachments=[attachment(name, "image/png", url=f"{CDN}/9.png")]), takes)
    assert 0 < len(found.name) <= 60
    found.name.encode()
    assert "\u202e" not in found.name
