"""Every view in another language: no text of ours is in English, and all is within Discord's limits."""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import discord
import pytest

from bot.domain.clip import Kind, RawClip
from bot.domain.clip_match import Came
from bot.domain.job import ENDED, Failure, State
from bot.domain.price import FREE, Prices
from bot.domain.progress import Experience
from bot.domain.quota import Span, Standing, Window
from bot.errors import (
    DatabaseBusy,
    FoundTooLate,
    Gone,
    KindClosed,
    MediaBusy,
    NotOffered,
    NotYours,
    Paused,
    ProviderUnavailable,
    QuotaRefused,
    RequestRefused,
    StorageError,
    UnreadableJob,
)
from bot.ports import (
    Change,
    ClipLink,
    Delivery,
    Entry,
    Forecast,
    Hitch,
    LedgerEntry,
    NoUpload,
    Progress,
    ProviderFinding,
    Severity,
    Standstill,
    Why,
)
from bot.presentation.message_pictures import Found
from bot.presentation.views import (
    error_pages,
    help_page,
    jobs_page,
    order_page,
    quota_page,
    quota_refusal,
    refusal_pages,
    wording,
)
from bot.presentation.views.clip_message import changed, clip_page, more_page, why_no_upload
from bot.presentation.views.confirm_page import booked_page
from bot.presentation.views.custom_ids import FormKind
from bot.presentation.views.escaping import thread_name
from bot.presentation.views.findings import worded
from bot.presentation.views.job_card import card
from bot.presentation.views.modals import clip_form
from bot.presentation.views.notices import sentence as of_notice
from bot.presentation.views.prices import cheaper as cheaper_than
from bot.presentation.views.progress_text import first_text, progress_line, progress_page, progress_text
from bot.presentation.views.tips import sentence as of_tip
from bot.presentation.views.translations import speaking
from bot.presentation.views.wording import Counted
from bot.problem import Crossed
from bot.services.clip_input import Draft
from bot.services.find_jobs import ListedOrder
from bot.services.offer import Offer
from bot.services.show_quota import Quota
from tests.factories import DAY_MS, NOW_MS, a_job, a_reference_image, a_request, an_address
from tests.pseudo_locale import PSEUDO
from tests.unit.presentation.views import test_findings, test_notices, test_problems, test_tips
from tests.unit.presentation.views.discord_rules import broken, broken_form, every
from tests.unit.presentation.views.test_board import order

PROMPT = "灯台と風、波の音。"
"""A member's words, which are not translated; in letters that no catalogue has."""
KEPT = re.compile(r"`[^`]*`|<[^>]*>|https?://\S+|/[a-z]+(?: [a-z]+)?|character\d?|\b\d+P\b|attachment://\S+")
SHOWN = ("content", "label", "description", "placeholder", "title")
MAKERS = (
    ("scenario", Kind.TEXT, False),
    ("scenario", Kind.IMAGE, True),
    ("preview", Kind.CHARACTERS, False),
    ("preview", Kind.TEXT, True),
)
LIKE = Experience(120_000, 240_000, 9)


@pytest.fixture(autouse=True)
def _reader():
    with speaking(PSEUDO):
        yield


class _Answer:
    """The part of an HTTP answer that discord.py reads."""

    status, reason = 400, "Bad Request"


def plain(*texts):
    """Words in plain letters, which are not from a catalogue."""
    return [word for text in texts for word in re.findall(r"[A-Za-z]{2,}", KEPT.sub(" ", text))]


def texts_of(parts):
    for part in parts:
        yield from (part[name] for name in SHOWN if isinstance(part.get(name), str))
        for option in (*part.get("options", ()), *part.get("items", ())):
            yield from (option[name] for name in SHOWN if option.get(name))


def check(page, known=""):
    """Fails for a page with untranslated words or over Discord's limits. `known` has words that need no translation."""
    assert [word for word in plain(*texts_of(every(page.to_components()))) if word not in known] == []
    assert broken(page) == []


