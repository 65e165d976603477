"""Where a clip stands, in words: stage, bar, time, place in line and an honest expectation. Knows no Discord messages."""

from __future__ import annotations

from bot.domain.job import Job, State
from bot.domain.progress import Experience, bar, overdue
from bot.ports import Progress
from bot.presentation import page, words
from bot.presentation.buttons import Action, Press, job_button
from bot.presentation.page import Page


def progress_text(progress: Progress) -> str:
    """A few short lines; the same text means that nothing worth an edit has changed."""
    job = progress.job
    lines = [f"**{words.STATES[job.state]}**"]
    if job.state is State.QUEUED:
        lines += _in_line(progress)
    elif job.state is State.GENERATING:
        lines += _making(progress)
    elif job.state in {State.FETCHING, State.FITTING, State.DELIVERING}:
        lines += [_bar(progress.fraction), f"{words.so_far(progress.elapsed_ms)} · nearly there"]
    if job.discard:
        lines.append("It will be thrown away when it comes, as you asked.")
    return "\n".join(lines)


def first_text(job: Job) -> str:
    """What stands there until the first glance."""
    return f"**{words.STATES[job.state]}**"


def progress_page(job: Job, text: str) -> Page:
    return Page(accent(job.state)).text(text).buttons(*progress_buttons(job))


def progress_buttons(job: Job) -> list[Press]:
    """Cancel, as long as it can change something."""
    if job.ended or job.state is State.DELIVERING:
        return []
    return [job_button(Action.KEEP if job.discard else Action.CANCEL, job.id)]


def accent(state: State) -> int:
    """Colour of an unfinished job; words say the same."""
    return page.BLUE if state is State.QUEUED else page.AMBER


def _in_line(progress: Progress) -> list[str]:
    place = progress.place
    if place.place is None:
        return ["Your turn comes in a moment."]
    wait = "" if place.wait_ms is None else f", about {words.about(place.wait_ms)}"
    lines = [f"{words.ordinal(place.place)} in line{wait}" if place.place > 1 else f"You are next{wait}"]
    if place.place > 1:
        lines.append("-# Every member's first clip goes before anyone's second.")
    return lines


def _making(progress: Progress) -> list[str]:
    started = progress.job.submitted_at_ms or progress.at_ms
    elapsed = max(progress.at_ms - started, 0)
    return [
        _bar(progress.fraction),
        f"{words.so_far(elapsed)} · {_expectation(elapsed, started, progress.place.experience)}",
    ]


def _expectation(elapsed_ms: int, started_ms: int, expected: Experience | None) -> str:
    if expected is None:
        return "no experience yet with clips like this"
    within = words.about(expected.p90_ms)
    if overdue(elapsed_ms, expected):
        since = words.moment(started_ms + expected.p90_ms)
        return f"this one takes longer than most; 9 of 10 are done within {within}, which passed {since}"
    usually = words.about(expected.median_ms)
    return f"usually {usually}" if usually == within else f"usually {usually}, 9 of 10 within {within}"


def _bar(fraction: float) -> str:
    return f"`{bar(fraction)}` {round(fraction * 100)} %"
