"""The HTTP client: to which hosts the key is sent, which certificates are trusted, and what an odd answer means."""

import httpx
import pytest
from aiohttp import web

from bot.errors import ProviderRejected, ProviderUnavailable, SubmitOutcomeUnknown
from bot.providers.scenario import Account, Pace
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import Wire


class NumberAnswer(Wire):
    number: int


@pytest.fixture
async def heard(vendor):
    """Every request as the vendor got it. Each is answered with a number."""
    requests = []

    async def answering(request):
        requests.append((request.method, request.path_qs, request.headers.get("Authorization"), await request.read()))
        return web.json_response({"number": len(requests)})

    vendor.answering = answering
    return requests


@pytest.fixture
async def client(vendor, clock):
    async with httpx.AsyncClient() as http:
        yield Client(Account("key", "secret", base_url=vendor.url, project_id="proj 1"), Pace(), http, clock)


async def test_calls_of_the_api_carry_key_and_project(client, heard):
    assert (await client.repeat(NumberAnswer, "GET", "/things", query={"pageSize": 5})).number == 1
    assert (await client.once(NumberAnswer, "/begin", {"prompt": "x"})).number == 2
    basic = "Basic a2V5OnNlY3JldA=="
    assert heard[0] == ("GET", "/v1/things?pageSize=5&projectId=proj+1", basic, b"")
    assert heard[1] == ("POST", "/v1/begin?projectId=proj+1", basic, b'{"prompt":"x"}')


async def test_signed_links_carry_neither_key_nor_project(client, heard, vendor):
    await client.put(f"{vendor.url}/parts/1?Signature=s", b"part")
    reply = await client.stream(f"{vendor.url}/files/a?Signature=s")
    await reply.aclose()
    assert heard == [("PUT", "/v1/parts/1?Signature=s", None, b"part"), ("GET", "/v1/files/a?Signature=s", None, b"")]


async def test_a_part_is_not_sent_to_a_strange_place(client, heard):
    with pytest.raises(ProviderRejected):
        await client.put("http://169.254.169.254/latest", b"part")
    assert heard == []


async def test_a_submit_that_was_taken_for_a_dry_run_has_started_nothing(client, vendor):
    vendor.answering = lambda _: web.json_response({"number": 1}, status=269)
    with pytest.raises(ProviderRejected) as refused:
        await client.once(NumberAnswer, "/begin", {})
    assert refused.value.code == "269"


@pytest.mark.parametrize("body", ["<html>", '{"number": "many"}', "[]", ""])
async def test_an_answer_that_cannot_be_read_is_trouble_and_after_a_submit_unknown(client, vendor, body):
    vendor.answering = lambda _: web.Response(text=body)
    with pytest.raises(ProviderUnavailable):
        await client.repeat(NumberAnswer, "GET", "/things")
    with pytest.raises(SubmitOutcomeUnknown):
        await client.once(NumberAnswer, "/begin", {})
    assert vendor.asked == ["/v1/things", "/v1/begin"]


async def test_a_submit_that_is_refused_in_words_is_sent_once_and_known_not_to_have_started(client, vendor):
    vendor.answering = lambda _: web.json_response({"reason": "duration must be 3 to 15"}, status=400)
    with pytest.raises(ProviderRejected, match="duration"):
        await client.once(NumberAnswer, "/begin", {})
    assert vendor.asked == ["/v1/begin"]


async def test_a_safe_call_is_repeated_until_it_goes_through(client, vendor, clock):
    answers = iter([503, 408, 425, 200])
    vendor.answering = lambda _: web.json_response({"number": 7}, status=next(answers))
    assert (await client.repeat(NumberAnswer, "GET", "/things")).number == 7
    assert len(clock.slept) == 3


async def test_a_part_of_an_upload_is_put_again_until_it_goes_through(client, vendor):
    answers = iter([408, 425, 200])
    vendor.answering = lambda _: web.Response(status=next(answers))
    await client.put(f"{vendor.url}/parts/1?Signature=s", b"part")
    assert vendor.asked == ["/v1/parts/1"] * 3


@pytest.mark.parametrize("status", [408, 425])
async def test_a_status_of_temporary_trouble_is_no_refusal_even_after_all_tries(client, vendor, status):
    vendor.answering = lambda _: web.Response(status=status)
    for call in (client.repeat(NumberAnswer, "GET", "/things"), client.put(f"{vendor.url}/parts/1", b"part")):
        with pytest.raises(ProviderUnavailable):
            await call


async def test_the_date_of_an_answer_tells_the_vendors_clock_and_that_of_a_signed_link_does_not(client, vendor, clock):
    vendor.answering = lambda _: web.json_response({"number": 7}, headers={"Date": "Fri, 01 Jan 2100 00:00:00 GMT"})
    await client.put(f"{vendor.url}/parts/1?Signature=s", b"part")
    assert client.vendor.ahead_ms == 0
    await client.repeat(NumberAnswer, "GET", "/things")
    assert client.vendor.ahead_ms > 10**12
