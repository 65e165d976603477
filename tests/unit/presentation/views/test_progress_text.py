"""What a progress message and the list of jobs say of a running job, in each state and in trouble."""

import itertools
import re

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.domain.progress import Experience
from bot.ports import Forecast, Hitch, Progress, Standstill, Why
from bot.presentation.views.progress_text import progress_line, progress_page, progress_text
from tests.factories import DAY_MS, NOW_MS, a_job, a_request
from tests.unit.presentation.views.discord_rules import labels_of

LIKE = Experience(median_ms=120_000, p90_ms=240_000, clips=9)


def at(
    state,
    *,
    position=None,
    wait_ms=None,
    fraction=0.0,
    elapsed_ms=80_000,
    experience=LIKE,
    why=None,
    ends_ms=None,
    hitch=None,
    **changes,
):
    job = a_job(state=state, submitted_at_ms=NOW_MS, **{"provider": "scenario", **changes})
    standstill = None if why is None else Standstill(why, NOW_MS)
    return Progress(
        job, fraction, elapsed_ms, Forecast(position, wait_ms, experience, standstill, ends_ms), NOW_MS + elapsed_ms, hitch
    )


def test_in_line_it_says_the_place_the_wait_and_the_rule():
    assert progress_text(at(State.QUEUED, position=3, wait_ms=360_000)) == (
        f"**In line**\n3rd in line, about 6 min\nAsked for <t:{NOW_MS // 1000}:R>\n"
        "-# Every member's first clip goes\n-# before anyone's second."
    )
    first = progress_text(at(State.QUEUED, position=1, experience=None))
    assert first == f"**In line**\nYou are next · no estimate yet\nAsked for <t:{NOW_MS // 1000}:R>"


def test_while_the_provider_takes_none_nobody_reads_that_they_are_next():
    asked = f"Asked for <t:{NOW_MS // 1000}:R>"
    assert progress_text(at(State.QUEUED, position=1, why=Why.BUSY)) == (
        f"**In line**\nThe video service is busy;\nyour clip goes on by itself.\n{asked}"
    )
    assert "can't be reached" in progress_text(at(State.QUEUED, position=2, why=Why.UNREACHABLE))
    assert progress_text(at(State.QUEUED, position=1, why=Why.REFUSED, ends_ms=NOW_MS + DAY_MS)) == (
        "**In line**\nThe video service is closed to this bot\nfor now.\nYour clip goes on by itself; if not,\n"
        f"it ends <t:{(NOW_MS + DAY_MS) // 1000}:R>, free of charge.\n{asked}"
    )
    told = progress_text(at(State.QUEUED, position=1, why=Why.REFUSED, ends_ms=NOW_MS + DAY_MS), told=True)
    assert "for now, and the people who run the bot\nhave been told.\nYour clip" in told
    assert too_long(told) == []


@pytest.mark.parametrize("why", Why)
def test_the_list_says_that_the_provider_takes_none_too(why):
    line = progress_line(at(State.QUEUED, position=1, why=why))
    assert "next" not in line
    assert line.endswith("by itself")


@pytest.mark.parametrize(("kind", "what"), [(Kind.IMAGE, "your pictures"), (Kind.TEXT, "this clip")])
def test_trouble_of_its_own_says_when_it_is_tried_again_until_that_moment(kind, what):
    alone = at(State.QUEUED, request=a_request(kind), not_before_ms=NOW_MS + 90_000, why=Why.BUSY)
    next_try = f"{what}; next try <t:{(NOW_MS + 90_000) // 1000}:R>"
    assert progress_text(alone).startswith(f"**Waiting**\nThe video service has trouble with\n{next_try}.\nAsked for")
    assert progress_line(alone) == f"The video service has trouble with {next_try}"
    over = at(State.QUEUED, position=1, request=a_request(kind), not_before_ms=NOW_MS + 70_000)
    assert "You are next" in progress_text(over)


def test_while_it_is_made_there_is_a_bar_a_number_and_an_honest_expectation():
    assert progress_text(at(State.GENERATING, fraction=0.34)) == (
        "**Making it**\n`▰▰▰▱▱▱▱▱▱▱` 34 % · 1 min 20 s so far\nUsually 2 min, 9 of 10 within 4 min"
    )


def test_where_no_bar_would_be_honest_there_is_none():
    text = progress_text(at(State.GENERATING, fraction=None, experience=None))
    assert text == "**Making it**\n1 min 20 s so far\nNo estimate yet for clips like this"


def test_without_experience_it_says_that_there_is_no_estimate():
    assert "No estimate yet for clips like this" in progress_text(at(State.GENERATING, experience=None))


