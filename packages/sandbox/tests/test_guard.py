"""Nobody else's page drives the sandbox: not by a name that was made to point at it, and not from a file in it."""

import asyncio

import aiohttp
import pytest

from sandbox.server import Sandbox
from sandbox.testing.local import local_sandbox

PATHS = [
    "/_sandbox/state",
    "/api/v10/gateway",
    "/scenario/v1/jobs",
    "/gateway",
    "/",
    "/page/index.html",
    "/cdn/embed/avatars/0.png",
]


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False) as made:
        yield made


async def status(here, path, **headers):
    async with here.http.get(here.url + path, headers=headers) as response:
        return response.status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:{port}", "127.0.0.1.rebound.example", "[::1", "[::2]"])
async def test_a_foreign_host_name_is_refused_everywhere(here, path, host):
    port = here.url.rpartition(":")[2]
    assert await status(here, path, Host=host.format(port=port)) == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://[", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_refused_everywhere(here, path, origin):
    assert await status(here, path, Origin=origin) == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_the_names_of_this_machine_are_answered_with_the_page_as_origin(here, host):
    port = here.url.rpartition(":")[2]
    assert await status(here, "/_sandbox/health", Host=f"{host}:{port}", Origin=f"http://{host}:{port}") == 200


@pytest.mark.parametrize(("name", "answered"), [("192.0.2.7", 200), ("[2001:db8::7]", 200), ("rebound.example", 403)])
async def test_one_that_was_told_to_listen_everywhere_answers_to_numbers_and_to_no_strange_name(name, answered):
    sandbox = Sandbox()
    url = await sandbox.start("0.0.0.0", 0)  # noqa: S104  the case in question
    try:
        port = url.rpartition(":")[2]
        async with aiohttp.ClientSession() as http:
            headers = {"Host": f"{name}:{port}"}
            async with http.get(f"http://127.0.0.1:{port}/_sandbox/health", headers=headers) as response:
                assert response.status == answered
    finally:
        await sandbox.stop()


async def test_a_caller_who_dies_in_the_middle_of_a_call_is_no_error_here(here, caplog):
    port = int(here.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST /api/v10/channels/{here.channel()}/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 9999\r\n"
        "Authorization: Bot sandbox-token\r\nContent-Type: application/json\r\n\r\n{"
    )
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await status(here, "/_sandbox/health") == 200
    assert "Traceback" not in caplog.text


async def test_a_foreign_page_opens_no_gateway(here):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await here.http.ws_connect(here.state.gateway.url, headers={"Origin": "https://elsewhere.example"})
    assert refused.value.status == 403


async def test_an_uploaded_page_is_served_with_a_policy_that_lets_it_do_nothing(here):
    page = [("a.html", b"<script>fetch('/_sandbox/reset', {method: 'POST'})</script>", "text/html")]
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={}, files=page)
    async with here.http.get(message["attachments"][0]["url"]) as response:
        assert response.status == 200
        assert response.headers["Content-Security-Policy"] == "sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
