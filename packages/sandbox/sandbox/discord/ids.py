"""Makes snowflakes: ids that sort by the sandbox's time."""

from datetime import UTC, datetime

from sandbox.clock import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000
APPLICATION_ID = "1190000000000000001"  # fixed, so that a bot outlives a reset; also the bot's user id, as on Discord
GUILD_ID = "1190000000000000002"
OWNER_ID = "1190000000000000003"


class Snowflakes:
    """Strictly rising ids, as strings."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 1, (self._clock.now_ms() - DISCORD_EPOCH_MS) << 22)
        return str(self._last)


def created_ms(snowflake: str) -> int:
    """Milliseconds since 1970 at which the id was made."""
    return (int(snowflake) >> 22) + DISCORD_EPOCH_MS


def iso(ms: int) -> str:
    """Write a moment as Discord does: ISO 8601 with microseconds and an offset."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="microseconds")
