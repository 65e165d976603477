"""The HTTP requests for messages, against a scripted Discord on loopback."""

import asyncio
import os
import resource
import subprocess
import sys

import pytest
from discord.http import Route

from bot.errors import DeliveryError, UploadTooLarge
from bot.presentation.delivery.message_parts import Kept
from bot.presentation.delivery.rate_limit import RateLimit
from bot.presentation.discord_errors import Closed, DoneAlready, NotTaken
from bot.presentation.views.layout import Page, Picture
from tests.factories import an_address
from tests.unit.presentation.scripted_discord import CUT, ME, SENT, scripted_discord


async def test_a_post_carries_its_nonce_and_mentions_nobody(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        assert await server.messages.send(30, Page().text("<@7>"), nonce="123") == 9
        _, path, body = server.there.requests[-1]
        assert path == "/channels/30/messages"
        assert (body["nonce"], body["enforce_nonce"]) == ("123", True)
        assert body["allowed_mentions"] == {"parse": []}


async def test_edits_by_token_ask_for_no_budget_and_go_to_the_answer(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        for _ in range(3):
            await server.answers.edit(an_address(card_id=77, token="abc"), Page().text("x"))
        assert {path for _, path, _ in server.there.requests[-3:]} == {"/webhooks/1/abc/messages/77"}


async def test_a_clip_goes_before_the_pictures_of_somebodys_list(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        budget = server.requests._rate_limit = RateLimit(50, burst=1)
        await budget.take()
        looking = [asyncio.create_task(server.messages.shown(30, 9)) for _ in range(3)]
        await asyncio.sleep(0)
        await server.messages.send(30, Page().text("the clip"), nonce="1")
        await asyncio.gather(*looking)
        assert [method for method, *_ in server.there.requests[-4:]] == ["POST", "GET", "GET", "GET"]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, 50013, Closed),
        (404, 10003, Closed),
        (400, 50035, Closed),
        (413, 0, UploadTooLarge),
        (400, 40005, UploadTooLarge),
        (401, 0, DeliveryError),
        (401, 50027, Closed),
    ],
)
async def test_refusals_are_told_apart(monkeypatch, status, code, error):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(status, {"code": code, "message": "no"})]
        with pytest.raises(error):
            await server.messages.send(30, Page().text("x"), nonce="1")


async def test_a_block_page_that_is_not_discords_may_pass(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(403, "<html>Sorry, you have been blocked</html>")]
        with pytest.raises(DeliveryError):
            await server.messages.send(30, Page().text("x"), nonce="1")


async def test_what_is_sent_while_the_bot_stops_is_for_the_next_start(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        await server.client.close()
        with pytest.raises(DeliveryError):
            await server.messages.send(30, Page().text("x"), nonce="1")


async def test_a_broken_connection_may_pass(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:9")
        with pytest.raises(DeliveryError):
            await server.messages.delete(30, 9)


SHOWING = {
    "post": lambda server: server.messages.send(30, Page().text("x"), nonce="1", files={"clip.mp4": b"clip"}),
    "answer": lambda server: server.answers.edit(an_address(token="abc"), Page().text("x"), {"clip.mp4": b"clip"}),
}


@pytest.mark.parametrize("show", SHOWING.values(), ids=SHOWING)
@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(403, 50013, DeliveryError), (401, 50027, DeliveryError), (413, 40005, UploadTooLarge), (400, 50035, NotTaken)],
)
async def test_a_place_that_closed_after_a_try_that_broke_off_may_hold_what_was_sent(monkeypatch, show, status, code, error):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(CUT, {}), (status, {"code": code, "message": "no"})]
        with pytest.raises(error) as caught:
            await show(server)
        assert type(caught.value) is error


async def test_a_post_whose_nonce_was_deleted_was_done_already_and_an_edit_finds_nothing_to_edit(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(CUT, {}), (404, {"code": 10008, "message": "Unknown Message"})]
        with pytest.raises(DoneAlready):
            await server.messages.send(30, Page().text("x"), nonce="1")
        server.there.answers = [(404, {"code": 10008, "message": "Unknown Message"})]
        with pytest.raises(Closed) as caught:
            await server.messages.edit(30, 9, Page().text("x"))
        assert caught.value.code == 10008


async def test_an_edit_lists_what_is_kept_by_id_and_name_beside_what_is_new(monkeypatch):
    files = {"poster.jpg": b"poster", "picture1.jpg": Kept(77, "picture1.jpg")}
    async with scripted_discord(monkeypatch) as server:
        for edit in (
            server.answers.edit(an_address(card_id=9, token="abc"), Page().text("x"), files),
            server.messages.edit(30, 9, Page().text("x"), files),
        ):
            await edit
            poster, kept = server.there.requests[-1][2]["attachments"]
            assert (poster["id"], poster["filename"]) == (0, "poster.jpg")
            assert kept == {"id": "77", "filename": "picture1.jpg"}
        await server.messages.edit(30, 9, Page().text("x"))
        assert server.there.requests[-1][2]["attachments"] == []


async def test_an_answer_in_an_archived_thread_is_edited_once_that_is_open(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(400, {"code": 50083, "message": "Thread is archived"})]
        await server.answers.edit(an_address(card_id=9, token="abc", channel_id=40), Page().text("x"))
        assert [(method, path) for method, path, _ in server.there.requests[-3:]] == [
            ("PATCH", "/webhooks/1/abc/messages/9"),
            ("PATCH", "/channels/40"),
            ("PATCH", "/webhooks/1/abc/messages/9"),
        ]


