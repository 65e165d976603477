"""What went wrong before a job was made, in members' words. The one place where the error tree becomes sentences.

No text of an exception ever reaches a member: it may hold what they must not see, and it is not written for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.domain.job import PREVIEW, Job, State
from bot.errors import (
    Crossed,
    DatabaseBusy,
    Gone,
    HappyHorseError,
    KindClosed,
    MediaBusy,
    NotOffered,
    NotYours,
    Paused,
    ProviderError,
    QuotaRefused,
    RequestRefused,
    StorageError,
    UnreadableJob,
)
from bot.presentation.discord_codes import WORDS_BLOCKED
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.buttons import Press, example_buttons, job_button, link_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import blocks, inline, one_line, width
from bot.presentation.views.layout import Page
from bot.presentation.views.problems import words_of
from bot.problem import Problem
from bot.services.clip_input import ClipInput

BLOCKED: Final = "This server's filters block some of its words, so it can't be shown here."
_PROBLEMS_TEXT: Final = 3000
"""Room for problems in one message, the rest is for heading and examples."""
_GIVEN_CHARACTERS: Final = 80
_WHY_CHARACTERS: Final = 300


def refused_page(
    refused: RequestRefused,
    draft_id: int | None,
    *,
    newcomer: bool = False,
    form_holds: int | None = None,
    quoted: bool = True,
) -> Page:
    """Every problem at once, and a button that brings back what was typed. A newcomer gets examples to press too.

    Without a `draft_id` what was typed could not be kept; `form_holds` is set where the prompt is longer than a form. In
    both cases it must follow, whole (`copy_pages`). `quoted`: with what was given.
    """
    many = len(refused.problems) > 1
    longer = "" if form_holds is None else f"The form holds {form_holds:,} characters, so your whole prompt follows, to copy."
    view = Page(layout.RED).text(
        f"**{len(refused.problems)} things to change**" if many else "**One thing to change**",
        f"Nothing was sent and nothing was charged. {_LOST if draft_id is None else _KEPT}",
        longer if draft_id is not None else "",
    )
    view.text("\n\n".join(_lines(refused.problems, quoted=quoted)))
    view.buttons(_back(draft_id))
    if newcomer:
        view.line().text("Or start from an example:").buttons(*example_buttons())
    return view


def quota_page(refused: QuotaRefused, draft_id: int | None, window: str, *, cheaper: str = "", counted: str = "clip") -> Page:
    """Every bound that would be crossed. `window` in members' words: today, this week, this month.

    `draft_id` as in `refused_page`. `cheaper` is a sentence on what costs less than what was asked for, or "".
    `counted` what there are too many of on the way, as `words.one_of` says it.
    """
    view = Page(layout.AMBER)
    for bound in refused.crossed:
        view.text(f"**{_QUOTA_HEADLINES.get(bound.reason, 'Not now')}**", _quota_sentence(bound, window, cheaper, counted))
    kept = f"{_KEPT} {_AGAIN if refused.unread else ''}".strip()
    return view.text(f"Nothing was charged. {_LOST if draft_id is None else kept}").buttons(_back(draft_id))


def closed_page(closed: KindClosed, draft_id: int | None, *, told: bool = False) -> Page:
    """The provider takes none of this kind for now; what it does take is said too. `told`: so are the bot's own people."""
    takes = [clips for kind, clips in wording.CLIPS.items() if kind not in closed.kinds]
    refused = [clips for kind, clips in wording.CLIPS.items() if kind in closed.kinds]
    others = f" Clips {' and '.join(takes)} work." if takes else ""
    return (
        Page(layout.AMBER)
        .text(
            "**Closed for the moment**",
            f"The video service takes no clips {' or '.join(refused)} from this bot right now."
            f" {wording.operators_know(told=told)}{others}",
            f"Nothing was charged. {_LOST if draft_id is None else _KEPT}",
        )
        .buttons(_back(draft_id))
    )


