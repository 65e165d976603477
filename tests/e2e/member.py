"""A member of the sandbox's guild who uses the bot: gives commands, presses buttons, fills forms, reads messages."""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw

from sandbox.discord.components import walk
from sandbox.discord.shown_files import name_of, videos_shown
from tests.e2e.screen import Screen

ANSWER_SECONDS = 15
PICTURES = Path(__file__).resolve().parents[2].parent / "shared" / "images"


class Member:
    """`name` is the member's name in the sandbox."""

    def __init__(self, bot, member_id, name):
        self.bot = bot
        self.sandbox = bot.sandbox
        self.id = member_id
        self.name = name
        self.screen = Screen(self)

    # -- doing -----------------------------------------------------------------------------------------------------

    def ask(self, command, channel="clips", *, target=None, **options):
        """Give a command; its interaction's id, by which `Books` finds the job."""
        target = {"target": target} if target else {}
        made = self.sandbox.post(
            "/invoke", **{"as": self.name, "channel": channel, "command": command, "options": options, **target}
        )
        return made["interaction"]

    def press(self, message, label):
        """Press the button with this label."""
        made = self.sandbox.post(
            "/component", **{"as": self.name, "message": message["id"], "custom_id": buttons(message)[label]}
        )
        return made["interaction"]

    def fill(self, opened, **values):
        """Send the form that the interaction `opened` opened, with `values` and, for all other fields, what was prefilled."""
        form = self.form(opened)
        return self.sandbox.post("/modal", **{"as": self.name, "modal": opened, "values": {**prefilled(form), **values}})[
            "interaction"
        ]

    def write(self, content, *files, channel="clips"):
        """Write a message."""
        return self.sandbox.post("/messages", **{"as": self.name, "channel": channel, "content": content, "files": list(files)})

    def picture(self, number=1, size=(640, 640)):
        """Attach a generated picture. Each number gives another picture."""
        return self.sandbox_file(f"picture{number}.jpg", photograph(number, size))

    def sandbox_file(self, name, content):
        folder = self.bot.folder / "files"
        folder.mkdir(exist_ok=True)
        file = folder / name
        file.write_bytes(content)
        return self.sandbox.upload(file)

    # -- looking ---------------------------------------------------------------------------------------------------

    def answer(self, interaction, state="answered"):
        """Wait for the message that answers the interaction, and return it."""
        found = self.sandbox.wait(ANSWER_SECONDS, interaction=interaction, state=state)
        assert found, f"{self.interaction(interaction)}\n{self.bot.log()}"
        return found["message"]

    def interaction(self, interaction):
        return self.sandbox.get(f"/interactions/{interaction}")

    def form(self, interaction):
        """The form that the interaction opened."""
        found = self.sandbox.wait(ANSWER_SECONDS, interaction=interaction, state="modal")
        assert found, f"{self.interaction(interaction)}\n{self.bot.log()}"
        return found["modal"]

    def outcome(self, job, seconds=60):
        """How the job ended: `{"outcome": "clip" | "failed" | "refused", "message": …}`."""
        found = self.sandbox.wait(seconds, **{"clip": job, "as": self.name})
        assert found, f"nothing came of it: {self.bot.books.job(job)}\n{self.bot.log()}"
        return found

    def clip(self, job, seconds=60):
        """Wait for the message with the clip, and return it."""
        found = self.outcome(job, seconds)
        assert found["outcome"] == "clip", (found, self.bot.books.job(job), self.bot.log())
        return found["message"]


def buttons(message):
    """The custom ids of the message's buttons, by label."""
    every = walk(message["components"])
    return {one["label"]: one["custom_id"] for one in every if one["type"] == 2 and one.get("custom_id")}


def links(message):
    """The URLs of the message's link buttons, by label."""
    return {one["label"]: one["url"] for one in walk(message["components"]) if one["type"] == 2 and one.get("url")}


def videos(message):
    """The clips that a message shows, by name and link. They are in its components or in `attachments`."""
    named = [{"filename": name_of(one), **one} for one in videos_shown(message)]
    return [one for one in named if one["filename"].endswith(".mp4")]


def prefilled(form):
    """What the form's fields have before anything is typed, by custom id."""
    values = {}
    for field in walk(form["components"]):
        if field.get("value"):
            values[field["custom_id"]] = field["value"]
        chosen = [one["value"] for one in field.get("options", ()) if one.get("default")]
        if chosen:
            values[field["custom_id"]] = chosen
    return values


def photograph(number=1, size=(640, 640)):
    """A JPEG with a drawn picture, always the same for the same number."""
    dice = random.Random(number)  # noqa: S311  a picture, nothing to guard
    picture = Image.new("RGB", size, tuple(dice.randrange(40, 216) for _ in range(3)))
    drawing = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y, reach = dice.randrange(size[0]), dice.randrange(size[1]), dice.randrange(30, 160)
        drawing.ellipse((x - reach, y - reach, x + reach, y + reach), fill=tuple(dice.randrange(256) for _ in range(3)))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=85)
    return held.getvalue()


def real_photograph(name, number=1):
    """One of the photographs if they are on this machine, else a generated picture."""
    file = PICTURES / name
    return file.read_bytes() if file.is_file() else photograph(number)