def test_without_experience_it_says_past_the_models_own_time_that_this_one_takes_longer():
    text = progress_text(at(State.GENERATING, fraction=None, elapsed_ms=400_000, experience=None))
    assert "This one takes longer than most.\nMost clips are done within 5 min," in text
    assert f"<t:{(NOW_MS + 300_000) // 1000}:R>" in text


def test_a_clip_that_is_made_and_does_not_come_says_since_when():
    text = progress_text(at(State.FETCHING, fraction=None, elapsed_ms=400_000, generated_at_ms=NOW_MS + 90_000))
    assert f"made <t:{(NOW_MS + 90_000) // 1000}:R>" in text
    assert "takes longer than most" in text
    assert "%" not in text


MADE = {"elapsed_ms": 90_000, "generated_at_ms": NOW_MS + 80_000}


def test_a_made_clip_has_a_full_bar_and_says_what_making_it_took():
    text = progress_text(at(State.FETCHING, fraction=1.0, **MADE))
    assert text == "**Fetching it**\n`▰▰▰▰▰▰▰▰▰▰` made in 1 min 20 s\nIt is here in a moment."
    assert progress_line(at(State.DELIVERING, fraction=1.0, **MADE)) == "made in 1 min 20 s · here in a moment"
    assert "drawn in 1 min 20 s" in progress_text(at(State.FITTING, fraction=1.0, provider="preview", **MADE))


@pytest.mark.parametrize(
    ("hitch", "said"),
    [
        (Hitch.DISK, "The clip is made, but the bot's disk\nis full. It comes once there is room."),
        (Hitch.PROVIDER, "The clip is made, but the video service\ndoes not hand it out. It is tried again."),
        (Hitch.DISCORD, "The clip is made, but Discord does\nnot take it. It is tried again."),
        (Hitch.OURS, "The clip is made, but the bot has\ntrouble with it. It is tried again."),
    ],
)
def test_a_made_clip_that_stands_still_says_what_keeps_it_and_has_no_bar(hitch, said):
    when = f"-# Made <t:{MADE['generated_at_ms'] // 1000}:R>"
    assert progress_text(at(State.FETCHING, fraction=1.0, hitch=hitch, **MADE)) == f"**Fetching it**\n{said}\n{when}"
    assert progress_line(at(State.FETCHING, fraction=1.0, hitch=hitch, **MADE)) == said.replace("\n", " ")
    drawn = progress_text(at(State.FETCHING, hitch=hitch, provider="preview", **MADE))
    assert "The preview is drawn, but" in drawn
    assert "-# Drawn <t:" in drawn
    assert "video service" not in drawn


@pytest.mark.parametrize(
    ("hitch", "said"),
    [
        (Hitch.DISK, "The bot's disk is full;\nit goes on once there is room."),
        (Hitch.OURS, "The bot has trouble with this one;\nit is tried again."),
    ],
)
@pytest.mark.parametrize("state", [State.QUEUED, State.PREPARING, State.SUBMITTING, State.GENERATING])
@pytest.mark.parametrize("provider", ["scenario", "preview"])
def test_trouble_of_the_bots_own_is_not_put_on_the_video_service(hitch, said, state, provider):
    progress = at(state, position=1, hitch=hitch, provider=provider)
    text = progress_text(progress)
    assert said in text
    assert not any(word in text for word in ("video service", "You are next", "Usually"))
    assert progress_line(progress) == said.replace("\n", " ")


def test_a_clip_whose_submit_finds_no_answer_says_so_after_a_minute():
    waits = "The video service has not answered yet;\nthe bot goes on asking."
    assert waits in progress_text(at(State.SUBMITTING, elapsed_ms=61_000))
    assert progress_line(at(State.SUBMITTING, elapsed_ms=61_000)) == waits.replace("\n", " ")
    for quick in (at(State.SUBMITTING, elapsed_ms=59_000), at(State.SUBMITTING, elapsed_ms=61_000, provider="preview")):
        assert "answered" not in progress_text(quick)


def test_a_clip_that_its_owner_has_posted_anew_says_what_keeps_it_too():
    posting = {**MADE, "unposted_at_ms": NOW_MS + 85_000}
    assert "It is posted here in a moment." in progress_text(at(State.DELIVERING, **posting))
    assert progress_line(at(State.DELIVERING, fraction=None, **posting)) == "made in 1 min 20 s · posted in a moment"
    assert "but Discord does\nnot take it." in progress_text(at(State.DELIVERING, hitch=Hitch.DISCORD, **posting))


