"""Who may talk to the sandbox: programs on this machine and its own page, never another site's page in a browser.

A browser lets any page send requests to loopback, and a host name can be made to point there. So the name that the caller
used must be ours, and a page that says where it came from must have come from here.
"""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
CDN = "/cdn/"


def is_loopback(host: str) -> bool:
    return host in OWN_NAMES or host.startswith("127.")


def address(host: str, port: int) -> str:
    """The URL of a host, IPv6 in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def guard(host: str) -> Middleware:
    """The outermost middleware of a sandbox that was told to listen on `host`."""
    names = OWN_NAMES | {host.lower()}

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _name(request.headers.get("Host", "")) not in names:
            return _refused(f"the sandbox answers to {', '.join(sorted(names))}, not to the host that was asked for")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower().partition("://")[2] != request.headers["Host"].lower():
            return _refused("the sandbox takes calls from programs and from its own page only")
        return await handler(request)

    return guarded


async def harmless(request: web.Request, response: web.StreamResponse) -> None:
    """What members and bots uploaded must not run as a page of ours. A signal of `on_response_prepare`."""
    if request.path.startswith(CDN):
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox"


def _name(host: str) -> str | None:
    """The host without its port, in small letters; None where it is none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _refused(why: str) -> web.Response:
    return web.json_response({"error": why}, status=403)
