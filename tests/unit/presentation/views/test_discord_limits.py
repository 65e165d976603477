"""Every page in every state, with the worst text that members can type, stays within Discord's limits, in every language and
in a made-up one that is longer than any and runs from right to left.

What members type is cut and escaped the same way in every language, so English is tried with every such text, and each other
language with four: the one that becomes longest, one of several lines, one that runs from right to left, and the shortest.
"""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.clip import Kind, RawClip
from bot.domain.clip_search import ClipSearch, words_in
from bot.domain.job import ENDED, Failure, State
from bot.domain.price import FREE, Prices
from bot.domain.progress import Experience
from bot.domain.quota import Span, Standing, Window
from bot.domain.takes import OneClip
from bot.errors import NotConfirmed, QuotaRefused, RequestRefused
from bot.ports import Change, ClipLink, Delivery, Entry, Forecast, LedgerEntry, NoUpload, Progress
from bot.presentation.views import clips_page, error_pages, help_page, jobs_page, quota_page, quota_refusal, refusal_pages
from bot.presentation.views.clip_message import clip_page, more_page
from bot.presentation.views.confirm_page import booked_page, confirm_page, confirmed_page
from bot.presentation.views.custom_ids import FormKind
from bot.presentation.views.escaping import blocks
from bot.presentation.views.job_card import card
from bot.presentation.views.layout import Page
from bot.presentation.views.modals import clip_form
from bot.presentation.views.progress_text import progress_page, progress_text
from bot.presentation.views.translations import speak, translated
from bot.problem import Crossed, Problem, ProblemCode
from bot.services.browse_clips import CLIPS_SHOWN
from bot.services.clip_input import Draft
from bot.services.find_jobs import ORDERS_SHOWN, ListedOrder
from bot.services.offer import Offer
from bot.services.show_quota import Quota
from tests.factories import NOW_MS, a_job, a_reference_image, a_request, an_address
from tests.pseudo_locale import PSEUDO
from tests.unit.presentation.views.discord_rules import broken, broken_form

NASTY = {
    "long": "x" * 2500,
    "all markdown": "*_`~|<[]\\" * 277,
    "emoji": "\U0001f9d1\u200d\U0001f680" * 833,
    "wide": "\U0001f600" * 2500,
    "right to left": "\u0645\u0631\u062d\u0628\u0627 " * 416,
    "piled accents": ("e" + "\u0301" * 9) * 250,
    "lines": "- a\n" * 625,
    "mentions": "<@123456789012345678>@everyone" * 80,
    "links": "[a](https://x.y)<t:1:R>" * 100,
    "one letter": ".",
    "blank letters": "\u3164\u3164",
}
IN_EVERY_LANGUAGE = {"all markdown", "lines", "right to left", "one letter"}
LANGUAGES = ("en", *translated(), PSEUDO)
ENGLISH_AND_OTHERS = [
    pytest.param(language, prompt, id=f"{getattr(language, 'tag', language)}-{name}")
    for language in LANGUAGES
    for name, prompt in NASTY.items()
    if language == "en" or name in IN_EVERY_LANGUAGE
]
REFERENCES = tuple(a_reference_image(number, width=400, height=900, animated=True) for number in range(1, 10))
LONG_URL = "https://discord.com/channels/1234567890123456789/1234567890123456789/1234567890123456789"


@pytest.fixture(autouse=True, params=LANGUAGES, ids=lambda language: getattr(language, "tag", language))
async def language(request):
    speak(request.param)


