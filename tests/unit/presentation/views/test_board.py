"""The board of an order of several clips stays within Discord's limits, says each state in words, and has no live markup."""

from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.job import ENDED, Failure, State
from bot.domain.progress import Experience
from bot.ports import Forecast, Progress
from bot.presentation.views.asked_prompt import asked_prompt
from bot.presentation.views.board import board, mention_page, mention_text, progress_of_order
from bot.presentation.views.clip_names import clip_name, plain_name
from bot.presentation.views.translations import speak
from tests.factories import NOW_MS, a_job, a_request, an_address
from tests.unit.presentation.views.discord_rules import broken, labels_of, text_of
from tests.unit.presentation.views.test_discord_limits import ENGLISH_AND_OTHERS, LONG_URL, REFERENCES

WIDEST = (
    (State.GENERATING, None),
    (State.UNPOSTED, Failure.UNDELIVERABLE),
    (State.DONE, None),
    (State.CANCELLED, None),
    (State.FAILED, Failure.OURS),
)
"""For each sort of line on a board, the state and failure whose line has the most words. In a test all six clips are in that
state.
"""


def order(many=4, states=(State.QUEUED,), *, prompt="A red kite", failures=(), variants=(), **changes):
    """The jobs of an order, whose states are these in turn."""
    address = an_address(card_id=8, **changes.pop("address", {}))
    jobs = []
    for number in range(many):
        state = states[number % len(states)]
        ended = state in ENDED
        there = {"result_id": 5, "result_url": LONG_URL, "clip_channel_id": 6} if state is State.DONE else {}
        jobs.append(
            replace(
                a_job(2**62 + number, state, order_id=2**62, position=number, order_size=many),
                request=a_request(prompt=prompt),
                address=replace(address, **there),
                ended_at_ms=NOW_MS if ended else None,
                charged=None if not ended else 30 if state is State.DONE else 0,
                failure=failures[number % len(failures)] if failures else None,
                take=0 if variants else number + 1,
                variant=variants[number % len(variants)] if variants else "",
                **changes,
            )
        )
    return jobs


@pytest.mark.parametrize(("language", "prompt"), ENGLISH_AND_OTHERS)
async def test_a_board_of_six_fits_in_every_state(language, prompt):
    speak(language)
    words = tuple(f"{number}{prompt}" for number in range(6))
    for state, failure in WIDEST:
        for here in ({}, {"private": True, "in_place": True}):
            jobs = [
                replace(
                    each, request=a_request(Kind.CHARACTERS, prompt=f"{each.position}{prompt}"[:2500], references=REFERENCES)
                )
                for each in order(
                    6,
                    (state,),
                    failures=(failure,),
                    variants=words,
                    address=here,
                    cost=999_999,
                    left_after=999_999,
                    resets_at_ms=NOW_MS,
                    submitted_at_ms=NOW_MS,
                    generated_at_ms=NOW_MS + 3_599_000,
                    discard=state not in ENDED,
                    used_job_id=2**62,
                )
            ]
            forecast = Forecast(9999, 10**9, Experience(10**8, 10**9, 9))
            progress = {each.id: Progress(each, 0.95, 10**9, forecast, NOW_MS) for each in jobs if not each.ended}
            posters = {each.id for each in jobs}
            assert broken(board(jobs, pictures=9, posters=posters, progress=progress)) == []
            assert broken(board(jobs, pictures=9, posters=posters, quoted=False)) == []
            assert broken(progress_of_order(jobs, progress)) == []
            assert broken(mention_page(jobs, mention_text(jobs, LONG_URL))) == []


async def test_what_differs_is_shown_inert_and_cut_and_right_to_left_words_turn_nothing_around():
    [nasty] = order(1, variants=("<@123> **bold** [a](https://x.y) " + "long " * 30,))
    assert clip_name(nasty).startswith("\\<@123> \\*\\*bold\\*\\* \\[a\\]")
    assert len(plain_name(nasty)) <= 40
    [arabic] = order(1, variants=("\u0645\u0631\u062d\u0628\u0627",))
    assert clip_name(arabic) == "\u2068\u0645\u0631\u062d\u0628\u0627\u2069"


