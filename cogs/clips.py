"""`/clips`: the member's finished clips, to browse and search."""

from __future__ import annotations

from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.domain.clip import Kind
from bot.domain.clip_search import ClipSearch, words_in
from bot.presentation.client import HappyHorseClient
from bot.presentation.interactions import clip_list
from bot.presentation.interactions.responses import HorseInteraction
from bot.presentation.views import wording
from bot.presentation.views.translations import N_

_DAY_MS: Final = 24 * 60 * 60 * 1000
_SEARCH_CHARACTERS: Final = 100
_KINDS: Final = [app_commands.Choice(name=label, value=kind.value) for kind, label in wording.KINDS.items()]
_DAYS: Final = [
    app_commands.Choice(name=N_("The last 24 hours"), value=1),
    app_commands.Choice(name=N_("The last 7 days"), value=7),
    app_commands.Choice(name=N_("The last 30 days"), value=30),
    app_commands.Choice(name=N_("The last year"), value=365),
]
_OPTIONS: Final = {
    "search": N_("Words of the prompt, in any order"),
    "kind": N_("How it was made"),
    "when": N_("When you asked for it"),
    "favourites": N_("Only clips that you marked, with Favourite behind More"),
}


class Clips(commands.Cog):
    def __init__(self, client: HappyHorseClient) -> None:
        self._clock = client.use_cases.dependencies.clock

    @app_commands.command(name="clips", description=N_("Your finished clips, with pictures: browse, search, open"))
    @app_commands.describe(**_OPTIONS)
    @app_commands.choices(kind=_KINDS)
    @app_commands.choices(when=_DAYS)
    async def clips(
        self,
        interaction: HorseInteraction,
        search: app_commands.Range[str, 1, _SEARCH_CHARACTERS] | None = None,
        kind: str | None = None,
        when: int | None = None,
        favourites: bool = False,  # noqa: FBT001, FBT002  an option of the command
    ) -> None:
        wanted = ClipSearch(
            words=words_in(search or ""),
            kind=None if kind is None else Kind(kind),
            since_ms=None if when is None else self._clock.now_ms() - when * _DAY_MS,
            favourites=favourites,
        )
        await clip_list.show(interaction, wanted)


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Clips(client))
