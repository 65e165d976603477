"""Pictures and videos outside of Discord, and the signed links of the proxy through which Discord shows them.

Nothing is fetched: a control call says which bytes lie at which address.
"""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sandbox.discord.files import Files, Stored


class ExternalFiles:
    """What lies at addresses of other hosts."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._key = secrets.token_bytes(16)
        self._held: dict[str, Stored] = {}

    def put(self, url: str, stored: Stored) -> None:
        self._held[url] = stored

    def proxied(self, url: str) -> str:
        """The proxy's link to that address, built as Discord's are: a signature, the scheme, host and path."""
        parts = urlsplit(url)
        query = quote(f"?{parts.query}", safe="") + "/" if parts.query else ""
        path = f"{query}{parts.scheme}/{parts.netloc}{quote(parts.path)}"
        signature = hmac.new(self._key, path.encode(), hashlib.sha256).hexdigest()[:32]
        return f"{self._files.base}/external/{signature}/{path}"

    def opened(self, path: str) -> Stored | None:
        """The file behind a proxied link's path after `external/`; None where it was never signed, or nothing lies there."""
        wanted = f"/external/{path}"
        return next((one for url, one in self._held.items() if unquote(self.proxied(url)).endswith(wanted)), None)

    def media(self, url: str) -> dict[str, Any]:
        """The address as a message shows it: with a size and a type where something lies there."""
        stored = self._held.get(url)
        width, height = stored.dimensions if stored and stored.dimensions else (None, None)
        return {
            "id": stored.id if stored else "0",
            "url": url,
            "proxy_url": self.proxied(url),
            "width": width,
            "height": height,
            "content_type": stored.content_type if stored else None,
        }
