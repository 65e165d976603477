"""Orders of several clips, from the command to the booking: their price is confirmed first, and nothing is made twice."""

from bot.domain.job import Failure, State
from bot.domain.order import OrderKind
from bot.domain.price import FREE, Prices
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page
from tests.fixtures.simcord_bot import labels, picture, shown, text
from tests.fixtures.simcord_scenes import delivered, placed, through

CLIPS = {"duration": 3, "resolution": "720P"}
"""Clips of 42 credits. The member has 300."""
QUESTION = "/webhooks/*/*/messages/*"
"""The path of the requests that edit the page with the question."""


async def several(server, who=None, **options):
    given = {"prompt": "A red kite, wind", "takes": 3, **CLIPS, **options}
    return await (who or server.alice).slash(server.channel, "video text", **given)


async def orders(server):
    """Orders that were booked, with their jobs."""
    found = {}
    for job_id in server.backend.engine.woken:
        job = await server.backend.storage.jobs.get(job_id)
        if job is not None:
            found.setdefault(job.order_id, []).append(job)
    return list(found.values())


async def test_the_price_is_asked_in_private_and_the_confirmed_order_is_shown_to_all(server):
    asked = await several(server)
    assert asked.ephemeral
    told = text(shown(asked))
    assert "**Make 3 clips?**" in told
    assert "3 clips at 42 credits each: 126 credits. You would have 174 credits left today." in told
    assert "Each has a seed of its own." in told
    assert labels(shown(asked)) == ["Confirm", "Edit"]
    assert await orders(server) == []
    yes = await server.alice.click(shown(asked), label="Confirm")
    assert yes.deferred
    assert not yes.ephemeral
    [jobs] = await orders(server)
    assert [(job.take, job.cost, job.order_size) for job in jobs] == [(1, 42, 3), (2, 42, 3), (3, 42, 3)]
    assert {job.address.card_id for job in jobs} == {yes.response.id}
    order = await server.backend.storage.jobs.order(jobs[0].order_id)
    assert order.kind is OrderKind.TAKES


async def test_after_the_press_the_question_says_what_was_ordered_and_has_no_button(server):
    asked = await several(server)
    yes = await server.alice.click(shown(asked), label="Confirm")
    told = shown(asked)
    card = f"https://discord.com/channels/{server.guild.id}/{server.channel.id}/{yes.response.id}"
    assert text(told) == f"**Ordered**\n3 takes · 126 credits\n[See them together]({card})"
    assert labels(told) == []


async def test_of_a_private_order_the_question_says_where_it_is_to_be_found(server):
    asked = await several(server, private=True)
    await server.alice.click(shown(asked), label="Confirm")
    assert text(shown(asked)) == "**Ordered**\n3 takes · 126 credits\n`/jobs` shows how far they are."


async def test_where_the_question_was_dismissed_the_order_is_booked_all_the_same(server):
    asked = await several(server)
    server.env.inject_error("PATCH", QUESTION, status=404, code=10008, times=1)
    await server.alice.click(shown(asked), label="Confirm")
    assert len(await orders(server)) == 1


async def test_a_second_press_of_confirm_is_told_what_the_first_has_made(server):
    asked = await several(server)
    # The question stays as it is, as where its token has expired.
    server.env.inject_error("PATCH", QUESTION, status=401, code=50027, times=1)
    await server.alice.click(shown(asked), label="Confirm")
    await server.env.restart_bot(server.backend.client())
    second = await server.alice.click(shown(asked), label="Confirm")
    told = text(shown(second))
    assert "**Already confirmed**\nThese clips were ordered with an earlier press; nothing was charged again." in told
    assert labels(shown(second)) == []
    assert len(await orders(server)) == 1


async def test_what_differs_between_the_clips_is_named_as_it_was_typed_and_is_inert(server):
    asked = await several(server, prompt="A kite in {rain|**snow**|} and wind", takes=2)
    told = text(shown(asked))
    assert "**Make 6 clips?**" in told
    assert "2 takes of each of these:\n- rain\n- \\*\\*snow\\*\\*\n- (nothing)" in told