async def test_an_answer_in_an_archived_thread_stays_for_progress_as_it_is(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(400, {"code": 50083, "message": "Thread is archived"})]
        with pytest.raises(NotTaken):
            await server.answers.edit(an_address(card_id=9, token="abc", channel_id=40), Page().text("x"), urgent=False)
        assert [(method, path) for method, path, _ in server.there.requests[-1:]] == [("PATCH", "/webhooks/1/abc/messages/9")]


async def test_files_that_components_show_are_found_there(monkeypatch):
    at = "https://cdn.discordapp.com/ephemeral-attachments/1/2"
    media = {"url": f"{at}/poster.jpg?ex=1&is=2", "proxy_url": "", "attachment_id": "3"}
    small = {"type": 11, "media": {**media, "attachment_id": "4", "url": f"{at}/picture1.jpg?ex=1"}}
    box = {
        "type": 17,
        "components": [
            {"type": 12, "items": [{"media": media}]},
            {"type": 9, "components": [{"type": 10, "content": "x"}], "accessory": small},
        ],
    }
    async with scripted_discord(monkeypatch) as server:
        for address in (an_address(card_id=9), an_address(card_id=9, token="")):
            server.there.answers = [(200, {**SENT, "components": [box], "attachments": []})]
            found = await server.answers.files(address)
            assert found == {"poster.jpg": Kept(3, "poster.jpg"), "picture1.jpg": Kept(4, "picture1.jpg")}


async def test_a_place_that_does_not_show_our_own_message_counts_as_unreadable(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(200, []), (200, []), (200, [{**SENT, "author": {**ME, "id": "6"}}])]
        with pytest.raises(Closed, match="history_closed"):
            await server.messages.find(30, 1, str.isdigit, empty=False)
        assert await server.messages.find(30, 1, str.isdigit) is None
        assert await server.messages.find(30, 1, str.isdigit, empty=False) is None


async def test_a_thread_that_exists_already_is_used(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(400, {"code": 160004, "message": "A thread has already been created"})]
        await server.threads.open(30, 77, "A kite")
        body = server.there.requests[-1][2]
        assert (body["name"], body["auto_archive_duration"]) == ("A kite", 7 * 24 * 60)
        server.there.answers = [(404, {"code": 10008, "message": "Unknown Message"})]
        with pytest.raises(Closed):
            await server.threads.open(30, 77, "A kite")


async def test_an_archived_thread_is_opened_for_an_ending(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(400, {"code": 50083, "message": "Thread is archived"})]
        await server.messages.edit(40, 9, Page().text("Done"))
        assert [(method, path) for method, path, _ in server.there.requests[-3:]] == [
            ("PATCH", "/channels/40/messages/9"),
            ("PATCH", "/channels/40"),
            ("PATCH", "/channels/40/messages/9"),
        ]


async def test_an_ending_outlasts_a_short_trouble_and_progress_waits_for_its_next_turn(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(503, {"message": "busy"})] * 2
        await server.messages.edit(40, 9, Page().text("Done"))
        assert [path for _, path, _ in server.there.requests[-3:]] == ["/channels/40/messages/9"] * 3
        server.there.answers = [(503, {"message": "busy"})]
        with pytest.raises(DeliveryError):
            await server.messages.edit(40, 9, Page().text("x"), urgent=False)


async def test_a_thread_gets_its_new_name_though_it_was_archived(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(400, {"code": 50083, "message": "Thread is archived"})]
        await server.threads.rename(40, "A clip")
        assert [(method, path, body) for method, path, body in server.there.requests[-3:]] == [
            ("PATCH", "/channels/40", {"name": "A clip"}),
            ("PATCH", "/channels/40", {"archived": False}),
            ("PATCH", "/channels/40", {"name": "A clip"}),
        ]


CLIP_MIB = 100


async def upload_of_100_mib(path):
    """Runs in its own process, so that nothing else is measured. Prints by how many MiB its memory grew."""
    monkeypatch = pytest.MonkeyPatch()
    async with scripted_discord(monkeypatch) as server:
        page = Page().gallery([Picture("attachment://clip.mp4", "A clip")])
        small = path.with_name("small.mp4")
        small.write_bytes(b"x" * 1024)
        await server.messages.send(30, page, nonce="1", files={"clip.mp4": small})
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await server.messages.send(30, page, nonce="2", files={"clip.mp4": path})
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert server.there.received == 1024 + CLIP_MIB * 1024 * 1024
    sys.stdout.write(f"{grown / 1024:.1f}")


def test_a_clip_streams_from_the_disk(tmp_path):
    clip = tmp_path / "clip.mp4"
    with clip.open("wb") as file:
        file.truncate(CLIP_MIB * 1024 * 1024)
    program = (
        "import asyncio, pathlib, sys; from tests.unit.presentation.delivery.test_messages import upload_of_100_mib;"
        "asyncio.run(upload_of_100_mib(pathlib.Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(clip)], check=False, capture_output=True, text=True, timeout=60, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    # With the whole clip in memory it would grow by the clip's size. `bench/deliver.py` measures the bot's own process.
    assert float(done.stdout) < CLIP_MIB / 2
