"""The text about a clip's progress: stage, bar, time, place in line and expected wait.

`DiscordNotifier` and the job card show it, and `/jobs` a form of it in one line. Lines have about 40 characters at most, so
that narrow phones do not break them.
"""

from __future__ import annotations

from typing import Final

from bot.domain.job import MADE, Job, State
from bot.domain.progress import bar, overdue, within_ms
from bot.ports import Hitch, Progress
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import Press, job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.durations import about, so_far, span
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import N_, _
from bot.presentation.views.waiting_text import asked_for, in_line, line_in_list, one_line, trouble_here, waits_alone

# Translators: a new line after about 40 characters, so that narrow phones need not break it; so in all texts of this file.
_MADE_BUT: Final = {
    Hitch.PROVIDER: N_("The clip is made, but the video service\ndoes not hand it out. It is tried again."),
    Hitch.DISK: N_("The clip is made, but the bot's disk\nis full. It comes once there is room."),
    Hitch.DISCORD: N_("The clip is made, but Discord does\nnot take it. It is tried again."),
    Hitch.OURS: N_("The clip is made, but the bot has\ntrouble with it. It is tried again."),
}
"""Why a made clip does not come yet."""
_DRAWN_BUT: Final = {
    Hitch.DISK: N_("The preview is drawn, but the bot's disk\nis full. It comes once there is room."),
    Hitch.DISCORD: N_("The preview is drawn, but Discord does\nnot take it. It is tried again."),
    Hitch.OURS: N_("The preview is drawn, but the bot has\ntrouble with it. It is tried again."),
}
"""The same for a preview, which no video service makes."""
_SUBMIT_WITHIN_MS: Final = 60_000
"""A submit takes a second or two. After this time its answer is late or lost."""


def progress_text(progress: Progress, *, told: bool = False) -> str:
    """A few short lines. If the text is the same as before, no edit is needed.

    `told`: the people who run the bot have been told why the clip does not move on.
    """
    job = progress.job
    # Translators: a clip with trouble of its own, which stands in no line.
    waiting = _("Waiting")
    lines = [f"**{waiting if waits_alone(progress) else wording.stage(job)}**"]
    if job.state is State.QUEUED:
        lines += in_line(progress, told=told)
    elif job.state is State.GENERATING:
        lines += [_drawn(progress), _silence(progress) or _expectation(progress)]
    elif job.state in MADE:
        lines += _bringing(progress)
    else:
        lines += [_handing_over(progress), asked_for(job)]
    return "\n".join(line for line in (*lines, unwanted(job)) if line)


def unwanted(job: Job) -> str:
    """For a clip that will be thrown away: who asked for that, and whether its owner pays. Else ""."""
    if not job.discard:
        return ""
    if job.moderated_away:
        return _("A moderator has it thrown away when it comes; it is not charged.")
    return _("It will be thrown away when it comes.")


def progress_line(progress: Progress) -> str:
    """The progress in one short line, for a list."""
    job = progress.job
    if job.state is State.QUEUED:
        return line_in_list(progress)
    if job.state in MADE:
        return _brought_line(progress)
    if job.state is not State.GENERATING:
        return one_line(_handing_over(progress))
    if own := trouble_here(progress):
        return one_line(own)
    expected = progress.forecast.experience
    if overdue(progress.elapsed_ms, expected):
        # Translators: behind the time that a clip has taken so far, in a row of figures.
        longer = _("longer than most")
        return f"{_elapsed(progress)} · {longer}"
    if expected is None:
        return _elapsed(progress)
    # Translators: behind the time that a clip has taken so far, in a row of figures.
    usually = _("usually {time}").format(time=about(expected.median_ms))
    return f"{_elapsed(progress)} · {usually}"


def first_text(job: Job) -> str:
    """The text before the progress is read for the first time."""
    return f"**{wording.stage(job)}**"


def progress_page(job: Job, text: str) -> Page:
    return Page(accent(job.state)).text(text).buttons(*progress_buttons(job))


def progress_buttons(job: Job) -> list[Press]:
    """The button Cancel or Let it finish, as long as it has an effect."""
    if job.ended or job.state is State.DELIVERING or (job.preview and job.discard and job.state is State.GENERATING):
        return []
    return [job_button(Action.KEEP if job.discard else Action.CANCEL, job.id)]


def accent(state: State) -> int:
    """The colour of an unfinished job. It says nothing that the text does not say."""
    return layout.BLUE if state is State.QUEUED else layout.AMBER


