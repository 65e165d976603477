"""The words for the answers of `happyhorse job end` and `happyhorse job retry`, and for what a provider says about a job.
The command line calls it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot import operator_answer as o
from bot.operator_answer import About, Remark, Report, ReportCode, Word
from bot.ports import OperatorAnswer
from bot.presentation.views import details
from bot.presentation.views.translations import N_, _, ngettext

_DETAIL_CHARACTERS: Final = 200
"""How much of a provider's message is quoted in an answer."""
_WORDS: Final = {
    Word.ID_TAKEN: N_("The new id is taken; try again."),
    Word.SAY_YES: N_("Say --yes to book it."),
    Word.LOOK_FIRST: N_("Nothing was booked: it may exist there, so it has to be looked for first. Try again later."),
    Word.TOO_OLD: N_("Nothing was done: it was asked for more than an hour before a bot could take it up. Ask again."),
    Word.OUR_FAULT: N_("It could not be carried out, by a fault of ours; the bot's log has why."),
    Word.NO_BOT: N_("No bot is running: what is left to do follows when it starts."),
}
_ABOUT: Final = {
    About.NO_SUCH: N_("There is no job {job}."),
    About.MOVES_ON: N_("Job {job} moves on faster than it can be ended; try again."),
    About.JUST_ENDED: N_("Job {job} has just ended."),
    About.UNREADABLE_ENDED: N_("Job {job} has ended; its credits are back. Its messages stay as they are."),
    About.UNREADABLE_OVER: N_("Job {job} was over already; the next start does not name it any more."),
    About.SAME_CLIP: N_("Nothing was booked: job {job} makes, or made, this very clip."),
}
_REPORTS: Final = {
    ReportCode.NOTHING_SENT: N_("nothing was sent to the provider"),
    ReportCode.PREVIEW: N_("a preview, drawn by the bot itself"),
    ReportCode.NOT_CONFIGURED: N_("{provider} is not configured here, so it can't be asked"),
    ReportCode.NO_ANSWER: N_("{provider} can't be asked now: no answer within {seconds} s"),
    ReportCode.TROUBLE: N_("{provider} can't be asked now: {said}"),
    ReportCode.UNKNOWN: N_("{provider} does not know {reference}, or not yet"),
    ReportCode.STATUS: N_("{provider} says of {reference}: {status}"),
    ReportCode.NOT_LISTED: N_("{provider} lists no clip that could be this one"),
    ReportCode.ALIKE: N_("{provider} lists clips that could be this one, and they can't be told apart"),
    ReportCode.FOUND: N_("{provider} has its clip as {reference}"),
}
_PHASES: Final = {
    "waiting": N_("waiting"),
    "running": N_("running"),
    "succeeded": N_("succeeded"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
}


def text_of(answer: OperatorAnswer) -> str:
    """The whole answer in one line."""
    return " ".join(map(_remark, answer.remarks))


def text_of_report(report: Report) -> str:
    """What the provider says about a job, without a full stop."""
    return _(_REPORTS[report.code]).format(
        provider=report.provider,
        reference=report.reference,
        said=_detail(report),
        seconds=report.seconds,
        status=", ".join(_status(report)),
    )


def _detail(report: Report) -> str:
    return details.text_of(report.detail)[:_DETAIL_CHARACTERS]


def _status(report: Report) -> Iterator[str]:
    yield _(_PHASES[report.phase]) if report.phase in _PHASES else report.phase
    if report.percent is not None:
        yield _("{percent} %").format(percent=report.percent)
    if report.detail is not None:
        yield _detail(report)
    if report.billed is not None:
        yield _("billed") if report.billed else _("not billed")


def _remark(remark: Remark) -> str:  # noqa: C901, PLR0911  one case for each kind of remark
    match remark:
        case o.Stored():
            return remark.text
        case o.Said():
            return _(_WORDS[remark.word])
        case o.OfJob():
            return _(_ABOUT[remark.about]).format(job=remark.job)
        case o.NotReadable():
            return _not_readable(remark)
        case o.CancelAsked():
            asked = (
                _("{provider} was asked to cancel it and agreed.")
                if remark.agreed
                else _("{provider} was asked to cancel it and did not.")
            )
            return asked.format(provider=remark.provider)
        case o.MayBeBilled():
            return _("It may be billed at {provider} as {known_as}.").format(provider=remark.provider, known_as=remark.known_as)
        case o.AtProvider():
            return _at_provider(remark)
        case o.NoProvider():
            return _("{provider} is not configured here, so job {job} can't be made again.").format(
                provider=remark.provider, job=remark.job
            )
        case o.Silent():
            return _(
                "The bot has not answered within {seconds} s. The request stands: the bot takes it up when it can, also after a"
                " restart within the hour. happyhorse job show {job} says what came of it."
            ).format(seconds=remark.seconds, job=remark.job)
        case o.Ended() | o.Over() | o.NothingToRetry() | o.WaitsForOwner() | o.GoesOn():
            return _of_its_job(remark)
        case o.AnotherTry() | o.ClipExists() | o.NothingLeft() | o.Booked():
            return _of_another_try(remark)


def _of_its_job(remark: o.Ended | o.Over | o.NothingToRetry | o.WaitsForOwner | o.GoesOn) -> str:
    match remark:
        case o.Ended():
            return ngettext(
                "Job {job} has ended; its {cost} credit is back with member {member}.",
                "Job {job} has ended; its {cost} credits are back with member {member}.",
                remark.cost,
            ).format(job=remark.job, cost=remark.cost, member=remark.member_id)
        case o.Over():
            return ngettext(
                "Job {job} is over already: {state}, {charged} credit charged.",
                "Job {job} is over already: {state}, {charged} credits charged.",
                remark.charged,
            ).format(job=remark.job, state=remark.state, charged=remark.charged)
        case o.NothingToRetry():
            return _("Job {job} is {state}: there is nothing to try again. Its member has buttons for another clip.").format(
                job=remark.job, state=remark.state
            )
        case o.WaitsForOwner():
            return ngettext(
                "Job {job} is made and waits until its owner has it posted (Post it here in /jobs), which charges its {cost}"
                " credit. Left alone, it ends uncharged.",
                "Job {job} is made and waits until its owner has it posted (Post it here in /jobs), which charges its {cost}"
                " credits. Left alone, it ends uncharged.",
                remark.cost,
            ).format(job=remark.job, cost=remark.cost)
        case o.GoesOn():
            return ngettext(
                "Job {job} goes on now ({state}), under the {cost} credit reserved for it.",
                "Job {job} goes on now ({state}), under the {cost} credits reserved for it.",
                remark.cost,
            ).format(job=remark.job, state=remark.state, cost=remark.cost)


def _of_another_try(remark: o.AnotherTry | o.ClipExists | o.NothingLeft | o.Booked) -> str:
    match remark:
        case o.AnotherTry():
            return ngettext(
                "Another try of job {job} costs member {member} {cost} credit. Of this one: {report}.",
                "Another try of job {job} costs member {member} {cost} credits. Of this one: {report}.",
                remark.cost,
            ).format(job=remark.job, member=remark.member_id, cost=remark.cost, report=text_of_report(remark.report))
        case o.ClipExists():
            return _(
                "Nothing was booked: the clip exists. Take it from the provider as {reference} and hand it to the member;"
                " another would be billed again."
            ).format(reference=remark.reference)
        case o.NothingLeft():
            bounds = " ".join(_bound(each, remark.member_id) for each in remark.bounds)
            return _("Nothing was booked: {bounds}").format(bounds=bounds)
        case o.Booked():
            return ngettext(
                "Booked as job {job} ({id}); {cost} credit of member {member} is reserved.",
                "Booked as job {job} ({id}); {cost} credits of member {member} are reserved.",
                remark.cost,
            ).format(job=remark.job, id=remark.job_id, cost=remark.cost, member=remark.member_id)


def _at_provider(remark: o.AtProvider) -> str:
    if remark.reference:
        text = _(
            "Job {job} is {state}: it is with {provider} as {reference} and may be billed there, while its member is not"
            " charged."
        )
    else:
        text = _("Job {job} is {state}: it is with {provider} and may be billed there, while its member is not charged.")
    there = text.format(job=remark.job, state=remark.state, provider=remark.provider, reference=remark.reference)
    parts = [there, _("Its clip may be posted already.") if remark.posting else "", _("Say --yes to end it all the same.")]
    return " ".join(part for part in parts if part)


def _not_readable(remark: o.NotReadable) -> str:
    if not remark.ending:
        text = _("Job {job} can't be read by this version ({why}): install the version that wrote it.")
    else:
        text = _(
            "Job {job} can't be read by this version ({why}), and may be billed at a provider. Say --yes to end it all the"
            " same; its credits go back, and its messages stay as they are."
        )
    return text.format(job=remark.job, why=remark.why)


def _bound(bound: o.Bound, member_id: int) -> str:
    running = bound.limit - bound.left
    match bound.reason:
        case "allowance":
            text = _("the member has {left} left (happyhorse quota grant {missing} --member {member}).")
        case "guild_allowance":
            text = ngettext(
                "the server has {left} credit left of {limit} (quota.guild_allowance).",
                "the server has {left} credits left of {limit} (quota.guild_allowance).",
                bound.left,
            )
        case "guild_running" | "guild_running_jobs":
            text = ngettext(
                "the server has {running} clip under way, and {limit} is the limit; wait for one to end.",
                "the server has {running} clips under way, and {limit} is the limit; wait for one to end.",
                running,
            )
        case _:
            text = ngettext(
                "the member has {running} clip under way, and {limit} is the limit; wait for one to end.",
                "the member has {running} clips under way, and {limit} is the limit; wait for one to end.",
                running,
            )
    return text.format(
        left=bound.left,
        missing=bound.needed - bound.left,
        member=member_id,
        limit=bound.limit,
        running=running,
    )
