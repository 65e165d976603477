"""The text about a clip's progress: stage, bar, time, place in line and expected wait. `DiscordNotifier`
and `/jobs` show it.
"""

from __future__ import annotations

from typing import Final

from bot.domain.job import MADE, Job, State
from bot.domain.progress import bar, overdue, within_ms
from bot.ports import Hitch, Progress, Why
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import Press, job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page

_WAITING: Final = "Waiting"
"""Of a job with trouble of its own, which stands in no line."""
_NO_PREVIEWS: Final = ["No preview can be drawn right now;", "yours goes on by itself."]
_STANDSTILL: Final = {
    Why.BUSY: "The video service is busy; it goes on by itself",
    Why.UNREACHABLE: "The video service can't be reached; it goes on by itself",
    Why.REFUSED: "Closed to this bot for the moment; it goes on by itself",
}
_HITCHES: Final = {
    Hitch.PROVIDER: ("but the video service", "does not hand it out. It is tried again."),
    Hitch.DISK: ("but the bot's disk", "is full. It comes once there is room."),
    Hitch.DISCORD: ("but Discord does", "not take it. It is tried again."),
    Hitch.OURS: ("but the bot has", "trouble with it. It is tried again."),
}
"""What a clip that is made waits for, in two lines."""
_OURS_FIRST: Final = {
    Hitch.DISK: ["The bot's disk is full;", "it goes on once there is room."],
    Hitch.OURS: ["The bot has trouble with this one;", "it is tried again."],
}
"""What one that is not made yet waits for on the bot's own side."""
_NOT_TAKEN: Final = ["The video service has not answered yet;", "the bot goes on asking."]
_SUBMIT_WITHIN_MS: Final = 60_000
"""Handing a clip over takes a second or two; past this its answer is late or lost."""

_UNWANTED: Final = "It will be thrown away when it comes."
_MODERATED: Final = "A moderator has it thrown away when it comes; it is not charged."


def progress_text(progress: Progress, *, told: bool = False) -> str:
    """A few short lines; the same text means that nothing worth an edit has changed.

    `told`: the people who run the bot have been told of what keeps it.
    """
    job = progress.job
    lines = [f"**{_WAITING if waits_alone(progress) else wording.stage(job)}**"]
    if job.state is State.QUEUED:
        lines += _in_line(progress, told=told)
    elif job.state is State.GENERATING:
        lines += [_drawn(progress), *(_silence(progress) or _expectation(progress))]
    elif job.state in MADE:
        lines += _bringing(progress)
    else:
        lines += [*_handing_over(progress), _asked(job)]
    return "\n".join(line for line in (*lines, unwanted(job)) if line)


def unwanted(job: Job) -> str:
    """Whether and by whose wish the clip is thrown away when it comes, and who pays where that is not its owner; else ""."""
    return "" if not job.discard else _MODERATED if job.moderated_away else _UNWANTED


def progress_line(progress: Progress) -> str:
    """The same in one short line, for a list."""
    job = progress.job
    if job.state is State.QUEUED:
        return _position_line(progress)
    if job.state in MADE:
        return _brought_line(progress)
    if job.state is not State.GENERATING:
        return " ".join(_handing_over(progress))
    if own := _trouble_here(progress):
        return " ".join(own)
    expected = progress.forecast.experience
    if overdue(progress.elapsed_ms, expected):
        return f"{_elapsed(progress)} · longer than most"
    return _elapsed(progress) if expected is None else f"{_elapsed(progress)} · usually {wording.about(expected.median_ms)}"


def first_text(job: Job) -> str:
    """What stands there until the first look."""
    return f"**{wording.stage(job)}**"


def progress_page(job: Job, text: str) -> Page:
    return Page(accent(job.state)).text(text).buttons(*progress_buttons(job))


def progress_buttons(job: Job) -> list[Press]:
    """Cancel, or Let it finish, as long as it can change something."""
    if job.ended or job.state is State.DELIVERING or (job.preview and job.discard and job.state is State.GENERATING):
        return []
    return [job_button(Action.KEEP if job.discard else Action.CANCEL, job.id)]


def accent(state: State) -> int:
    """Colour of an unfinished job; words say the same."""
    return layout.BLUE if state is State.QUEUED else layout.AMBER


def waits_alone(progress: Progress) -> bool:
    """Whether it has trouble of its own and is in no line until its next try."""
    job = progress.job
    return job.state is State.QUEUED and job.not_before_ms is not None and job.not_before_ms > progress.at_ms


def _in_line(progress: Progress, *, told: bool) -> list[str]:
    stands_still = _stands_still(progress, told=told)
    lines = [*(stands_still or [_position(progress)]), _asked(progress.job)]
    if stands_still:
        return lines
    if (progress.forecast.position or 0) > 1:
        lines += ["-# Every member's first clip goes", "-# before anyone's second."]
    return lines


def _stands_still(progress: Progress, *, told: bool) -> list[str]:
    """Why nobody can say how long it takes; nothing where somebody can."""
    if waits_alone(progress):
        return [_trouble_with(progress.job), f"{_own_trouble(progress)}."]
    if own := _trouble_here(progress):
        return own
    forecast = progress.forecast
    if forecast.standstill is None:
        return []
    if progress.job.preview:
        return _NO_PREVIEWS
    match forecast.standstill.why:
        case Why.BUSY:
            return ["The video service is busy;", "your clip goes on by itself."]
        case Why.UNREACHABLE:
            return ["The video service can't be reached;", "your clip goes on by itself."]
        case Why.REFUSED:
            ends = wording.moment(forecast.ends_ms or progress.at_ms)
            return [
                "The video service is closed to this bot",
                *(["for now, and the people who run the bot", "have been told."] if told else ["for now."]),
                "Your clip goes on by itself; if not,",
                f"it ends {ends}, free of charge.",
            ]