def _drawn(progress: Progress) -> str:
    return _elapsed(progress) if progress.fraction is None else f"`{bar(progress.fraction)}` {_elapsed(progress)}"


def _expectation(progress: Progress) -> str:
    expected = progress.forecast.experience
    within = about(within_ms(expected))
    if overdue(progress.elapsed_ms, expected):
        since = wording.moment(progress.at_ms - progress.elapsed_ms + within_ms(expected))
        late = (
            _("This one takes longer than most.\nMost clips are done within {time},\nwhich passed {moment}.")
            if expected is None
            else _("This one takes longer than most.\n9 of 10 are done within {time},\nwhich passed {moment}.")
        )
        return late.format(time=within, moment=since)
    if expected is None:
        return _("No estimate yet for clips like this")
    usually = about(expected.median_ms)
    if usually == within:
        return _("Usually {time}").format(time=usually)
    return _("Usually {time}, 9 of 10 within {most}").format(time=usually, most=within)


def _handing_over(progress: Progress) -> str:
    """Why the submit takes longer than usual; "" if it does not."""
    if own := trouble_here(progress):
        return own
    late = progress.job.state is State.SUBMITTING and progress.elapsed_ms > _SUBMIT_WITHIN_MS
    if not late or progress.job.preview:
        return ""
    return _("The video service has not answered yet;\nthe bot goes on asking.")


def _silence(progress: Progress) -> str:
    """Says that the progress is not known, because the provider or the bot is in trouble; "" if neither is."""
    if progress.hitch is None:
        return ""
    if own := trouble_here(progress):
        return own
    if progress.job.preview:
        return _("Drawing it stands still for now;\nit goes on by itself.")
    return _("The video service does not answer now;\nyour clip goes on there.")


def _bringing(progress: Progress) -> list[str]:
    job = progress.job
    if progress.hitch is not None:
        return [_hitch(progress.job, progress.hitch), _made_when(job)]
    if job.unposted_at_ms is not None:
        return [_("It is posted here in a moment.")]
    if progress.fraction is None and job.generated_at_ms is not None:
        late = (
            _("The preview was drawn {moment};\nbringing it here takes longer than most.")
            if job.preview
            else _("The clip was made {moment};\nbringing it here takes longer than most.")
        )
        return [late.format(moment=wording.moment(job.generated_at_ms))]
    return [f"`{bar(1.0)}` {_made_in(job)}", _("It is here in a moment.")]


def _hitch(job: Job, hitch: Hitch) -> str:
    """Why a made clip does not come yet."""
    return _(_DRAWN_BUT.get(hitch, _DRAWN_BUT[Hitch.OURS]) if job.preview else _MADE_BUT[hitch])


def _brought_line(progress: Progress) -> str:
    """The line of a made clip in a list."""
    if progress.hitch is not None:
        return one_line(_hitch(progress.job, progress.hitch))
    if progress.job.unposted_at_ms is not None:
        # Translators: a clip, in a row of figures behind such as "made in 1 min 20 s"; so the next two.
        then = _("posted in a moment")
    elif progress.fraction is None:
        then = _("longer than most to bring here")
    else:
        then = _("here in a moment")
    return f"{_made_in(progress.job)} · {then}"


def _made_when(job: Job) -> str:
    """About when the clip was made. Discord updates the relative time by itself."""
    if job.generated_at_ms is None:
        return ""
    # Translators: "-# " makes a line small. {moment} is such as "3 minutes ago".
    made = _("-# Drawn {moment}") if job.preview else _("-# Made {moment}")
    return made.format(moment=wording.moment(job.generated_at_ms))


def _made_in(job: Job) -> str:
    if job.generated_at_ms is None or job.submitted_at_ms is None:
        # Translators: a preview, or a clip, in a row of figures.
        return _("drawn") if job.preview else _("made")
    # Translators: a preview, or a clip, in a row of figures.
    made = _("drawn in {time}") if job.preview else _("made in {time}")
    return made.format(time=span(job.generated_at_ms - job.submitted_at_ms))


def _elapsed(progress: Progress) -> str:
    """The percentage and the elapsed time. Without a bar this begins a line."""
    if progress.fraction is None:
        return so_far(progress.elapsed_ms, None, begins=True)
    return f"{wording.percent_done(progress.fraction)} · {so_far(progress.elapsed_ms, progress.fraction)}"
