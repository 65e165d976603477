"""The private answers to a cancel on the board of several clips: which one, and what became of each.

`button_handlers` calls it. A cancel of one clip is answered by `cancel_pages`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.job import Job, State
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import Press, job_button
from bot.presentation.views.cancel_pages import ending_of
from bot.presentation.views.clip_names import clip_name, plain_name
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page, bold
from bot.presentation.views.progress_text import progress_buttons
from bot.presentation.views.translations import _
from bot.services.cancel_job import Outcome


def choice_of_clips(jobs: Sequence[Job]) -> Page:
    """Asks which of these clips to cancel."""
    left = [each for each in jobs if progress_buttons(each)]
    if not left:
        return note_page(_("Nothing left to cancel"), _("None of these clips can be cancelled any more."))
    free = _("As long as the video service does not have a clip, cancelling it is free.")
    page = Page(layout.AMBER).text(bold(_("Cancel which one?")), free if any(each.cost for each in left) else "")
    page.text(*(f"{bold(clip_name(each))} · {_stage(each)}" for each in left))
    chosen = [job_button(Action.CANCEL, each.id, plain_name(each)) for each in left]
    return page.buttons(*chosen, job_button(Action.ALL, jobs[0].id) if len(left) > 1 else None)


def all_cancelled(came: Sequence[tuple[Outcome, Job]], *, own: bool) -> Page:
    """What a cancel of all led to, clip by clip. `own` as in `cancel_page`."""
    if not came:
        return note_page(_("Nothing left to cancel"), _("None of these clips can be cancelled any more."))
    page = Page(layout.GREY).text(bold(_("Cancelled, as far as that goes")))
    page.text(*(f"{bold(clip_name(job))} · {_became(outcome, job, own=own)}" for outcome, job in came))
    return page.buttons(*(_next_step(outcome, job) for outcome, job in came))


def _stage(job: Job) -> str:
    return wording.state(job.state) if job.state is State.UNPOSTED else wording.stage(job)


def _became(outcome: Outcome, job: Job, *, own: bool) -> str:
    """A sentence about one clip, behind its name."""
    cost = wording.credits_of(job.cost) if job.cost and own else ""
    match outcome:
        case Outcome.FREED:
            return _("Cancelled, nothing was charged.")
        case Outcome.ENDED if job.state is State.CANCELLED and not job.charged:
            return _("Cancelled, nothing was charged.")
        case Outcome.ENDED:
            # Translators: {ending} is such as "done".
            return _("It has come to its end already: {ending}.").format(ending=ending_of(job))
        case Outcome.REQUESTED if job.preview:
            return _("The preview is not drawn any further.")
        case Outcome.REQUESTED:
            return _("The video service was asked to stop it.")
        case Outcome.COMMITTED if job.state is State.UNPOSTED:
            return _("Made, and waits for a place to be posted in.")
        case Outcome.COMMITTED if cost:
            return _("Too late to stop it: it is paid for ({cost}).").format(cost=cost)
        case Outcome.COMMITTED:
            return _("Too late to stop it: the clip will come.")


def _next_step(outcome: Outcome, job: Job) -> Press | None:
    if outcome is Outcome.COMMITTED:
        # Translators: a button. {clip} is such as "Take 2".
        away = _("Throw away: {clip}")
        return job_button(Action.DISCARD, job.id, away.format(clip=plain_name(job)))
    if outcome is Outcome.REQUESTED and not job.preview:
        # Translators: a button. {clip} is such as "Take 2".
        keep = _("Let it finish: {clip}")
        return job_button(Action.KEEP, job.id, keep.format(clip=plain_name(job)))
    return None