def jobs(state, failure=None, **changes):
    made = {"submitted_at_ms": NOW_MS, "generated_at_ms": NOW_MS + 80_000, "ended_at_ms": NOW_MS, "cost": 90, "charged": 0}
    for provider, kind, private in MAKERS:
        address = an_address(result_id=5, thread_id=6, progress_id=7, card_id=8, private=private, in_place=private)
        count = {Kind.TEXT: 0, Kind.IMAGE: 1, Kind.CHARACTERS: 3}[kind]
        pictures = tuple(a_reference_image(number, animated=True) for number in range(1, count + 1))
        request = a_request(kind, prompt=PROMPT, references=pictures)
        values = {**made, "provider": provider, "request": request, "address": address, "failure": failure, **changes}
        yield a_job(state=state, left_after=10, resets_at_ms=NOW_MS, **values)


@pytest.mark.parametrize("state", State)
async def test_the_card_and_the_list(state):
    failures = list(Failure) if state in {State.FAILED, State.UNPOSTED} else [None]
    for failure, (charged, told) in itertools.product(failures, ((0, False), (90, True))):
        for job in jobs(state, failure, charged=charged, unposted_at_ms=NOW_MS if state is State.UNPOSTED else None):
            check(card(job, pictures=len(job.request.references), poster=True, told=told))
            if state in {*ENDED, State.UNPOSTED}:
                check(jobs_page.jobs_page([ListedOrder([job], {})]))


@pytest.mark.parametrize("state", [state for state in State if state not in {*ENDED, State.UNPOSTED}])
async def test_progress(state):
    standstills = [None, *(Standstill(why, NOW_MS) for why in Why)]
    waits = itertools.product(standstills, (None, *Hitch), (None, LIKE), ((None, 0), (0.4, 90_000), (None, 10**7)))
    for job, (standstill, hitch, experience, (share, elapsed)) in itertools.product(jobs(state), waits):
        forecast = Forecast(3, 90_000 if experience else None, experience, standstill, NOW_MS + DAY_MS)
        for each in (replace(job, discard=True), replace(job, not_before_ms=NOW_MS + DAY_MS)):
            progress = Progress(each, share, elapsed, forecast, NOW_MS, hitch)
            assert plain(progress_text(progress, told=True), progress_line(progress), first_text(each)) == []
        check(progress_page(job, progress_text(progress)))


async def test_the_clip_and_what_stands_behind_more():
    link = ClipLink("https://cdn.example/clip", NOW_MS)
    came = Came(3.2, 320, 320, False)
    for job in (*jobs(State.DONE), *jobs(State.DONE, cost=0)):
        check(clip_page(job, Delivery(Path("clip.mp4"), "clip.mp4", None, frozenset(Change), came=came), mention=True))
        check(clip_page(job, Delivery(None, "clip.mp4", None, link=link, no_upload=NoUpload(10**7)), mention=False))
        check(more_page(job, deletes=True))
    for count in range(len(Change) + 1):
        assert plain(*(changed(each) for each in itertools.combinations(Change, count))) == []
    assert plain(why_no_upload(NoUpload(None)), thread_name("")) == []


async def test_help_quota_and_the_list_of_jobs():
    entries = tuple(LedgerEntry(1, 1, 2, 3, entry, sign * 90, NOW_MS, NOW_MS, "") for entry in Entry for sign in (1, -1))
    for prices, preview, clips in itertools.product((Prices(), FREE), (False, True), (None, 0, 5)):
        standing = Standing(300, 90, Span(0, NOW_MS))
        for window in Window:
            check(quota_page.quota_page(Quota(standing, window, clips, entries), prices, preview=preview))
        for drafts, first, allowance in itertools.product((None, Prices(), FREE), (False, True), (None, 300)):
            check(
                help_page.help_page(
                    prices, Window.WEEK, allowance, preview=preview, preview_prices=drafts, previews_first=first
                )
            )
    check(jobs_page.jobs_page([]))
    check(jobs_page.jobs_page([], 2))
    many = [ListedOrder([replace(job, id=number)], {}) for number, job in enumerate(jobs(State.DONE))]
    check(jobs_page.jobs_page(many, 2, quoted=False))


async def test_orders_of_several_in_the_list_and_clip_by_clip():
    states = (State.GENERATING, State.UNPOSTED, State.DONE, State.CANCELLED, State.FAILED, State.QUEUED)
    for variants in ((), (PROMPT, PROMPT * 2)):
        jobs = order(6, states, prompt=PROMPT, variants=variants, unposted_at_ms=NOW_MS, failures=(Failure.OURS,))
        running = (Progress(each, 0.4, 90_000, Forecast(3, 90_000, LIKE), NOW_MS) for each in (jobs[0], jobs[-1]))
        listed = ListedOrder([replace(each, used_job_id=jobs[2].id) for each in jobs], {each.job.id: each for each in running})
        for quoted in (True, False):
            check(jobs_page.jobs_page([listed], quoted=quoted))
            check(order_page.order_page(listed, posters={jobs[2].id: "https://cdn.example/poster"}, quoted=quoted))
        check(booked_page(jobs))


