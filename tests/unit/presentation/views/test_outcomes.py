"""What a member reads at the end of a job, when a request is refused, and on the pages of /quota and /help."""

import pytest

from bot.detail import Detail, DetailCode, said
from bot.domain.clip import Kind, RawClip, problems_before_images
from bot.domain.job import Failure, State
from bot.domain.price import FREE, Prices
from bot.domain.quota import Span, Standing, Window
from bot.errors import Gone, KindClosed, NotYours, ProviderUnavailable, RequestRefused
from bot.ports import Entry, LedgerEntry
from bot.presentation.views import error_pages, help_page, jobs_page, quota_page, refusal_pages, unposted
from bot.presentation.views.buttons import BUTTONS
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.job_card import card
from bot.presentation.views.outcomes import ending
from bot.problem import Problem, ProblemCode
from bot.services.find_jobs import ListedOrder
from bot.services.offer import Offer
from bot.services.show_quota import Quota
from tests.factories import DAY_MS, NOW_MS, a_job, a_request, an_address
from tests.unit.presentation.views.discord_rules import broken, labels_of, text_of


def failed(failure, **changes):
    return a_job(state=State.FAILED, failure=failure, charged=0, **changes)


def listed(job):
    return jobs_page.jobs_page([ListedOrder([job], {})])


def test_every_failure_reads_differently():
    assert len({ending(failed(failure)).sentence for failure in Failure}) == len(Failure)
    assert len({ending(failed(failure)).headline for failure in Failure}) == len(Failure)


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_says_what_was_charged_and_has_a_next_step(failure):
    told = ending(failed(failure))
    assert told.charge == "You were not charged."
    assert told.next_steps


def test_a_list_says_each_failure_in_one_short_line_of_its_own():
    briefs = [ending(failed(failure)).brief for failure in Failure]
    assert len(set(briefs)) == len(Failure)
    assert all(0 < len(brief) <= 60 for brief in briefs)


@pytest.mark.parametrize("failure", Failure)
async def test_the_list_offers_the_first_step_of_the_ending(failure):
    job = failed(failure)
    assert labels_of(listed(job)) == [BUTTONS[ending(job).next_steps[0]].label]


@pytest.mark.parametrize("failure", Failure)
async def test_no_link_is_offered_to_what_was_not_posted(failure):
    lost = failed(failure, provider="scenario", provider_reference="run")
    assert Action.LINK not in ending(lost).next_steps
    assert BUTTONS[Action.LINK].label not in labels_of(listed(lost))


UNPOSTED = {"provider_reference": "run", "unposted_at_ms": NOW_MS, "cost": 90}
REASONS = (Failure.UNDELIVERABLE, Failure.DOUBTFUL, Failure.TOO_LARGE, Failure.DISCORD, Failure.OURS)


@pytest.mark.parametrize("failure", REASONS)
async def test_a_made_clip_that_waits_says_why_where_to_press_until_when_and_what_it_costs(failure):
    job = a_job(state=State.UNPOSTED, failure=failure, **UNPOSTED)
    until = f"<t:{(NOW_MS + 3 * DAY_MS) // 1000}:f>"
    for view in (card(job), listed(job), unposted.page_of(job)):
        told = text_of(view)
        assert "**Made, but not posted**" in told
        assert unposted.reason(job) in told
        assert f"Press **Post it here** in `/jobs`, wherever you want it, until {until}." in told
        assert "It is charged then (90 credits); later it ends and is not charged." in told
        assert "Post it here" in labels_of(view)
        assert broken(view) == []


async def test_each_reason_why_a_clip_waits_reads_differently():
    jobs = [a_job(state=State.UNPOSTED, failure=failure, **UNPOSTED) for failure in REASONS]
    private = an_address(private=True, in_place=True)
    jobs.append(a_job(state=State.UNPOSTED, failure=Failure.UNDELIVERABLE, address=private, **UNPOSTED))
    jobs.append(a_job(state=State.UNPOSTED, failure=Failure.DOUBTFUL, address=private, **UNPOSTED))
    assert len({unposted.reason(job) for job in jobs}) == len(jobs)


def test_a_private_clip_asks_for_no_place_but_direct_messages():
    private = failed(Failure.UNDELIVERABLE, address=an_address(private=True, in_place=True))
    assert "channel" not in ending(private).sentence
    assert "direct messages are closed" in ending(private).sentence
    assert "thread, channel and direct messages" in ending(failed(Failure.UNDELIVERABLE)).sentence


async def test_the_list_offers_no_cancel_that_comes_too_late():
    assert labels_of(listed(a_job(state=State.DELIVERING))) == []
    assert labels_of(listed(a_job(state=State.FETCHING, discard=True))) == ["Let it finish"]


async def test_moderation_does_not_offer_the_same_words_again_and_repeats_no_prompt():
    job = failed(Failure.MODERATION, request=a_request(prompt="something doubtful"), failure_detail=said("violates policy 7"))
    told = ending(job)
    assert told.next_steps == (Action.EDIT,)
    assert "doubtful" not in told.sentence
    assert "policy" not in text_of(card(job))


