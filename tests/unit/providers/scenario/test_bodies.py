"""Answers that are endless, compressed a thousandfold, deeply nested or very slow: each costs little and does no harm."""

import asyncio
import gzip
import tracemalloc
import zlib

import httpx
import pytest
from aiohttp import web

from bot.errors import ProviderRejected, ProviderUnavailable, SubmitOutcomeUnknown
from bot.providers.scenario import Account, Pace
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import Wire

MIB = 2**20


class NumberAnswer(Wire):
    number: int


@pytest.fixture
async def client(vendor, clock):
    async with httpx.AsyncClient() as http:
        yield Client(Account("key", "secret", base_url=vendor.url), Pace(tries=1), http, clock)


@pytest.fixture(scope="module")
def bomb():
    """100 MB of zeros in 100 KB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(100)) + packer.flush()


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "deflate", "zstd"])
async def test_a_packed_bomb_costs_no_memory(client, vendor, bomb, coding):
    body = gzip.compress(bomb) if "," in coding else bomb
    vendor.answering = lambda _: web.Response(body=body, headers={"Content-Encoding": coding})
    tracemalloc.start()
    try:
        with pytest.raises(ProviderUnavailable):
            await client.repeat(NumberAnswer, "GET", "/things")
        with pytest.raises(SubmitOutcomeUnknown):
            await client.once(NumberAnswer, "/begin", {})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MIB
    assert vendor.asked.count("/v1/begin") == 1


EMPTY_MEMBERS = gzip.compress(b"") * 50_000
EMPTY_BLOCKS = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 4_000_000


@pytest.mark.parametrize("body", [EMPTY_MEMBERS, EMPTY_BLOCKS], ids=["members", "blocks"])
async def test_an_endless_compressed_answer_of_no_content_is_not_read_to_its_end(client, vendor, body):
    vendor.answering = lambda _: web.Response(body=body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ProviderUnavailable, match=r"bytes|without end"):
        await client.repeat(NumberAnswer, "GET", "/things")


async def test_an_answer_of_200_mb_is_not_read_to_its_end(client, vendor):
    written = []

    async def answering(request):
        reply = web.StreamResponse()
        await reply.prepare(request)
        await reply.write(b'{"job":{"jobId":"')
        try:
            for _ in range(200):
                await reply.write(b"a" * 1_000_000)
                written.append(1)
        except ConnectionError:
            pass
        return reply

    vendor.answering = answering
    with pytest.raises(ProviderUnavailable, match="bytes"):
        await client.repeat(NumberAnswer, "GET", "/things")
    assert len(written) < 100


async def test_an_answer_that_trickles_for_ever_is_left(client, vendor):
    client.pace = Pace(whole=0.5, tries=1)

    async def answering(request):
        reply = web.StreamResponse()
        await reply.prepare(request)
        try:
            while True:
                await reply.write(b" ")
                await asyncio.sleep(0.02)
        except ConnectionError:
            return reply

    vendor.answering = answering
    with pytest.raises(ProviderUnavailable):
        await client.repeat(NumberAnswer, "GET", "/things")
    with pytest.raises(SubmitOutcomeUnknown):
        await client.once(NumberAnswer, "/begin", {})


NESTED = {
    "lists": "[" * 200_000,
    "an error in lists": '{"error":' + "[" * 200_000,
    "a job in lists": '{"job":' + "[" * 200_000,
    "objects": '{"a":' * 100_000,
    "a number without end": '{"number":' + "9" * 100_000 + "}",
    "an error that is a number without end": '{"error":' + "9" * 100_000 + "}",
    "half a letter": '{"number": "a\\ud800"}',
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
async def test_an_answer_that_nests_or_counts_without_end_is_one_that_cannot_be_read(client, vendor, body):
    vendor.answering = lambda _: web.Response(text=body)
    with pytest.raises(ProviderUnavailable):
        await client.repeat(NumberAnswer, "GET", "/things")
    with pytest.raises(SubmitOutcomeUnknown):
        await client.once(NumberAnswer, "/begin", {})
    vendor.answering = lambda _: web.Response(text=body, status=400)
    with pytest.raises(ProviderRejected):
        await client.once(NumberAnswer, "/begin", {})


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b'{"number": 7}'),
        gzip.compress(b'{"number"') + gzip.compress(b": 7}"),
        gzip.compress(b'{"number": 7}' + b" " * 2 * MIB),
    ],
    ids=["one piece", "two members", "megabytes of blanks"],
)
async def test_a_packed_answer_is_read_as_any_other(client, vendor, packed):
    vendor.answering = lambda _: web.Response(body=packed, headers={"Content-Encoding": "gzip"})
    assert (await client.repeat(NumberAnswer, "GET", "/things")).number == 7


@pytest.mark.parametrize("body", [gzip.compress(b'{"number": 7}')[:-4], b'{"number": 7}'], ids=["broken off", "not packed"])
async def test_an_answer_that_cannot_be_unpacked_is_trouble(client, vendor, body):
    vendor.answering = lambda _: web.Response(body=body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ProviderUnavailable):
        await client.repeat(NumberAnswer, "GET", "/things")
