"""Pictures that were not looked at: for lack of credits, or of time."""

from bot.errors import MediaBusy
from tests.unit.cogs.conftest import labels, picture, shown, text


async def test_who_can_not_pay_is_told_before_the_picture_is_read_and_attaches_it_again(town):
    await town.alice.slash(town.channel, "video text", prompt="A red kite", duration=15)
    town.house.shelf.env = None  # whoever reads a picture now is refused for that
    result = await town.alice.slash(
        town.channel, "video image", prompt="The cat looks up", image=("cat.png", picture()), duration=15
    )
    told = text(shown(result))
    assert "This clip costs 270 credits; you have 30 of 300 left today." in told
    assert "What you typed is kept. The pictures have to be attached again." in told
    form = await town.alice.click(shown(result), label="Edit and try again")
    [pictures] = [each["component"] for each in form.modal["components"] if each["component"]["custom_id"] == "pictures"]
    assert pictures["required"]


async def test_pictures_that_nobody_had_time_for_are_not_blamed(town, monkeypatch):
    async def busy(*_):
        raise MediaBusy("others took too long")

    monkeypatch.setattr(town.house.shelf, "read", busy)
    result = await town.alice.slash(town.channel, "video image", prompt="The cat looks up", image=("cat.png", picture()))
    told = text(result.followups[0])
    assert "**Too many pictures at once**" in told
    assert "Nothing was charged. What you typed is kept. Pictures may have to be attached again." in told
    assert labels(result.followups[0]) == ["Edit and try again"]
    assert len(town.env.errors) == 1