def not_offered_page(other: NotOffered, draft_id: int | None) -> Page:
    """Who was to make it takes no new clips. The form shows it once more, with its price; sent from there, it is made."""
    before, now = ("Real clips", "a preview") if other.provider == PREVIEW else ("Previews", "a real clip")
    costs = f"costs {wording.credits_of(other.cost)}" if other.cost else "is free"
    what = _LOST if draft_id is None else "To have it made all the same, press Edit and try again, and send the form."
    return (
        Page(layout.AMBER)
        .text(
            f"**It would be {now} now**",
            f"{before} are not made here any more. As {now} it {costs}.",
            f"Nothing was sent and nothing was charged. {what}",
        )
        .buttons(_back(draft_id))
    )


def paused_page(paused: Paused, draft_id: int | None) -> Page:
    """`draft_id` as in `refused_page`."""
    where = " in this server" if paused.here else ""
    until = "" if paused.until_ms is None else f" until {wording.moment(paused.until_ms, 'f')}"
    kept = f"{_KEPT} {_AGAIN if paused.unread else ''}".strip()
    return (
        Page(layout.AMBER)
        .text(
            "**Paused for now**",
            f"The people who run the bot take no new clips{where}{until}. Clips that are on the way go on.",
            f"> {inline(paused.why, _WHY_CHARACTERS)}" if paused.why else "",
            f"Nothing was charged. {_LOST if draft_id is None else kept}",
        )
        .buttons(_back(draft_id))
    )


def failed_request_note(*, kept: bool, sure: bool, pictures: bool) -> str:
    """What became of a request that failed: `kept` as a draft, or shown to copy; `sure` that nothing was booked.

    `pictures` says that it came with some: which of them are kept depends on how far it got, and the form shows it.
    """
    if kept:
        return f"Nothing was charged. {_KEPT} {'Pictures may have to be attached again.' if pictures else ''}".strip()
    books = "Nothing was booked and nothing was charged." if sure else "Look at `/jobs` before you try again."
    return f"{books} {_LOST}"


def copy_pages(clip_input: ClipInput, *, options: bool) -> list[Page]:
    """The whole prompt to copy; `options` says that the rest of the request is told too, because nothing else holds it."""
    pages = [Page(layout.BLUE).text(block) for block in blocks(clip_input.raw.prompt)]
    return [*pages, Page(layout.BLUE).text(_options(clip_input))] if options else pages


def error_page(error: BaseException, error_code: str, draft_id: int | None = None, note: str = "") -> Page:
    """Everything that is not about the request itself; `reference` is what stands in the log for the unexpected.

    `draft_id` says that what was typed is kept, for a button that brings it back; `note` what became of the request.
    """
    match error:
        case NotYours():
            who = "Only they, and those who moderate here, can do that." if error.moderated else "Only they can do that."
            view = Page(layout.AMBER).text("**Not yours to press**", f"This belongs to <@{error.owner_id}>. {who}", note)
            return view.buttons(_back(draft_id))
        case Gone():
            what = "What this stands for is gone. Start a new clip with `/video text`."
            return Page(layout.AMBER).text("**No longer here**", what, note).buttons(_back(draft_id))
        case discord.HTTPException() if error.code in WORDS_BLOCKED:
            what = f"{BLOCKED} In a direct message with me it is."
            return Page(layout.AMBER).text("**Not shown here**", what, note).buttons(_back(draft_id))
        case UnreadableJob():
            return Page(layout.AMBER).text(
                "**Not while this version runs**",
                "Another version of the bot keeps this clip. Nothing happened to it or to its credits."
                f" {wording.operators_know(told=False)}",
            )
        case ProviderError():
            headline, sentence = "The video service does not answer", "Please try again in a minute."
        case DatabaseBusy():
            headline, sentence = "The bot is busy", "Its database did not answer in time. Please try again in a minute."
        case MediaBusy():
            headline, sentence = "Too many pictures at once", "Others are still being looked at. Please try again in a minute."
        case StorageError():
            headline = "The bot's storage is in trouble"
            sentence = (
                f"Its disk or database does not do its work. {wording.operators_know(told=False)} Please try again later."
            )
        case HappyHorseError() | discord.DiscordException() | _:
            headline = "Something broke on our side"
            sentence = "It is in the log for the people who run the bot. Please try again."
    told = "" if isinstance(error, ProviderError) else f"-# Reference `{error_code}`"
    return Page(layout.RED).text(f"**{headline}**", sentence, note, told).buttons(_back(draft_id))


