"""`/jobs` with orders of several clips: one entry for each order, and the order clip by clip."""

from dataclasses import replace

import pytest

from bot.domain.job import ENDED, Failure, State
from bot.domain.progress import Experience
from bot.ports import Forecast, Progress
from bot.presentation.views.jobs_page import jobs_page, pictured
from bot.presentation.views.order_page import order_page
from bot.presentation.views.translations import speak
from bot.services.find_jobs import ORDERS_SHOWN, ListedOrder
from tests.factories import NOW_MS, a_job, a_request
from tests.unit.presentation.views.discord_rules import broken, labels_of, text_of
from tests.unit.presentation.views.test_board import WIDEST, order
from tests.unit.presentation.views.test_discord_limits import ENGLISH_AND_OTHERS

AT = f"<t:{NOW_MS // 1000}:R>"
CARD = "[See them together](https://discord.com/channels/20/30/8)"
WIDEST_ORDERS = (
    *(((state,), failure) for state, failure in WIDEST if state in {State.UNPOSTED, State.FAILED}),
    ((State.GENERATING, State.UNPOSTED, State.DONE, State.CANCELLED, State.FAILED, State.QUEUED), Failure.OURS),
)
"""The states and the failure of orders whose entry or page has the most words, or the most buttons."""


def listed(jobs, *progress):
    return ListedOrder(jobs, {each.job.id: each for each in progress})


async def test_an_order_is_one_entry_with_its_states_in_words_its_price_and_the_way_to_its_card():
    jobs = order(4, (State.DONE, State.DONE, State.GENERATING, State.QUEUED), provider="scenario")
    making = Progress(jobs[2], 0.4, 80_000, Forecast(None, None, Experience(120_000, 240_000, 9)), NOW_MS)
    page = jobs_page([listed(jobs, making)])
    assert text_of(page) == (
        "**Your clips**\n"
        "**Making it · 2 of 4 are here**\n"
        "40 % · 1 min 20 s so far · usually 2 min\n"
        "> A red kite\n"
        "Making it: 1 · In line: 1\n"
        f"-# 4 takes · 5 s · 1080P · 120 credits · {AT} · {CARD}"
    )
    assert labels_of(page) == ["Cancel", "Show 4 takes"]


async def test_an_order_that_is_over_says_what_came_of_those_that_are_not_here():
    failures = (None, Failure.MODERATION, None, None)
    over = order(4, (State.DONE, State.FAILED, State.CANCELLED, State.CANCELLED), failures=failures)
    page = jobs_page([listed(over)])
    assert "**1 of 4 takes is here**\n> A red kite\nNot this wording: 1 · Cancelled: 2\n-# 4 takes" in text_of(page)
    assert " · 30 credits · " in text_of(page)
    assert labels_of(page) == ["Show 4 takes"]


async def test_a_state_that_all_have_is_said_once():
    assert text_of(jobs_page([listed(order(4))])).startswith("**Your clips**\n**In line**\n> A red kite\n-# 4 takes")


async def test_of_clips_that_wait_for_a_place_the_one_that_ends_first_is_offered_here():
    changes = {"failures": (Failure.TOO_LARGE,), "variants": ("rain", "snow")}
    late, soon = order(2, (State.UNPOSTED,), unposted_at_ms=NOW_MS, **changes)
    soon = replace(soon, unposted_at_ms=NOW_MS - 60_000)
    page = jobs_page([listed([late, soon])])
    assert labels_of(page) == ["Post it here: snow", "Cancel", "Show 2 clips"]
    told = text_of(page)
    assert "Made, but not posted: 2" in told
    assert f"**Post it here** works until <t:{soon.unposted_until_ms // 1000}:f>." in told


async def test_where_prompts_are_blocked_none_of_the_members_words_are_shown():
    jobs = order(2, (State.UNPOSTED,), failures=(Failure.OURS,), variants=("rain", "snow"), prompt="A street in rain")
    for page in (jobs_page([listed(jobs)], quoted=False), order_page(listed(jobs), quoted=False)):
        told = text_of(page) + " ".join(labels_of(page))
        assert ("rain" in told, "snow" in told, "Prompts are left out" in told) == (False, False, True)