def test_a_provider_that_does_not_answer_is_told_instead_of_an_expectation():
    text = progress_text(at(State.GENERATING, fraction=0.34, hitch=Hitch.PROVIDER))
    assert text.endswith("so far\nThe video service does not answer now;\nyour clip goes on there.")


def test_just_begun_is_not_said_of_a_clip_that_has_made_progress():
    assert "57 % · under 5 s so far" in progress_text(at(State.GENERATING, fraction=0.57, elapsed_ms=3_000))
    assert "\nJust begun\n" in progress_text(at(State.GENERATING, fraction=None, elapsed_ms=3_000))
    assert "0 % · just begun" in progress_text(at(State.GENERATING, fraction=0.0, elapsed_ms=3_000))


def test_a_preview_is_drawn_and_no_video_service_has_a_part_in_it():
    assert progress_text(at(State.GENERATING, provider="preview")).startswith("**Drawing the preview**")
    for moment in (
        *(at(State.QUEUED, position=1, why=why, provider="preview") for why in Why),
        at(State.QUEUED, not_before_ms=NOW_MS + DAY_MS, provider="preview"),
        at(State.GENERATING, hitch=Hitch.PROVIDER, provider="preview"),
    ):
        assert "video service" not in progress_text(moment) + progress_line(moment)


@pytest.mark.parametrize("experience", [LIKE, Experience(150_000, 270_000, 9), None])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("elapsed_ms", [0, 110_000, 290_000, 3_590_000, 86_390_000])
def test_lines_fit_a_phone(state, elapsed_ms, experience):
    for fraction, provider, hitch in itertools.product((None, 0.9), ("scenario", "preview"), (None, *Hitch)):
        moment = at(
            state,
            position=1234,
            wait_ms=5_400_000,
            fraction=fraction,
            elapsed_ms=elapsed_ms,
            experience=experience,
            generated_at_ms=NOW_MS,
            discard=True,
            provider=provider,
            hitch=hitch,
        )
        assert too_long(progress_text(moment)) == []


@pytest.mark.parametrize(
    "trouble",
    [*({"why": why} for why in Why), *({"not_before_ms": NOW_MS + DAY_MS, "request": a_request(kind)} for kind in Kind)],
)
def test_what_is_said_of_trouble_fits_a_phone_too(trouble):
    assert too_long(progress_text(at(State.QUEUED, position=1234, ends_ms=NOW_MS, discard=True, **trouble))) == []


def too_long(text):
    """Lines that are too long for a narrow screen. A timestamp counts with the length of the text that Discord shows."""
    shown = [re.sub(r"<t:\d+:R>", "59 minutes ago", line).strip("-#* ").replace("`", "") for line in text.splitlines()]
    return [line for line in shown if len(line) > 40]


def test_the_list_tells_the_same_moment_in_the_same_figures():
    moment = at(State.GENERATING, fraction=0.34)
    assert progress_line(moment) == "34 % · 1 min 20 s so far · usually 2 min"
    assert progress_line(moment).split(" · usually")[0] in progress_text(moment)
    assert progress_line(at(State.QUEUED, position=3, wait_ms=360_000)) == "3rd in line, about 6 min"
    assert progress_line(at(State.GENERATING, elapsed_ms=300_000)).endswith("longer than most")


def test_past_the_expectation_it_says_so_and_since_when():
    text = progress_text(at(State.GENERATING, fraction=0.9, elapsed_ms=300_000))
    assert "takes longer than most" in text
    assert f"<t:{(NOW_MS + 240_000) // 1000}:R>" in text


def test_the_same_moment_reads_the_same_so_that_nothing_is_edited_for_a_second():
    assert progress_text(at(State.GENERATING, elapsed_ms=80_000)) == progress_text(at(State.GENERATING, elapsed_ms=81_900))


@pytest.mark.parametrize(
    ("state", "discard", "labels"),
    [
        (State.QUEUED, False, ["Cancel"]),
        (State.GENERATING, False, ["Cancel"]),
        (State.GENERATING, True, ["Let it finish"]),
        (State.DELIVERING, False, []),
    ],
)
def test_cancel_is_offered_as_long_as_it_changes_something(state, discard, labels):
    job = a_job(state=state, discard=discard, provider="scenario")
    assert labels_of(progress_page(job, "x")) == labels


def test_a_preview_that_was_told_to_stop_has_nothing_left_to_finish():
    assert labels_of(progress_page(a_job(state=State.GENERATING, discard=True, provider="preview"), "x")) == []


def test_every_stage_has_words_of_its_own():
    running = [state for state in State if state not in {State.DONE, State.FAILED, State.CANCELLED, State.UNKNOWN}]
    assert len({progress_text(at(state, position=2)).splitlines()[0] for state in running}) == len(running)
