"""Nobody else's page drives the sandbox: not by a name that was made to point at it, and not from a file in it."""

import aiohttp
import pytest

from tests.sandbox_process import sandbox_here

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
    async with sandbox_here(openapi=False) as made:
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


async def test_a_foreign_page_opens_no_gateway(here):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await here.http.ws_connect(here.state.gateway.url, headers={"Origin": "https://elsewhere.example"})
    assert refused.value.status == 403


async def test_an_uploaded_page_runs_as_nobody(here):
    page = [("a.html", b"<script>fetch('/_sandbox/reset', {method: 'POST'})</script>", "text/html")]
    message = await here.rest("POST", f"/channels/{here.channel()}/messages", body={}, files=page)
    async with here.http.get(message["attachments"][0]["url"]) as response:
        assert response.status == 200
        assert response.headers["Content-Security-Policy"] == "sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
