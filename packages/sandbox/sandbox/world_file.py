"""A world from a file, TOML or JSON: whose bot is served, who and what is there from the start, and how the page greets.

`Sandbox` builds its Discord from one at the start and at every reset, and the page reads its part. Without a file there is
`WorldFile()`: one guild with two members, a moderator and one channel, and a bot without a picture.
"""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.discord.application import NAME, BadApplication, named
from sandbox.discord.permissions import MODERATOR, NAMES

Name = Annotated[str, Field(min_length=1, max_length=100)]
Kind = Literal["text", "voice", "category", "announcement", "stage", "forum", "media"]
Ending = Literal["failed", "refused"]
_MOST_BYTES = 1024 * 1024


class BadWorld(ValueError):
    """The file cannot be read as a world; the message says where, and what to change."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ApplicationPart(_Part):
    """The application and its bot. Of a token in Discord's own form the id is read where none is given."""

    id: str | None = None
    token: str | None = None
    name: Name = NAME

    @model_validator(mode="after")
    def _can_be(self) -> "ApplicationPart":
        try:
            named(self.id, self.token)
        except BadApplication as bad:
            raise ValueError(str(bad)) from bad
        return self


class RolePart(_Part):
    """`permissions` are bits, or their names in Discord's documentation, in small letters. `@everyone` can be named."""

    name: Name
    permissions: int | list[str] = 0

    @property
    def bits(self) -> int:
        if isinstance(self.permissions, int):
            return self.permissions
        return sum(NAMES[one] for one in set(self.permissions))

    @model_validator(mode="after")
    def _known(self) -> "RolePart":
        named_ones = self.permissions if isinstance(self.permissions, list) else []
        if strange := [one for one in named_ones if one not in NAMES]:
            raise ValueError(f"there is no permission {strange[0]!r}; there are: {', '.join(NAMES)}")
        return self


class MemberPart(_Part):
    """A person. The same name in another guild is the same account."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    display_name: str | None = None
    roles: list[str] = []
    locale: str = "en-US"


class OverwritePart(_Part):
    """What a role or member may, or may not, in a channel; `id` is a name, `@everyone` and `bot` too."""

    id: Name
    allow: int = 0
    deny: int = 0


class ChannelPart(_Part):
    """`category` names a channel of that type, which stands before it in the list."""

    name: Name
    type: Kind = "text"
    topic: str | None = None
    nsfw: bool = False
    category: str | None = None
    tags: list[str] = []
    overwrites: list[OverwritePart] = []


class GuildPart(_Part):
    """`bot` false is a guild that the bot has yet to join."""

    name: Name = "Test Server"
    bot: bool = True
    premium_tier: Annotated[int, Field(ge=0, le=3)] = 0
    preferred_locale: str = "en-US"
    roles: list[RolePart] = [RolePart(name="Moderator", permissions=MODERATOR), RolePart(name="Supporter")]
    members: list[MemberPart] = [MemberPart(name="alice"), MemberPart(name="bob"), MemberPart(name="mod", roles=["Moderator"])]
    channels: list[ChannelPart] = [ChannelPart(name="general")]

    @model_validator(mode="after")
    def _fits(self) -> "GuildPart":
        roles = {one.name for one in self.roles}
        for member in self.members:
            if strange := [one for one in member.roles if one not in roles]:
                raise ValueError(f"{member.name} has the role {strange[0]!r}, which {self.name} lacks")
        before: set[str] = set()
        for channel in self.channels:
            if channel.category is not None and channel.category not in before:
                raise ValueError(f"{channel.name} is in {channel.category!r}, which is no category that stands before it")
            before |= {channel.name} if channel.type == "category" else set()
        if not any(one.type == "text" for one in self.channels):
            raise ValueError(f"{self.name} has no text channel")
        return self


class ExamplePart(_Part):
    """A card on the page that runs a command when it is pressed. `files`: by option, a picture of the page's folder."""

    title: Name
    command: Name
    say: str = ""
    pictures: list[str] = []
    alt: str = ""
    action: str = "Try it"
    options: dict[str, str | int | float | bool] = {}
    files: dict[str, str] = {}


class PagePart(_Part):
    """How the page greets. `pictures` is a folder beside the world's file; `icon` one of its files, the bot's face."""

    title: str = "Bot sandbox"
    welcome: str = "Welcome"
    lead: str = "Type / to see the bot's commands."
    badge: str = ""
    note: str = ""
    icon: str | None = None
    pictures: Path | None = None
    examples: list[ExamplePart] = []


class WorldFile(_Part):
    """All that a world can be told to be. `owner` is an account that owns every guild.

    `endings` are words in a button's custom id that tell how a command ended.
    """

    application: ApplicationPart = ApplicationPart()
    owner: Annotated[str, Field(min_length=1, max_length=32)] = "owner"
    guilds: Annotated[list[GuildPart], Field(min_length=1)] = [GuildPart()]
    page: PagePart = PagePart()
    endings: dict[str, Ending] = {}

    @model_validator(mode="after")
    def _bot_is_somewhere(self) -> "WorldFile":
        if not self.guilds[0].bot:
            raise ValueError("the bot is in the first guild of a world; name another one first")
        names = [one.name for one in self.guilds]
        if len(set(names)) != len(names):
            raise ValueError("two guilds have one name")
        return self


def read(file: Path) -> WorldFile:
    """The world of a `.toml` or `.json` file. Raises BadWorld."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise BadWorld(f"{file} is over {_MOST_BYTES} bytes")
        text = file.read_text(encoding="utf-8")
        given: dict[str, Any] = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        world = WorldFile.model_validate(given)
    except OSError as unread:
        raise BadWorld(f"{file} cannot be read: {unread.strerror}") from unread
    except ValidationError as unfit:
        first = unfit.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadWorld(f"{file}: {where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}") from unfit
    except ValueError as unread:
        raise BadWorld(f"{file} is no {file.suffix.removeprefix('.').upper() or 'TOML'}: {unread}") from unread
    return _found(world, file.parent)


def _found(world: WorldFile, folder: Path) -> WorldFile:
    """With the page's folder as a path from here. Raises BadWorld where a picture is not in it."""
    if world.page.pictures is None:
        return world
    pictures = (folder / world.page.pictures).resolve()
    named_ones = {one for card in world.page.examples for one in (*card.pictures, *card.files.values())}
    for name in sorted(named_ones | ({world.page.icon} if world.page.icon else set())):
        if Path(name).name != name or not (pictures / name).is_file():
            raise BadWorld(f"there is no picture {name!r} in {pictures}")
    return world.model_copy(update={"page": world.page.model_copy(update={"pictures": pictures})})