def test_a_paid_clip_that_was_thrown_away_says_so():
    told = ending(a_job(state=State.CANCELLED, cost=90, charged=90))
    assert "90 credits" in told.charge
    assert "already paid" in told.charge


def test_what_a_moderator_threw_away_says_so_and_costs_nothing():
    told = ending(a_job(state=State.CANCELLED, cost=90, charged=0, discard=True, discarded_by=999))
    assert told.sentence == told.brief == "A moderator had it thrown away."
    assert told.charge == "You were not charged."


def test_a_cancel_in_time_costs_nothing():
    assert ending(a_job(state=State.CANCELLED, cost=90, charged=0)).charge == "You were not charged."


def test_a_lost_submit_tells_that_credits_are_back_and_the_operator_knows():
    told = ending(a_job(state=State.UNKNOWN, cost=90, charged=0))
    assert "credits are back" in told.charge
    assert "It is in the log for the people who run the bot." in told.sentence


@pytest.mark.parametrize("told", [True, False])
async def test_who_runs_the_bot_has_been_told_only_where_it_is_so(told):
    texts = [
        text_of(card(failed(Failure.OPERATOR, provider="scenario"), told=told)),
        text_of(card(a_job(state=State.UNKNOWN, cost=90, charged=0), told=told)),
        text_of(refusal_pages.closed_page(KindClosed(frozenset({"text"})), 5, told=told)),
    ]
    assert all(("have been told" in text) is told and ("in the log" in text) is not told for text in texts)


@pytest.mark.parametrize("failure", Failure)
def test_of_a_preview_that_failed_no_video_service_is_blamed(failure):
    told = ending(failed(failure, provider="preview"))
    assert failure is Failure.MODERATION or "video service" not in told.sentence + told.brief


@pytest.mark.parametrize(
    ("duration", "resolution", "less"),
    [
        (5, "1080P", "A shorter clip, or 720P, is smaller."),
        (5, "720P", "A shorter clip is smaller."),
        (3, "1080P", "720P is smaller."),
        (3, "720P", ""),
    ],
)
def test_a_smaller_clip_is_suggested_only_where_there_is_one(duration, resolution, less):
    told = ending(failed(Failure.TOO_LARGE, request=a_request(duration=duration, resolution=resolution)))
    assert told.sentence == f"The clip was made, but it can't be made small enough to be posted here. {less}".strip()


async def test_a_card_and_a_list_do_not_charge_for_what_was_not_made():
    for state in (State.FAILED, State.CANCELLED, State.UNKNOWN):
        job = a_job(state=state, cost=70, charged=0, left_after=230, resets_at_ms=NOW_MS, ended_at_ms=NOW_MS)
        told = text_of(card(job))
        assert "You were not charged" in told
        assert "70 credits" not in told
        assert "230 left" not in told
        in_list = text_of(listed(job))
        assert "not charged" in in_list
        assert "70 credits" not in in_list


async def test_a_deleted_clip_has_no_link_any_more():
    job = a_job(state=State.DONE, charged=30, address=an_address(result_id=None, result_url=None))
    assert "deleted" in text_of(card(job))
    assert "Watch the clip" not in labels_of(card(job))


async def test_a_failed_card_carries_the_operators_reference():
    job = failed(Failure.OURS, failure_detail=Detail(DetailCode.BROKE, ("KeyError", "fetching")))
    assert job.job_code in text_of(card(job))
    assert "KeyError" not in text_of(card(job))


async def test_every_problem_is_told_in_four_parts_with_the_way_back():
    problems = (
        Problem(ProblemCode.PROMPT_TOO_LONG, "prompt", (2700,), (1, 2500)),
        Problem(ProblemCode.LENGTH, "duration", ("99",), (3, 15)),
    )
    page = refusal_pages.refused_page(RequestRefused(problems), 5)
    assert (
        "**Prompt**: given 2,700 characters, allowed 1 to 2,500 characters.\nShorten it by 200 characters.\n\n"
        "**Length (duration)**: given 99, allowed 3 to 15 whole seconds.\nChoose a length" in text_of(page)
    )
    assert labels_of(page) == ["Edit and try again"]


async def test_a_missing_picture_is_said_to_be_needed():
    problem = Problem(ProblemCode.GAP_BEFORE, "character2", (), (3,))
    told = text_of(refusal_pages.refused_page(RequestRefused((problem,)), 5))
    assert "**character2**: given no picture, needed one, since character3 has one.\nAdd a picture for character2," in told


async def test_a_newcomers_first_error_teaches_by_example():
    problem = Problem(ProblemCode.PROMPT_MISSING, "prompt", (), (1, 2500))
    page = refusal_pages.refused_page(RequestRefused((problem,)), 5, newcomer=True)
    assert len(labels_of(page)) == 4


