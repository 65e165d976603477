"""The words for a made clip that could not be posted: why, and how its owner has it posted elsewhere. Pure."""

from __future__ import annotations

from typing import Final

from bot.domain.job import Failure, Job
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page

_REASONS: Final = {
    Failure.UNDELIVERABLE: "Every place to post it is closed to me: thread, channel and direct messages.",
    Failure.DOUBTFUL: "It was about to be posted, and I can't see any more whether it was.",
    Failure.TOO_LARGE: "It can't be made small enough to be posted there.",
    Failure.DISCORD: "Discord did not take it for hours.",
    Failure.OURS: "Something on the bot's side keeps it from being posted.",
}
_OF_PRIVATE: Final = {
    Failure.UNDELIVERABLE: "Your direct messages are closed to me.",
    Failure.DOUBTFUL: "It was about to be shown to you, and I can't see any more whether it was.",
}


def reason(job: Job) -> str:
    failure = job.failure or Failure.OURS
    told = _OF_PRIVATE if job.address.private else _REASONS
    return told.get(failure) or _REASONS.get(failure, _REASONS[Failure.OURS])


def offer(job: Job) -> str:
    """What its owner may do, until when, and what it costs."""
    until = wording.moment(job.unposted_until_ms, "f")
    charged = f"It is charged then ({wording.credits_of(job.due)}); later it ends and is not charged." if job.due else ""
    return f"Press **Post it here** in `/jobs`, wherever you want it, until {until}. {charged}".strip()


def page_of(job: Job) -> Page:
    """The same for its thread or for a direct message."""
    view = Page(layout.AMBER).text(f"**{wording.STATES[job.state]}**", reason(job), offer(job))
    return view.buttons(job_button(Action.POST, job.id))
