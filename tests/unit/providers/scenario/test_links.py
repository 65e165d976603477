"""Links in the vendor's answers: which are followed, to which address the connection goes, and which headers are sent."""

import ipaddress

import httpx
import pytest
from aiohttp import web

from bot.errors import ClipUnavailable, ProviderRejected, ProviderUnavailable
from bot.providers.scenario import Account, Pace
from bot.providers.scenario.client import Client
from bot.providers.scenario.download import _opened
from bot.providers.scenario.links import is_public
from bot.providers.scenario.wire import Wire

OWN = "http://127.0.0.1:8080/v1"
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.8"


class Net:
    """Replaces the network: records what is sent, and resolves names to the given addresses, one answer after the other."""

    def __init__(self):
        self.sent = []
        self.names = {"cdn.example": [[PUBLIC], [PRIVATE]]}
        self.moved = {}
        self.refusing = set()

    async def resolve(self, host, port):
        answers = self.names.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0)

    def answer(self, request):
        if request.url.host in self.refusing:
            raise httpx.ConnectError("refused")
        self.sent.append(request)
        location = self.moved.get(request.url.path)
        return httpx.Response(302, headers={"Location": location}) if location else httpx.Response(200, content=b"clip")


@pytest.fixture
def net(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return Net()


@pytest.fixture
async def client(net, clock):
    async with httpx.AsyncClient(transport=httpx.MockTransport(net.answer)) as http:
        yield Client(Account("key", "secret", base_url=OWN), Pace(tries=1), http, clock, resolve=net.resolve)


STRANGE = [
    "file:///nowhere/secret.txt",
    "http://cdn.example/a.mp4",
    "http://127.0.0.1:9999/asset",
    "https://127.0.0.1:8080/v1/a.mp4",
    "http://localhost:8080/f",
    "https://localhost/f",
    "https://files.localhost./f",
    "http://user:pw@127.0.0.1:8080/f",
    "http://127.0.0.1:8080@127.0.0.1:9999/f",
    "https://user:pw@cdn.example/f",
    "https://10.0.0.8/f",
    "https://169.254.169.254/latest",
    "https://[::1]/f",
    "https://[::ffff:127.0.0.1]/f",
    "https://cdn.example:99999/",
    "http://127.0.0.1:99999/",
    "https://xn--/x",
    "https://\u2025/x",
    "",
    "/f/1",
    "https://",
    "data:video/mp4;base64,AAAA",
    "ftp://cdn.example/x",
    "http://[::1",
    "https://cdn.example/f\r\nX: y",
    "https://cdn.example/?x=" + "y" * 8000,
]


@pytest.mark.parametrize("url", STRANGE)
async def test_a_link_to_a_strange_place_is_neither_read_nor_written_nor_handed_on(client, net, url):
    with pytest.raises(ClipUnavailable):
        client.link(url)
    with pytest.raises(ClipUnavailable):
        await client.stream(url)
    with pytest.raises(ProviderRejected):
        await client.put(url, b"part")
    assert net.sent == []


@pytest.mark.parametrize("addresses", [[PRIVATE], ["127.0.0.1"], ["::1"], ["fe80::1%eth0"], [PUBLIC, PRIVATE], ["nonsense"]])
async def test_a_name_with_an_address_that_is_not_public_is_not_connected_to(client, net, addresses):
    net.names["cdn.example"] = [addresses]
    with pytest.raises(ClipUnavailable, match="public"):
        await client.stream("https://cdn.example/a.mp4")
    assert net.sent == []


async def test_the_connection_goes_to_the_address_that_was_checked_under_the_hosts_own_name(client, net):
    await client.stream("https://cdn.example:8443/a.mp4?Signature=s")
    (sent,) = net.sent
    assert (sent.url.host, sent.url.port, sent.headers["Host"]) == (PUBLIC, 8443, "cdn.example:8443")
    assert sent.extensions["sni_hostname"] == "cdn.example"
    assert "Authorization" not in sent.headers
    assert len(net.names["cdn.example"]) == 1, "the name is asked for once"


async def test_the_next_address_is_tried_where_one_does_not_answer(client, net):
    net.names["cdn.example"] = [["2606:4700::1111", PUBLIC]]
    net.refusing.add("2606:4700::1111")
    await client.stream("https://cdn.example/a.mp4")
    assert [sent.url.host for sent in net.sent] == [PUBLIC]


async def test_a_host_name_that_is_not_found_is_temporary_trouble(client, net):
    with pytest.raises(httpx.ConnectError):
        await client.stream("https://gone.example/a.mp4")
    with pytest.raises(ProviderUnavailable):
        await client.put("https://gone.example/part", b"part")


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:9999/redir",
        "https://127.0.0.1/redir",
        "file:///nowhere/secret.txt",
        "http://[::1",
        "/again",
        "https://xn--/",
    ],
)
async def test_a_redirect_is_checked_as_the_link_is(client, net, location):
    net.moved["/a.mp4"] = location
    net.moved["/again"] = "https://cdn.example/again"
    with pytest.raises(ClipUnavailable):
        await _opened(client, "https://cdn.example/a.mp4")
    assert {sent.url.host for sent in net.sent} == {PUBLIC}


async def test_a_redirect_within_the_host_or_to_another_public_one_is_followed(client, net):
    net.names = {"cdn.example": [[PUBLIC], [PUBLIC]], "far.example": [["9.9.9.9"]]}
    net.moved = {"/a.mp4": "/b.mp4", "/b.mp4": "https://far.example/c.mp4"}
    assert (await _opened(client, "https://cdn.example/a.mp4")).status_code == 200
    assert [(sent.headers["Host"], sent.url.path) for sent in net.sent] == [
        ("cdn.example", "/a.mp4"),
        ("cdn.example", "/b.mp4"),
        ("far.example", "/c.mp4"),
    ]


async def test_behind_a_proxy_the_proxy_resolves_the_names(client, net, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    await client.stream("https://cdn.example/a.mp4")
    assert [sent.url.host for sent in net.sent] == ["cdn.example"]
    with pytest.raises(ClipUnavailable):
        await client.stream("https://10.0.0.8/a.mp4")


def test_a_link_is_handed_on_in_a_form_that_breaks_out_of_no_message(client):
    url = client.link(f"{OWN}/f/1/)>**@everyone**<@&1> x")
    assert not set("<> ") & set(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::7f00:1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::", False),
        ("::7f00:1", False),
        ("fec0::1", False),
        ("64:ff9b:1::a00:1", False),
        ("::ffff:8.8.8.8", True),
        ("240.0.0.1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(ipaddress.ip_address(address)) is public


class NumberAnswer(Wire):
    number: int


async def test_a_cookie_is_never_sent_back(vendor, clock):
    cookies = []

    def answering(request):
        cookies.append(request.headers.get("Cookie"))
        reply = web.json_response({"number": 1})
        reply.set_cookie("evil", "x" * 4000, path="/")
        return reply

    vendor.answering = answering
    async with httpx.AsyncClient() as http:
        client = Client(Account("key", "secret", base_url=vendor.url), Pace(), http, clock)
        await client.repeat(NumberAnswer, "GET", "/things")
        await client.repeat(NumberAnswer, "GET", "/things")
        await (await client.stream(f"{vendor.url}/files/a")).aclose()
    assert cookies == [None] * 3
