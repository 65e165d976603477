"""How a submitted form is recognised when it comes again: by a digest of what it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.clip import Kind, RawClip
from bot.presentation.interactions.filled_forms import Submitted
from bot.presentation.views.custom_ids import FormKind
from bot.services.clip_input import Attached
from tests.fixtures.simcord_bot import text
from tests.fixtures.simcord_scenes import clips_in, delivered, thread_of

PICTURE = Attached("image", "https://cdn.example/1/a.png", "a.png", 7)
FORM = Submitted(
    FormKind.REMIX, "5", RawClip(Kind.CHARACTERS, "A kite", 5), (PICTURE,), switched=frozenset({"private", "seed"})
)


def test_a_form_that_comes_twice_has_one_digest_in_every_process():
    again = replace(FORM, attached=(replace(PICTURE, url="https://cdn.example/2/a.png"),))
    assert again.digest == FORM.digest
    # Written out, since the process that reads it may be another one than that which stored it.
    assert FORM.digest == "a29dd44f95565bbc629e794b7cc8a96026d100383e6758197769414f15315301"


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "6"},
        {"kind": FormKind.EDIT},
        {"raw": RawClip(Kind.CHARACTERS, "A kite", 6)},
        {"attached": (replace(PICTURE, size=8),)},
        {"attached": ()},
        {"switched": frozenset({"seed"})},
        {"provider": "preview"},
    ],
)
def test_a_form_that_asks_for_something_else_has_another_digest(other):
    assert replace(FORM, **other).digest != FORM.digest


async def test_a_form_that_is_sent_twice_makes_one_clip_and_later_another(server, delivery):
    await delivered(server, delivery)
    values = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": []}
    clip, woken = clips_in(thread_of(server))[0], len(server.backend.engine.woken)

    async def send(**other):
        form = await server.alice.click(clip, label="Remix")
        sent = await server.alice.submit_modal(form, {**values, **other})
        return sent, len(server.backend.engine.woken) - woken

    assert (await send())[1] == 1
    second, made = await send()
    assert (second.ephemeral, made) == (True, 1)
    assert "**Already on its way**\nThis form came twice; one clip is being made." in text(second.response)
    assert (await send(prompt="A green kite"))[1] == 2
    await server.env.advance_time(16)
    assert (await send())[1] == 3
