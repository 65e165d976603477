"""The private page of one order of several clips, clip by clip. `interactions.job_list` shows it for a button of `/jobs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.presentation.views import layout
from bot.presentation.views.asked_prompt import asked_prompt
from bot.presentation.views.board_words import board_link, headline, lead, together, total_cost
from bot.presentation.views.clip_names import clip_name, counted_clips
from bot.presentation.views.escaping import inline
from bot.presentation.views.jobs_page import WITHOUT_WORDS
from bot.presentation.views.layout import Page, Picture, bold
from bot.presentation.views.listed_clip import clip_button, one_of_several
from bot.presentation.views.translations import _
from bot.presentation.views.wording import settings_line
from bot.services.find_jobs import ListedOrder

_PROMPT_SHOWN: Final = 200
_NO_POSTERS: Final[Mapping[int, str]] = {}


def order_page(order: ListedOrder, *, posters: Mapping[int, str] = _NO_POSTERS, quoted: bool = True) -> Page:
    """`posters` are links by job id. `quoted`: with the member's own words."""
    jobs = order.jobs
    link = board_link(lead(jobs)) if lead(jobs).on_board else ""
    asked = f"> {inline(asked_prompt(jobs), _PROMPT_SHOWN)}" if quoted else _(WITHOUT_WORDS)
    figures = " · ".join((counted_clips(jobs), total_cost(jobs), *([together(link)] if link else [])))
    page = Page(layout.BLUE).text(bold(headline(jobs)), settings_line(jobs[0].request), asked, f"-# {figures}").line()
    for job in jobs:
        text = one_of_several(job, order.progress.get(job.id), clip_name(job, quoted=quoted))
        button = clip_button(job)
        if job.id in posters:
            page.beside(text, Picture(posters[job.id], _("A frame of the finished clip"))).buttons(button)
        else:
            page = page.text(text) if button is None else page.beside(text, button)
    return page
