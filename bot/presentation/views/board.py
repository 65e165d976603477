"""The card of an order of several clips: one line for each clip, their posters, what can be done now.

`boards` draws it and the order's progress message; `mentions` sends the line that mentions the member. An order of one clip has
the card of `job_card`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from bot.domain.job import MAY_BE_RETRIED, Job, State
from bot.domain.progress import bar
from bot.ports import Progress
from bot.presentation.views import job_card, layout, unposted, wording
from bot.presentation.views.asked_prompt import asked_prompt
from bot.presentation.views.board_words import (
    all_ended,
    anchor,
    ending_line,
    headline,
    is_here,
    lead,
    together,
    total_cost,
)
from bot.presentation.views.buttons import BUTTONS, Press, job_button
from bot.presentation.views.clip_message import may_be_better
from bot.presentation.views.clip_names import clip_name, counted_clips, plain_name
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import clean, width
from bot.presentation.views.layout import Page, Picture, bold
from bot.presentation.views.outcomes import ending
from bot.presentation.views.progress_text import progress_buttons, progress_line, unwanted
from bot.presentation.views.translations import N_, _

_PRIVATELY: Final = N_("-# The clips come by direct message.")
"""On a private card. Several clips can't take the place of one card."""
_NO_PROGRESS: Final[Mapping[int, Progress]] = {}


def board(
    jobs: Sequence[Job],
    *,
    pictures: int = 0,
    posters: Collection[int] = (),
    progress: Mapping[int, Progress] | None = None,
    quoted: bool = True,
    finals: bool = False,
) -> Page:
    """The card of these jobs, in their order. `pictures` thumbnails must be attached to the message, and a poster for each job
    id in `posters`.

    `progress` is that of running jobs, by id, where the card shows it; None where the thread does. `quoted`: with the member's
    own words. `finals`: a preview may be had as a real clip.
    """
    quoted = quoted and not hides_prompt(jobs)
    first, over = lead(jobs), all(each.ended for each in jobs)
    page = Page(_accent(jobs))
    threaded = first.on_board and not first.address.in_place
    # Translators: behind the headline of a clip's card.
    where = _("progress is in the thread") if threaded and not over and progress is None else ""
    page.text(" · ".join(each for each in (bold(headline(jobs)), where) if each))
    _show_posters(page, jobs, posters, quoted=quoted)
    page.text(*(_line(each, (progress or _NO_PROGRESS).get(each.id), quoted=quoted) for each in jobs))
    private = first.on_board and first.address.private
    if private and not over:
        page.text(_(_PRIVATELY))
    page.line()
    figures = [counted_clips(jobs), total_cost(jobs)]
    if private and not any(each.ended for each in jobs):
        figures.append(wording.quota_after(first))
    prompt = asked_prompt(jobs) if quoted else ""
    job_card.ask_for(page, first, prompt, pictures, figures)
    if not over:
        job_card.show_tips(page, first)
    return page.buttons(*_buttons(jobs, prompt, quoted=quoted, finals=finals))


def progress_of_order(jobs: Sequence[Job], progress: Mapping[int, Progress], *, quoted: bool = True) -> Page:
    """The progress message of these jobs, one line for each. `quoted`: with the member's own words."""
    quoted = quoted and not hides_prompt(jobs)
    page = Page(_accent(jobs)).text(bold(headline(jobs)))
    page.text(*(_line(each, progress.get(each.id), quoted=quoted) for each in jobs))
    return page.buttons(cancel_button(jobs))


def hides_prompt(jobs: Sequence[Job]) -> bool:
    """Whether the safety check refused one of the prompts: then what they have in common is not shown in public either."""
    return any(each.hides_prompt for each in jobs)


def pictures_shown(jobs: Sequence[Job]) -> int:
    """How many thumbnails of reference pictures the card has."""
    return 0 if hides_prompt(jobs) else job_card.pictures_shown(lead(jobs), ended=all(each.ended for each in jobs))


def cancel_button(jobs: Sequence[Job]) -> Press | None:
    """A button that asks which clip to cancel, as long as one can be cancelled."""
    open_ones = [each for each in jobs if progress_buttons(each)]
    return job_button(Action.CHOOSE, anchor(jobs).id) if open_ones else None


