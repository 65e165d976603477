"""The words about an order of several clips as a whole: its headline, and how its clips ended.

The board, the order's progress message, its mention and `/jobs` call it, so that all say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.job import Failure, Job, State
from bot.domain.order import ahead
from bot.domain.post import jump_link
from bot.presentation.views import job_card, wording
from bot.presentation.views.clip_names import clip_name, counted_clips
from bot.presentation.views.outcomes import ending
from bot.presentation.views.translations import _, ngettext, number


def headline(jobs: Sequence[Job]) -> str:
    """How far the order is: `In line`, `Making it · 1 of 4 is here`, `3 of 4 takes are here`."""
    here, count = sum(map(is_here, jobs)), number(len(jobs))
    furthest = ahead(jobs)
    if furthest is None:
        return arrived(jobs)
    stage = job_card.headline(furthest)
    if not here:
        return stage
    # Translators: behind the stage of the other clips, in a row of figures.
    so_far = ngettext("{here} of {count} is here", "{here} of {count} are here", here)
    return f"{stage} · {so_far.format(here=number(here), count=count)}"


def lead(jobs: Sequence[Job]) -> Job:
    """A job whose messages are those of the order: one that is under way, where there is one."""
    there = [each for each in jobs if each.on_board] or jobs
    return next((each for each in there if not each.ended), there[0])


def anchor(jobs: Sequence[Job]) -> Job:
    """The job whose id the board's own buttons have: the first one whose clip was not posted elsewhere."""
    return next((each for each in jobs if each.on_board), jobs[0])


def board_link(job: Job) -> str:
    """The link to the card of the order whose messages this job has (`lead`); "" for a private one, which has none."""
    address = job.address
    if address.card_id is None or address.private:
        return ""
    return jump_link(address.guild_id, address.channel_id, address.card_id)


def together(link: str) -> str:
    """A link to the card, in a text."""
    # Translators: a link to the message that shows all clips of an order.
    text = _("See them together")
    return f"[{text}]({link})"


def total_cost(jobs: Sequence[Job]) -> str:
    """What the clips cost together, without those whose credits went back."""
    if all(wording.given_back(each) for each in jobs):
        return wording.cost_of(jobs[0])
    total = sum(0 if wording.given_back(each) else each.charged if each.charged is not None else each.due for each in jobs)
    return wording.credits_of(total) if total else wording.cost_of(jobs[0])


def is_here(job: Job) -> bool:
    """Whether the clip is posted."""
    return job.state is State.DONE and job.address.result_id is not None


def arrived(jobs: Sequence[Job]) -> str:
    """`Both are here`, `All 4 takes are here`, `3 of 4 takes are here`, `None of the 4 takes is here`."""
    here, clips = sum(map(is_here, jobs)), counted_clips(jobs)
    if here == len(jobs) == 2:
        # Translators: the clips of an order of two. No full stop: it is a headline, and the beginning of a sentence.
        return _("Both are here")
    if here == len(jobs):
        # Translators: {clips} is such as "4 takes". No full stop: it is a headline, and the beginning of a sentence.
        return _("All {clips} are here").format(clips=clips)
    if not here:
        # Translators: {clips} is such as "4 takes". No full stop: it is a headline, and the beginning of a sentence.
        return _("None of the {clips} is here").format(clips=clips)
    # Translators: {clips} is such as "4 takes". No full stop: it is a headline, and the beginning of a sentence.
    some = ngettext("{here} of {clips} is here", "{here} of {clips} are here", here)
    return some.format(here=number(here), clips=clips)


def in_use(job: Job) -> str:
    """A mark behind the name of the clip that its member chose; "" for the others."""
    # Translators: behind the name of a clip: it is the one that its member chose.
    return _("the one in use") if job.id == job.used_job_id else ""


def ending_line(job: Job, name: str) -> str:
    """The line of an ended job on the board: a link to its clip, or why there is none and what it cost."""
    told, used = ending(job), in_use(job)
    if is_here(job):
        # Of a clip that its owner has posted elsewhere in private, others must not learn where it is.
        # Translators: a link to the clip.
        watch, url = _("Watch it"), "" if job.elsewhere and job.address.private else job.address.result_url
        return " · ".join(each for each in (name, f"[{watch}]({url})" if url else told.headline, used) if each)
    cost = wording.cost_of(job) if job.cost else ""
    line = " · ".join(each for each in (name, told.headline, cost, used) if each)
    return f"{line}\n-# {told.brief}" if told.brief else line


def all_ended(jobs: Sequence[Job], *, quoted: bool) -> str:
    """One line about the whole order: how many clips are here, and what became of each other one. `quoted`: with the member's
    own words.
    """
    others = [_fate(each, clip_name(each, quoted=quoted)) for each in jobs if not is_here(each)]
    return "; ".join((arrived(jobs), *others)) + "."


def _fate(job: Job, name: str) -> str:
    """What became of a clip that is not here, without a full stop."""
    # Translators: one part of a sentence, behind a semicolon; so all that follow. {clip} is such as "Take 2".
    if job.state is State.UNPOSTED:
        text = _("{clip} is made and could not be posted")
    elif job.state is State.DONE:
        text = _("{clip} has been deleted since")
    elif job.state is State.CANCELLED:
        text = _("{clip} was cancelled and charged") if job.charged else _("{clip} was cancelled")
    elif job.failure is Failure.MODERATION:
        text = _("{clip} was refused and not charged") if job.cost else _("{clip} was refused")
    else:
        text = _("{clip} did not work and was not charged") if job.cost else _("{clip} did not work")
    return text.format(clip=name)