REASONS = ("allowance", "running", "running_jobs", "guild_allowance", "guild_running", "guild_running_jobs", "?")


async def test_refusals_and_errors():
    for problem, *_ in test_problems.EXAMPLES:
        known = f"{problem!r} (duration) (aspect) (image)"
        refused = RequestRefused((problem, problem))
        check(refusal_pages.refused_page(refused, 5, newcomer=True, form_holds=4000, quoted=False), known)
        check(refusal_pages.refused_page(RequestRefused((problem,)), None), known)
    for reason, counted in itertools.product(REASONS, Counted):
        refused = QuotaRefused((Crossed(reason, 90, 10, 300, NOW_MS),))
        cheaper = cheaper_than(5, a_request().resolution, 1 + (reason == "allowance"))
        check(quota_refusal.quota_page(refused, 5, wording.window(Window.DAY), cheaper=cheaper, counted=counted))
    check(refusal_pages.closed_page(KindClosed(frozenset({"text"})), 5))
    for provider, cost in itertools.product(("preview", "scenario"), (0, 90)):
        check(refusal_pages.not_offered_page(NotOffered(provider, cost), 5))
        check(refusal_pages.not_offered_page(NotOffered(provider, cost, 3), 5))
    for here, until in itertools.product((False, True), (None, NOW_MS)):
        check(refusal_pages.paused_page(Paused(until, "", here=here, unread=True), 5))
    blocked = discord.HTTPException(_Answer(), {"code": 200000, "message": "x"})
    busy = (ProviderUnavailable("x"), DatabaseBusy("x"), MediaBusy("x"), FoundTooLate(1))
    plain_errors = (NotYours(7), Gone("x"), UnreadableJob(1, "x"), *busy)
    for error in (*plain_errors, StorageError("x"), ValueError("x"), blocked):
        check(error_pages.error_page(error, "abc", 5))
    for kept, sure, pictures in itertools.product((False, True), repeat=3):
        assert plain(error_pages.failed_request_note(kept=kept, sure=sure, pictures=pictures)) == []
    for job in (*jobs(State.DONE), *jobs(State.GENERATING), *jobs(State.UNPOSTED, unposted_at_ms=NOW_MS)):
        check(error_pages.twin_page(job, provider_link=True))


async def test_forms():
    offers = (Offer({"scenario": Prices()}), Offer({"scenario": Prices(), "preview": FREE}), Offer({"preview": Prices()}))
    pictures = tuple(a_reference_image(number) for number in range(1, 4))
    stills = (Found("https://cdn/1", "灯", 1, ""), Found("https://cdn/2", "灯", 1, ""))
    for offer, kind, form in itertools.product(offers, Kind, FormKind):
        for kept in ((), pictures[:1], pictures, (None, *pictures), (pictures[0], None), (None, None, pictures[0])):
            draft = Draft(RawClip(kind, PROMPT, 5, "720P", "1:1", 7), references=kept, provider="scenario")
            for found in ((), stills) if kind is Kind.IMAGE else ((),):
                modal = clip_form(form, "5", draft, "灯", offer, stills=found)
                assert plain(*texts_of(every(modal.to_dict()["components"]))) == []
                assert broken_form(modal) == []


def test_what_those_who_run_the_bot_read():
    """Names, codes and the vendor's words are not translated."""
    told = [(notice, of_notice(notice)) for notice in test_notices.EXAMPLES]
    told += [(tip, of_tip(tip)) for tip in test_tips.EXAMPLES]
    for check_of, code, figures, _ in test_findings.EXAMPLES:
        finding = ProviderFinding(check_of, code, Severity.ERROR, figures, "", test_findings.CHANGED)
        words = worded(finding)
        told.append((finding, f"{words.subject} {words.found} {words.remedy}"))
    for subject, text in told:
        assert [word for word in plain(text) if word not in repr(subject)] == []
