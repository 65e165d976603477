"""The parameters that a route's query may hold. Others are refused, because the sandbox would not act on them."""

from datetime import datetime

from aiohttp import web

from sandbox.discord.bodies.reading import NOT_SERVED, check
from sandbox.discord.bodies.values import FLAG_REFUSED, Snowflake
from sandbox.discord.errors import ApiError, Problems

_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
_ARCHIVED = "/channels/{channel_id}/threads/archived/"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_HOOK = "/webhooks/{application_id}/{token}"
QUERIES: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/channels/{channel_id}/messages"): ("limit", "before", "after", "around"),
    ("GET", "/channels/{channel_id}/messages/pins"): ("limit", "before"),
    ("GET", _MESSAGE + "/reactions/{emoji}"): ("limit", "after"),
    ("GET", _ARCHIVED + "public"): ("limit", "before"),
    ("GET", _ARCHIVED + "private"): ("limit", "before"),
    ("GET", "/channels/{channel_id}/thread-members"): ("limit", "after", "with_member"),
    ("GET", "/channels/{channel_id}/thread-members/{user_id}"): ("with_member",),
    ("GET", "/guilds/{guild_id}"): ("with_counts",),
    ("GET", "/guilds/{guild_id}/members"): ("limit", "after"),
    ("GET", "/users/@me/guilds"): ("limit", "before", "after", "with_counts"),
    ("GET", _COMMANDS): ("with_localizations",),
    ("GET", _GUILD_COMMANDS): ("with_localizations",),
    ("POST", "/interactions/{interaction_id}/{token}/callback"): ("with_response",),
    ("POST", _HOOK): ("wait", "with_components"),
    ("PATCH", _HOOK + "/messages/{message_id}"): ("with_components",),
}
FLAGS = frozenset({"wait", "with_components", "with_counts", "with_localizations", "with_member", "with_response"})


def check_query(request: web.Request, route: str) -> None:
    """Raises ApiError: 501 for a parameter that would be dropped, 400 for a true or false that is neither."""
    known = QUERIES.get((request.method, route), ())
    if strange := sorted(set(request.query) - set(known)):
        raise ApiError(NOT_SERVED, 0, f"501: the sandbox does not know {strange[0]!r} in the query of {request.method} {route}")
    problems = Problems()
    for name in FLAGS & set(request.query):
        if request.query[name].lower() not in {"1", "true", "0", "false"}:
            problems.add((name,), *FLAG_REFUSED)
    problems.raise_any()


def flag(request: web.Request, name: str) -> bool:
    """A true or false of the query; absent is false."""
    return request.query.get(name, "").lower() in {"1", "true"}


def whole(request: web.Request, name: str, default: int) -> int:
    """A whole number. Raises ApiError."""
    text = request.query.get(name)
    if text is None:
        return default
    problems = Problems()
    check(problems, (name,), text, Snowflake)
    problems.raise_any()
    return int(text)


def limit_of(request: web.Request, default: int, most: int) -> int:
    """How many are asked for, 1 to `most`. Raises ApiError."""
    made = whole(request, "limit", default)
    problems = Problems()
    if not 1 <= made <= most:
        problems.add(("limit",), "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")
    problems.raise_any()
    return made


def moment_ms(request: web.Request, name: str) -> int | None:
    """A moment in ISO 8601, in milliseconds; None where it is absent. Raises ApiError."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        problems = Problems()
        problems.add((name,), "DATE_TIME_TYPE_PARSE", f"Could not parse {text:.40}. Should be ISO8601.")
        raise problems.error() from None
