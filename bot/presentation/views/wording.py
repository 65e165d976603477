"""Texts for figures and names: credits, shapes, states, fields, moments, places in line.

Each has its text only here, so that card, progress, clip and lists always agree. Views, interactions and cogs call it. Tables
hold English texts that are marked for the catalogues; functions translate them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bot.domain import limits
from bot.domain.clip import Aspect, ClipRequest, Kind, Resolution
from bot.domain.job import PREVIEW, Job, State
from bot.domain.price import Prices
from bot.domain.quota import Standing, Window
from bot.presentation.views.durations import seconds
from bot.presentation.views.translations import N_, _, listed, ngettext, number, pgettext

SHAPES: Final = {
    # Translators: shapes of the frame, alone or in "Shape of the frame (16:9 wide if you leave it out)"; so all that follow.
    Aspect.WIDE: N_("16:9 wide"),
    Aspect.CLASSIC: N_("4:3 classic"),
    Aspect.SQUARE: N_("1:1 square"),
    Aspect.TALL: N_("9:16 upright"),
    Aspect.PORTRAIT: N_("3:4 portrait"),
    Aspect.SOCIAL: N_("4:5 social"),
    Aspect.NEAR_SQUARE: N_("5:4 nearly square"),
    Aspect.ULTRA_TALL: N_("9:21 very tall"),
    Aspect.ULTRA_WIDE: N_("21:9 cinema"),
}
"""`shape` translates them. Like `RESOLUTIONS` and `MAKES`, they are also choices of the commands."""
RESOLUTIONS: Final = {
    Resolution.P720: N_("720P for trying ideas"),
    Resolution.P1080: N_("1080P for finals"),
}
MAKES: Final = {"scenario": N_("A real clip"), PREVIEW: N_("A quick preview, drawn here")}
"""Names of the providers for members who may choose."""
KINDS: Final = {
    # Translators: ways to make a clip, first in a row of figures; so the next two.
    Kind.TEXT: N_("Text to video"),
    Kind.IMAGE: N_("Image to video"),
    Kind.CHARACTERS: N_("Characters to video"),
}
_FIELDS: Final = {
    # Translators: what is written above a field of a form, at most 45 characters; so all up to "Pictures".
    "prompt": N_("Prompt"),
    "duration": N_("Length"),
    "lengths": N_("Length and takes"),
    "resolution": N_("Resolution"),
    "aspect": N_("Shape"),
    "frame": N_("Resolution and shape"),
    "switches": N_("More choices"),
    "seed": N_("Seed"),
    "takes": N_("Takes"),
    "image": N_("Picture"),
    "images": N_("Pictures"),
    "characters": N_("Pictures"),
}
"""Names of the parts of a request for members; `character2` and the like are not translated. Forms use them as labels of
fields, for which Discord allows 45 characters."""
_OTHER_OPTIONS: Final = frozenset({"duration", "aspect", "image"})
"""Parts whose option in the commands has another name."""
_WINDOWS: Final = {
    # Translators: in "210 of 300 credits left today"; so the next two.
    Window.DAY: N_("today"),
    Window.WEEK: N_("this week"),
    Window.MONTH: N_("this month"),
}
_EACH: Final = {
    # Translators: in "You get 300 credits a day."; so the next two.
    Window.DAY: N_("a day"),
    Window.WEEK: N_("a week"),
    Window.MONTH: N_("a month"),
}
_STATES: Final = {
    # Translators: how far a clip is, as a headline; so all up to "Lost contact".
    State.QUEUED: N_("In line"),
    State.PREPARING: N_("Getting ready"),
    State.SUBMITTING: N_("Handing it over"),
    State.GENERATING: N_("Making it"),
    State.FETCHING: N_("Fetching it"),
    State.FITTING: N_("Checking it"),
    State.DELIVERING: N_("Posting it"),
    State.UNPOSTED: N_("Made, but not posted"),
    State.DONE: N_("Done"),
    State.FAILED: N_("Did not work"),
    State.CANCELLED: N_("Cancelled"),
    State.UNKNOWN: N_("Lost contact"),
}
_SECOND: Final = 1000


class Counted(StrEnum):
    """How clips are called where it matters which provider makes them."""

    CLIPS = "clips"
    PREVIEWS = "previews"
    REAL = "real clips"


def counted(provider: str, *, mixed: bool) -> Counted:
    """How this provider's clips are called. `mixed`: both previews and real clips are offered."""
    if not mixed:
        return Counted.CLIPS
    return Counted.PREVIEWS if provider == PREVIEW else Counted.REAL


