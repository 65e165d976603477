"""Pictures that were not read for lack of credits or time, and pictures that Discord drops from a message at an edit."""

import pytest

from bot.errors import MediaBusy
from bot.presentation.delivery.progress_updater import Followed
from tests.fixtures.simcord_bot import _components, labels, picture, shown, text
from tests.fixtures.simcord_scenes import MADE, asked, delivered, through
from tests.unit.presentation.views.discord_rules import every


async def test_a_member_with_too_few_credits_is_told_before_the_picture_is_read_and_attaches_it_again(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", duration=15)
    server.backend.attachments.env = None  # reading a picture now would be refused
    result = await server.alice.slash(
        server.channel, "video image", prompt="The cat looks up", image=("cat.png", picture()), duration=15
    )
    told = text(shown(result))
    assert "This clip costs 270 credits; you have 30 of 300 left today." in told
    assert "What you typed is kept. The pictures have to be attached again." in told
    form = await server.alice.click(shown(result), label="Edit and try again")
    [pictures] = [each["component"] for each in form.modal["components"] if each["component"]["custom_id"] == "pictures"]
    assert pictures["required"]


async def test_pictures_that_were_not_read_for_lack_of_time_are_not_called_wrong(server, monkeypatch):
    async def busy(*_):
        raise MediaBusy("others took too long")

    monkeypatch.setattr(server.backend.attachments, "read", busy)
    result = await server.alice.slash(server.channel, "video image", prompt="The cat looks up", image=("cat.png", picture()))
    told = text(result.followups[0])
    assert "**Too many pictures at once**" in told
    assert "Nothing was charged. What you typed is kept. Pictures may have to be attached again." in told
    assert labels(result.followups[0]) == ["Edit and try again"]
    assert len(server.env.errors) == 1


async def test_a_card_goes_on_without_pictures_that_discord_does_not_show_again(server):
    result, job = await asked(server, server.alice, private=True, command="video image", image=("cat.png", picture()))
    assert any(each["type"] == 11 for each in every(_components(result.response)))
    server.env.inject_error("PATCH", "/webhooks/**", status=400, code=50035, times=1)
    followed = Followed(job.id)
    for states, stands in ((MADE[:3], "**Making it**"), (MADE[3:], "**Posting it**")):
        job = await through(server, job, *states)
        await server.backend.notifier._progress_updater.refresh(followed)
        assert text(result.response).startswith(stands)
    assert not any(each["type"] == 11 for each in every(_components(result.response)))


def listed(server, since):
    """The names of the files that each edit of a card lists."""
    edits = [each for each in server.env.http_requests[since:] if each.method == "PATCH" and each.path.startswith("/webhooks")]
    return [[file["filename"] for file in each.json["attachments"]] for each in edits]


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_edit_lists_every_picture_that_it_shows_by_its_id_also_after_a_restart(server, restarted):
    result, job = await asked(server, server.alice, private=True, command="video image", image=("cat.png", picture()))
    [there] = result.response.attachments
    if restarted:
        await server.env.restart_bot(server.backend.client())
    await through(server, job, *MADE[:3])
    before = len(server.env.http_requests)
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    [edit] = [each.json for each in server.env.http_requests[before:] if each.method == "PATCH"]
    assert edit["attachments"] == [{"id": str(there.id), "filename": there.filename}]
    assert any(each["type"] == 11 for each in every(_components(result.response)))
    looks = [each.path for each in server.env.http_requests[before:] if each.method == "GET"]
    assert len(looks) == restarted


async def test_the_end_keeps_the_cards_picture_and_adds_the_poster(server, delivery):
    before = len(server.env.http_requests)
    result, _, _ = await delivered(server, delivery, command="video image", image=("cat.png", picture()))
    assert sorted(each.filename for each in result.response.attachments) == ["picture1.jpg", "poster.jpg"]
    assert listed(server, before)[-1] == ["poster.jpg", "picture1.jpg"]
    kinds = [each["type"] for each in every(_components(result.response))]
    assert 11 in kinds
    assert 12 in kinds
