"""Pages that tell a member what went wrong, by the class of the error. Interactions show them.

Refused requests have their own pages in `refusal_pages` and `quota_refusal`. An exception's text is never shown to members: it
is not written for them and may have something that they must not see.
"""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.job import Job, State
from bot.errors import (
    DatabaseBusy,
    FoundTooLate,
    Gone,
    HappyHorseError,
    MediaBusy,
    NotYours,
    ProviderError,
    StorageError,
    UnreadableJob,
)
from bot.presentation.discord_codes import WORDS_BLOCKED
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.buttons import job_button, link_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import blocks, inline
from bot.presentation.views.layout import Page, bold
from bot.presentation.views.outcomes import reference_line
from bot.presentation.views.refusal_pages import (
    GIVEN_CHARACTERS,
    attach_again,
    back_button,
    kept_note,
    lost_note,
    nothing_charged,
)
from bot.presentation.views.translations import N_, _
from bot.services.clip_input import ClipInput


def blocked() -> str:
    return _("This server's filters block some of its words, so it can't be shown here.")


def failed_request_note(*, kept: bool, sure: bool, pictures: bool) -> str:
    """Says what became of a failed request. `kept`: stored as a draft, else shown to be copied. `sure`: nothing was booked.

    `pictures`: the request had pictures. Some of them may be stored, which the form shows.
    """
    if kept:
        again = _("Pictures may have to be attached again.") if pictures else ""
        return f"{nothing_charged()} {kept_note(0)} {again}".strip()
    books = _("Nothing was booked and nothing was charged.") if sure else _("Look at `/jobs` before you try again.")
    return f"{books} {lost_note()}"


def copy_pages(clip_input: ClipInput, *, options: bool) -> list[Page]:
    """The whole prompt, to be copied. `options`: also the other options, because nothing else has them."""
    pages = [Page(layout.BLUE).text(block) for block in blocks(clip_input.raw.prompt)]
    return [*pages, Page(layout.BLUE).text(_options(clip_input))] if options else pages


def error_page(error: BaseException, error_code: str, draft_id: int | None = None, note: str = "") -> Page:
    """The page for an error that is not about the request itself. `error_code` finds an unexpected error in the log.

    With a `draft_id` a button brings back what was typed. `note` says what became of the request.
    """
    match error:
        case NotYours() | Gone() | discord.HTTPException() if (page := _expected_page(error, note)) is not None:
            return page.buttons(back_button(draft_id))
        case UnreadableJob():
            sentence = _("Another version of the bot keeps this clip. Nothing happened to it or to its credits.")
            return Page(layout.AMBER).text(
                bold(_("Not while this version runs")), f"{sentence} {wording.operators_know(told=False)}"
            )
        case ProviderError():
            headline, sentence = _("The video service does not answer"), _("Please try again in a minute.")
        case DatabaseBusy():
            headline = _("The bot is busy")
            sentence = _("Its database did not answer in time. Please try again in a minute.")
        case MediaBusy():
            headline = _("Too many pictures at once")
            sentence = _("Others are still being looked at. Please try again in a minute.")
        case FoundTooLate():
            headline = _("Discord was in trouble")
            sentence = _("It answered the bot only after more than a minute. Please try again.")
        case StorageError():
            headline = _("The bot's storage is in trouble")
            trouble, later = _("Its disk or database does not do its work."), _("Please try again later.")
            sentence = f"{trouble} {wording.operators_know(told=False)} {later}"
        case HappyHorseError() | discord.DiscordException() | _:
            headline = _("Something broke on our side")
            sentence = _("It is in the log for the people who run the bot. Please try again.")
    told = "" if isinstance(error, ProviderError) else reference_line(error_code)
    return Page(layout.RED).text(bold(headline), sentence, note, told).buttons(back_button(draft_id))


