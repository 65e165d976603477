"""The private answers to Cancel, Let it finish and Throw it away: what becomes of the clip, and what it costs.

`button_handlers` calls it. `own` says that the answer goes to the job's owner, who alone reads what was paid.
"""

from __future__ import annotations

from typing import Final

from bot.domain.job import Job, State
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page, paragraph
from bot.presentation.views.translations import N_, _
from bot.services.cancel_job import Outcome

_ENDINGS: Final = {
    # Translators: behind "This clip has come to its end:".
    State.DONE: N_("done"),
    # Translators: behind "This clip has come to its end:".
    State.FAILED: N_("did not work"),
    # Translators: behind "This clip has come to its end:".
    State.CANCELLED: N_("cancelled"),
    # Translators: behind "This clip has come to its end:".
    State.UNKNOWN: N_("lost contact"),
}


def ending_of(job: Job) -> str:
    """How an ended job ended, to stand behind a colon: `did not work`."""
    return _(_ENDINGS[job.state])


def cancel_page(outcome: Outcome, job: Job, *, own: bool) -> Page:
    """What a press of Cancel led to."""
    match outcome:
        case Outcome.FREED:
            return _freed(job)
        case Outcome.REQUESTED:
            return _stopping(job, own=own)
        case Outcome.ENDED if job.state is State.CANCELLED and not job.charged:
            # Cancelled by an earlier press, which was answered the same.
            return _freed(job)
        case Outcome.ENDED if job.state is State.CANCELLED:
            cost = wording.credits_of(job.charged or 0)
            paid = _("It was billed all the same: {cost}.").format(cost=cost) if own else ""
            return note_page(_("Cancelled"), paragraph(_("The clip was thrown away."), paid), layout.GREY)
        case Outcome.ENDED:
            text = _("This clip has come to its end already: {ending}.").format(ending=ending_of(job))
            return note_page(_("Nothing left to cancel"), text)
        case Outcome.COMMITTED if job.state is State.UNPOSTED:
            return _unposted(job, own=own)
        case Outcome.COMMITTED:
            return _committed(job, own=own)


def _freed(job: Job) -> Page:
    return note_page(_("Cancelled"), _("Nothing was charged.") if job.cost else _("It was free anyway."), layout.GREY)


def _stopping(job: Job, *, own: bool) -> Page:
    if job.preview:
        # A preview stops at once, so there is nothing left to finish.
        return note_page(_("Stopping it"), _("The preview is not drawn any further."), layout.GREY)
    text = paragraph(
        _("The video service was asked to stop it. Should the clip come after all, it is thrown away."),
        _("If it was billed all the same, the card says so.") if job.cost and own else "",
    )
    return note_page(_("Stopping it"), text, layout.GREY).buttons(job_button(Action.KEEP, job.id))


def _committed(job: Job, *, own: bool) -> Page:
    """The clip can't be called back. Without a reference it is being submitted, and may still be refused."""
    cost = wording.credits_of(job.cost) if job.cost and own else ""
    if job.preview:
        title, has = _("Too late to stop it"), _("The preview is drawn already.")
    elif job.provider_reference is None:
        title, has = _("Being handed over"), _handed_over(cost)
    else:
        title, has = _("Too late to stop it"), _taken(cost)
    text = paragraph(
        has,
        _("Let it finish, or have it thrown away when it comes."),
        _("Thrown away by a moderator, it is not charged.") if job.cost and not own else "",
    )
    return note_page(title, text, layout.AMBER).buttons(job_button(Action.KEEP, job.id), job_button(Action.DISCARD, job.id))


def _handed_over(cost: str) -> str:
    if not cost:
        return _("The video service is being given this clip. If it takes it, it can't be called back.")
    text = _("The video service is being given this clip. If it takes it, it is paid for ({cost}).")
    return text.format(cost=cost)


def _taken(cost: str) -> str:
    if not cost:
        return _("The video service has this clip already, so it can't be called back.")
    return _("The video service has this clip already, so it is paid for ({cost}).").format(cost=cost)


def _unposted(job: Job, *, own: bool) -> Page:
    """The clip is made, but not posted. If nobody does anything, it ends uncharged. An owner who throws it away pays, and is
    told so."""
    if not own:
        text = _("The clip is made and waits for its owner to post it. Thrown away by a moderator, it is not charged.")
        return note_page(_("Made, but not posted"), text, layout.AMBER).buttons(job_button(Action.DISCARD, job.id))
    cost = wording.credits_of(job.due)
    paid = _("Thrown away now, it is charged all the same ({cost}).").format(cost=cost) if job.due else ""
    view = note_page(_("Made, but not posted"), paragraph(unposted.offer(job), paid), layout.AMBER)
    return view.buttons(job_button(Action.POST, job.id), job_button(Action.DISCARD, job.id))


def choice_page(before: Job, job: Job, *, wanted: bool) -> Page:
    """What a press of Let it finish (`wanted`) or of Throw it away led to: `before` is the job as it was, `job` as it is."""
    if job.state is State.CANCELLED and not before.ended and not job.charged:
        # It was back in line, so the press has cancelled it.
        return _freed(job)
    if job.ended:
        return _over(job)
    if wanted and job.discard:
        return _stays_unwanted(job)
    if wanted and job.state is State.UNPOSTED:
        return unposted.page_of(job)
    if wanted:
        # Where it was thrown away before, the provider may have been asked to stop it, and it may come all the same.
        comes = _("The clip will be posted if it comes after all.") if before.discard else ""
        return note_page(_("It goes on"), comes or _("The clip will be posted when it is ready."))
    if not job.discard:
        return note_page(_("Too late for that"), _("The clip is being posted right now; More, then Delete removes it."))
    text = paragraph(_("The clip will not be posted when it comes."), _charged_for(job))
    return note_page(_("It will be thrown away"), text, layout.GREY).buttons(job_button(Action.KEEP, job.id))


def _over(job: Job) -> Page:
    if job.state is State.DONE:
        return note_page(_("It was over already"), _("This clip has come to its end: it has been posted."))
    text = _("This clip has come to its end: {ending}.").format(ending=ending_of(job))
    return note_page(_("It was over already"), text)


def _charged_for(job: Job) -> str:
    """Says whether the member pays for a clip that will be thrown away when it comes; "" for a clip without a price."""
    if not job.cost:
        return ""
    if job.moderated_away:
        return _("It is not charged.")
    if job.provider_reference is None:
        return _("It is charged only if the video service takes it.")
    return _("It is charged all the same.")


def _stays_unwanted(job: Job) -> Page:
    """The owner can't bring back what a moderator threw away, nor a moderator what the owner did."""
    if not job.moderated_away:
        text = _("Its owner does not want it, and only they can let it finish.")
    else:
        text = _("A moderator had it thrown away, and only those who moderate can let it finish. It is not charged.")
    return note_page(_("It stays thrown away"), text, layout.AMBER)
