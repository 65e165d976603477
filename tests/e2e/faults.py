"""What goes wrong, or is held, between a test's bot and its sandbox; `RunningBot` has one."""

from tests.e2e.waiting import PATIENCE_SECONDS, until
from tests.posts import UNFINISHED

CLIP_SECONDS = 0.3
LONG = 120
"""Seconds that the provider takes for a clip that must stay unfinished during a test."""


class Faults:
    def __init__(self, bot):
        self._bot = bot
        self._sandbox = bot.sandbox

    def add(self, *faults):
        self._sandbox.post("/faults", faults=list(faults))

    def hold(self, at, method, path, *, after=False, name=None, times=1):
        """Hold such requests until they are released: before they take effect, or after that and before the answer."""
        name = name or f"{method} {path}"
        what = "hold_after" if after else "hold"
        self.add({"at": at, "method": method, "path": path, "what": what, "name": name, "times": times})
        return name

    def held(self, name):
        assert self._sandbox.wait(PATIENCE_SECONDS, held=name), f"nothing came to {name}: {self._bot.log()}"

    def release(self, name):
        self._sandbox.post("/release", name=name)

    def calm(self):
        """Remove all faults and reset the provider's settings."""
        self._sandbox.delete("/faults")
        self._bot.provider(
            clip_seconds=CLIP_SECONDS,
            outcome="success",
            parallel=4,
            url_lifetime=900,
            cancel_accepts=False,
            clip_bytes=0,
            hide_from_listing_seconds=0,
            credits=None,
        )

    def settle(self):
        """Like `calm`; then move the sandbox's clock forward so that running clips end, and wait for the end of every job."""
        self.calm()
        if self._bot.books.rows(UNFINISHED):
            self._sandbox.post("/clock", advance_seconds=LONG)
            until(
                lambda: not self._bot.books.rows(UNFINISHED), lambda: f"{self._bot.books.rows(UNFINISHED)}\n{self._bot.log()}"
            )