async def test_the_poster_is_of_the_clip_in_use_else_of_the_first_that_is_here():
    jobs = order(3, (State.FAILED, State.DONE, State.DONE), failures=(Failure.OURS, None, None))
    assert pictured(jobs) is jobs[1]
    used = [replace(each, used_job_id=jobs[2].id) for each in jobs]
    assert pictured(used) is used[2]
    page = jobs_page([listed(jobs)], posters={jobs[1].id: "https://cdn.example/poster.jpg"})
    assert "https://cdn.example/poster.jpg" in str(page.to_components())


async def test_an_opened_order_has_each_clip_with_its_own_button():
    states = (State.DONE, State.DONE, State.FAILED, State.QUEUED)
    made = order(4, states, failures=(None, None, Failure.PROVIDER, None), provider="scenario")
    forgotten = {"address": replace(made[1].address, result_url=None), "provider_reference": "run"}
    jobs = [replace(each, used_job_id=made[0].id) for each in (made[0], replace(made[1], **forgotten), *made[2:])]
    waits = Progress(jobs[3], None, 0, Forecast(3, None, None), NOW_MS)
    page = order_page(listed(jobs, waits), posters={jobs[0].id: "https://cdn.example/poster.jpg"})
    told = text_of(page)
    assert told.startswith("**In line · 2 of 4 are here**\nText to video · 5 s · 1080P · 16:9 wide\n> A red kite\n-# 4 takes")
    assert f"**Take 1** · Done · the one in use\n-# 30 credits · {AT}" in told
    assert "**Take 3** · Did not work\nThe video service could not make it.\n-# not charged" in told
    assert "**Take 4** · In line\n3rd in line" in told
    assert labels_of(page) == ["Open", "Fresh link", "Try again", "Cancel"]


async def test_an_order_whose_clips_were_all_posted_elsewhere_has_no_link_to_see_them_together():
    jobs = [replace(each, elsewhere=True) for each in order(2, (State.DONE,))]
    for page in (jobs_page([listed(jobs)]), order_page(listed(jobs))):
        assert "See them together" not in text_of(page)


@pytest.mark.parametrize(("language", "prompt"), ENGLISH_AND_OTHERS)
async def test_pages_of_orders_of_six_fit_in_every_state_and_language(language, prompt):
    speak(language)
    forecast = Forecast(9999, 10**9, Experience(10**8, 10**9, 9))
    for states, failure in WIDEST_ORDERS:
        jobs = [
            replace(
                each,
                request=a_request(prompt=f"{each.position}{prompt}"[:2500]),
                failure=failure if each.state in {State.FAILED, State.UNPOSTED} else None,
            )
            for each in order(
                6,
                states,
                variants=tuple(f"{number}{prompt}" for number in range(6)),
                cost=999_999,
                submitted_at_ms=NOW_MS,
                generated_at_ms=NOW_MS + 3_599_000,
                unposted_at_ms=NOW_MS,
                address={"guild_id": 2**63 - 1, "channel_id": 2**63 - 1},
            )
        ]
        progress = [Progress(each, 0.95, 10**9, forecast, NOW_MS) for each in jobs if each.state not in ENDED]
        posters = {each.id: "https://cdn.example/poster.jpg" for each in jobs}
        for quoted in (True, False):
            assert broken(order_page(listed(jobs, *progress), posters=posters, quoted=quoted)) == []
        several = []
        for number in range(ORDERS_SHOWN + 1):
            those = [replace(each, id=each.id + 10 * number) for each in jobs]
            several.append(
                listed(those, *(replace(each, job=replace(each.job, id=each.job.id + 10 * number)) for each in progress))
            )
            posters |= {each.id: "https://cdn.example/poster.jpg" for each in those}
        for quoted, shown in ((True, posters), (True, {}), (False, posters)):
            assert broken(jobs_page(several, 10**6, posters=shown, quoted=quoted)) == []


async def test_an_order_of_one_has_the_entry_of_a_clip():
    page = jobs_page([listed([a_job(state=State.QUEUED, request=a_request(prompt="A red kite"))])])
    assert text_of(page) == f"**Your clips**\n**In line**\n> A red kite\n-# 5 s · 1080P · 30 credits · {AT}"
    assert labels_of(page) == ["Cancel"]
