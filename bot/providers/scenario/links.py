"""Checks and opens links that the vendor gives for downloads and uploads. They are untrusted: one may point into our network.

Allowed are the origin of the configured API, and https to public addresses. A host is resolved once; its addresses are
checked, and the connection is made to one of them, so that a second answer of the name server can't lead elsewhere. The
caller follows redirects, each with a new `send`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import httpx

from bot.detail import Detail, DetailCode
from bot.providers.scenario import bodies, errors

LINK_CHARACTERS: Final = 8000
"""Signed links are 300 to 1,500 characters long; servers refuse more than about 8,000."""
_ADDRESSES_TRIED: Final = 3
_PORTS: Final = range(1, 65536)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""The part of IPv6 that is assigned for public use; the rest is local, reserved, or translated inside some networks."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host and port, best first. Raises `OSError` where there are none."""


class Untrusted(Exception):
    """The link is not allowed. `detail` does not contain the link, so it may be logged and shown."""

    def __init__(self, detail: Detail) -> None:
        super().__init__(str(detail))
        self.detail = detail


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses from the system's resolver, in its order. Raises `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Links:
    """`base` is the address of the configured API. Resolving a name may take `silence` seconds."""

    def __init__(self, http: httpx.AsyncClient, base: httpx.URL, resolve: Resolve, silence: float) -> None:
        self._http = http
        self._base = base
        self._resolve = resolve
        self._silence = silence

    def read(self, text: str) -> httpx.URL:
        """The parsed link, safe to show in a message. Raises `Untrusted`. A host name is not resolved here, only by `send`."""
        if len(text) > LINK_CHARACTERS:
            raise Untrusted(Detail(DetailCode.LINK_TOO_LONG, (LINK_CHARACTERS,)))
        try:
            url = httpx.URL(text)
            host, port = url.host, url.port
        except (httpx.InvalidURL, ValueError) as error:
            raise Untrusted(Detail(DetailCode.LINK_UNREADABLE)) from error
        if self._is_own(url):
            return url
        if url.scheme != "https" or not host or url.userinfo or (port is not None and port not in _PORTS):
            raise Untrusted(Detail(DetailCode.LINK_ELSEWHERE))
        literal = _literal(host)
        if (literal is not None and not is_public(literal)) or _is_local_name(host):
            raise Untrusted(Detail(DetailCode.LINK_NOT_PUBLIC))
        return url

    async def send(self, method: str, text: str, limits: httpx.Timeout, content: bytes | None = None) -> httpx.Response:
        """Sends a request without our key. The body of the answer is not read yet; the caller closes it.

        Raises `Untrusted`, or `httpx.RequestError` where no connection is made.
        """
        url = self.read(text)
        # No compression: a clip does not get smaller, and Content-Length then is the size of the file.
        headers = {"Accept-Encoding": "identity"}
        if self._is_own(url) or _proxied(url):
            # The operator's proxy resolves names itself, and decides what it lets through.
            return await self._stream(self._http.build_request(method, url, headers=headers, content=content, timeout=limits))
        failure: httpx.RequestError | None = None
        for address in await self._addresses(url):
            request = self._http.build_request(
                method,
                url.copy_with(host=address),
                # No connection is shared: one that was made for another host name must not be used for this one.
                headers={**headers, "Host": url.netloc.decode("ascii"), "Connection": "close"},
                content=content,
                timeout=limits,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            try:
                return await self._stream(request)
            except errors.NEVER_SENT as error:
                failure = error
        raise failure or httpx.ConnectError("the host has no address")

    async def _stream(self, request: httpx.Request) -> httpx.Response:
        return await bodies.sent(self._http, request, None)

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """The checked addresses of a host. Raises `Untrusted` unless all are public: a mixed answer is an attack."""
        if _literal(url.host) is not None:
            return [url.host]
        try:
            async with asyncio.timeout(self._silence):
                addresses = await self._resolve(url.raw_host.decode("ascii"), url.port or 443)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpx.ConnectError(f"the host is not found: {type(error).__name__}") from error
        read = [_literal(address) for address in addresses]
        if any(address is None or not is_public(address) for address in read):
            raise Untrusted(Detail(DetailCode.LINK_NOT_PUBLIC))
        return list(addresses)[:_ADDRESSES_TRIED]

    def _is_own(self, url: httpx.URL) -> bool:
        own = (self._base.scheme, self._base.host, self._base.port)
        return (url.scheme, url.host, url.port) == own and not url.userinfo


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """False for loopback, private, link-local, shared, reserved and multicast addresses, also for IPv4 inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
        wrapped = address.sixtofour or (address.teredo and address.teredo[1])
        if address not in _GLOBAL_UNICAST or (wrapped is not None and not is_public(wrapped)):
            return False
    return address.is_global and not address.is_multicast


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_local_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _proxied(url: httpx.URL) -> bool:
    """Whether httpx sends this request through a proxy from the environment."""
    proxies = urllib.request.getproxies()
    return bool(proxies.get("https") or proxies.get("all")) and not urllib.request.proxy_bypass(url.host)
