"""Reading attachments over real HTTP on loopback: what is fetched, what never is, and which problems are reported."""

import asyncio

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import RequestRefused
from bot.http.attachments import TRIES, HttpAttachments
from bot.problem import ProblemCode

CAP = 100_000


class Cdn:
    """Answers in the order of `script`: each entry is a status, bytes, or a coroutine function of the request."""

    def __init__(self):
        self.script = []
        self.asked = []

    async def answer(self, request):
        self.asked.append(request.path_qs)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(step):
            return await step(request)
        return web.Response(body=step) if isinstance(step, bytes) else web.Response(status=step)


@pytest.fixture
async def cdn():
    cdn = Cdn()
    app = web.Application()
    app.router.add_get("/{path:.*}", cdn.answer)
    async with TestServer(app) as server:
        cdn.host = f"127.0.0.1:{server.port}"
        cdn.url = f"http://{cdn.host}/cdn/attachments/1/2/a.png?ex=1&is=2&hm=3"
        yield cdn


@pytest.fixture
async def client():
    async with httpx.AsyncClient() as client:
        yield client


async def problem_of(reading):
    with pytest.raises(RequestRefused) as caught:
        await reading
    (problem,) = caught.value.problems
    return problem


async def test_a_file_comes_whole_with_its_signature_asked_for(cdn, client):
    cdn.script = [b"x" * CAP]
    assert await HttpAttachments(client, [cdn.host]).read(cdn.url, CAP) == b"x" * CAP
    assert cdn.asked == ["/cdn/attachments/1/2/a.png?ex=1&is=2&hm=3"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "http://cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com.example.com/a.png",
        "https://cdn.discordapp.com:8443/a.png",
        "https://user@cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com@example.com/a.png",
        "http://127.0.0.1:1/a.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://cdn.discordapp.com/a.png",
        "//cdn.discordapp.com/a.png",
        "",
        "https://[::1",
    ],
)
async def test_no_other_host_is_ever_asked(client, url):
    problem = await problem_of(HttpAttachments(client, ["127.0.0.1:2"]).read(url, CAP))
    assert problem.code is ProblemCode.LINK_ELSEWHERE


async def test_discords_own_hosts_are_asked_over_https_only():
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200, content=b"picture")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        for host in ("cdn.discordapp.com", "media.discordapp.net", "CDN.discordapp.com"):
            assert await HttpAttachments(client).read(f"https://{host}/ephemeral-attachments/1/2/a.png", CAP) == b"picture"
    assert len(asked) == 3


async def test_a_redirect_is_not_followed(cdn, client):
    async def away(request):
        raise web.HTTPFound("/elsewhere")

    cdn.script = [away]
    await problem_of(HttpAttachments(client, [cdn.host]).read(cdn.url, CAP))
    assert len(cdn.asked) == 1


async def test_a_file_that_says_it_is_too_large_is_not_read(cdn, client):
    sent = []

    async def large(request):
        response = web.StreamResponse(headers={"Content-Length": str(50 * 2**20)})
        await response.prepare(request)
        try:
            for _ in range(50):
                await response.write(b"x" * 2**20)
                sent.append(1)
        except ConnectionError:
            pass
        return response

    cdn.script = [large]
    problem = await problem_of(HttpAttachments(client, [cdn.host]).read(cdn.url, 10_000_000))
    assert (problem.code, problem.given, problem.allowed) == (ProblemCode.FILE_SIZE, (50 * 2**20,), (10_000_000,))
    assert len(sent) < 50


async def test_a_file_that_lies_about_its_size_is_cut_off_at_the_cap(cdn, client):
    async def endless(request):
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        except ConnectionError:
            return response

    cdn.script = [endless]
    problem = await problem_of(HttpAttachments(client, [cdn.host]).read(cdn.url, CAP))
    assert (problem.code, problem.given, problem.allowed) == (ProblemCode.FILE_SIZE, (), (CAP,))


async def test_one_byte_more_than_the_cap_is_too_large(cdn, client):
    cdn.script = [b"x" * (CAP + 1)]
    await problem_of(HttpAttachments(client, [cdn.host]).read(cdn.url, CAP))


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_an_expired_link_says_to_attach_the_file_again_and_is_not_retried(cdn, client, status):
    cdn.script = [status]
    problem = await problem_of(HttpAttachments(client, [cdn.host]).read(cdn.url, CAP))
    assert problem.code is ProblemCode.LINK_EXPIRED
    assert len(cdn.asked) == 1


async def test_passing_trouble_is_tried_again(cdn, client):
    cdn.script = [503, 502, b"picture"]
    assert await HttpAttachments(client, [cdn.host]).read(cdn.url, CAP) == b"picture"


async def test_lasting_trouble_ends_after_a_few_tries(cdn, client):
    cdn.script = [500]
    problem = await problem_of(HttpAttachments(client, [cdn.host]).read(cdn.url, CAP))
    assert len(cdn.asked) == TRIES
    assert problem.code is ProblemCode.LINK_FAILED


async def test_a_connection_that_breaks_in_the_middle_is_tried_again(cdn, client):
    async def broken(request):
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        request.transport.abort()
        return response

    cdn.script = [broken, b"picture"]
    assert await HttpAttachments(client, [cdn.host]).read(cdn.url, CAP) == b"picture"


async def test_a_host_that_hangs_meets_the_time_limit(cdn, client):
    released = asyncio.Event()

    async def hangs(request):
        await released.wait()
        return web.Response()

    cdn.script = [hangs]
    problem = await problem_of(HttpAttachments(client, [cdn.host], time_limit=0.2).read(cdn.url, CAP))
    released.set()
    assert problem.code is ProblemCode.LINK_SLOW