def _expected_page(error: NotYours | Gone | discord.HTTPException, note: str) -> Page | None:
    """The page for something that is not theirs, is gone or can't be shown here. None for Discord's other errors."""
    match error:
        case NotYours():
            # Translators: {owner} is a member's name.
            belongs = _("This belongs to {owner}.").format(owner=f"<@{error.owner_id}>")
            # Translators: behind the sentence "This belongs to {owner}."
            others = _("Only they, and those who moderate here, can do that.")
            # Translators: behind the sentence "This belongs to {owner}."
            alone = _("Only they can do that.")
            headline, what = _("Not yours to press"), f"{belongs} {others if error.moderated else alone}"
        case Gone():
            headline, what = _("No longer here"), _("What this stands for is gone. Start a new clip with `/video text`.")
        case _ if error.code in WORDS_BLOCKED:
            # Translators: behind the sentence "This server's filters block some of its words, so it can't be shown here."
            elsewhere = _("In a direct message with me it is.")
            headline, what = _("Not shown here"), f"{blocked()} {elsewhere}"
        case _:
            return None
    return Page(layout.AMBER).text(bold(headline), what, note)


def late_page(draft_id: int, pictures: bool, member_id: int | None) -> Page:  # noqa: FBT001  as `LateAnswers` gets it
    """Says that a clip was not begun, since the bot was not there. `member_id` is mentioned, where others read it too."""
    mention = "" if member_id is None else f"<@{member_id}>"
    why = _("The bot was restarted just then, and could not answer you in time.")
    note = failed_request_note(kept=True, sure=True, pictures=pictures)
    return Page(layout.AMBER).text(mention, bold(_("Your clip was not begun")), why, note).buttons(back_button(draft_id))


def twin_page(job: Job, *, provider_link: bool) -> Page:
    """The page shown instead of making the clip of `job` twice. `provider_link`: the provider may give a link to it."""
    address = job.address
    if job.ended:
        # Translators: "Remix" is a button.
        text = _("Nothing was charged again. Remix makes another one.")
        view = Page(layout.GREEN).text(bold(_("Already made")), text)
        # Translators: a button that is a link.
        watch = link_button(_("Watch the clip"), address.result_url) if address.result_url else None
        return view.buttons(watch, job_button(Action.LINK, job.id) if provider_link else None)
    if job.state is State.UNPOSTED:
        return unposted.page_of(job)
    text = _("This very clip is being made; nothing was charged again.")
    if address.thread_id and not address.private:
        # Translators: {thread} is a link to it.
        where = _("Its thread is {thread}.").format(thread=f"<#{address.thread_id}>")
        text = f"{text} {where}"
    return note_page(_("Already on its way"), text)


def pressed_twice_page(*, form: bool, several: bool) -> Page:
    """Answers the second press of a button within seconds. `form`: it was a form that was sent twice. `several`: it asks for
    several clips, whose price may have to be confirmed yet.
    """
    match form, several:
        case True, True:
            text = _("This form came twice; it counts once.")
        case True, False:
            text = _("This form came twice; one clip is being made.")
        case False, True:
            text = _("You pressed this a moment ago; it counts once.")
        case _:
            text = _("You pressed this a moment ago; one clip is being made.")
    return note_page(_("Already on its way"), text)


def note_page(headline: str, text: str = "", accent: int = layout.BLUE) -> Page:
    """A short message for one member."""
    return Page(accent).text(bold(headline), text)


_OPTIONS: Final = {"duration": N_("{value} s"), "seed": N_("seed {value}")}
"""How values of these fields are shown; others are shown as they are."""


def _options(clip_input: ClipInput) -> str:
    chosen = [wording.kind(clip_input.raw.kind)]
    for name, value in clip_input.raw.values().items():
        if name not in {"kind", "prompt"} and value != "":
            typed = inline(str(value), GIVEN_CHARACTERS)
            if name == "takes":
                # Translators: in a row of options; {value} is what was typed as a number of takes.
                typed = _("takes: {value}").format(value=typed)
            chosen.append(_(_OPTIONS[name]).format(value=typed) if name in _OPTIONS else typed)
    if clip_input.private:
        # Translators: a clip that its member alone sees, in a row of options.
        chosen.append(_("private"))
    # Translators: {options} is such as "Text to video · 5 s · 1080P".
    was = _("It was: {options}.").format(options=" · ".join(chosen))
    return f"{was} {attach_again()}" if any(clip_input.pictures) else was
