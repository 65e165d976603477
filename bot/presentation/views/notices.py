"""The words of each `Notice` to the people who run the bot: what happened, who pays, what to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from bot import notice as n
from bot.notice import JobNotice, Notice, Part
from bot.presentation.views import wording
from bot.presentation.views.details import text_of as reason

_NAMED: Final = 10
"""Jobs that are named at once; the rest are counted."""
_DIED: Final = {
    Part.WATCHER: "the look at running clips",
    Part.LOST_SUBMITS: "the search for lost submits",
    Part.HOLDS: "the notes of what the provider refuses",
    Part.DOWNLOADS: "the download of clips",
    Part.WAITING_CLIPS: "the line of clips that wait",
    Part.PROGRESS: "the progress of clips",
    Part.HEALTH: "the word of the bot's health",
    Part.COMMANDS: "the look at registered commands",
    Part.STAGES: "the stages of {provider}",
    Part.APART: "the turns of jobs that may have broken the bot",
    Part.CAPACITY: "the question how many clips {provider} takes",
    Part.CLOCK: "the note of how far the machine's clock is off",
    Part.PRUNING: "the pruning of drafts and pictures",
    Part.COPIES: "the pruning of copies of the database",
    Part.SHELL: "the answers to the operator's shell",
    Part.FIRST_QUESTION: "the first question to the provider",
}
_TRIED: Final = {
    **_DIED,
    Part.WATCHER: "the watching of clips",
    Part.WAITING_CLIPS: "one of the clips that wait",
}
"""What is tried again and again while a provider asks to be left alone."""


def sentence(notice: Notice) -> str:  # noqa: PLR0911  one case for each kind of notice
    match notice:
        case n.PartDied():
            part = _DIED[notice.part].format(provider=notice.provider)
            return (
                f"A part of the bot stopped by a fault of ours: {part} ({notice.error}, see the log). It starts again"
                " by itself. If the log shows it stopping again and again, restart the bot and report the fault."
            )
        case n.KeyRefused():
            return (
                f"{notice.provider} refuses our key, {_work(notice)} stands still ({notice.said}): look at its key, plan and"
                " balance. All goes on by itself once they are good."
            )
        case n.LongWait():
            every = f"every {notice.every / 60:.0f} minutes"
            asks = f"{notice.provider} asks to be left alone for {notice.seconds:,.0f} s"
            return f"{asks}; {_TRIED[notice.part]} is tried {every} all the same."
        case n.Refused():
            said = notice.said or reason(None)
            others = "" if notice.kinds is None else " Other clips go on."
            return (
                f"{notice.provider} refuses {_clips(notice.kinds)} ({said}): look at its key, plan and balance. What"
                f" waits goes on by itself within minutes, and what waits for a day ends uncharged.{others}"
            )
        case n.OutOfReach():
            return (
                f"{notice.provider} is out of reach ({notice.said or reason(None)}). Clips wait, and end uncharged after a day."
            )
        case n.TakesAgain():
            return f"{notice.provider} takes {_clips(notice.kinds)} again; what waited goes on by itself."
        case n.Unreadable():
            return _unreadable(notice.jobs)
        case n.ProviderMissing():
            return _provider_missing(notice)
        case n.CommandsRefused():
            return f"Discord refuses the bot's commands, and the earlier ones stay: {notice.said}"
        case _:
            return f"Job {notice.job}{_of_a_job(notice)}"


def _of_a_job(notice: JobNotice) -> str:  # noqa: C901, PLR0911  one case for each kind of notice
    """What follows the job's name."""
    match notice:
        case n.Rejected():
            return (
                f": {notice.provider} rejected it ({notice.said}). Nothing was started, nobody was charged. Until a clip is"
                " taken this is not told again; where all are rejected, `happyhorse doctor` may say why."
            )
        case n.Unfound():
            why = "named a clip of another job" if notice.another else "was lost"
            return (
                f": the answer to its submit at {notice.provider} {why} and its clip can't be told apart there"
                f" (seed {notice.seed}). It may have been billed; the member was refunded."
            )
        case n.TakenAfterEnd():
            return (
                f" had ended when {notice.provider} took its clip as {notice.reference}: it may be billed there; the member"
                " was not charged."
            )
        case n.Unpaid():
            return _unpaid(notice)
        case n.ThrownAway():
            return (
                f": a moderator had the clip thrown away. It was billed at {notice.provider} as {notice.reference}; the member"
                " was not charged."
            )
        case n.CameOtherwise():
            return _came_otherwise(notice)
        case n.NotFetched():
            return (
                f": the finished clip can't be fetched from {notice.provider} ({notice.reference}): {notice.said}. The member"
                " was not charged."
            )
        case n.FetchTakesLong():
            return (
                f": the finished clip ({notice.reference}) does not come from {notice.provider}; the log says why. It is tried"
                " for about six hours. Its member is charged only if it comes."
            )
        case n.NotPosted():
            why = reason(notice.said)
            return (
                f": the clip is made ({notice.reference}) but can't be posted: {why}. Its owner can have it posted"
                " elsewhere for three days, and is charged then and not before."
            )
        case n.NeverPosted():
            why = reason(notice.said)
            billed = f" It was billed at {notice.provider} as {notice.reference}." if notice.billed else ""
            return (
                f": its owner has not had the clip posted in three days, so it ended ({why}).{billed} The member was"
                " not charged."
            )
        case n.Broke():
            broke = f" broke in {notice.state} by a fault of ours ({notice.error}, see the log)."
            return f"{broke}{_may_be_billed(notice)} The member was not charged."
        case n.GivenUp():
            broke = f" is not run any more: the bot broke off {notice.times} times while it was in {notice.state}, see the log."
            return f"{broke}{_may_be_billed(notice)} The member was not charged."


