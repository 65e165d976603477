"""Words numbers and things for members: credits, lengths, shapes, times, places in line.

Pure. Each figure is worded only here, so that card, progress, clip and lists always agree. The views call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain import limits
from bot.domain.clip import Aspect, ClipRequest, Kind, Resolution
from bot.domain.clip_match import Came, compare
from bot.domain.job import PREVIEW, Job, State
from bot.domain.price import Prices
from bot.domain.quota import Standing, Window

KINDS: Final = {
    Kind.TEXT: "Text to video",
    Kind.IMAGE: "Image to video",
    Kind.CHARACTERS: "Characters to video",
}
CLIPS: Final = {Kind.TEXT: "from text", Kind.IMAGE: "from a still", Kind.CHARACTERS: "with characters"}
SHAPES: Final = {
    Aspect.WIDE: "16:9 wide",
    Aspect.CLASSIC: "4:3 classic",
    Aspect.SQUARE: "1:1 square",
    Aspect.TALL: "9:16 upright",
    Aspect.PORTRAIT: "3:4 portrait",
    Aspect.SOCIAL: "4:5 social",
    Aspect.NEAR_SQUARE: "5:4 nearly square",
    Aspect.ULTRA_TALL: "9:21 very tall",
    Aspect.ULTRA_WIDE: "21:9 cinema",
}
RESOLUTIONS: Final = {
    Resolution.P720: "720P for trying ideas",
    Resolution.P1080: "1080P for finals",
}
LENGTHS: Final = f"{limits.DURATION_MIN_SECONDS} to {limits.DURATION_MAX_SECONDS}"
"""In seconds."""
USUAL_LENGTH: Final = f"{limits.DURATION_DEFAULT_SECONDS} s"
"""Of the clip by which members are told what clips cost."""
RESOLUTIONS_HINT: Final = "720P for trying ideas, 1080P for finals."
MAKES: Final = {"scenario": "A real clip", PREVIEW: "A quick preview, drawn here"}
"""What members call the providers where they may choose."""
FIELDS: Final = {
    "prompt": "Prompt",
    "duration": "Length",
    "resolution": "Resolution",
    "aspect": "Shape",
    "frame": "Resolution and shape",
    "switches": "More choices",
    "seed": "Seed",
    "image": "Picture",
    "images": "Pictures",
    "characters": "Pictures",
}
"""What members call the parts of a request; `character2` and the like are their own names."""
_OTHER_OPTIONS: Final = frozenset({"duration", "aspect", "image"})
"""Options of the commands that are named otherwise than the part is called."""
WINDOWS: Final = {Window.DAY: "today", Window.WEEK: "this week", Window.MONTH: "this month"}
EACH: Final = {Window.DAY: "a day", Window.WEEK: "a week", Window.MONTH: "a month"}
STATES: Final = {
    State.QUEUED: "In line",
    State.PREPARING: "Getting ready",
    State.SUBMITTING: "Handing it over",
    State.GENERATING: "Making it",
    State.FETCHING: "Fetching it",
    State.FITTING: "Checking it",
    State.DELIVERING: "Posting it",
    State.UNPOSTED: "Made, but not posted",
    State.DONE: "Done",
    State.FAILED: "Did not work",
    State.CANCELLED: "Cancelled",
    State.UNKNOWN: "Lost contact",
}
_BEGUN_SHARE: Final = 0.1
"""Of what is done no more than this has just begun."""
DRAWING: Final = "Drawing the preview"
_SECOND: Final = 1000


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 credit`, `1,250 credits`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def stage(job: Job) -> str:
    """Where it stands, in words that fit the work."""
    return DRAWING if job.preview and job.state is State.GENERATING else STATES[job.state]


def characters(numbers: Sequence[int], *, short: bool = False) -> str:
    """`character2 and character4`, from three in a row on `character2 to character9`; `short`: `character2, 4 and 6`."""
    parts: list[str] = []
    for number in numbers:
        word = str(number) if short and parts else f"character{number}"
        parts.append(word)
    *others, last = parts
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"character{numbers[0]} to character{numbers[-1]}"
    return f"{', '.join(others)} and {last}" if others else last


def field(name: str) -> str:
    """`Prompt`; where the option of the commands has another name, `Length (duration)`."""
    word = FIELDS.get(name, name)
    return f"{word} ({name})" if name in _OTHER_OPTIONS else word


def credits_of(amount: int) -> str:
    """What something costs."""
    return count(amount, "credit") if amount else "free"


def more_credits(amount: int) -> str:
    """What something costs, behind a figure that named the credits."""
    return f"{amount:,}" if amount else "free"


def cost_of(job: Job) -> str:
    """What it costs; of a job that ended without a charge, or will, that."""
    if given_back(job):
        return "not charged"
    return "free preview" if job.preview and not job.cost else credits_of(job.cost)


def given_back(job: Job) -> bool:
    """The credits that it held are the member's again, or will be once it is over."""
    return job.cost > 0 and not (job.charged if job.ended else job.due)


def frame_of(request: ClipRequest) -> str:
    """Width and height in pixels, kept together on a narrow screen."""
    width, height = request.frame
    return f"{width}\u00a0×\u00a0{height}"


def settings_line(request: ClipRequest) -> str:
    """`Text to video · 5 s · 1080P · 16:9 wide`; a still decides its own shape, so that one is told in pixels."""
    shape = frame_of(request) if request.kind is Kind.IMAGE else SHAPES[request.aspect]
    return f"{KINDS[request.kind]} · {request.duration} s · {request.resolution.value} · {shape}"


