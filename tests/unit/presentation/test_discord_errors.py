"""What Discord's refusals mean, over real HTTP: temporary or permanent, and how long a route may not be used."""

import asyncio
import json

import pytest
from aiohttp import web

from bot.errors import DeliveryError, UploadTooLarge
from bot.presentation.discord_errors import Closed, DoneAlready, NotTaken
from bot.presentation.views.layout import Page
from tests.factories import an_address
from tests.unit.presentation.scripted_discord import CUT, scripted_discord


def limited(seconds):
    body = json.dumps({"message": "You are being rate limited.", "retry_after": seconds, "global": False})
    # Without the header Via discord.py takes the answer for one of Cloudflare's.
    headers = {"Via": "1.1 here", "Retry-After": f"{seconds:g}"}
    return 429, web.Response(status=429, body=body.encode(), content_type="application/json", headers=headers)


async def instantly(_seconds):
    """Replaces discord.py's sleep between its tries."""


def post(server, channel=30):
    return server.messages.send(channel, Page().text("x"), nonce="1")


def thread(server, channel=30):
    return server.threads.open(channel, 9, "A kite")


def answer(server, name="aaa"):
    return server.answers.edit(an_address(token=name), Page().text("x"))


@pytest.mark.parametrize(
    ("status", "payload", "error"),
    [
        (408, {"message": "408: Request Timeout", "code": 0}, DeliveryError),
        (404, {"message": "not by Discord"}, DeliveryError),
        (400, {}, DeliveryError),
        (403, {"message": "You are opening direct messages too fast", "code": 40003}, DeliveryError),
        (403, {"message": "Missing Permissions", "code": 50013}, Closed),
        (404, {"message": "Unknown Channel", "code": 10003}, Closed),
        (401, {"message": "Invalid Webhook Token", "code": 50027}, Closed),
        (403, {"message": "Channel write limit", "code": 20028}, DeliveryError),
        (403, {"message": "File uploaded exceeds the maximum size", "code": 50045}, UploadTooLarge),
        (400, {"message": "Message blocked by AutoMod", "code": 200000}, NotTaken),
        (400, {"message": "Invalid Form Body", "code": 50035}, NotTaken),
        (404, {"message": "Unknown Message", "code": 10008}, DoneAlready),
        (400, {"message": "File uploaded exceeds the maximum size", "code": 50045}, UploadTooLarge),
        (413, {"message": "Request entity too large", "code": 40005}, UploadTooLarge),
    ],
)
async def test_temporary_and_permanent_refusals_are_told_apart(monkeypatch, status, payload, error):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(status, payload)]
        with pytest.raises(error) as caught:
            await post(server)
        assert type(caught.value) is error


@pytest.mark.parametrize("ask", [post, thread, answer], ids=["post", "thread", "answer"])
async def test_a_limit_of_minutes_is_raised_at_once_and_obeyed_whole_on_its_route_alone(monkeypatch, ask):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [limited(219.5)]
        async with asyncio.timeout(5):
            with pytest.raises(DeliveryError) as caught:
                await ask(server)
            assert caught.value.retry_after == 219.5
            asked = len(server.there.requests)
            with pytest.raises(DeliveryError) as caught:
                await ask(server)
            assert 200 < caught.value.retry_after <= 219.5
            assert len(server.there.requests) == asked
            await ask(server, "bbb" if ask is answer else 31)
            for other in {post, thread, answer} - {ask}:
                await other(server)


async def test_a_limit_on_reopening_a_thread_is_kept_whatever_it_is_reopened_for(monkeypatch):
    archived = 400, {"message": "Thread is archived", "code": 50083}
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [archived, limited(219.5), archived]
        with pytest.raises(DeliveryError) as caught:
            await server.messages.edit(30, 9, Page().text("x"))
        assert caught.value.retry_after == 219.5
        with pytest.raises(DeliveryError):
            await server.threads.rename(30, "A kite")
        with pytest.raises(DeliveryError):
            await server.requests.reopen(30)
        asked_to_reopen = [body for *_, body in server.there.requests if "archived" in body]
        assert len(asked_to_reopen) == 1
        await server.requests.reopen(31)


async def test_a_temporary_error_says_whether_anything_may_have_been_sent(monkeypatch):
    no = {"message": "Channel write limit", "code": 20028}
    sure, unsure = [limited(219.5)], [(502, {"message": "upstream"}), (403, "<html>blocked</html>"), (CUT, {})]
    for channel, (answers, unsent) in enumerate([(sure, True), ([(403, no)], True), *(([each] * 9, False) for each in unsure)]):
        async with scripted_discord(monkeypatch) as server:
            monkeypatch.setattr("discord.http.asyncio.sleep", instantly)
            server.there.answers = answers
            with pytest.raises(DeliveryError) as caught:
                await post(server, channel)
            assert caught.value.unsent is unsent
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [(CUT, {}), (403, no)]
        with pytest.raises(DeliveryError) as caught:
            await post(server)
        assert not caught.value.unsent


async def test_a_route_may_be_used_again_when_its_wait_is_over(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [limited(600)]
        with pytest.raises(DeliveryError):
            await thread(server)
        loop = asyncio.get_running_loop()
        now = loop.time
        monkeypatch.setattr(loop, "time", lambda: now() + 601)
        await thread(server)


async def test_a_short_limit_is_slept_out_by_the_library(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        server.there.answers = [limited(0.05), limited(0.05)]
        assert await post(server) == 9


@pytest.mark.parametrize("said", ["soon", "inf", "-5", "nan", None])
async def test_a_wait_that_is_no_number_counts_as_an_ordinary_error(monkeypatch, said):
    async with scripted_discord(monkeypatch) as server:
        headers = {} if said is None else {"Retry-After": said}
        server.there.answers = [(429, web.Response(status=429, text="blocked", headers=headers))]
        with pytest.raises(DeliveryError) as caught:
            await post(server)
        assert caught.value.retry_after is None
        assert await post(server) == 9


async def test_requests_of_other_code_sleep_as_the_library_wants(monkeypatch):
    async with scripted_discord(monkeypatch) as server:
        monkeypatch.setattr("bot.presentation.discord_errors._SLEPT_OUT_SECONDS", 0.01)
        server.there.answers = [limited(0.05)]
        await server.client.get_partial_messageable(30).send("an answer to a command, which has nobody who repeats it")
        assert len(server.there.requests) > 1
