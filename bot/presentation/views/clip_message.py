"""The finished message: the clip first, then what made it, what it cost and what can be done with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from bot.domain.clip import Resolution
from bot.domain.job import Job
from bot.ports import Change, Delivery, NoUpload
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import inline, one_line
from bot.presentation.views.layout import Page, Picture
from bot.presentation.views.outcomes import has_link, job_code_line

PROMPT_SHOWN: Final = 300
_DESCRIPTION_CHARACTERS: Final = 400
URL_CHARACTERS: Final = 1500
"""A signed link longer than this would crowd out the message; the button gives it alone."""


def clip_page(job: Job, delivery: Delivery, *, mention: bool, quoted: bool = True, finals: bool = False) -> Page:
    """The clip must be attached under `delivery.filename`, or `delivery.link` be set. `quoted`: with its member's own words.
    `finals`: a preview may be had as a real clip."""
    view = Page(layout.GREEN)
    if delivery.path is not None:
        view.gallery([Picture(f"attachment://{delivery.filename}", description(job, delivery, quoted=quoted))])
    ready = "A preview of your clip is ready." if job.preview else "Your clip is ready."
    view.text(f"<@{job.member_id}> {ready}" if mention else ready, _link(delivery))
    if quoted:
        view.text(f"> {inline(job.request.prompt, PROMPT_SHOWN)}")
    came = "" if delivery.came is None else wording.came_otherwise(job.request, delivery.came)
    view.text(wording.settings_line(job.request), came, _made_of(job), _note(delivery))
    return view.buttons(*clip_buttons(job, linked=delivery.path is None, finals=finals))


def clip_buttons(job: Job, *, linked: bool = False, finals: bool = False) -> list[layout.AnyButton]:
    """In the order of use; the final only where there is a better clip to go to."""
    actions = [Action.AGAIN, Action.REMIX]
    if job.request.resolution is Resolution.P720 or (job.preview and finals):
        actions.append(Action.FINAL)
    if linked:
        actions.append(Action.LINK)
    actions.append(Action.MORE)
    return [job_button(action, job.id) for action in actions]


def description(job: Job, delivery: Delivery, *, quoted: bool) -> str:
    """For screen readers and where the clip does not load."""
    length = str(job.request.duration) if delivery.came is None else wording.seconds_that_came(job.request, delivery.came)
    told = f"A clip of {length} seconds"
    return f"{told}: {one_line(job.request.prompt, _DESCRIPTION_CHARACTERS)}" if quoted else told


def more_page(job: Job, left: str = "", *, deletes: bool) -> Page:
    """What stands behind More, to the one who pressed alone.

    `left` says what is left of their credits, if it is theirs. `deletes`: they may delete the clip.
    """
    request = job.request
    view = Page(layout.BLUE).text("**About this clip**", wording.settings_line(request), _made_of(job))
    if request.references:
        view.text(f"Made with {wording.count(len(request.references), 'picture')}.")
    view.text(f"Asked for {wording.moment(job.created_at_ms, 'f')}", left, job_code_line(job))
    actions = [Action.PROMPT]
    if has_link(job):
        actions.append(Action.LINK)
    if deletes and job.address.result_id is not None:
        actions.append(Action.DELETE)
    return view.buttons(*(job_button(action, job.id) for action in actions))


def _made_of(job: Job) -> str:
    took = None
    if job.generated_at_ms is not None and job.submitted_at_ms is not None:
        took = f"made in {wording.span(job.generated_at_ms - job.submitted_at_ms)}"
    return " · ".join(part for part in (f"Seed `{job.seed}`", took, wording.cost_of(job)) if part)


def _link(delivery: Delivery) -> str:
    if delivery.path is not None or delivery.link is None:
        return ""
    until = "" if delivery.link.expires_at_ms is None else f" (works until {wording.moment(delivery.link.expires_at_ms, 't')})"
    if len(delivery.link.url) > URL_CHARACTERS:
        return "Press Fresh link to watch it."
    return f"[Watch the clip](<{delivery.link.url}>){until}"


def _note(delivery: Delivery) -> str:
    what = changed(delivery.changed) if delivery.no_upload is None else why_no_upload(delivery.no_upload)
    return f"-# {what}" if what else ""


def changed(changes: Collection[Change]) -> str:
    """What was done to the file, "" when it is as it came."""
    smaller = " at 720P" if Change.SMALLER_FRAME in changes else ""
    compressed = f"compressed{smaller} to fit the upload limit" if Change.COMPRESSED in changes else ""
    playable = ""
    if Change.CONVERTED in changes:
        playable = f"converted so that it plays everywhere{'' if compressed else smaller}"
    elif Change.REPACKED in changes:
        playable = "repacked so that it plays everywhere"
    mute = "; its sound is broken and was left out" if Change.SOUND_LEFT_OUT in changes else ""
    return ", ".join(each for each in (playable, compressed) if each) + mute


def why_no_upload(why: NoUpload) -> str:
    if why.limit is None:
        return "Discord takes no file in this place."
    return f"The clip can't be made small enough for this place ({why.limit / 1048576:.0f} MB)."