def jobs(prompt, state, failure=None, **address):
    base = a_job(
        job_id=2**63 - 1,
        state=state,
        cost=999_999,
        seed=2_147_483_647,
        left_after=999_999,
        resets_at_ms=NOW_MS,
        failure=failure,
        submitted_at_ms=NOW_MS,
        generated_at_ms=NOW_MS + 3_599_000,
        ended_at_ms=NOW_MS,
        charged=999_999,
        address=an_address(result_id=5, result_url=LONG_URL, thread_id=6, progress_id=7, card_id=8, **address),
    )
    yield replace(base, request=a_request(prompt=prompt))
    yield replace(base, request=a_request(Kind.IMAGE, prompt=prompt, references=REFERENCES[:1]))
    yield replace(base, request=a_request(Kind.CHARACTERS, prompt=prompt, references=REFERENCES))


@pytest.mark.parametrize(("language", "prompt"), ENGLISH_AND_OTHERS, indirect=["language"])
async def test_a_card_fits_in_every_state(prompt):
    endings = [(State.FAILED, failure) for failure in Failure]
    for state, failure in [*((state, None) for state in State if state is not State.FAILED), *endings]:
        here = jobs(prompt, state, failure, private=True, in_place=True)
        for job in (*jobs(prompt, state, failure), *here):
            pictures = len(job.request.references)
            assert broken(card(job, pictures=pictures, poster=True)) == []
            if state not in ENDED:
                forecast = Forecast(9999, 10**9, Experience(10**8, 10**9, 9))
                text = progress_text(Progress(job, 0.95, 10**9, forecast, NOW_MS + 10**9))
                assert broken(card(job, pictures=pictures, progress=text)) == []
                assert broken(progress_page(job, text)) == []


@pytest.mark.parametrize(("language", "prompt"), ENGLISH_AND_OTHERS, indirect=["language"])
async def test_a_finished_message_fits_as_file_and_as_link(prompt):
    link = ClipLink("https://cdn.example/" + "s" * 1480, NOW_MS)
    for job in jobs(prompt, State.DONE):
        for delivery in (
            Delivery(Path("clip.mp4"), "clip.mp4", None, frozenset(Change)),
            Delivery(None, "clip.mp4", None, link=link, no_upload=NoUpload(10**12)),
            Delivery(None, "clip.mp4", None, link=replace(link, url="https://x/" + "y" * 9000)),
        ):
            assert broken(clip_page(job, delivery, mention=True)) == []
        assert broken(more_page(replace(job, provider="scenario", provider_reference="run"), deletes=True)) == []
        for block in blocks(job.request.prompt):
            assert broken(Page().text("**The whole prompt**").text(block)) == []


@pytest.mark.parametrize(("language", "prompt"), ENGLISH_AND_OTHERS, indirect=["language"])
async def test_a_list_of_jobs_fits(prompt):
    forecast = Forecast(9999, 10**9, Experience(10**8, 10**9, 9))
    endings = [(state, failure) for state in (State.FAILED, State.UNPOSTED) for failure in Failure]
    for state, failure in [*((state, None) for state in State), *endings]:
        for running, unwanted in itertools.product(jobs(prompt, state, failure), (False, True)):
            job = replace(running, discard=unwanted and not running.ended, charged=None if not running.ended else 0)
            progress = None if job.ended else Progress(job, 0.9, 10**9, forecast, NOW_MS)
            shown = [replace(job, id=job.id - number) for number in range(ORDERS_SHOWN + 1)]
            several = [ListedOrder([each], {} if progress is None else {each.id: progress}) for each in shown]
            posters = {each.id: "https://cdn.example/poster.jpg" for each in shown}
            assert broken(jobs_page.jobs_page(several, 10**6, posters=posters)) == []


