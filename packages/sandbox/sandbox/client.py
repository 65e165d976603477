"""A blocking client of a sandbox's control API, for the command line, the demo, benchmarks and tests. Standard library only."""

import http.client
import json
import mimetypes
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from sandbox.strict_json import Json

DEFAULT_PORT = 8787
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
WAIT_SLICE_SECONDS = 20.0


class CallFailed(Exception):
    """The sandbox refused, or could not be reached; the message says what to change."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Client:
    def __init__(self, url: str) -> None:
        """Raises CallFailed where that is no address."""
        self.url = url.rstrip("/")
        if not is_address(self.url):
            raise CallFailed(f"{url!r} is no address of a sandbox; it looks like {DEFAULT_URL}")

    def get(self, path: str, **query: Json) -> Json:
        return self._call("GET", path + ("?" + urlencode(query) if query else ""))

    def post(self, path: str, **body: Json) -> Json:
        return self._call("POST", path, json.dumps(body).encode(), "application/json")

    def patch(self, path: str, **body: Json) -> Json:
        return self._call("PATCH", path, json.dumps(body).encode(), "application/json")

    def delete(self, path: str, **body: Json) -> Json:
        return self._call("DELETE", path, json.dumps(body).encode(), "application/json") if body else self._call("DELETE", path)

    def upload(self, file: Path) -> str:
        """Upload a file and return the name (`@f1`) by which a member attaches it."""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        try:
            content = file.read_bytes()
        except OSError as unread:
            raise CallFailed(f"{file} cannot be read: {unread.strerror}") from unread
        return "@" + self._call("POST", f"/files?filename={quote(file.name)}", content, kind)["file"]

    def fetch(self, url: str) -> bytes:
        """The bytes behind one of the sandbox's own links."""
        try:
            with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - the sandbox's own http address
                return response.read()
        except (OSError, http.client.HTTPException) as failed:
            raise CallFailed(f"{url} cannot be fetched ({failed})") from failed

    def wait(self, seconds: float, **condition: Json) -> Json:
        """Wait for a condition of `/_sandbox/wait`; None once `seconds` have passed."""
        while True:
            piece = min(seconds, WAIT_SLICE_SECONDS)
            try:
                return self.get("/wait", timeout=piece, **condition)
            except CallFailed as failed:
                seconds -= piece
                if failed.status != 408 or seconds <= 0:
                    if failed.status == 408:
                        return None
                    raise

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str | None = None) -> Json:
        request = urllib.request.Request(  # noqa: S310 - an http address that the caller chose
            f"{self.url}/_sandbox{path}", body, {"Content-Type": kind} if kind else {}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=WAIT_SLICE_SECONDS + 10) as response:  # noqa: S310 - as above
                return json.loads(response.read())
        except ValueError as unread:
            raise CallFailed(f"what answers at {self.url} is no sandbox: its answer is not JSON") from unread
        except urllib.error.HTTPError as refused:
            with refused:
                text = refused.read().decode(errors="replace")
            try:
                text = json.loads(text)["error"]
            except (ValueError, KeyError, TypeError):
                text = text[:500] or str(refused)
            raise CallFailed(text, refused.code) from refused
        except (OSError, http.client.HTTPException) as failed:
            reason = getattr(failed, "reason", failed)
            raise CallFailed(f"no sandbox answers at {self.url} ({reason}); start one: python -m sandbox serve") from failed


def is_address(url: str) -> bool:
    """Whether it is an address of http with a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it raises where it is no number
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