def came_otherwise(request: ClipRequest, came: Came) -> str:
    """What came where it is not what was asked for: `It came 3.2 s long instead of 5 s, and without sound.`; else ""."""
    found = compare(request, came)
    parts: list[str] = []
    if found.shorter or found.longer:
        parts.append(f"{came.seconds:.1f} s long instead of {request.duration} s")
    if found.other_shape:
        parts.append(f"in another shape ({came.width}\u00a0×\u00a0{came.height})")
    if found.smaller:
        parts.append(f"smaller than {request.resolution.value} ({came.width}\u00a0×\u00a0{came.height})")
    if found.silent:
        parts.append("without sound")
    return f"It came {', '.join(parts[:-1])}{', and ' if parts[1:] else ''}{parts[-1]}." if parts else ""


def seconds_that_came(request: ClipRequest, came: Came) -> str:
    """`5` where it is as long as was asked for, else `3.2`."""
    found = compare(request, came)
    return f"{came.seconds:.1f}" if found.shorter or found.longer else str(request.duration)


def length_choice(seconds: int, resolution: Resolution, prices: Prices) -> str:
    """`5 s · 90 credits at 1080P`."""
    each = prices.per_second(resolution) * seconds
    return f"{seconds} s · {credits_of(each)} at {resolution.value}" if each else f"{seconds} s · free"


def span(milliseconds: int) -> str:
    """A length of time as people say it: `45 s`, `2 min`, `2 min 30 s`, `1 h 5 min`."""
    seconds = max(milliseconds, 0) // _SECOND
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def about(milliseconds: int) -> str:
    """A rough expectation, rounded so that it promises no more than it knows: 10 s, then half minutes, then minutes.

    For example `40 s`, `2½ min`, `7 min`.
    """
    seconds = max(milliseconds, 0) / _SECOND
    step = 10 if seconds < 60 else 30 if seconds < 300 else 60
    rounded = max(round(seconds / step), 1) * step
    return f"{rounded // 60}½ min" if rounded > 60 and rounded % 60 == 30 else span(rounded * _SECOND)


def so_far(milliseconds: int, share: float | None = None) -> str:
    """Elapsed time in steps, so that a message is not edited for every second: 5 s, past a minute 10 s, past five 30 s.

    For example `25 s so far`. Before the first step `just begun`, unless the `share` that is done, 0 to 1, says otherwise.
    """
    seconds = max(milliseconds, 0) // _SECOND
    if seconds < 5:
        return "just begun" if (share or 0.0) < _BEGUN_SHARE else "under 5 s so far"
    step = 5 if seconds < 60 else 10 if seconds < 300 else 30
    return f"{span(seconds // step * step * _SECOND)} so far"


def moment(at_ms: int, style: str = "R") -> str:
    """A point in time that every member reads in their own zone (`R` relative, `f` date and time, `t` time)."""
    return f"<t:{at_ms // _SECOND}:{style}>"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def preview_switch(prices: Prices) -> str:
    """Beside the switch that makes a clip a preview, with the prices of previews."""
    if prices.free:
        return "Quick and free, drawn here; off makes a real clip."
    return f"Quick, drawn here, {prices.p720:,} or {prices.p1080:,} credits a second; off makes a real clip."


def made_elsewhere(provider: str) -> str:
    """Of a clip whose maker takes no new ones: `provider` would make it now."""
    return (
        "Real clips are not made any more: this is a preview."
        if provider == PREVIEW
        else "Previews are not made any more: this is a real clip."
    )


def one_of(provider: str, *, mixed: bool) -> str:
    """What a clip of this provider is called where it matters which; `mixed`: previews stand beside real clips."""
    return "clip" if not mixed else "preview" if provider == PREVIEW else "real clip"


def megabytes(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB"


def quota_after(job: Job) -> str:
    """What was left after this clip was booked, and when it comes back: its member's to read, nobody else's.

    "" where there is no limit, nothing was booked, what was booked has been given back, or other clips came since.
    """
    if job.left_after is None or job.cost == 0 or job.ended or given_back(job):
        return ""
    left = f"{job.left_after:,} left"
    return f"{left}, resets {moment(job.resets_at_ms)}" if job.resets_at_ms is not None else left


def last_one(job: Job) -> str:
    """What its member reads where less is left than one more such clip costs; else ""."""
    if job.left_after is None or job.left_after >= job.cost:
        return ""
    back = "" if job.resets_at_ms is None else f" They reset {moment(job.resets_at_ms)}."
    return f"You have {count(job.left_after, 'credit')} left, less than one more clip like this costs ({job.cost:,}).{back}"


def left_of(standing: Standing, window: Window) -> str:
    """`210 of 300 credits left today`."""
    return f"{max(standing.left, 0):,} of {count(standing.whole, 'credit')} left {WINDOWS[window]}"


def less_than(duration: int, resolution: Resolution) -> str:
    """What would be smaller and cost less: `A shorter clip, or 720P,`; "" for the smallest there is."""
    shorter = duration > limits.DURATION_MIN_SECONDS
    if resolution is Resolution.P720:
        return "A shorter clip" if shorter else ""
    return "A shorter clip, or 720P," if shorter else "720P"


def operators_know(*, told: bool) -> str:
    """Of the people who run the bot: every word to them is in the log, and where they have a channel, there."""
    return "The people who run the bot have been told." if told else "It is in the log for the people who run the bot."
