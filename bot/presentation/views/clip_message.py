"""The finished message: the clip first, then what made it, what it cost and what can be done with it.

`clip_poster` posts it; a press on More shows `more_page`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from bot.domain.clip import Resolution
from bot.domain.clip_match import Came
from bot.domain.job import Job, State
from bot.ports import Change, Delivery, NoUpload
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import job_button
from bot.presentation.views.clip_names import clip_name
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.differences import came_otherwise, seconds_that_came
from bot.presentation.views.durations import span
from bot.presentation.views.escaping import inline, one_line
from bot.presentation.views.layout import Page, Picture
from bot.presentation.views.outcomes import has_link, job_code_line
from bot.presentation.views.translations import _, ngettext, number

PROMPT_SHOWN: Final = 300
_DESCRIPTION_CHARACTERS: Final = 400
URL_CHARACTERS: Final = 1500
"""A longer signed link would fill the message. Then only the Fresh link button gives it."""


def clip_page(job: Job, delivery: Delivery, *, mention: bool, quoted: bool = True, finals: bool = False) -> Page:
    """The clip must be attached under `delivery.filename`, or `delivery.link` be set. `quoted`: with its member's own words.
    `finals`: a preview may be had as a real clip."""
    view = Page(layout.GREEN)
    if delivery.path is not None:
        view.gallery([Picture(f"attachment://{delivery.filename}", described(job, delivery.came, quoted=quoted))])
    ready = _ready(job, quoted=quoted)
    view.text(f"<@{job.member_id}> {ready}" if mention else ready, _link(delivery))
    if quoted:
        view.text(f"> {inline(job.request.prompt, PROMPT_SHOWN)}")
    came = "" if delivery.came is None else came_otherwise(job.request, delivery.came)
    view.text(wording.settings_line(job.request), came, _made_of(job), _note(delivery))
    return view.buttons(*clip_buttons(job, linked=delivery.path is None, finals=finals))


def _ready(job: Job, *, quoted: bool) -> str:
    if job.order_size > 1:
        # Translators: {clip} is the name of one of several clips, such as "Take 2".
        ready = _("{clip}: the preview is ready.") if job.preview else _("{clip} is ready.")
        return ready.format(clip=layout.bold(clip_name(job, quoted=quoted)))
    return _("A preview of your clip is ready.") if job.preview else _("Your clip is ready.")


def copy_page(job: Job, filename: str, *, quoted: bool) -> Page:
    """A posted clip once more, for one member alone. It must be attached under `filename`; `quoted` as in `clip_page`."""
    view = Page(layout.GREEN).gallery([Picture(f"attachment://{filename}", described(job, None, quoted=quoted))])
    view.text(layout.bold(_("The clip once more")), _("Only you see this message. Save the clip to keep it."))
    return view


def clip_buttons(job: Job, *, linked: bool = False, finals: bool = False) -> list[layout.AnyButton]:
    """The clip's buttons, the most used first. The button "1080P final" is there only if a better clip can be made."""
    actions = [Action.AGAIN, Action.REMIX]
    if job.order_size > 1:
        actions.append(Action.USE)
    if may_be_better(job, finals=finals):
        actions.append(Action.FINAL)
    if linked:
        actions.append(Action.LINK)
    actions.append(Action.MORE)
    return [job_button(action, job.id) for action in actions]


def may_be_better(job: Job, *, finals: bool) -> bool:
    """Whether the button "1080P final" makes a better clip of it. `finals` as in `clip_page`."""
    return job.request.resolution is Resolution.P720 or (job.preview and finals)


def described(job: Job, came: Came | None, *, quoted: bool) -> str:
    """The clip's description, for screen readers and when the clip does not load. `came` is None where it is not known."""
    length = number(job.request.duration) if came is None else seconds_that_came(job.request, came)
    if not quoted:
        return _("A clip of {seconds} seconds").format(seconds=length)
    # Translators: {prompt} is what the member wrote.
    told = _("A clip of {seconds} seconds: {prompt}")
    return told.format(seconds=length, prompt=one_line(job.request.prompt, _DESCRIPTION_CHARACTERS))


