"""Who may talk to the sandbox: programs on this machine and its own page, never another site's page in a browser.

A browser lets any page send requests to loopback, and a host name can be made to point there. So the name that the caller
used must be ours, and a page that says where it came from must have come from here.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what the caller may have asked to listen on
CDN = "/cdn/"
GONE = 499
"""As other servers note a caller who hung up."""


def is_loopback(host: str) -> bool:
    return host in OWN_NAMES or host.startswith("127.")


def address(host: str, port: int) -> str:
    """The URL of a host, IPv6 in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def guard(host: str, public: str | None = None) -> Middleware:
    """The outermost middleware of a sandbox that was told to listen on `host`, and to be called `public` too."""
    names = OWN_NAMES | {host.lower()} | ({public.lower()} if public else set())
    everywhere = host in EVERYWHERE

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        called = _name(request.headers.get("Host", ""))
        if called not in names and not (everywhere and _is_address(called)):
            return _refused(f"the sandbox answers to {', '.join(sorted(names))}, not to the host that was asked for")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower().partition("://")[2] != request.headers["Host"].lower():
            return _refused("the sandbox takes calls from programs and from its own page only")
        try:
            return await handler(request)
        except ConnectionResetError:
            # The caller died in the middle of it: nobody is there to be answered, and nothing here is broken.
            return web.Response(status=GONE)

    return guarded


async def harmless(request: web.Request, response: web.StreamResponse) -> None:
    """What members and bots uploaded must not run as a page of ours. `server.py` adds it to `on_response_prepare`."""
    if request.path.startswith(CDN):
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox"


def _name(host: str) -> str | None:
    """The host without its port, in small letters; None where it is none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_address(name: str | None) -> bool:
    """Whether it is an IP address. Unlike a name, an address can't be made to point elsewhere."""
    try:
        return name is not None and bool(ip_address(name))
    except ValueError:
        return False


def _refused(why: str) -> web.Response:
    return web.json_response({"error": why}, status=403)
