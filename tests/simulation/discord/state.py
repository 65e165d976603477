"""All that the simulated Discord keeps. `World` has one; `DiscordWire` answers from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.discord.answers import Answers
from tests.simulation.discord.places import Places
from tests.simulation.discord.posts import Posts
from tests.simulation.discord.threads import Threads
from tests.simulation.discord.uploads import Limits

if TYPE_CHECKING:
    from tests.simulation.world import World


class DiscordState:
    def __init__(self, world: World) -> None:
        self.places = Places(world)
        self.posts = Posts(world, self.places)
        self.threads = Threads(world, self.places, self.posts)
        self.limits = Limits(world)
        self.answers = Answers(world, self.places, self.limits)

    def is_the_ones(self, parts: list[str]) -> bool:
        """Whether a request's path leads to a place of the one member."""
        match parts:
            case ["channels", channel, *_]:
                return int(channel) in self.places.ones
            case ["webhooks", _, token, *_]:
                return token in self.answers.by_token and self.answers.by_token[token].message.channel_id in self.places.ones
            case _:
                return False
