"""The words for a made clip that could not be posted: why, and how its owner has it posted elsewhere.

The card, `/jobs`, the messages of the end and the buttons show them.
"""

from __future__ import annotations

from typing import Final

from bot.domain.job import Failure, Job
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page, bold
from bot.presentation.views.translations import N_, _

_REASONS: Final = {
    Failure.UNDELIVERABLE: N_("Every place to post it is closed to me: thread, channel and direct messages."),
    Failure.DOUBTFUL: N_("It was about to be posted, and I can't see any more whether it was."),
    Failure.TOO_LARGE: N_("It can't be made small enough to be posted there."),
    Failure.DISCORD: N_("Discord did not take it for hours."),
    Failure.OURS: N_("Something on the bot's side keeps it from being posted."),
}
_OF_PRIVATE: Final = {
    Failure.UNDELIVERABLE: N_("Your direct messages are closed to me."),
    Failure.DOUBTFUL: N_("It was about to be shown to you, and I can't see any more whether it was."),
}


def reason(job: Job) -> str:
    failure = job.failure or Failure.OURS
    told = _OF_PRIVATE if job.address.private else _REASONS
    return _(told.get(failure) or _REASONS.get(failure, _REASONS[Failure.OURS]))


def offer(job: Job) -> str:
    """Says what the owner may do, until when, and what it costs."""
    # Translators: "Post it here" is a button. {moment} is a date and a time.
    where = _("Press **Post it here** in `/jobs`, wherever you want it, until {moment}.")
    where = where.format(moment=wording.moment(job.unposted_until_ms, "f"))
    if not job.due:
        return where
    # Translators: behind the sentence "Press **Post it here** …". {cost} is such as "90 credits".
    charged = _("It is charged then ({cost}); later it ends and is not charged.").format(cost=wording.credits_of(job.due))
    return f"{where} {charged}"


def page_of(job: Job) -> Page:
    """Reason and offer on one page, with the button: for the card, the thread, direct messages and private answers."""
    view = Page(layout.AMBER).text(bold(wording.state(job.state)), reason(job), offer(job))
    return view.buttons(job_button(Action.POST, job.id))