def twin_page(job: Job, *, provider_link: bool) -> Page:
    """Instead of making the clip of `job` a second time. `provider_link` says that its provider may hand out a link."""
    address = job.address
    if job.ended:
        view = Page(layout.GREEN).text("**Already made**", "Nothing was charged again. Remix makes another one.")
        watch = link_button("Watch the clip", address.result_url) if address.result_url else None
        return view.buttons(watch, job_button(Action.LINK, job.id) if provider_link else None)
    if job.state is State.UNPOSTED:
        return unposted.page_of(job)
    where = f" Its thread is <#{address.thread_id}>." if address.thread_id and not address.private else ""
    return note_page("Already on its way", f"This very clip is being made; nothing was charged again.{where}")


def note_page(headline: str, text: str = "", accent: int = layout.BLUE) -> Page:
    """A short word to one member."""
    return Page(accent).text(f"**{headline}**", text)


_KEPT: Final = "What you typed is kept."
_AGAIN: Final = "The pictures have to be attached again."
_LOST: Final = "What you typed could not be kept, so it follows, to copy."
_QUOTA_HEADLINES: Final = {
    "allowance": "Not enough credits",
    "running": "You have enough running",
    "guild_allowance": "This server has used its credits",
    "guild_running": "This server is busy",
}


def _back(draft_id: int | None) -> Press | None:
    return None if draft_id is None else Press(Action.DRAFT, str(draft_id))


_OPTIONS: Final = {"duration": "{} s", "seed": "seed {}"}
"""How a value is told that does not speak for itself, by its field."""


def _options(clip_input: ClipInput) -> str:
    chosen = (
        wording.KINDS[clip_input.raw.kind],
        *(
            _OPTIONS.get(name, "{}").format(inline(str(value), _GIVEN_CHARACTERS))
            for name, value in clip_input.raw.values().items()
            if name not in {"kind", "prompt"} and value != ""
        ),
        "private" if clip_input.private else "",
    )
    pictures = _AGAIN if any(clip_input.pictures) else ""
    return f"It was: {' · '.join(each for each in chosen if each)}. {pictures}".strip()


def _quota_sentence(bound: Crossed, window: str, cheaper: str, counted: str) -> str:
    resets = "" if bound.resets_at_ms is None else f" It resets {wording.moment(bound.resets_at_ms)}."
    needed = wording.count(bound.needed, "credit")
    left = max(bound.left, 0)
    match bound.reason:
        case "allowance":
            less = f" {cheaper}" if cheaper else ""
            return (
                f"This clip costs {needed}; you have {left:,} of {bound.limit:,} left {window}.{resets}{less}"
                " The people who run the bot can give you more."
            )
        case "running":
            return (
                f"You have {wording.count(bound.limit - left, counted)} on the way, and {bound.limit:,} at a time is the"
                " limit here. Wait for one to finish, or cancel one in `/jobs`."
            )
        case "guild_allowance":
            return f"This clip costs {needed}; the server has {left:,} of {bound.limit:,} left {window}.{resets}"
        case _:
            return f"{wording.count(bound.limit, counted)} at a time is the limit of this server. Try again in a few minutes."


def _lines(problems: Sequence[Problem], *, quoted: bool) -> list[str]:
    lines: list[str] = []
    room = _PROBLEMS_TEXT
    for number, problem in enumerate(problems):
        words = words_of(problem)
        given = f"given {inline(words.given, _GIVEN_CHARACTERS)}, " if quoted else ""
        bound = f"{'needed' if words.missing else 'allowed'} {words.allowed}"
        line = f"**{one_line(wording.field(problem.field), 40)}**: {given}{bound}.\n{words.remedy}"
        if width(line) > room:
            lines.append(f"And {wording.count(len(problems) - number, 'more problem')} of this kind.")
            break
        room -= width(line) + 2
        lines.append(line)
    return lines