def kind(which: Kind) -> str:
    return _(KINDS[which])


def shape(aspect: Aspect) -> str:
    return _(SHAPES[aspect])


def resolutions_hint() -> str:
    # Translators: below a field of a form, at most 100 characters.
    return _("720P for trying ideas, 1080P for finals.")


def window(which: Window) -> str:
    """`today`, `this week`."""
    return _(_WINDOWS[which])


def each(which: Window) -> str:
    """`a day`, `a week`."""
    return _(_EACH[which])


def state(which: State) -> str:
    return _(_STATES[which])


def stage(job: Job) -> str:
    """The stage of a job, such as `In line`, in words that fit a preview or a real clip."""
    return making(job) if job.state is State.GENERATING else state(job.state)


def making(job: Job) -> str:
    return _("Drawing the preview") if job.preview else state(State.GENERATING)


def characters(numbers: Sequence[int], *, short: bool = False) -> str:
    """`character2 and character4`; for three or more in a row `character2 to character9`; `short`: `character2, 4 and 6`."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and last - first == len(numbers) - 1:
        return _("character{first} to character{last}").format(first=first, last=last)
    return listed(str(each) if short and each != first else f"character{each}" for each in numbers)


def field(name: str) -> str:
    """`Prompt`; with the option's name if that differs: `Length (duration)`."""
    return f"{label(name)} ({name})" if name in _OTHER_OPTIONS else label(name)


def label(name: str) -> str:
    """`Prompt`, as the label of a form's field."""
    return _(_FIELDS[name]) if name in _FIELDS else name


def credits_of(amount: int) -> str:
    """A price: `1 credit`, `1,250 credits`, `free`."""
    if not amount:
        return free()
    return ngettext("{count} credit", "{count} credits", amount).format(count=number(amount))


def free() -> str:
    # Translators: the price of a clip, alone or behind other figures.
    return _("free")


def cost_of(job: Job) -> str:
    """What the job costs; or `not charged`, if the member gets the credits back."""
    if given_back(job):
        # Translators: of a clip, in a row of figures.
        return _("not charged")
    return _("free preview") if job.preview and not job.cost else credits_of(job.cost)


def given_back(job: Job) -> bool:
    """Whether the reserved credits went back to the member, or will when the job ends."""
    return job.cost > 0 and not (job.charged if job.ended else job.due)


def pixels(width: int, height: int) -> str:
    """`1280 × 720`, which narrow screens do not break."""
    return f"{width}\u00a0×\u00a0{height}"


def frame_of(request: ClipRequest) -> str:
    """Width and height in pixels."""
    return pixels(*request.frame)


def settings_line(request: ClipRequest) -> str:
    """`Text to video · 5 s · 1080P · 16:9 wide`; for a still, which decides the shape, the pixels instead of the shape."""
    frame = frame_of(request) if request.kind is Kind.IMAGE else shape(request.aspect)
    return f"{kind(request.kind)} · {seconds(request.duration)} · {request.resolution.value} · {frame}"


def seed_of(job: Job) -> str:
    # Translators: in a row of figures.
    return _("Seed `{seed}`").format(seed=job.seed)


def percent_done(share: float) -> str:
    """`34 %`, of a share from 0 to 1."""
    # Translators: how much of something is done or left.
    return _("{percent} %").format(percent=number(round(share * 100)))


