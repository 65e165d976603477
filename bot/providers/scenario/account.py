"""The vendor account and the time limits of calls to it: plain values, made from the settings by `bot.resources` or tests."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

DEFAULT_BASE_URL: Final = "https://api.cloud.scenario.com/v1"

_BASIC_CHARACTERS: Final = 12
"""Base64 characters of the credentials that are searched for: they hold nine letters of the key, so no word
matches by chance.
"""


@dataclass(frozen=True, slots=True)
class Account:
    """`project_id`, if given, is sent with every call. Without `team_id` the plan's limit of clips can't be asked for."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    project_id: str | None = None
    team_id: str | None = None

    def without_secrets(self, text: str) -> str:
        """The text with key and secret taken out, for the case that the vendor echoes them: plain, in base64, or quoted as in a
        link.

        The base64 form is found by its beginning, since an echo may be cut off or lack its padding.
        """
        pair = f"{self.key}:{self.secret}".encode()
        for sent in (b64encode(pair), urlsafe_b64encode(pair)):
            text = re.sub(re.escape(sent.decode()[:_BASIC_CHARACTERS]) + r"[\w+/=%-]*", "[secret]", text)
        for secret in (quote(self.secret, safe=""), self.secret, quote(self.key, safe=""), self.key):
            if secret:
                text = text.replace(secret, "[secret]")
        return text


@dataclass(frozen=True, slots=True)
class Pace:
    """Time limits and waits in seconds. `tries` is how often a call that is safe to repeat is tried in all.

    `whole` limits one whole call; `connect`, `answer`, `submit` and `stall` limit the time without any data. `download` limits
    one fetch of a clip. The vendor may take `importing` seconds to import an upload, and is asked every `import_poll` seconds.
    The wait before a repeat is random: up to `backoff` at first, up to `backoff_most` in the end. A call whose `Retry-After`
    is more than `retry_after_most` is not repeated. Progress is read every `progress` seconds. A clip that no listing
    has shown for `quiet` seconds is asked for by its id.
    """

    connect: float = 10.0
    answer: float = 30.0
    submit: float = 90.0
    whole: float = 120.0
    stall: float = 30.0
    download: float = 900.0
    importing: float = 120.0
    import_poll: float = 0.5
    tries: int = 4
    backoff: float = 0.5
    backoff_most: float = 8.0
    retry_after_most: float = 60.0
    progress: float = 5.0
    quiet: float = 90.0