async def test_question_card_thread_and_list_show_the_prompt_as_it_was_typed(server):
    typed, shown_as = r"A {red|blue} kite in \{1|2\}, wind", r"> A {red\|blue} kite in \\{1\|2\\}, wind"
    asked = await several(server, prompt=typed, takes=1)
    assert shown_as in text(shown(asked))
    yes = await server.alice.click(shown(asked), label="Confirm")
    [jobs] = await orders(server)
    assert {job.request.prompt for job in jobs} == {"A red kite in {1|2}, wind", "A blue kite in {1|2}, wind"}
    await server.backend.notifier.announce(jobs[0])
    await placed(server, jobs[0])
    assert shown_as in text(yes.response)
    assert server.channel.threads[0].name == typed
    listed = await server.alice.slash(server.channel, "jobs")
    assert shown_as in text(shown(listed))
    clip_by_clip = await server.alice.click(shown(listed), label="Show 2 clips")
    assert shown_as in text(shown(clip_by_clip))


async def test_where_the_prompt_of_an_order_is_blocked_remix_opens_a_form_with_all_that_was_typed(server):
    typed = r"A {red|blue} kite in \{1|2\}" + ", wind" * 40
    asked = await several(server, prompt=typed, takes=2)
    yes = await server.alice.click(shown(asked), label="Confirm")
    [jobs] = await orders(server)
    await server.backend.notifier.announce(jobs[0])
    server.env.inject_error("POST", "/interactions/**", status=400, code=200000, times=1)
    whole = await server.bob.click(yes.response, label="Show prompt")
    assert "Remix opens a form that holds it." in text(shown(whole))
    form = await server.bob.click(shown(whole), label="Remix")
    prompt, lengths = (each["component"] for each in form.modal["components"][:2])
    assert prompt["value"] == typed
    assert [each["label"] for each in lengths["options"] if each.get("default")] == ["3 s · 2 takes"]
    again = await server.bob.submit_modal(
        form, {"prompt": typed, "duration": ["3 2"], "frame": ["720P 16:9"], "seed": "", "switches": []}
    )
    assert "**Make 4 clips?**" in text(shown(again))


async def test_where_the_safety_check_refused_one_clip_only_its_owner_may_read_and_remix_the_prompt_of_all(server):
    asked = await several(server, prompt="A {red|bloody} kite" + ", wind" * 40, takes=1)
    yes = await server.alice.click(shown(asked), label="Confirm")
    [jobs] = await orders(server)
    await server.backend.notifier.announce(jobs[0])
    made = await through(server, jobs[1], State.PREPARING, State.SUBMITTING, State.GENERATING)
    await server.backend.storage.transitions.end(
        made, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.MODERATION
    )
    page = Page().buttons(job_button(Action.REMIX_ALL, jobs[0].id))
    await server.backend.notifier._messages.send(server.channel.id, page, nonce="1")
    for message, label in ((yes.response, "Show prompt"), (server.channel.last_message, "Remix")):
        refused = await server.bob.click(message, label=label)
        assert "Only they can do that." in text(shown(refused))
    form = await server.alice.click(server.channel.last_message, label="Remix")
    assert form.modal["components"][0]["component"]["value"].startswith("A {red|bloody} kite")


async def test_a_single_clip_is_shown_without_the_backslashes_that_keep_its_braces(server):
    await several(server, prompt=r"A kite in \{1|2\}", takes=1)
    [[job]] = await orders(server)
    assert job.request.prompt == "A kite in {1|2}"
    listed = await server.alice.slash(server.channel, "jobs")
    assert r"> A kite in {1\|2}" in text(shown(listed))


async def test_a_private_order_stays_private(server):
    yes = await server.alice.click(shown(await several(server, private=True)), label="Confirm")
    assert yes.ephemeral
    [jobs] = await orders(server)
    assert {job.address.private for job in jobs} == {True}


async def test_edit_brings_the_takes_back_and_one_take_needs_no_confirmation(server):
    asked = await several(server, duration=5, takes=2)
    form = await server.alice.click(shown(asked), label="Edit")
    lengths = form.modal["components"][1]["component"]["options"]
    assert [each["label"] for each in lengths if each.get("default")] == ["5 s · 2 takes"]
    assert "5 s · 4 takes" in [each["label"] for each in lengths]
    assert len(lengths) == 22
    done = await server.alice.submit_modal(
        form, {"prompt": "A blue kite", "duration": ["5"], "frame": ["720P 16:9"], "seed": "", "switches": []}
    )
    assert not done.ephemeral
    [[job]] = await orders(server)
    assert (job.request.prompt, job.take, job.order_size) == ("A blue kite", 0, 1)


