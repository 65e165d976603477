"""How a job ended, in members' words: what happened, what it cost, what to do next.

The card, the thread's last message and `/jobs` call `ending`, so that all say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.job import Failure, Job, State
from bot.presentation.views import layout, wording
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.translations import N_, _, ngettext, number


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
        N_("Not this wording"),
        N_(
            "The video service's safety check did not let this one through. That happens to harmless ideas too; saying it in"
            " other words often works."
        ),
        N_("The safety check did not let it through."),
        (Action.EDIT,),
    ),
    Failure.PROVIDER: (
        N_("Did not work"),
        N_("The video service could not make this clip. Trying again often helps; if not, a simpler prompt does."),
        N_("The video service could not make it."),
        (Action.RETRY, Action.EDIT),
    ),
    Failure.OPERATOR: (
        N_("Closed for the moment"),
        N_("The video service does not take clips from this bot right now; please try again later."),
        N_("The video service is closed to this bot."),
        (Action.RETRY,),
    ),
    Failure.OURS: (
        N_("Trouble on the bot's side"),
        N_(
            "Something on the bot's side kept it from being made, nothing of yours. It is in the log for the people who run the"
            " bot; please try again."
        ),
        N_("Something on the bot's side kept it back."),
        (Action.RETRY, Action.EDIT),
    ),
    Failure.UNDELIVERABLE: (
        N_("Could not be posted"),
        N_(
            "The clip was made, but every place to post it was closed to me: thread, channel and direct messages. Allow me to"
            " write in one of them, then try again."
        ),
        N_("Every place to post it was closed."),
        (Action.RETRY,),
    ),
    Failure.DOUBTFUL: (
        N_("Perhaps shown"),
        # Translators: "Try again" is a button.
        N_("The clip was made and about to be posted, but I can't see any more whether it was. Try again makes it anew."),
        N_("It could not be seen whether it was posted."),
        (Action.RETRY,),
    ),
    Failure.TOO_LARGE: (
        N_("Too large to post"),
        N_("The clip was made, but it can't be made small enough to be posted here."),
        N_("It can't be made small enough to post."),
        (Action.EDIT,),
    ),
    Failure.DISCORD: (
        N_("Discord was in trouble"),
        N_("The clip was made, but Discord did not take it for hours, so the bot stopped trying."),
        N_("Discord did not take it for hours."),
        (Action.RETRY,),
    ),
    Failure.STOPPED: (
        N_("Stopped"),
        N_("The people who run the bot stopped this clip before it was done."),
        N_("The people who run the bot stopped it."),
        (Action.RETRY, Action.EDIT),
    ),
    Failure.TIMEOUT: (
        N_("Took too long"),
        N_("The video service did not finish this clip in a reasonable time, so the bot stopped waiting for it."),
        N_("The video service did not finish it."),
        (Action.RETRY, Action.EDIT),
    ),
}


_PRIVATE_UNDELIVERABLE: Final = (
    N_("The clip was made, but your direct messages are closed to me. Allow me to write to you, then try again."),
    N_("Your direct messages are closed to the bot."),
)
"""For a private clip: once its card can't be edited any more, it can only go to a direct message."""
_OF_PREVIEWS: Final = {
    Failure.PROVIDER: (
        N_("The preview could not be drawn. Trying again often helps; if not, a simpler prompt does."),
        N_("The preview could not be drawn."),
    ),
    Failure.OPERATOR: (
        N_("Previews are not drawn any more here; please try again later."),
        N_("Previews are not drawn any more."),
    ),
    Failure.TIMEOUT: (
        N_("The preview was not drawn in a reasonable time, so the bot stopped waiting for it."),
        N_("The preview was not drawn in time."),
    ),
}
"""For previews, which no video service makes: the sentence, and its short form."""


def ending(job: Job, *, told: bool = False) -> Ending:
    """The ending of a job that is in a final state. `told`: the people who run the bot have been told."""
    charge = _charge(job)
    headline = wording.state(job.state)
    match job.state:
        case State.DONE if job.address.result_id is None:
            sentence = _("The clip was made and has been deleted since.")
            # Translators: the headline of a clip.
            return Ending(_("Deleted"), sentence, charge, layout.GREY, (Action.AGAIN,))
        case State.DONE:
            return Ending(headline, "", charge, layout.GREEN, (Action.AGAIN, Action.REMIX))
        case State.CANCELLED if job.charged:
            sentence = _("Cancelled after it had gone to the video service; the clip was thrown away.")
            return Ending(headline, sentence, charge, layout.GREY, (Action.RETRY, Action.EDIT))
        case State.CANCELLED if job.moderated_away:
            sentence = _("A moderator had it thrown away.")
            return Ending(headline, sentence, charge, layout.GREY, (Action.RETRY, Action.EDIT), sentence)
        case State.CANCELLED:
            return Ending(headline, "", charge, layout.GREY, (Action.RETRY, Action.EDIT))
        case State.UNKNOWN:
            sentence = _(
                "The connection to the video service broke at the moment of handing your clip over, and it can't say whether it"
                " took it."
            )
            sentence = f"{sentence} {wording.operators_know(told=told)}"
            brief = _("The connection broke at the handover.")
            return Ending(headline, sentence, _refund(job), layout.RED, (Action.RETRY,), brief)
        case _:
            return _failed(job, job.failure or Failure.OURS, charge, told=told)


def _failed(job: Job, failure: Failure, charge: str, *, told: bool) -> Ending:
    headline, sentence, brief, steps = _FAILURES[failure]
    if failure is Failure.UNDELIVERABLE and job.address.private:
        sentence, brief = _PRIVATE_UNDELIVERABLE
    elif job.preview and failure in _OF_PREVIEWS:
        sentence, brief = _OF_PREVIEWS[failure]
    sentence = _(sentence)
    if failure is Failure.OPERATOR and not job.preview:
        sentence = f"{sentence} {wording.operators_know(told=told)}"
    elif failure is Failure.TOO_LARGE:
        sentence = layout.paragraph(sentence, wording.smaller(job.request.duration, job.request.resolution))
    return Ending(_(headline), sentence, charge, layout.RED, steps, _(brief))


def has_link(job: Job) -> bool:
    """Whether the provider may give a link to the clip. A preview has none, since it is only on this machine."""
    return job.provider_reference is not None and not job.preview


def job_code_line(job: Job) -> str:
    """A small line with the code by which the operator finds the job in the log."""
    return reference_line(job.job_code)


def reference_line(code: str) -> str:
    """A small line with a code that the operator finds in the log."""
    # Translators: "-# " makes a line small. {code} is what stands in the log too.
    return _("-# Reference `{code}`").format(code=code)


def _charge(job: Job) -> str:
    if job.cost == 0:
        if job.preview:
            return _("Previews are free, so nothing was charged.")
        return _("Clips are free here, so nothing was charged.")
    if not job.charged:
        return _("You were not charged.")
    return ngettext(
        "It was charged, {count} credit: the clip was already paid for.",
        "It was charged, {count} credits: the clip was already paid for.",
        job.charged,
    ).format(count=number(job.charged))


def _refund(job: Job) -> str:
    return _charge(job) if job.cost == 0 else _("You were not charged; your credits are back.")
