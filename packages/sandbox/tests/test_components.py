"""Components and forms that Discord refuses, and what of a message its readers really see."""

from types import SimpleNamespace

import pytest

from sandbox import transcript
from sandbox.testing.local import local_sandbox, webhook_of

V2 = 1 << 15
MODAL = 9
MP4 = [("clip.mp4", b"video", "video/mp4")]
NAMED = {"url": "attachment://clip.mp4"}


@pytest.fixture
async def here():
    async with local_sandbox(openapi=False, rate_limits=False) as made:
        yield made


def options(count):
    return [{"label": str(number), "value": str(number)} for number in range(count)]


def select(**changes):
    return {"type": 3, "custom_id": "s", "options": options(2), **changes}


def link(url):
    return {"type": 2, "style": 5, "label": "Open", "url": url}


def text_input(custom_id="t"):
    return {"type": 4, "custom_id": custom_id, "style": 1, "label": "Text"}


def label(component):
    return {"type": 18, "label": "Choose", "component": component}


@pytest.mark.parametrize(
    ("children", "field"),
    [
        ([], "components"),
        ([select(max_values=3)], "components/0/max_values"),
        ([select(min_values=2, max_values=1)], "components/0/max_values"),
        ([select(placeholder="x" * 151)], "components/0/placeholder"),
        ([link("ftp://example.org")], "components/0/url"),
        ([link("javascript:alert(1)")], "components/0/url"),
        ([link("example.org")], "components/0/url"),
    ],
)
async def test_a_bad_row_is_refused_at_its_field(here, children, field):
    body = {"content": "x", "components": [{"type": 1, "components": children}]}
    error = await here.rest("POST", f"/channels/{here.channel()}/messages", 400, body)
    assert_refused_at(error["errors"], f"components/0/{field}")


@pytest.mark.parametrize("url", ["https://example.org", "http://example.org", "discord://-/channels/1"])
async def test_a_link_may_go_to_the_web_and_into_discord(here, url):
    body = {"content": "x", "components": [{"type": 1, "components": [link(url), link(url)]}]}
    await here.rest("POST", f"/channels/{here.channel()}/messages", body=body)


@pytest.mark.parametrize(
    ("component", "field"),
    [
        ({"type": 1, "components": []}, "components"),
        ({"type": 1, "components": [text_input("a"), text_input("b")]}, "components"),
        ({"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "b"}]}, "components/0/type"),
        (label(select(max_values=3)), "component/max_values"),
        (label(select(min_values=3, max_values=3)), "component/max_values"),
        (label(select(min_values=26, max_values=26)), "component/max_values"),
        (label(select(placeholder="x" * 151)), "component/placeholder"),
        (label(select(options=[])), "component/options"),
        (label(select(options=options(26))), "component/options"),
        (label({"type": 5, "custom_id": "u", "max_values": 26}), "component/max_values"),
        (label({"type": 19, "custom_id": "f", "max_values": 11}), "component/max_values"),
        (label({"type": 22, "custom_id": "c", "options": options(2), "max_values": 3}), "component/max_values"),
    ],
)
async def test_a_bad_form_is_refused_at_its_field(here, component, field):
    interaction = await here.command()
    modal = {"custom_id": "m", "title": "t", "components": [component]}
    error = await here.callback(interaction, MODAL, modal, status=400)
    assert_refused_at(error["errors"], f"components/0/{field}")


def assert_refused_at(errors, where):
    for part in where.split("/"):
        errors = errors[part]
    assert errors["_errors"]


def again(interaction):
    return {"type": 1, "components": [{"type": 2, "style": 2, "label": "Again", "custom_id": f"bot:again:{interaction.id}"}]}


@pytest.mark.parametrize(
    ("components", "flags", "shown"),
    [
        ([], 0, True),
        ([{"type": 10, "content": "Your clip"}], V2, False),
        ([{"type": 12, "items": [{"media": NAMED}]}], V2, True),
        ([{"type": 17, "components": [{"type": 12, "items": [{"media": NAMED}]}]}], V2, True),
        ([{"type": 13, "file": NAMED}], V2, True),
    ],
    ids=["attached", "attached to components that do not name it", "gallery", "gallery in a container", "file"],
)
async def test_a_clip_counts_where_its_readers_see_it(here, components, flags, shown):
    interaction = await here.command()
    await here.callback(interaction, 5)
    body = {"flags": flags, "components": [*components, again(interaction)]}
    await here.rest("POST", f"/channels/{here.channel()}/messages", body=body, files=MP4)
    if shown:
        found = await here.wait(clip=interaction.id)
        assert found["outcome"] == "clip"
    else:
        await here.get("/wait", 408, clip=interaction.id, timeout=0.05)
    told = transcript.written([{"id": "1", "name": "general", "type": 0, "messages": await here.messages()}])
    assert ("clip.mp4" in told) is shown


async def test_a_transcript_names_a_file_that_the_words_name_too(here):
    body = {"content": "clip.mp4 is ready"}
    await here.rest("POST", f"/channels/{here.channel()}/messages", body=body, files=MP4)
    told = transcript.written([{"id": "1", "name": "general", "type": 0, "messages": await here.messages()}])
    assert "📎 clip.mp4" in told


async def test_a_private_card_that_lost_its_buttons_is_no_refusal_at_once(here):
    interaction = await here.command()
    await here.callback(interaction, 5, {"flags": 64})
    original = webhook_of(interaction) + "/messages/@original"
    await here.rest("PATCH", original, body={"content": "in line", "components": [again(interaction)]})
    await here.rest("PATCH", original, body={"content": "posting", "components": []})
    await here.post("/clock", advance_seconds=10)
    await here.get("/wait", 408, clip=interaction.id, timeout=0.05)
    await here.post("/clock", advance_seconds=30)
    assert (await here.wait(clip=interaction.id))["outcome"] == "refused"


def own(interaction, late_ms=0):
    """An id that a bot made after the interaction, by a clock that may be slow."""
    return str(int(interaction.id) + (late_ms << 22) + 5)


async def test_a_clip_is_known_by_an_id_of_the_bots_own_that_the_answer_shows(here):
    interaction = await here.command()
    await here.callback(interaction, 5)
    made = SimpleNamespace(id=own(interaction, -1_500))
    await here.rest("PATCH", webhook_of(interaction) + "/messages/@original", body={"components": [again(made)]})
    await here.get("/wait", 408, clip=interaction.id, timeout=0.05)
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"components": [again(made)]}, files=MP4)
    assert (await here.wait(clip=interaction.id))["outcome"] == "clip"


async def test_an_answer_that_names_an_earlier_clip_is_no_clip_of_its_own(here):
    first = await here.command()
    await here.callback(first, 5)
    made = SimpleNamespace(id=own(first, 1))
    await here.rest("PATCH", webhook_of(first) + "/messages/@original", body={"components": [again(made)]})
    second = await here.command()
    await here.callback(second, 4, {"content": "This very clip is being made.", "flags": 64, "components": [again(made)]})
    await here.rest("POST", f"/channels/{here.channel()}/messages", body={"components": [again(made)]}, files=MP4)
    assert (await here.wait(clip=first.id))["outcome"] == "clip"
    await here.post("/clock", advance_seconds=2.5)
    assert (await here.wait(clip=second.id))["outcome"] == "refused"
