"""How a job ended, in members' words: what happened, what it cost, what to do next. Pure; the same on card and in thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.job import Failure, Job, State
from bot.presentation.views import layout, wording
from bot.presentation.views.custom_ids import Action


@dataclass(frozen=True, slots=True)
class Ending:
    """`next_steps` are the buttons in order of use; `brief` is the sentence in one line of a list."""

    headline: str
    sentence: str
    charge: str
    accent: int
    next_steps: tuple[Action, ...] = ()
    brief: str = ""


_FAILURES: Final = {
    Failure.MODERATION: (
        "Not this wording",
        (
            "The video service's safety check did not let this one through. That happens to harmless ideas too; saying it in"
            " other words often works."
        ),
        "The safety check did not let it through.",
        (Action.EDIT,),
    ),
    Failure.PROVIDER: (
        "Did not work",
        "The video service could not make this clip. Trying again often helps; if not, a simpler prompt does.",
        "The video service could not make it.",
        (Action.RETRY, Action.EDIT),
    ),
    Failure.OPERATOR: (
        "Closed for the moment",
        "The video service does not take clips from this bot right now; please try again later.",
        "The video service is closed to this bot.",
        (Action.RETRY,),
    ),
    Failure.OURS: (
        "Trouble on the bot's side",
        (
            "Something on the bot's side kept it from being made, nothing of yours. It is in the log for the people who run the"
            " bot; please try again."
        ),
        "Something on the bot's side kept it back.",
        (Action.RETRY, Action.EDIT),
    ),
    Failure.UNDELIVERABLE: (
        "Could not be posted",
        (
            "The clip was made, but every place to post it was closed to me: thread, channel and direct messages. Allow me to"
            " write in one of them, then try again."
        ),
        "Every place to post it was closed.",
        (Action.RETRY,),
    ),
    Failure.DOUBTFUL: (
        "Perhaps shown",
        "The clip was made and about to be posted, but I can't see any more whether it was. Try again makes it anew.",
        "It could not be seen whether it was posted.",
        (Action.RETRY,),
    ),
    Failure.TOO_LARGE: (
        "Too large to post",
        "The clip was made, but it can't be made small enough to be posted here.",
        "It can't be made small enough to post.",
        (Action.EDIT,),
    ),
    Failure.DISCORD: (
        "Discord was in trouble",
        "The clip was made, but Discord did not take it for hours, so the bot stopped trying.",
        "Discord did not take it for hours.",
        (Action.RETRY,),
    ),
    Failure.STOPPED: (
        "Stopped",
        "The people who run the bot stopped this clip before it was done.",
        "The people who run the bot stopped it.",
        (Action.RETRY, Action.EDIT),
    ),
    Failure.TIMEOUT: (
        "Took too long",
        "The video service did not finish this clip in a reasonable time, so the bot stopped waiting for it.",
        "The video service did not finish it.",
        (Action.RETRY, Action.EDIT),
    ),
}


_PRIVATE_UNDELIVERABLE: Final = (
    "The clip was made, but your direct messages are closed to me. Allow me to write to you, then try again.",
    "Your direct messages are closed to the bot.",
)
"""A private clip goes nowhere else once its card can't be edited any more."""
_OF_PREVIEWS: Final = {
    Failure.PROVIDER: (
        "The preview could not be drawn. Trying again often helps; if not, a simpler prompt does.",
        "The preview could not be drawn.",
    ),
    Failure.OPERATOR: ("Previews are not drawn any more here; please try again later.", "Previews are not drawn any more."),
    Failure.TIMEOUT: (
        "The preview was not drawn in a reasonable time, so the bot stopped waiting for it.",
        "The preview was not drawn in time.",
    ),
}
"""Where no video service had a part in it: sentence and brief."""
_FREE: Final = {True: "Previews are free", False: "Clips are free here"}


def ending(job: Job, *, told: bool = False) -> Ending:
    """For a job in one of its last states. `told`: the people who run the bot have been told."""
    charge = _charge(job)
    match job.state:
        case State.DONE if job.address.result_id is None:
            return Ending("Deleted", "The clip was made and has been deleted since.", charge, layout.GREY, (Action.AGAIN,))
        case State.DONE:
            return Ending("Done", "", charge, layout.GREEN, (Action.AGAIN, Action.REMIX))
        case State.CANCELLED if job.charged:
            sentence = "Cancelled after it had gone to the video service; the clip was thrown away."
            return Ending("Cancelled", sentence, charge, layout.GREY, (Action.RETRY, Action.EDIT))
        case State.CANCELLED if job.moderated_away:
            sentence = "A moderator had it thrown away."
            return Ending("Cancelled", sentence, charge, layout.GREY, (Action.RETRY, Action.EDIT), sentence)
        case State.CANCELLED:
            return Ending("Cancelled", "", charge, layout.GREY, (Action.RETRY, Action.EDIT))
        case State.UNKNOWN:
            sentence = (
                "The connection to the video service broke at the moment of handing your clip over, and it can't say"
                f" whether it took it. {wording.operators_know(told=told)}"
            )
            brief = "The connection broke at the handover."
            return Ending("Lost contact", sentence, _refund(job), layout.RED, (Action.RETRY,), brief)
        case _:
            return _failed(job, job.failure or Failure.OURS, charge, told=told)


def _failed(job: Job, failure: Failure, charge: str, *, told: bool) -> Ending:
    headline, sentence, brief, steps = _FAILURES[failure]
    if failure is Failure.UNDELIVERABLE and job.address.private:
        sentence, brief = _PRIVATE_UNDELIVERABLE
    elif job.preview and failure in _OF_PREVIEWS:
        sentence, brief = _OF_PREVIEWS[failure]
    elif failure is Failure.OPERATOR:
        sentence = f"{sentence} {wording.operators_know(told=told)}"
    elif failure is Failure.TOO_LARGE:
        less = wording.less_than(job.request.duration, job.request.resolution)
        sentence = f"{sentence} {less} is smaller." if less else sentence
    return Ending(headline, sentence, charge, layout.RED, steps, brief)


def has_link(job: Job) -> bool:
    """Whether the provider may hand out a link to the clip; a preview exists here alone."""
    return job.provider_reference is not None and not job.preview


def job_code_line(job: Job) -> str:
    """Small print by which the operator finds the job in the log."""
    return f"-# Reference `{job.job_code}`"


def _charge(job: Job) -> str:
    if job.cost == 0:
        return f"{_FREE[job.preview]}, so nothing was charged."
    if not job.charged:
        return "You were not charged."
    return f"It was charged, {wording.count(job.charged, 'credit')}: the clip was already paid for."


def _refund(job: Job) -> str:
    return _charge(job) if job.cost == 0 else "You were not charged; your credits are back."