@pytest.mark.parametrize(("language", "prompt"), ENGLISH_AND_OTHERS, indirect=["language"])
async def test_pages_of_clips_and_one_of_them_fit(prompt):
    address = an_address(result_url=f"https://discord.com/channels/{2**63 - 1}/{2**63 - 1}/{2**63 - 1}")
    each = a_job(
        2**63 - 1, State.DONE, request=a_request(prompt=prompt), address=address, order_size=6, variant=prompt, favourite=True
    )
    clips = [replace(each, id=each.id - number) for number in range(CLIPS_SHOWN + 1)]
    search = ClipSearch(words_in(prompt), Kind.CHARACTERS, 1, favourites=True)
    for quoted in (True, False):
        for posters in ((), [job.id for job in clips]):
            page = clips_page.clips_page(clips, search, 2**63 - 1, 10**6, posters=posters, quoted=quoted)
            assert broken(page) == []
        for poster in (True, False):
            assert broken(clips_page.clip_opened(each, poster=poster, quoted=quoted)) == []
    for page in (1, 2):
        assert broken(clips_page.clips_page([], search, 1, page)) == []


async def test_refusals_fit_even_when_everything_is_wrong():
    worded = (ProblemCode.FORMAT, ProblemCode.SHAPE, ProblemCode.RESOLUTION, ProblemCode.DAMAGED)
    for text in NASTY.values():
        problems = tuple(
            Problem(code, field, (text,), (text,))
            for field, code in itertools.product([f"character{n}" for n in range(1, 10)], worded)
        )
        page = refusal_pages.refused_page(RequestRefused(problems), 2**63 - 1, newcomer=True)
        assert broken(page) == []


async def test_the_question_before_several_clips_fits():
    asked = NotConfirmed((99_999,) * 6, 10**9, before=10**9)
    for text in NASTY.values():
        clips = [OneClip(RawClip(Kind.TEXT, text), take, f"{number}{text}") for number in range(3) for take in (1, 2)]
        for quoted in (True, False):
            assert broken(confirm_page(asked, text, clips, 2**63 - 1, "this month", quoted=quoted)) == []
    assert broken(confirmed_page(a_job())) == []
    assert broken(booked_page([a_job(), a_job(2)])) == []


async def test_quota_help_and_errors_fit():
    standing = Standing(999_999, -1, Span(0, NOW_MS))
    entries = tuple(
        LedgerEntry(number, 1, 2, 3, entry, -999_999, NOW_MS, NOW_MS, "*" * 500) for number, entry in enumerate(Entry)
    )
    for prices in (Prices(), FREE):
        assert broken(quota_page.quota_page(Quota(standing, Window.MONTH, 10**6, entries), prices, preview=True)) == []
        ids = dict.fromkeys(("video", "jobs", "quota"), 2**63 - 1)
        assert broken(help_page.help_page(prices, Window.MONTH, 10**9, preview=True, command_ids=ids)) == []
    reasons = ("allowance", "running", "running_jobs", "guild_allowance", "guild_running", "guild_running_jobs")
    refused = QuotaRefused(tuple(Crossed(reason, 10**6, -5, 10**6, NOW_MS) for reason in reasons))
    for costs in ((), (99_999,) * 6):
        assert broken(quota_refusal.quota_page(refused, 2**63 - 1, "this month", costs=costs)) == []
    assert broken(error_pages.error_page(RuntimeError("x" * 9000), "abcdef")) == []
    assert broken(jobs_page.jobs_page([])) == []
    assert broken(jobs_page.jobs_page([], 2)) == []


@pytest.mark.parametrize("prompt", ["", "x" * 6000, *NASTY.values()])
@pytest.mark.parametrize("kind", Kind)
async def test_every_form_fits_however_wrong_its_draft_is(kind, prompt):
    draft = Draft(RawClip(kind, prompt, 99, "8K", "1:9", 10**18), references=REFERENCES)
    offer = Offer({"scenario": Prices(99_999, 99_999), "preview": Prices(99_999, 99_999)})
    for form_kind in FormKind:
        form = clip_form(form_kind, str(2**63 - 1), draft, "Edit and try again", offer)
        assert broken_form(form) == []


async def test_the_checker_itself_finds_what_is_too_much():
    assert broken(Page().text("x" * 4001)) == ["4001 units of text"]
    assert broken(Page().text("\U0001f600" * 2001)) == ["4002 units of text"]
