"""`happyhorse pause` and `resume` while a bot runs, and what happens to a member's request then."""

import pytest

from bot.cli import pause_command
from bot.domain.pause import Pause
from bot.errors import Mistake
from bot.settings import Settings
from bot.storage import open_storage
from bot.storage.pauses import KEY
from tests.factories import NOW_MS


@pytest.fixture
async def settings(tmp_path):
    made = Settings(storage={"path": tmp_path / "happyhorse.db"})
    async with open_storage(made.storage.path):
        yield made


async def kept(settings):
    async with open_storage(settings.storage.path, exclusive=False) as storage:
        return dict(await storage.pauses.all())


async def test_a_pause_is_kept_for_everywhere_and_for_one_server_and_taken_back_one_by_one(settings, capsys):
    assert await pause_command.pause(settings, None, None, " New prices. ") == 0
    assert await pause_command.pause(settings, 20, 7200, "") == 0
    held = await kept(settings)
    assert (held[None], held[20].why) == (Pause(None, "New prices."), "")
    assert "until happyhorse resume: New prices. What runs goes on." in capsys.readouterr().out
    assert await pause_command.resume(settings, None) == 0
    said = capsys.readouterr().out
    assert ("taken again everywhere" in said, "Still paused in server 20 until" in said) == (True, True)
    assert await pause_command.resume(settings, 20) == 0
    assert await kept(settings) == {}
    await pause_command.resume(settings, 20)
    assert "Nothing was paused there." in capsys.readouterr().out


@pytest.mark.parametrize(("text", "seconds"), [("45m", 2700), ("2h", 7200), ("1h30m", 5400), ("3d", 259_200), ("1D", 86_400)])
def test_lengths_of_time_are_read_as_people_write_them(text, seconds):
    assert pause_command.seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("text", "said"), [("", "45m"), ("2", "45m"), ("-2h", "45m"), ("0m", "45m"), ("soon", "45m"), ("91d", "90 days")]
)
def test_a_length_that_is_none_is_refused_with_how_to_write_it(text, said):
    with pytest.raises(ValueError, match=said):
        pause_command.seconds_of(text)


@pytest.mark.parametrize("why", ["x" * 201, "two\nlines"])
async def test_words_that_no_member_could_be_shown_are_refused_and_nothing_is_paused(settings, why):
    with pytest.raises(Mistake, match="--why"):
        await pause_command.pause(settings, None, None, why)
    assert await kept(settings) == {}


@pytest.mark.parametrize("value", ["", "[]", '{"all": 1}', '{"x": [null, ""]}', "null"])
async def test_pauses_that_cannot_be_read_pause_nothing(settings, value):
    async with open_storage(settings.storage.path, exclusive=False) as storage:
        await storage.key_values.write(KEY, value, NOW_MS)
    assert await kept(settings) == {}
    await pause_command.pause(settings, 20, None, "")
    assert await kept(settings) == {20: Pause(None, "")}
