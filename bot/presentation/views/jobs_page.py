"""The private page of /jobs: a member's orders, with one entry for each. `interactions.job_list` shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.job import Job, State
from bot.domain.order import ahead
from bot.presentation.views import layout, wording
from bot.presentation.views.asked_prompt import asked_prompt
from bot.presentation.views.board import cancel_button
from bot.presentation.views.board_words import board_link, headline, is_here, lead, together, total_cost
from bot.presentation.views.buttons import Press, example_buttons, job_button
from bot.presentation.views.clip_names import counted_clips, plain_name
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.durations import seconds
from bot.presentation.views.layout import AnyButton, Page, Picture, bold
from bot.presentation.views.listed_clip import clip_button, only_clip, quote, word
from bot.presentation.views.progress_text import progress_line
from bot.presentation.views.translations import N_, _, number
from bot.services.find_jobs import ORDERS_SHOWN, ListedOrder

_NO_POSTERS: Final[Mapping[int, str]] = {}
_BESIDE_A_PICTURE: Final = 2
"""How many buttons an entry may have below its picture. An entry with more has no picture: five entries with a picture and
three buttons each would be more parts than a message takes.
"""
WITHOUT_WORDS: Final = N_(
    "-# Prompts are left out: this server's filters block some of their words. In a direct message I show them."
)


def jobs_page(
    orders: Sequence[ListedOrder], page: int = 1, *, posters: Mapping[int, str] = _NO_POSTERS, quoted: bool = True
) -> Page:
    """`page` is the page's number, from 1. `posters` are links by job id. `quoted`: with the prompts."""
    if not orders and page > 1:
        view = Page(layout.BLUE).text(bold(_("No more clips")), _("You are past the last page."))
        return view.buttons(_newer(page - 1))
    if not orders:
        view = Page(layout.BLUE).text(bold(_("No clips yet")), _("Start with `/video text`, or press an example:"))
        return view.buttons(*example_buttons())
    # Translators: a headline; what stands between ** is bold.
    later = _("**Your clips**, page {page}").format(page=number(page))
    view = Page(layout.BLUE).text(bold(_("Your clips")) if page == 1 else later)
    for each in orders[:ORDERS_SHOWN]:
        _entry(view, each, posters, quoted=quoted)
    if not quoted:
        view.text(_(WITHOUT_WORDS))
    page_buttons = [_newer(page - 1)] if page > 1 else []
    if len(orders) > ORDERS_SHOWN:
        # Translators: a button: the next page, with clips from before.
        page_buttons.append(Press(Action.PAGE, str(page + 1), _("Older")))
    return view.line().buttons(*page_buttons) if page_buttons else view


def pictured(jobs: Sequence[Job]) -> Job:
    """The clip whose poster stands for the order: the one in use, else the first that is here."""
    here = [each for each in jobs if is_here(each)]
    return next((each for each in here if each.id == each.used_job_id), (here or jobs)[0])


def _newer(page: int) -> Press:
    # Translators: a button: the page before, with clips that came later.
    return Press(Action.PAGE, str(page), _("Newer"))


def _entry(view: Page, order: ListedOrder, posters: Mapping[int, str], *, quoted: bool) -> None:
    job = order.jobs[0]
    several = job.order_size > 1
    text = _several(order, quoted=quoted) if several else only_clip(job, order.progress.get(job.id), quoted=quoted)
    buttons = _buttons(order.jobs, quoted=quoted) if several else [each for each in (clip_button(job),) if each is not None]
    poster = posters.get(pictured(order.jobs).id)
    if poster is not None and len(buttons) <= _BESIDE_A_PICTURE:
        view.beside(text, Picture(poster, _("A frame of the finished clip"))).buttons(*buttons)
    elif len(buttons) == 1 and not several:
        view.beside(text, buttons[0])
    else:
        view.text(text).buttons(*buttons)


def _several(order: ListedOrder, *, quoted: bool) -> str:
    """The text of an order of several clips: how far it is, what it was asked for with, in what states its clips are."""
    jobs, furthest = order.jobs, ahead(order.jobs)
    progress = None if furthest is None else order.progress.get(furthest.id)
    waiting = _waiting(jobs)
    # Translators: "Post it here" is a button. {moment} is a date and a time.
    until = _("**Post it here** works until {moment}.")
    lines = (
        bold(headline(jobs)),
        "" if progress is None else progress_line(progress),
        quote(asked_prompt(jobs), quoted=quoted),
        _states(jobs),
        until.format(moment=wording.moment(waiting[0].unposted_until_ms, "f")) if waiting else "",
        _figures(jobs),
    )
    return "\n".join(line for line in lines if line)


def _states(jobs: Sequence[Job]) -> str:
    """`Making it: 1 · In line: 2`: the states of the clips that are not here; "" where the headline says it of all."""
    counts = Counter(word(each) for each in jobs if not is_here(each))
    if len(counts) == 1 and counts.total() == len(jobs) and ahead(jobs) is not None:
        return ""
    # Translators: a state of clips, such as "In line", and how many are in it.
    counted = _("{state}: {count}")
    return " · ".join(counted.format(state=each, count=number(count)) for each, count in counts.items())


def _figures(jobs: Sequence[Job]) -> str:
    job = jobs[0]
    at_ms = max((each.ended_at_ms or 0) for each in jobs) if all(each.ended for each in jobs) else job.created_at_ms
    link = board_link(lead(jobs)) if lead(jobs).on_board else ""
    settings = (counted_clips(jobs), seconds(job.request.duration), job.request.resolution.value, total_cost(jobs))
    return f"-# {' · '.join((*settings, wording.moment(at_ms), *([together(link)] if link else [])))}"


def _waiting(jobs: Sequence[Job]) -> list[Job]:
    """The clips that wait for a place to be posted in, the one that ends first at the front."""
    waiting = [each for each in jobs if each.state is State.UNPOSTED and not each.discard]
    return sorted(waiting, key=lambda each: each.unposted_until_ms)


def _buttons(jobs: Sequence[Job], *, quoted: bool) -> list[AnyButton]:
    # Translators: a button. {clip} is such as "Take 2".
    post = _("Post it here: {clip}")
    # Translators: a button that shows the clips of an order one by one. {clips} is such as "4 takes".
    show = _("Show {clips}").format(clips=counted_clips(jobs))
    waiting = [
        job_button(Action.POST, each.id, post.format(clip=plain_name(each, quoted=quoted))) for each in _waiting(jobs)[:1]
    ]
    cancel = cancel_button(jobs)
    return [*waiting, *([cancel] if cancel is not None else []), job_button(Action.ORDER, jobs[0].id, show)]