async def test_the_words_of_a_clip_that_the_safety_check_refused_are_shown_nowhere():
    jobs = order(2, (State.FAILED, State.DONE), failures=(Failure.MODERATION, None), variants=("blood", "rain"))
    for page in (board(jobs), progress_of_order(jobs, {}), mention_page(jobs, mention_text(jobs, ""))):
        assert "blood" not in text_of(page)
    assert "A red kite" not in text_of(board(jobs))
    assert "Show prompt" not in labels_of(board(jobs))


@pytest.mark.parametrize(
    ("prompts", "shown"),
    [
        (("A red kite", "A red kite"), "A red kite"),
        (("A street in rain, at night", "A street in snow, at night"), "A street in {rain|snow}, at night"),
        (("rain falls", "rails shine"), "{rain falls|rails shine}"),
        (
            ("a fox in rain at dawn", "a fox in rain at dusk", "a fox in snow at dawn"),
            "a fox in {rain at dawn|rain at dusk|snow at dawn}",
        ),
        (("a very red kite", "a very very red kite"), "a very {|very }red kite"),
        (("a kite", "a kite in rain"), "a kite{| in rain}"),
        (("a train, wind", "a rain, wind"), "a {train|rain}, wind"),
        (
            tuple(f"a {colour} kite in {weather}." for colour in ("red", "blue") for weather in ("rain", "snow", "fog")),
            "a {red|blue} kite in {rain|snow|fog}.",
        ),
        (("雨の街", "雪の街"), "{雨|雪}の街"),
        (("the cafe\u0301", "the cafe\u0300"), "the {cafe\u0301|cafe\u0300}"),
        (
            ("\U0001f9d1\u200d\U0001f680 runs", "\U0001f9d1\u200d\U0001f33e runs"),
            "{\U0001f9d1\u200d\U0001f680|\U0001f9d1\u200d\U0001f33e} runs",
        ),
    ],
)
async def test_the_prompts_of_an_order_are_shown_as_one(prompts, shown):
    jobs = [replace(each, request=a_request(prompt=prompt)) for each, prompt in zip(order(len(prompts)), prompts, strict=True)]
    assert asked_prompt(jobs) == shown


@pytest.mark.parametrize(
    ("states", "failures", "said"),
    [
        ((State.DONE,), (), "All 3 takes are here."),
        ((State.DONE, State.CANCELLED), (), "2 of 3 takes are here; Take 2 was cancelled."),
        (
            (State.DONE, State.FAILED, State.UNPOSTED),
            (Failure.PROVIDER,),
            "1 of 3 takes is here; Take 2 did not work and was not charged; Take 3 is made and could not be posted.",
        ),
        (
            (State.UNKNOWN,),
            (),
            "None of the 3 takes is here; "
            + "; ".join(f"Take {each} did not work and was not charged" for each in (1, 2, 3))
            + ".",
        ),
    ],
)
async def test_the_mention_says_in_one_line_what_came(states, failures, said):
    assert mention_text(order(3, states, failures=failures), "") == f"<@7> {said}"


async def test_the_clip_in_use_comes_first_and_alone():
    jobs = [replace(each, used_job_id=2**62 + 1) for each in order(3, (State.DONE,))]
    page = board(jobs, posters={each.id for each in jobs})
    large, others = (each for each in page.to_components()[0]["components"] if each["type"] == 12)
    assert [item["media"]["url"] for item in large["items"]] == ["attachment://poster2.jpg"]
    assert [item["media"]["url"] for item in others["items"]] == ["attachment://poster1.jpg", "attachment://poster3.jpg"]
    assert "**Take 2** · [Watch it](" in text_of(page)
    assert text_of(page).count("the one in use") == 1


async def test_a_clip_that_failed_has_its_next_step_by_name():
    failed = order(3, (State.FAILED, State.FAILED, State.DONE), failures=(Failure.PROVIDER, Failure.MODERATION, None))
    assert labels_of(board(failed)) == ["Try again: Take 1", "Edit: Take 2"]


async def test_there_is_a_cancel_as_long_as_one_can_be_cancelled():
    assert labels_of(board(order(2, (State.DONE, State.GENERATING)))) == ["Cancel"]
    assert labels_of(board(order(2, (State.DONE, State.DELIVERING)))) == []
    assert labels_of(progress_of_order(order(2, (State.DONE, State.CANCELLED)), {})) == []
