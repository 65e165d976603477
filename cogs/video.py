"""`/video` and "Animate this image": the commands that ask for a clip. They read the options and call `book` or open a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain import limits
from bot.domain.clip import ASPECT_DEFAULT, RESOLUTION_DEFAULT, Kind, RawClip
from bot.domain.takes import TAKES_MAX
from bot.presentation.client import HappyHorseClient
from bot.presentation.command_texts import described
from bot.presentation.interactions.booking import book
from bot.presentation.interactions.context import roles_of
from bot.presentation.interactions.modal_handlers import keep_stills
from bot.presentation.interactions.responses import HorseInteraction, open_form, say
from bot.presentation.message_pictures import pictures_for
from bot.presentation.views import wording
from bot.presentation.views.custom_ids import FormKind
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.escaping import well_formed
from bot.presentation.views.modals import clip_form
from bot.presentation.views.prices import priced_lengths
from bot.presentation.views.translations import N_, _
from bot.services.clip_input import Attached, ClipInput, Draft

_SHAPES: Final = [app_commands.Choice(name=label, value=each.value) for each, label in wording.SHAPES.items()]
_MAKES: Final = [app_commands.Choice(name=label, value=each) for each, label in wording.MAKES.items()]
_QUALITIES: Final = [app_commands.Choice(name=label, value=each.value) for each, label in wording.RESOLUTIONS.items()]
_MAKE: Final = "make"
_OPTIONS: Final = {
    "prompt": N_("What is seen, how the camera moves, what is heard"),
    "duration": described(
        N_("Seconds, {least} to {most} ({usual} if you leave it out)"),
        least=str(limits.DURATION_MIN_SECONDS),
        most=str(limits.DURATION_MAX_SECONDS),
        usual=str(limits.DURATION_DEFAULT_SECONDS),
    ),
    "resolution": described(N_("{resolution} if you leave it out"), resolution=RESOLUTION_DEFAULT.value),
    "aspect": described(N_("Shape of the frame ({shape} if you leave it out)"), shape=wording.SHAPES[ASPECT_DEFAULT]),
    "seed": N_("A number from an earlier clip repeats it; empty for a new one"),
    "takes": described(N_("How many clips of it, up to {most}, each with a seed of its own"), most=str(TAKES_MAX)),
    "private": N_("Only you see it"),
    _MAKE: N_("A real clip or a preview of it"),
}
_CHARACTERS: Final = {
    "prompt": N_("What happens, with character1, character2, … by these names, and what is heard"),
    "character1": N_("The one your prompt calls character1; a square portrait works best"),
    **{
        f"character{number}": described(N_("The one your prompt calls {name}"), name=f"character{number}")
        for number in range(2, limits.REFERENCES_MAX + 1)
    },
}


class Video(commands.GroupCog, group_name="video", group_description=N_("Make a clip with picture and sound")):
    def __init__(self, client: HappyHorseClient) -> None:
        self._client = client
        super().__init__()
        if len(client.use_cases.offer.names) == 1:
            for command in self.walk_app_commands():
                # With one provider there is nothing to choose, so the option goes. These commands are this client's own, and
                # discord.py has no public way to leave an option out.
                if isinstance(command, app_commands.Command):
                    command._params.pop(_MAKE, None)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    @app_commands.command(name="text", description=N_("A clip from words alone"))
    @app_commands.describe(**_OPTIONS)
    @app_commands.choices(resolution=_QUALITIES, aspect=_SHAPES, make=_MAKES)
    async def text(
        self,
        interaction: HorseInteraction,
        prompt: str,
        duration: int | None = None,
        resolution: str | None = None,
        aspect: str | None = None,
        seed: int | None = None,
        takes: int | None = None,
        private: bool = False,  # noqa: FBT001, FBT002  an option of the command
        make: str | None = None,
    ) -> None:
        raw = RawClip(Kind.TEXT, prompt, duration, resolution, aspect, seed, takes)
        await book(interaction, _clip_input(interaction, raw, make, private=private))

    @app_commands.command(name="image", description=N_("A clip that starts from your picture"))
    @app_commands.describe(image=N_("The still it starts from; its shape becomes the frame's"), **_OPTIONS)
    @app_commands.choices(resolution=_QUALITIES, aspect=_SHAPES, make=_MAKES)
    async def image(
        self,
        interaction: HorseInteraction,
        image: discord.Attachment,
        prompt: str,
        duration: int | None = None,
        resolution: str | None = None,
        aspect: str | None = None,
        seed: int | None = None,
        takes: int | None = None,
        private: bool = False,  # noqa: FBT001, FBT002  an option of the command
        make: str | None = None,
    ) -> None:
        raw = RawClip(Kind.IMAGE, prompt, duration, resolution, aspect, seed, takes)
        still = (_attached("image", image),)
        await book(interaction, _clip_input(interaction, raw, make, private=private, attached=still))

    @app_commands.command(name="characters", description=N_("A clip with people or things from your pictures"))
    @app_commands.describe(**{**_OPTIONS, **_CHARACTERS})
    @app_commands.choices(resolution=_QUALITIES, aspect=_SHAPES, make=_MAKES)
    async def characters(
        self,
        interaction: HorseInteraction,
        prompt: str,
        character1: discord.Attachment,
        character2: discord.Attachment | None = None,
        character3: discord.Attachment | None = None,
        character4: discord.Attachment | None = None,
        character5: discord.Attachment | None = None,
        character6: discord.Attachment | None = None,
        character7: discord.Attachment | None = None,
        character8: discord.Attachment | None = None,
        character9: discord.Attachment | None = None,
        duration: int | None = None,
        resolution: str | None = None,
        aspect: str | None = None,
        seed: int | None = None,
        takes: int | None = None,
        private: bool = False,  # noqa: FBT001, FBT002  an option of the command
        make: str | None = None,
    ) -> None:
        given = (character1, character2, character3, character4, character5, character6, character7, character8, character9)
        # A number that was left out stays empty, or later pictures would get other numbers than the member gave them.
        attached = tuple(_attached(f"character{number}", each) for number, each in enumerate(given, 1) if each is not None)
        raw = RawClip(Kind.CHARACTERS, prompt, duration, resolution, aspect, seed, takes)
        await book(interaction, _clip_input(interaction, raw, make, private=private, attached=attached))

    @app_commands.command(
        name="studio",
        description=described(
            N_("Characters in a form: long prompts, 1 to {most} pictures, good on a phone"), most=str(limits.REFERENCES_MAX)
        ),
    )
    async def studio(self, interaction: HorseInteraction) -> None:
        form = clip_form(FormKind.STUDIO, "0", Draft(RawClip(Kind.CHARACTERS)), _("Studio"), self._client.use_cases.offer)
        await open_form(interaction, form)

    @text.autocomplete("duration")
    @image.autocomplete("duration")
    @characters.autocomplete("duration")
    async def lengths(self, interaction: HorseInteraction, current: str) -> list[app_commands.Choice[int]]:
        """Each length with the price of all clips, at the resolution, prompt and takes chosen so far."""
        chosen = {name: getattr(interaction.namespace, name, None) for name in ("prompt", "resolution", "takes", _MAKE)}
        raw = RawClip(Kind.TEXT, str(chosen["prompt"] or ""), resolution=chosen["resolution"], takes=chosen["takes"])
        prices = self._client.use_cases.offer.prices_of(chosen[_MAKE])
        return [app_commands.Choice(name=each, value=length) for length, each in priced_lengths(raw, str(current), prices)]


async def animate(interaction: HorseInteraction, message: discord.Message) -> None:
    """Opens a form for the prompt, and for which picture where the message shows several."""
    use_cases = interaction.client.use_cases
    stills = await pictures_for(message, use_cases.request.attachments.takes, interaction.client)
    if not stills:
        text = _("Use this on a message with a picture, or attach one with `/video image`.")
        await say(interaction, note_page(_("No picture in this message"), text))
        return
    draft = Draft(RawClip(Kind.IMAGE))
    form = clip_form(FormKind.ANIMATE, str(interaction.id), draft, _("Animate this image"), use_cases.offer, stills=stills)
    # Kept before the form opens, since it may be submitted at once.
    await keep_stills(interaction, stills)
    await open_form(interaction, form)


def _clip_input(
    interaction: HorseInteraction, raw: RawClip, make: str | None, *, private: bool, attached: tuple[Attached, ...] = ()
) -> ClipInput:
    return ClipInput(
        id=interaction.id,
        member_id=interaction.user.id,
        role_ids=roles_of(interaction),
        raw=replace(raw, aspect=raw.aspect or ASPECT_DEFAULT.value).with_text(well_formed),
        private=private,
        attached=attached,
        # A member's client may still show the option after it was removed. Then the choice is refused.
        provider=make or getattr(interaction.namespace, _MAKE, None),
    )


def _attached(field: str, file: discord.Attachment) -> Attached:
    return Attached(field, file.url, well_formed(file.filename), file.size)


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Video(client))
    client.tree.add_command(app_commands.ContextMenu(name="Animate this image", callback=animate))