async def test_a_form_asks_for_several_takes_too(server):
    form = await server.alice.click(shown(await several(server, takes=9)), label="Edit and try again")
    asked = await server.alice.submit_modal(
        form, {"prompt": "A blue kite", "duration": ["3 4"], "frame": ["720P 16:9"], "seed": "5", "switches": []}
    )
    assert "**Make 4 clips?**" in text(shown(asked))
    await server.alice.click(shown(asked), label="Confirm")
    [jobs] = await orders(server)
    assert [job.seed for job in jobs] == [5, 4242, 4243, 4244]


async def test_every_problem_of_several_clips_is_told_at_once(server):
    told = text(shown(await several(server, prompt="A {red|blue} kite", takes=4, duration=99)))
    assert "**2 things to change**" in told
    assert "given 8 clips, 2 prompts with 4 takes each, allowed up to 6 clips" in told
    assert "given 9, allowed 1 to 4" in text(shown(await several(server, takes=9)))


async def test_too_few_credits_are_told_with_the_number_of_clips_that_would_fit(server):
    told = text(shown(await several(server, takes=4, duration=10)))
    assert "These 4 clips cost 560 credits; you have 300 of 300 left today. 2 of them would fit." in told
    assert await orders(server) == []


async def test_a_price_that_has_changed_meanwhile_is_asked_again(server):
    asked = await several(server)
    server.backend.prices = Prices(p720=10)
    await server.env.restart_bot(server.backend.client())
    again = await server.alice.click(shown(asked), label="Confirm")
    assert again.ephemeral
    told = text(shown(again))
    assert "3 clips at 30 credits each: 90 credits. You would have 210 credits left today." in told
    assert "The price has changed since you were asked; it was 126 credits." in told
    await server.alice.click(shown(again), label="Confirm")
    [jobs] = await orders(server)
    assert sum(job.cost for job in jobs) == 90


async def test_a_confirmation_that_is_too_old_or_somebody_elses_books_nothing(server):
    asked = await several(server)
    await server.env.advance_time(25 * 60 * 60)
    await server.backend.storage.drafts.prune(server.backend.clock.now_ms())
    late = await server.alice.click(shown(asked), label="Confirm")
    assert "No longer here" in text(shown(late))
    assert await orders(server) == []


async def test_the_pictures_of_a_command_are_kept_until_it_is_confirmed(server):
    asked = await server.alice.slash(
        server.channel, "video image", image=("cat.png", picture()), prompt="It {turns|falls}", **CLIPS
    )
    await server.alice.click(shown(asked), label="Confirm")
    [jobs] = await orders(server)
    assert [(job.variant, len(job.request.references)) for job in jobs] == [("turns", 1), ("falls", 1)]


async def test_three_more_takes_of_a_clip_are_behind_more(server, delivery):
    _, job, _ = await delivered(server, delivery, seed=77, **CLIPS)
    clip = next(each for each in server.channel.threads[0].history() if "More" in labels(each))
    more = await server.bob.click(clip, label="More")
    asked = await server.bob.click(shown(more), label="3 more takes")
    assert "3 clips at 42 credits each: 126 credits." in text(shown(asked))
    await server.bob.click(shown(asked), label="Confirm")
    jobs = (await orders(server))[-1]
    assert [(each.member_id, each.parent_id, each.take) for each in jobs] == [
        (server.bob.id, job.id, 1),
        (server.bob.id, job.id, 2),
        (server.bob.id, job.id, 3),
    ]


async def test_three_more_takes_that_cost_nothing_are_made_once_by_two_presses(server, delivery):
    server.backend.prices = FREE
    await server.env.restart_bot(server.backend.client())
    _, job, _ = await delivered(server, delivery, **CLIPS)
    page = Page().buttons(job_button(Action.TAKES, job.id))
    await server.backend.notifier._messages.send(server.channel.id, page, nonce="1")
    message = server.channel.last_message
    await server.alice.click(message, label="3 more takes")
    second = await server.alice.click(message, label="3 more takes")
    assert "You pressed this a moment ago; it counts once." in text(shown(second))
    assert [len(jobs) for jobs in await orders(server)] == [1, 3]