def _position_line(progress: Progress) -> str:
    """Of a job that waits, in a list."""
    if waits_alone(progress):
        return f"{_trouble_with(progress.job)} {_own_trouble(progress)}"
    if own := _trouble_here(progress):
        return " ".join(own)
    standstill = progress.forecast.standstill
    if standstill is None:
        return _position(progress)
    return " ".join(_NO_PREVIEWS) if progress.job.preview else _STANDSTILL[standstill.why]


def _trouble_with(job: Job) -> str:
    return "The bot has trouble with" if job.preview else "The video service has trouble with"


def _own_trouble(progress: Progress) -> str:
    job = progress.job
    what = "your pictures" if job.request.references else "this clip"
    return f"{what}; next try {wording.moment(job.not_before_ms or progress.at_ms)}"


def _asked(job: Job) -> str:
    """The time since then, which Discord counts by itself: nothing is edited for it."""
    return f"Asked for {wording.moment(job.created_at_ms)}"


def _position(progress: Progress) -> str:
    forecast = progress.forecast
    if forecast.position is None:
        return "Your turn comes in a moment."
    wait = " · no estimate yet" if forecast.wait_ms is None else f", about {wording.about(forecast.wait_ms)}"
    return f"{wording.ordinal(forecast.position)} in line{wait}" if forecast.position > 1 else f"You are next{wait}"


def _drawn(progress: Progress) -> str:
    return _elapsed(progress) if progress.fraction is None else f"`{bar(progress.fraction)}` {_elapsed(progress)}"


def _expectation(progress: Progress) -> list[str]:
    expected = progress.forecast.experience
    within = wording.about(within_ms(expected))
    if overdue(progress.elapsed_ms, expected):
        since = wording.moment(progress.at_ms - progress.elapsed_ms + within_ms(expected))
        most = "Most clips" if expected is None else "9 of 10"
        return ["This one takes longer than most.", f"{most} are done within {within},", f"which passed {since}."]
    if expected is None:
        return ["No estimate yet for clips like this"]
    usually = wording.about(expected.median_ms)
    return [f"Usually {usually}" if usually == within else f"Usually {usually}, 9 of 10 within {within}"]


def _trouble_here(progress: Progress) -> list[str]:
    """Of a clip that is not made yet: what keeps it on the bot's own side; nothing where nothing does."""
    return [] if progress.hitch is None else _OURS_FIRST.get(progress.hitch, [])


def _handing_over(progress: Progress) -> list[str]:
    """Why it is not with its provider yet, where that takes longer than it should."""
    if own := _trouble_here(progress):
        return own
    late = progress.job.state is State.SUBMITTING and progress.elapsed_ms > _SUBMIT_WITHIN_MS
    return _NOT_TAKEN if late and not progress.job.preview else []


def _silence(progress: Progress) -> list[str]:
    """Where nobody knows how far it is, because its provider or the bot itself is in trouble; nothing where neither is."""
    if progress.hitch is None:
        return []
    if own := _trouble_here(progress):
        return own
    if progress.job.preview:
        return ["Drawing it stands still for now;", "it goes on by itself."]
    return ["The video service does not answer now;", "your clip goes on there."]


def _bringing(progress: Progress) -> list[str]:
    job = progress.job
    if progress.hitch is not None:
        why, then = _hitch(progress)
        return [f"{_what_is_made(job)}, {why}", then, _made_when(job)]
    if job.unposted_at_ms is not None:
        return ["It is posted here in a moment."]
    if progress.fraction is None and job.generated_at_ms is not None:
        was = "The preview was drawn" if job.preview else "The clip was made"
        return [f"{was} {wording.moment(job.generated_at_ms)};", "bringing it here takes longer than most."]
    return [f"`{bar(1.0)}` {_made_in(job)}", "It is here in a moment."]


def _hitch(progress: Progress) -> tuple[str, str]:
    hitch = progress.hitch or Hitch.OURS
    return _HITCHES[Hitch.OURS if progress.job.preview and hitch is Hitch.PROVIDER else hitch]


def _brought_line(progress: Progress) -> str:
    """Of a clip that is made, in a list."""
    if progress.hitch is not None:
        return f"{_what_is_made(progress.job)}, {' '.join(_hitch(progress))}"
    if progress.job.unposted_at_ms is not None:
        return f"{_made_in(progress.job)} · posted in a moment"
    return f"{_made_in(progress.job)} · {'longer than most to bring here' if progress.fraction is None else 'here in a moment'}"


def _what_is_made(job: Job) -> str:
    return "The preview is drawn" if job.preview else "The clip is made"


def _made_when(job: Job) -> str:
    """Since when it waits, near enough; Discord counts on by itself."""
    if job.generated_at_ms is None:
        return ""
    return f"-# {'Drawn' if job.preview else 'Made'} {wording.moment(job.generated_at_ms)}"


def _made_in(job: Job) -> str:
    done = "drawn" if job.preview else "made"
    if job.generated_at_ms is None or job.submitted_at_ms is None:
        return done
    return f"{done} in {wording.span(job.generated_at_ms - job.submitted_at_ms)}"


def _elapsed(progress: Progress) -> str:
    so_far = wording.so_far(progress.elapsed_ms, progress.fraction)
    if progress.fraction is None:
        return f"{so_far[0].upper()}{so_far[1:]}"
    return f"{round(progress.fraction * 100)} % · {so_far}"
