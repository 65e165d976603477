"""One clip in the private lists of `/jobs`: its text and its button. `jobs_page` and `order_page` call it."""

from __future__ import annotations

from bot.domain.job import Job, State
from bot.ports import Progress
from bot.presentation.views import unposted, wording
from bot.presentation.views.board_words import in_use
from bot.presentation.views.buttons import job_button, link_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.durations import seconds
from bot.presentation.views.escaping import inline
from bot.presentation.views.layout import AnyButton, bold
from bot.presentation.views.outcomes import ending, has_link
from bot.presentation.views.progress_text import progress_buttons, progress_line, unwanted
from bot.presentation.views.translations import _

_PROMPT_SHOWN = 60


def word(job: Job) -> str:
    """What the clip is now, in a word or two."""
    if job.ended:
        return ending(job).headline
    return wording.state(job.state) if job.state is State.UNPOSTED else wording.stage(job)


def only_clip(job: Job, progress: Progress | None, *, quoted: bool) -> str:
    """The text of an order of one clip. `progress` is None where it does not run. `quoted`: with the prompt."""
    figures = f"{seconds(job.request.duration)} · {job.request.resolution.value} · {wording.cost_of(job)}"
    return _lines(bold(word(job)), *_state(job, progress), quote(job.request.prompt, quoted=quoted), _small(figures, job))


def one_of_several(job: Job, progress: Progress | None, name: str) -> str:
    """The text of one clip of an order of several, which is called `name`."""
    headline = " · ".join(each for each in (bold(name), word(job), in_use(job)) if each)
    return _lines(headline, *_state(job, progress), _small(wording.cost_of(job), job))


def clip_button(job: Job) -> AnyButton | None:
    """The one thing that a member most likely wants to do about the clip."""
    if job.state is State.UNPOSTED:
        return None if job.discard else job_button(Action.POST, job.id)
    if not job.ended:
        # Only moderators can undo that a moderator threw the clip away.
        return None if job.moderated_away else next(iter(progress_buttons(job)), None)
    if job.state is State.DONE:
        if job.address.result_url:
            return link_button(open_label(), job.address.result_url)
        # Discord's clients forget a private clip's message, and a new clip would have to be paid for.
        forgotten = job.address.result_id is not None and has_link(job)
        return job_button(Action.LINK if forgotten else Action.AGAIN, job.id)
    steps = ending(job).next_steps
    return job_button(steps[0], job.id) if steps else None


def open_label() -> str:
    # Translators: a button that is a link to the clip.
    return _("Open")


def quote(prompt: str, *, quoted: bool) -> str:
    """The beginning of a prompt as a quotation; "" where it is not to be shown."""
    return f"> {inline(prompt, _PROMPT_SHOWN)}" if quoted else ""


def _state(job: Job, progress: Progress | None) -> tuple[str, ...]:
    """What is to be said of the clip's state beside its word; also why it failed, which no other message may have said."""
    if job.ended:
        return (ending(job).brief,)
    if job.state is State.UNPOSTED:
        return (unwanted(job),) if job.discard else (unposted.reason(job), unposted.offer(job))
    return "" if progress is None else progress_line(progress), unwanted(job)


def _small(figures: str, job: Job) -> str:
    return f"-# {figures} · {wording.moment(job.ended_at_ms or job.created_at_ms)}"


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