def moment(at_ms: int, style: str = "R") -> str:
    """A point in time, shown in each reader's time zone and language. `style`: `R` relative, `f` date and time,
    `d` date, `t` time.
    """
    return f"<t:{at_ms // _SECOND}:{style}>"


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    ending = 0 if 10 <= place % 100 <= 20 else place % 10
    if ending == 1:
        # Translators: where your language has one form for all, give it four times, such as "{number}.".
        whole = pgettext("place in line: 1, 21, 31", "{number}st")
    elif ending == 2:
        whole = pgettext("place in line: 2, 22, 32", "{number}nd")
    elif ending == 3:
        whole = pgettext("place in line: 3, 23, 33", "{number}rd")
    else:
        whole = pgettext("place in line: 4 to 20, 24 to 30", "{number}th")
    return whole.format(number=number(place))


def preview_switch(prices: Prices) -> str:
    """The text beside the switch for previews, with their prices."""
    if prices.free:
        # Translators: beside a switch of a form, at most 100 characters.
        return _("Quick and free, drawn here; off makes a real clip.")
    # Translators: beside a switch of a form, at most 100 characters. {smaller} is what 720P costs, {larger} 1080P.
    return ngettext(
        "Quick, drawn here, {smaller} or {larger} credit a second; off makes a real clip.",
        "Quick, drawn here, {smaller} or {larger} credits a second; off makes a real clip.",
        prices.p1080,
    ).format(smaller=number(prices.p720), larger=number(prices.p1080))


def made_elsewhere(provider: str) -> str:
    """Says that `provider` would make a clip whose own provider is not offered any more."""
    if provider == PREVIEW:
        # Translators: below a field of a form, at most 100 characters.
        return _("Real clips are not made any more: this is a preview.")
    # Translators: below a field of a form, at most 100 characters.
    return _("Previews are not made any more: this is a real clip.")


def quota_after(job: Job) -> str:
    """The credits left after this clip was booked, and when they reset. Only for its member to read.

    "" if there is no limit, nothing was booked, the credits went back, or other clips were booked since.
    """
    if job.left_after is None or job.cost == 0 or job.ended or given_back(job):
        return ""
    count = number(job.left_after)
    if job.resets_at_ms is None:
        # Translators: credits, in a row of figures.
        return ngettext("{count} left", "{count} left", job.left_after).format(count=count)
    # Translators: credits, in a row of figures. {moment} is such as "in 5 hours".
    left = ngettext("{count} left, resets {moment}", "{count} left, resets {moment}", job.left_after)
    return left.format(count=count, moment=moment(job.resets_at_ms))


def last_one(job: Job) -> str:
    """Tells the member that the credits left do not pay for one more such clip; "" if they do."""
    if job.left_after is None or job.left_after >= job.cost:
        return ""
    left = ngettext(
        "You have {count} credit left, less than one more clip like this costs ({cost}).",
        "You have {count} credits left, less than one more clip like this costs ({cost}).",
        job.left_after,
    ).format(count=number(job.left_after), cost=number(job.cost))
    if job.resets_at_ms is None:
        return left
    # Translators: the credits of the sentence before. {moment} is such as "in 5 hours".
    back = _("They reset {moment}.").format(moment=moment(job.resets_at_ms))
    return f"{left} {back}"


def left_of(standing: Standing, which: Window) -> str:
    """`210 of 300 credits left today`."""
    # Translators: {window} is "today", "this week" or "this month".
    left = ngettext("{left} of {count} credit left {window}", "{left} of {count} credits left {window}", standing.whole)
    return left.format(left=number(max(standing.left, 0)), count=number(standing.whole), window=window(which))


def smaller(duration: int, resolution: Resolution) -> str:
    """A sentence about settings that make a smaller file; "" if there are none."""
    shorter = duration > limits.DURATION_MIN_SECONDS
    if resolution is Resolution.P720:
        return _("A shorter clip is smaller.") if shorter else ""
    return _("A shorter clip, or 720P, is smaller.") if shorter else _("720P is smaller.")


def operators_know(*, told: bool) -> str:
    """Says that the people who run the bot know of it (`told`), or can find it in the log."""
    if told:
        return _("The people who run the bot have been told.")
    return _("It is in the log for the people who run the bot.")