def _accent(jobs: Sequence[Job]) -> int:
    running = [each for each in jobs if not each.ended]
    if running:
        return layout.BLUE if all(each.state is State.QUEUED for each in running) else layout.AMBER
    if any(each.state is State.DONE for each in jobs):
        return layout.GREEN
    return layout.GREY if all(each.state is State.CANCELLED for each in jobs) else layout.RED


def _show_posters(page: Page, jobs: Sequence[Job], posters: Collection[int], *, quoted: bool) -> None:
    shown = [each for each in jobs if each.id in posters]
    used = [each for each in shown if each.id == each.used_job_id]
    page.gallery(_poster(each, quoted=quoted) for each in used)
    page.gallery(_poster(each, quoted=quoted) for each in shown if each not in used)


def _poster(job: Job, *, quoted: bool) -> Picture:
    # Translators: the description of a picture, for screen readers. {clip} is such as "Take 2".
    described = _("A frame of the finished clip: {clip}").format(clip=plain_name(job, quoted=quoted))
    return Picture(f"attachment://{job_card.poster_file(job)}", described)


def _line(job: Job, progress: Progress | None, *, quoted: bool) -> str:
    name = bold(clip_name(job, quoted=quoted))
    if job.ended:
        return ending_line(job, name)
    if job.elsewhere:
        # Translators: behind the name of a clip, in a row of figures.
        elsewhere = _("its owner has it posted elsewhere")
        return f"{name} · {elsewhere}"
    if job.state is State.UNPOSTED:
        return f"{name} · {wording.state(job.state)}\n-# {unposted.reason(job)}"
    if progress is None:
        return " · ".join(each for each in (name, job_card.headline(job), unwanted(job)) if each)
    fraction = "" if progress.fraction is None else f"`{bar(progress.fraction)}` "
    line = f"{name} · {wording.stage(job)}"
    details = f"{fraction}{progress_line(progress)}"
    return "\n".join(each for each in (line, details, unwanted(job)) if each)


def _buttons(jobs: Sequence[Job], prompt: str, *, quoted: bool, finals: bool) -> list[Press | None]:
    used = [each for each in jobs if each.id == each.used_job_id and is_here(each) and may_be_better(each, finals=finals)]
    failed = [each for each in jobs if each.state in MAY_BE_RETRIED and each.on_board]
    waiting = [each for each in jobs if each.state is State.UNPOSTED and each.on_board and not each.discard]
    # Translators: a button. {clip} is such as "Take 2".
    post = _("Post it here: {clip}")
    buttons: list[Press | None] = [
        job_button(Action.POST, each.id, post.format(clip=plain_name(each, quoted=quoted))) for each in waiting
    ]
    whole = hides_prompt(jobs) or (quoted and width(clean(prompt)) <= job_card.PROMPT_SHOWN)
    buttons += [job_button(Action.FINAL, each.id) for each in used]
    buttons += [_next_step(each, quoted=quoted) for each in failed]
    return [*buttons, cancel_button(jobs), None if whole else job_button(Action.PROMPT, anchor(jobs).id)]


def _next_step(job: Job, *, quoted: bool) -> Press:
    """What a member does about a clip that failed."""
    step = ending(job).next_steps[0]
    # Translators: a button. {what} is such as "Try again", {clip} such as "Take 2".
    label = _("{what}: {clip}").format(what=_(BUTTONS[step].label), clip=plain_name(job, quoted=quoted))
    return job_button(step, job.id, label)


def mention_text(jobs: Sequence[Job], link: str, *, quoted: bool = True) -> str:
    """The one line that mentions the member when nothing of the order runs any more. `link` leads to the card; "" for none.
    `quoted`: with the member's own words.
    """
    line = f"<@{jobs[0].member_id}> {all_ended(jobs, quoted=quoted)}"
    return f"{line} {together(link)}" if link else line


def mention_page(jobs: Sequence[Job], text: str) -> Page:
    return Page(_accent(jobs)).text(text)