def more_page(job: Job, left: str = "", *, deletes: bool, marks: bool = False) -> Page:
    """The private page that a press on More opens.

    `left` says how many credits are left, if the member owns the clip. `deletes`: they may delete the clip. `marks`: it is
    theirs, so they may mark it as a favourite.
    """
    request = job.request
    view = Page(layout.BLUE).text(layout.bold(_("About this clip")), wording.settings_line(request), _made_of(job))
    if request.references:
        pictures = len(request.references)
        made_with = ngettext("Made with {count} picture.", "Made with {count} pictures.", pictures)
        view.text(made_with.format(count=number(pictures)))
    # Translators: a clip. {moment} is a date and a time.
    asked = _("Asked for {moment}").format(moment=wording.moment(job.created_at_ms, "f"))
    view.text(asked, left, job_code_line(job))
    actions = [Action.PROMPT]
    if has_link(job):
        actions.append(Action.LINK)
    if not job.hides_prompt:
        actions.append(Action.TAKES)
    if marks and job.state is State.DONE and job.address.result_id is not None:
        actions.append(Action.UNMARK if job.favourite else Action.MARK)
    if deletes and job.address.result_id is not None:
        actions.append(Action.DELETE)
    return view.buttons(*(job_button(action, job.id) for action in actions))


def _made_of(job: Job) -> str:
    took = ""
    if job.generated_at_ms is not None and job.submitted_at_ms is not None:
        # Translators: a clip, in a row of figures.
        took = _("made in {time}").format(time=span(job.generated_at_ms - job.submitted_at_ms))
    return " · ".join(part for part in (wording.seed_of(job), took, wording.cost_of(job)) if part)


def _link(delivery: Delivery) -> str:
    if delivery.path is not None or delivery.link is None:
        return ""
    if len(delivery.link.url) > URL_CHARACTERS:
        # Translators: "Fresh link" is a button.
        return _("Press Fresh link to watch it.")
    if delivery.link.expires_at_ms is None:
        return _("[Watch the clip](<{url}>)").format(url=delivery.link.url)
    # Translators: {moment} is a time of day.
    until = _("[Watch the clip](<{url}>) (works until {moment})")
    return until.format(url=delivery.link.url, moment=wording.moment(delivery.link.expires_at_ms, "t"))


def _note(delivery: Delivery) -> str:
    what = changed(delivery.changed) if delivery.no_upload is None else why_no_upload(delivery.no_upload)
    return f"-# {what}" if what else ""


def changed(changes: Collection[Change]) -> str:
    """What was done to the file; "" if it is unchanged."""
    small, mute = Change.SMALLER_FRAME in changes, Change.SOUND_LEFT_OUT in changes
    compressed = Change.COMPRESSED in changes
    parts: list[str] = []
    if Change.CONVERTED in changes:
        # Translators: what was done to a clip's file; so the texts that follow. They stand one behind the other.
        at_720p = _("converted so that it plays everywhere at 720P")
        parts.append(at_720p if small and not compressed else _("converted so that it plays everywhere"))
    elif Change.REPACKED in changes:
        parts.append(_("repacked so that it plays everywhere"))
    if compressed:
        parts.append(_("compressed at 720P to fit the upload limit") if small else _("compressed to fit the upload limit"))
    done = ", ".join(parts)
    if not mute:
        return done
    # Translators: {changes} is such as "compressed to fit the upload limit".
    return _("{changes}; its sound is broken and was left out").format(changes=done)


def why_no_upload(why: NoUpload) -> str:
    if why.limit is None:
        return _("Discord takes no file in this place.")
    small = _("The clip can't be made small enough for this place ({size} MB).")
    return small.format(size=number(why.limit / 1_048_576))
