"""The vendor's shapes that every part shares: refusals, identifiers and times."""

import secrets
import string
from datetime import UTC, datetime

from aiohttp import web

OWNER = "proj_sandbox"
AUTHOR = "user_sandbox"
_LETTERS = string.ascii_letters + string.digits


class Refusal(Exception):
    """A request that the vendor answers with an error status."""

    def __init__(self, status: int, reason: str, details: dict[str, object] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.details = details

    def response(self) -> web.Response:
        body: dict[str, object] = {"error": _NAMES[self.status], "reason": self.reason}
        if self.details:
            body["details"] = self.details
        return web.json_response(body, status=self.status)


class Malformed(Refusal):
    """A request that no correct client sends, whatever its user did: refused with 400 (or 413), and worth a violation."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(status, reason)


_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}


def new_id(kind: str) -> str:
    return f"{kind}_" + "".join(secrets.choice(_LETTERS) for _ in range(24))


def iso(at_ms: float) -> str:
    """Write milliseconds since 1970 as the vendor does: 2023-02-03T11:19:41.579Z."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(name: str, text: str) -> float:
    """Read an ISO 8601 moment as milliseconds since 1970. Refuses with 400 what is none."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, OverflowError):
        raise Malformed(f"{name} must be an ISO 8601 date") from None
