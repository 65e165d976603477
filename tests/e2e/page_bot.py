"""A small bot with one of everything that the page must draw: commands with every kind of option, cards, forms, clips.

`python page_bot.py URL CLIP`: it goes online in the sandbox at URL and sends the file CLIP as its clip.
"""

import sys
from typing import ClassVar

import discord
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from yarl import URL

BASE, CLIP = sys.argv[1], sys.argv[2]
client = discord.Client(intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions(users=True))
tree = app_commands.CommandTree(client)


class German(app_commands.Translator):
    """One description and one choice, for members who read German."""

    TEXTS: ClassVar = {"Says what it was given": "Sagt, was es bekam", "Violet": "Violett"}

    async def translate(self, string, locale, context):
        return self.TEXTS.get(string.message) if locale is discord.Locale.german else None


class Form(ui.Modal, title="A form of everything"):
    pictures = ui.Label(
        text="Pictures", description="One to three", component=ui.FileUpload(min_values=1, max_values=3, custom_id="pictures")
    )
    words = ui.Label(
        text="Words",
        component=ui.TextInput(style=discord.TextStyle.paragraph, min_length=3, max_length=40, custom_id="words"),
    )
    shape = ui.Label(
        text="Shape",
        component=ui.Select(
            custom_id="shape",
            options=[
                discord.SelectOption(label="Wide", value="w", default=True),
                discord.SelectOption(label="Tall", value="t"),
            ],
        ),
    )
    sound = ui.Label(
        text="Sound",
        component=ui.RadioGroup(
            custom_id="sound",
            options=[
                discord.RadioGroupOption(label="Loud", value="loud"),
                discord.RadioGroupOption(label="Soft", value="soft"),
            ],
        ),
    )
    extras = ui.Label(
        text="Extras",
        component=ui.CheckboxGroup(
            custom_id="extras",
            required=False,
            min_values=0,
            options=[
                discord.CheckboxGroupOption(label="Rain", value="rain"),
                discord.CheckboxGroupOption(label="Wind", value="wind"),
            ],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        files = [file.filename for file in self.pictures.component.values]
        said = [
            self.words.component.value,
            *self.shape.component.values,
            self.sound.component.value,
            *self.extras.component.values,
        ]
        await interaction.response.send_message(f"form: {' + '.join([*files, *said])}")


class Card(ui.LayoutView):
    def __init__(self, words: str, picture: str | None = None) -> None:
        super().__init__(timeout=None)
        text = ui.TextDisplay(f"### {words}\n-# small **print**")
        head = ui.Section(text, accessory=ui.Thumbnail(picture, description="A picture")) if picture else text
        press = ui.Button(label="Press me", style=discord.ButtonStyle.primary, custom_id="press")
        silent = ui.Button(label="Silent", custom_id="silent")
        form = ui.Button(label="Open form", style=discord.ButtonStyle.success, custom_id="form")
        choose = ui.Select(
            custom_id="choose",
            placeholder="Choose a style",
            options=[discord.SelectOption(label=one, value=one.lower()) for one in ("Film", "Animation")],
        )
        press.callback = self.pressed
        silent.callback = self.nothing
        form.callback = self.opened
        choose.callback = self.chosen
        self.choose = choose
        self.add_item(
            ui.Container(head, ui.Separator(), ui.ActionRow(press, silent, form), ui.ActionRow(choose), accent_colour=0x23A55A)
        )

    async def pressed(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(view=Card("It was pressed"))

    async def chosen(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"chose {self.choose.values[0]}", ephemeral=True)

    async def opened(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    async def nothing(self, interaction: discord.Interaction) -> None:
        """Answers nothing, so that the interaction fails."""


@tree.command(description="A card with everything to press")
async def card(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=Card("A card"))


@tree.command(description="Says what it was given")
@app_commands.describe(text="What to say", picture="A picture", count="One to five", mood="How", flavour="Asked live")
@app_commands.choices(
    mood=[
        app_commands.Choice(name="Calm and slow, as long as a choice is", value="calm"),
        app_commands.Choice(name="Wild", value="wild"),
    ]
)
async def echo(
    interaction: discord.Interaction,
    text: app_commands.Range[str, 2, 60],
    picture: discord.Attachment,
    count: app_commands.Range[int, 1, 5] | None = None,
    mood: app_commands.Choice[str] | None = None,
    flavour: str | None = None,
) -> None:
    said = [text, picture.filename, str(count), mood.value if mood else "-", flavour or "-"]
    await interaction.response.send_message(f"echo: {' + '.join(said)}")


@echo.autocomplete("flavour")
async def flavours(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    known = ("Vanilla", "Violet", "Mint")
    return [app_commands.Choice(name=one, value=one.lower()) for one in known if current.lower() in one.lower()]


@tree.command(description="Answers for your eyes only")
async def whisper(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(f"psst, {interaction.user.mention}", ephemeral=True)


@tree.command(description="Never answers")
async def silence(interaction: discord.Interaction) -> None:
    """Answer nothing, so that the member's client gives up."""


@tree.command(description="A clip in a thread of its own")
async def clip(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    answer = await interaction.edit_original_response(content="Made for you")
    thread = await answer.fetch()
    room = await thread.create_thread(name="The clip")
    view = ui.LayoutView()
    view.add_item(ui.TextDisplay(f"{interaction.user.mention} here it is"))
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://clip.mp4", description="A moving pattern")))
    await room.send(view=view, file=discord.File(CLIP, filename="clip.mp4"))


@tree.command(description="A text with everything that markdown has")
async def prose(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(
        "# Title\n**bold** *slanted* `code` ~~gone~~ ||secret|| <t:1700000000:R> [site](https://example.com) "
        "[bad](javascript:alert(1)) <img src=x onerror=alert(1)> \\*plain\\*\n> quoted\n- one\n- two\n-# small"
    )


@tree.context_menu(name="Name the picture")
async def name_picture(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"named: {message.attachments[0].filename}")


@client.event
async def on_ready() -> None:
    await tree.set_translator(German())
    await tree.sync()


discord.http.Route.BASE = f"{BASE}/api/v10"
discord.Asset.BASE = f"{BASE}/cdn"
DiscordWebSocket.DEFAULT_GATEWAY = URL(f"{BASE.replace('http', 'ws', 1)}/gateway")
client.run("sandbox-token", log_handler=None)
