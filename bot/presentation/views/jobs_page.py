"""The private page of /jobs: a member's clips. `interactions.job_list` shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.domain.job import Job, State
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.buttons import Press, example_buttons, job_button, link_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.durations import seconds
from bot.presentation.views.escaping import inline
from bot.presentation.views.layout import AnyButton, Page, Picture, bold
from bot.presentation.views.outcomes import ending, has_link
from bot.presentation.views.progress_text import progress_buttons, progress_line, unwanted
from bot.presentation.views.translations import N_, _, number
from bot.services.find_jobs import JOBS_SHOWN, Listed

_NO_POSTERS: Final[Mapping[int, str]] = {}
_PROMPT_SHOWN: Final = 60
_WITHOUT_WORDS: Final = N_(
    "-# Prompts are left out: this server's filters block some of their words. In a direct message I show them."
)


def jobs_page(clips: list[Listed], page: int = 1, *, posters: Mapping[int, str] = _NO_POSTERS, quoted: bool = True) -> Page:
    """`page` is the page's number, from 1. `posters` are links by job id. `quoted`: with the prompts."""
    if not clips and page > 1:
        view = Page(layout.BLUE).text(bold(_("No more clips")), _("You are past the last page."))
        return view.buttons(_newer(page - 1))
    if not clips:
        view = Page(layout.BLUE).text(bold(_("No clips yet")), _("Start with `/video text`, or press an example:"))
        return view.buttons(*example_buttons())
    # Translators: a headline; what stands between ** is bold.
    later = _("**Your clips**, page {page}").format(page=number(page))
    view = Page(layout.BLUE).text(bold(_("Your clips")) if page == 1 else later)
    for each in clips[:JOBS_SHOWN]:
        text, button, poster = _job_line(each, quoted=quoted), _job_button(each.job), posters.get(each.job.id)
        if poster is not None:
            view.beside(text, Picture(poster, _("A frame of the finished clip"))).buttons(button)
        else:
            view = view.text(text) if button is None else view.beside(text, button)
    if not quoted:
        view.text(_(_WITHOUT_WORDS))
    page_buttons = [_newer(page - 1)] if page > 1 else []
    if len(clips) > JOBS_SHOWN:
        # Translators: a button: the next page, with clips from before.
        page_buttons.append(Press(Action.PAGE, str(page + 1), _("Older")))
    return view.line().buttons(*page_buttons) if page_buttons else view


def _newer(page: int) -> Press:
    # Translators: a button: the page before, with clips that came later.
    return Press(Action.PAGE, str(page), _("Newer"))


def _job_line(clip: Listed, *, quoted: bool) -> str:
    job, progress = clip.job, clip.progress
    if job.ended:
        return _ended_line(job, quoted=quoted)
    if job.state is State.UNPOSTED:
        waits = (unwanted(job),) if job.discard else (unposted.reason(job), unposted.offer(job))
        return "\n".join((bold(wording.state(job.state)), *waits, *_about(job, quoted=quoted)))
    where = "" if progress is None else progress_line(progress)
    return "\n".join(line for line in (bold(wording.stage(job)), where, unwanted(job), *_about(job, quoted=quoted)) if line)


def _ended_line(job: Job, *, quoted: bool) -> str:
    """The line of an ended job, with the reason of a failure: for a private clip the member may have seen no other message."""
    told = ending(job)
    return "\n".join(line for line in (bold(told.headline), told.brief, *_about(job, quoted=quoted)) if line)


def _about(job: Job, *, quoted: bool) -> tuple[str, ...]:
    settings = f"{seconds(job.request.duration)} · {job.request.resolution.value} · {wording.cost_of(job)}"
    when = wording.moment(job.ended_at_ms or job.created_at_ms)
    asked = (f"> {inline(job.request.prompt, _PROMPT_SHOWN)}",) if quoted else ()
    return *asked, f"-# {settings} · {when}"


def _job_button(job: Job) -> AnyButton | None:
    if job.state is State.UNPOSTED:
        return None if job.discard else job_button(Action.POST, job.id)
    if not job.ended:
        # Only moderators can undo that a moderator threw the clip away.
        return None if job.moderated_away else next(iter(progress_buttons(job)), None)
    if job.state is State.DONE:
        if job.address.result_url:
            # Translators: a button that is a link to the clip.
            return link_button(_("Open"), job.address.result_url)
        # Discord's clients forget a private clip's message, and a new clip would have to be paid for.
        forgotten = job.address.result_id is not None and has_link(job)
        return job_button(Action.LINK if forgotten else Action.AGAIN, job.id)
    steps = ending(job).next_steps
    return job_button(steps[0], job.id) if steps else None
