"""The words for each `Notice` to the people who run the bot: what happened, who pays, what to do.

`OperatorsChannel` logs them and sends them to the channel. Those about one job are in `job_notices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot import notice as n
from bot.notice import Notice, Part
from bot.presentation.views.details import text_of as reason
from bot.presentation.views.job_notices import about_job
from bot.presentation.views.translations import N_, _, listed, ngettext, number

_NAMED: Final = 10
"""How many jobs are named in one notice; the rest is counted."""
_DIED: Final = {
    Part.WATCHER: N_("the look at running clips"),
    Part.LOST_SUBMITS: N_("the search for lost submits"),
    Part.HOLDS: N_("the notes of what the provider refuses"),
    Part.DOWNLOADS: N_("the download of clips"),
    Part.WAITING_CLIPS: N_("the line of clips that wait"),
    Part.PROGRESS: N_("the progress of clips"),
    Part.HEALTH: N_("the word of the bot's health"),
    Part.COMMANDS: N_("the look at registered commands"),
    Part.STAGES: N_("the stages of {provider}"),
    Part.APART: N_("the turns of jobs that may have broken the bot"),
    Part.CAPACITY: N_("the question how many clips {provider} takes"),
    Part.CLOCK: N_("the note of how far the machine's clock is off"),
    Part.PRUNING: N_("the pruning of drafts and pictures"),
    Part.COPIES: N_("the pruning of copies of the database"),
    Part.KEPT_CLIPS: N_("the tidying of kept clips"),
    Part.SHELL: N_("the answers to the operator's shell"),
    Part.ASKED: N_("what members asked for before the start"),
    Part.LATE_ENDS: N_("the cards that Discord refused to change"),
    Part.FIRST_QUESTION: N_("the first question to the provider"),
}
_TRIED: Final = {
    **_DIED,
    Part.WATCHER: N_("the watching of clips"),
    Part.WAITING_CLIPS: N_("one of the clips that wait"),
}
"""What each part of the bot goes on trying while a provider asks for a long wait."""


def sentence(notice: Notice) -> str:
    match notice:
        case n.PartDied():
            # Translators: {part} is such as "the progress of clips".
            stopped = _(
                "A part of the bot stopped by a fault of ours: {part} ({error}, see the log). It starts again by itself. If the"
                " log shows it stopping again and again, restart the bot and report the fault."
            )
            return stopped.format(part=_(_DIED[notice.part]).format(provider=notice.provider), error=notice.error)
        case n.Unreadable():
            return _unreadable(notice.jobs)
        case n.ProviderMissing():
            return _provider_missing(notice)
        case n.CommandsRefused():
            return _("Discord refuses the bot's commands, and the earlier ones stay: {said}").format(said=notice.said)
        case n.ClipsNotKept():
            unkept = _(
                "Finished clips can't be kept in {folder}: {said}. They are posted all the same, and Fresh link asks the"
                " provider for them. Make room on that disk, or give the bot's user the right to write there."
            )
            return unkept.format(folder=notice.folder, said=notice.said)
        case n.KeyRefused() | n.LongWait() | n.Refused() | n.OutOfReach() | n.TakesAgain():
            return _of_provider(notice)
        case _:
            return about_job(notice)


def _of_provider(notice: n.KeyRefused | n.LongWait | n.Refused | n.OutOfReach | n.TakesAgain) -> str:
    provider = notice.provider
    match notice:
        case n.KeyRefused():
            return _key_refused(notice)
        case n.LongWait():
            minutes = round(notice.every / 60)
            # Translators: {part} is such as "the watching of clips".
            asks = ngettext(
                "{provider} asks to be left alone for {seconds} s; {part} is tried every {count} minute all the same.",
                "{provider} asks to be left alone for {seconds} s; {part} is tried every {count} minutes all the same.",
                minutes,
            )
            part = _(_TRIED[notice.part]).format(provider=provider)
            return asks.format(provider=provider, seconds=number(notice.seconds), part=part, count=number(minutes))
        case n.Refused():
            return _refused(notice)
        case n.OutOfReach():
            away = _("{provider} is out of reach ({said}). Clips wait, and end uncharged after a day.")
            return away.format(provider=provider, said=reason(notice.said))
        case n.TakesAgain() if notice.kinds is None:
            return _("{provider} takes clips again; what waited goes on by itself.").format(provider=provider)
        case n.TakesAgain():
            again = _("{provider} takes clips from {kinds} again; what waited goes on by itself.")
            return again.format(provider=provider, kinds=listed(sorted(notice.kinds or ())))


def _key_refused(notice: n.KeyRefused) -> str:
    if notice.part is Part.WATCHER:
        stands = ngettext(
            "{provider} refuses our key, watching {count} clip stands still ({said}): look at its key, plan and balance. All"
            " goes on by itself once they are good.",
            "{provider} refuses our key, watching {count} clips stands still ({said}): look at its key, plan and balance. All"
            " goes on by itself once they are good.",
            notice.count,
        )
    else:
        stands = ngettext(
            "{provider} refuses our key, the search for {count} lost submit stands still ({said}): look at its key, plan and"
            " balance. All goes on by itself once they are good.",
            "{provider} refuses our key, the search for {count} lost submits stands still ({said}): look at its key, plan and"
            " balance. All goes on by itself once they are good.",
            notice.count,
        )
    return stands.format(provider=notice.provider, count=number(notice.count), said=reason(notice.said))


def _refused(notice: n.Refused) -> str:
    said = reason(notice.said)
    if notice.kinds is None:
        every = _(
            "{provider} refuses clips ({said}): look at its key, plan and balance. What waits goes on by itself within minutes,"
            " and what waits for a day ends uncharged."
        )
        return every.format(provider=notice.provider, said=said)
    # Translators: {kinds} is such as "image and text".
    some = _(
        "{provider} refuses clips from {kinds} ({said}): look at its key, plan and balance. What waits goes on by itself within"
        " minutes, and what waits for a day ends uncharged. Other clips go on."
    )
    return some.format(provider=notice.provider, said=said, kinds=listed(sorted(notice.kinds)))


def _unreadable(jobs: Sequence[str]) -> str:
    if len(jobs) == 1:
        one = _(
            "Job {job} can't be read by this version of the bot and stays as it is, with the credits reserved for it."
            " happyhorse job show {job} says why. Install the version that wrote it, or: happyhorse job end {job} --yes."
        )
        return one.format(job=jobs[0])
    # Translators: {count} is at least 2, {named} are their codes, {job} is the first of them.
    many = ngettext(
        "{count} job ({named}) can't be read by this version of the bot and stays as it is, with the credits reserved for it."
        " happyhorse job show {job} says why. Install the version that wrote it, or: happyhorse job end {job} --yes.",
        "{count} jobs ({named}) can't be read by this version of the bot and stay as they are, with the credits reserved for"
        " them. happyhorse job show {job} says why. Install the version that wrote them, or: happyhorse job end {job} --yes.",
        len(jobs),
    )
    return many.format(count=number(len(jobs)), named=_some(jobs), job=jobs[0])


def _provider_missing(notice: n.ProviderMissing) -> str:
    count = len(notice.jobs)
    if notice.over:
        text = ngettext(
            "{count} clip ends for want of a provider that is not configured any more ({named}). Its member is not charged.",
            "{count} clips end for want of a provider that is not configured any more ({named}). Their members are not"
            " charged.",
            count,
        )
    else:
        text = ngettext(
            "{count} paid clip waits for a provider that is not configured any more ({named}). Configure it again and restart,"
            " and it goes on.",
            "{count} paid clips wait for a provider that is not configured any more ({named}). Configure it again and restart,"
            " and they go on.",
            count,
        )
    return text.format(count=number(count), named=_some(notice.jobs))


def _some(codes: Sequence[str]) -> str:
    named, more = ", ".join(codes[:_NAMED]), len(codes) - _NAMED
    if more <= 0:
        return named
    # Translators: {names} are the codes of jobs.
    return ngettext("{names} and {count} more", "{names} and {count} more", more).format(names=named, count=number(more))