def _may_be_billed(notice: n.Broke | n.GivenUp) -> str:
    return "" if notice.known_as is None else f" It may be billed at {notice.provider} ({notice.known_as});"


def _unpaid(notice: n.Unpaid) -> str:
    if notice.cancelled:
        happened = f"was cancelled at {notice.provider}{' (for a moderator)' if notice.moderated else ''}"
    else:
        happened = f"failed at {notice.provider} ({reason(notice.said)})"
    billed = "was billed" if notice.billed else "may be billed"
    return f" {happened} and {billed} there as {notice.reference}; the member was not charged."


def _came_otherwise(notice: n.CameOtherwise) -> str:
    lacks: list[str] = []
    if notice.seconds is not None:
        lacks.append(f"{notice.seconds:.1f} s long instead of {notice.seconds_asked} s")
    if notice.size is not None:
        lacks.append(f"{notice.size[0]} x {notice.size[1]} instead of {notice.resolution_asked}")
    if notice.silent:
        lacks.append("without sound")
    pays = "does not pay for it" if notice.free else "pays for it"
    return (
        f": the clip came {' and '.join(lacks)} from {notice.provider} ({notice.reference}). It is posted all the same, and its"
        f" member {pays} (quota.not_as_asked)."
    )


def _unreadable(jobs: Sequence[str]) -> str:
    if len(jobs) == 1:
        which, stay, them = f"Job {jobs[0]}", "stays as it is", "it"
    else:
        which, stay, them = f"{len(jobs)} jobs ({_some(jobs)})", "stay as they are", "them"
    return (
        f"{which} can't be read by this version of the bot and {stay}, with the credits reserved for {them}. happyhorse job"
        f" show {jobs[0]} says why. Install the version that wrote {them}, or: happyhorse job end {jobs[0]} --yes."
    )


def _provider_missing(notice: n.ProviderMissing) -> str:
    number, named = len(notice.jobs), _some(notice.jobs)
    if notice.over:
        which, whose = ("1 clip ends", "Its member is") if number == 1 else (f"{number} clips end", "Their members are")
        return f"{which} for want of a provider that is not configured any more ({named}). {whose} not charged."
    which, they = ("1 paid clip waits", "it goes") if number == 1 else (f"{number} paid clips wait", "they go")
    return f"{which} for a provider that is not configured any more ({named}). Configure it again and restart, and {they} on."


def _work(notice: n.KeyRefused) -> str:
    if notice.part is Part.WATCHER:
        return f"watching {wording.count(notice.count, 'clip')}"
    return f"the search for {wording.count(notice.count, 'lost submit')}"


def _clips(kinds: Collection[str] | None) -> str:
    return "clips" if kinds is None else f"clips from {' and '.join(sorted(kinds))}"


def _some(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return f"{', '.join(codes[:_NAMED])}{more}"