@pytest.mark.parametrize(
    ("kinds", "refused", "works"),
    [
        ({"characters"}, "takes no clips with characters from", "Clips from text and from a still work."),
        ({"text", "image"}, "takes no clips from text or from a still from", "Clips with characters work."),
        ({"text", "image", "characters"}, "takes no clips from text", ""),
    ],
)
def test_a_closed_model_is_told_with_what_works_meanwhile_and_brings_the_draft_back(kinds, refused, works):
    page = refusal_pages.closed_page(KindClosed(frozenset(kinds)), 5)
    text = text_of(page)
    assert refused in text
    assert works in text
    assert "work." in text or not works
    assert "Nothing was charged. What you typed is kept." in text
    assert labels_of(page) == ["Edit and try again"]


async def test_a_single_problem_is_always_told_in_full():
    refused = problems_before_images(RawClip(Kind.CHARACTERS, " ".join(f"character{n}" for n in range(190))), 1)
    assert "more problem" not in text_of(refusal_pages.refused_page(RequestRefused(refused), 5))


async def test_no_error_shows_its_own_text():
    for error in (RuntimeError("secret"), ProviderUnavailable("secret"), Gone("secret"), NotYours(7)):
        assert "secret" not in text_of(error_pages.error_page(error, "abc123"))
    assert "abc123" in text_of(error_pages.error_page(RuntimeError("secret"), "abc123"))
    assert "<@7>" in text_of(error_pages.error_page(NotYours(7), "abc123"))


async def test_quota_is_told_in_one_look():
    entries = (LedgerEntry(1, 2, 7, None, Entry.RESERVE, -90, NOW_MS, NOW_MS, ""),)
    page = quota_page.quota_page(
        Quota(Standing(300, -216, Span(0, NOW_MS + 5_000)), Window.DAY, 0, entries), Prices(), preview=False
    )
    text = text_of(page)
    assert "**84 of 300 credits left today**, less than a 5 s clip at 1080P costs" in text
    assert "`▰▰▱▱▱▱▱▱▱▱` 28 % left" in text
    assert "-90 for a clip" in text


async def test_what_was_granted_is_part_of_the_whole():
    standing = Standing(300, 284, Span(0, NOW_MS), granted=300)
    text = text_of(quota_page.quota_page(Quota(standing, Window.DAY, 6, ()), Prices(), preview=False))
    assert "**584 of 600 credits left today**" in text
    assert "`▰▰▰▰▰▰▰▰▰▱` 97 % left" in text


async def test_help_says_what_a_member_gets_and_not_what_is_left_of_it():
    told = text_of(help_page.help_page(Prices(), Window.DAY, 300, preview=False))
    assert "You get 300 credits a day." in told
    assert "thread" not in told
    assert "preview" not in told
    assert "You have no limit." in text_of(help_page.help_page(Prices(), Window.DAY, None, preview=False))


async def test_one_resolution_at_no_price_is_called_free():
    told = text_of(help_page.help_page(Prices(0, 18), Window.DAY, 300, preview=False))
    assert "A 5 s clip costs 90 credits at 1080P, free at 720P." in told


async def test_previews_are_called_so_whether_they_are_charged_or_not():
    charged = text_of(help_page.help_page(Prices(), Window.DAY, 300, preview=True))
    assert "Clips are previews for now" in charged
    assert "costs 90 credits at 1080P, 70 at 720P" in charged
    assert "Clips are free previews for now" in text_of(help_page.help_page(FREE, Window.DAY, 300, preview=True))


async def test_real_clips_at_no_price_are_not_called_previews():
    quota = Quota(Standing(300, 0, Span(0, NOW_MS)), Window.DAY, None, ())
    for told in (
        text_of(help_page.help_page(FREE, Window.DAY, 300, preview=False)),
        text_of(quota_page.quota_page(quota, FREE, preview=False)),
        ending(failed(Failure.PROVIDER, cost=0, provider="scenario")).charge,
    ):
        assert "free" in told
        assert "review" not in told


@pytest.mark.parametrize(
    ("offer", "told"),
    [
        ({"scenario": Prices(), "preview": FREE}, "A preview of 5 s, by the option `make`, is free."),
        ({"preview": FREE, "scenario": Prices()}, "Without the option `make` a clip is a preview, and that is free."),
        ({"preview": Prices(), "scenario": Prices()}, "Without the option `make` a clip is a preview, and 5 s of that cost 90"),
        ({"scenario": Prices()}, ""),
    ],
)
def test_help_says_how_a_preview_is_had_where_there_are_real_clips_too(offer, told):
    offer = Offer(offer)
    page = help_page.help_page(
        offer.real_prices,
        Window.DAY,
        300,
        preview=False,
        preview_prices=offer.preview_prices,
        previews_first=offer.previews_first,
    )
    said = text_of(page)
    assert told in said
    assert ("preview" in said) == bool(told)
