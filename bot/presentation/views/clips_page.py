"""The private pages of /clips: a member's finished clips with their posters, and one of them. `interactions.clip_list` shows
them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from bot.domain.clip_search import ClipSearch
from bot.domain.job import Job
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import Press, example_buttons, job_button, link_button
from bot.presentation.views.clip_names import clip_name
from bot.presentation.views.custom_ids import Action, found_page
from bot.presentation.views.durations import seconds
from bot.presentation.views.escaping import inline
from bot.presentation.views.layout import Page, Picture, bold
from bot.presentation.views.outcomes import has_link
from bot.presentation.views.translations import N_, _, number
from bot.services.browse_clips import CLIPS_SHOWN

_PROMPT_SHOWN: Final = 60
_PROMPT_OPENED: Final = 600
_WORDS_SHOWN: Final = 100
_WITHOUT_WORDS: Final = N_(
    "-# Prompts are left out: this server's filters block some of their words. In a direct message I show them."
)


def poster_file(job: Job) -> str:
    """The name of the file with the job's poster in these messages."""
    return f"poster-{job.job_code}.jpg"


def clips_page(
    clips: Sequence[Job],
    search: ClipSearch,
    search_id: int,
    page: int = 1,
    *,
    posters: Collection[int] = (),
    quoted: bool = True,
) -> Page:
    """`search` found `clips`, and is kept as the draft `search_id`, 0 for everything. `page` is the page's number, from 1.
    `posters`: the ids of jobs whose posters come with the message. `quoted`: with the prompts.
    """
    if not clips and page > 1:
        view = Page(layout.BLUE).text(bold(_("No more clips")), _("You are past the last page."))
        return view.buttons(_newer(search_id, page - 1))
    if not clips and search != ClipSearch():
        told = _("None of your clips is like that. Look for fewer words, or leave an option out.")
        return Page(layout.BLUE).text(bold(_("Nothing found")), _filters(search, quoted=quoted), told)
    if not clips:
        view = Page(layout.BLUE).text(bold(_("No clips yet")), _("Start with `/video text`, or press an example:"))
        return view.buttons(*example_buttons())
    later = _("**Your clips**, page {page}").format(page=number(page))
    view = Page(layout.BLUE).text(bold(_("Your clips")) if page == 1 else later, _filters(search, quoted=quoted))
    for place, job in enumerate(clips[:CLIPS_SHOWN], 1):
        line = _line(place, job, quoted=quoted)
        view = view.beside(line, _poster(job)) if job.id in posters else view.text(line)
    if not quoted:
        view.text(_(_WITHOUT_WORDS))
    view.line().buttons(*(job_button(Action.OPEN, job.id, number(place)) for place, job in enumerate(clips[:CLIPS_SHOWN], 1)))
    turn = [_newer(search_id, page - 1)] if page > 1 else []
    if len(clips) > CLIPS_SHOWN:
        turn.append(Press(Action.CLIPS, found_page(search_id, page + 1), _("Older")))
    return view.buttons(*turn)


def clip_opened(job: Job, *, poster: bool, quoted: bool = True) -> Page:
    """One clip of the list. `poster`: it comes with the message. `quoted`: with the prompt."""
    prompt = f"> {inline(job.request.prompt, _PROMPT_OPENED)}" if quoted else _(_WITHOUT_WORDS)
    page = Page(layout.BLUE).text(_headline(_("Your clip"), job, quoted=quoted), prompt, _figures(job))
    if poster:
        page.gallery([_poster(job)])
    watch = link_button(_("Open"), job.address.result_url) if job.address.result_url else None
    if watch is None and has_link(job):
        watch = job_button(Action.LINK, job.id)
    actions = (job_button(action, job.id) for action in (Action.AGAIN, Action.REMIX, Action.MORE))
    return page.buttons(watch, *actions)


def _newer(search_id: int, page: int) -> Press:
    return Press(Action.CLIPS, found_page(search_id, page), _("Newer"))


def _filters(search: ClipSearch, *, quoted: bool) -> str:
    """A small line that says what was looked for; "" for everything."""
    parts: list[str] = []
    if search.words and quoted:
        # Translators: the words that clips were searched for, in quotation marks.
        parts.append(_("“{words}”").format(words=inline(" ".join(search.words), _WORDS_SHOWN)))
    if search.kind is not None:
        parts.append(wording.kind(search.kind))
    if search.since_ms is not None:
        # Translators: a search for clips. {moment} is a date.
        parts.append(_("since {moment}").format(moment=wording.moment(search.since_ms, "d")))
    if search.favourites:
        # Translators: a search for clips that the member has marked.
        parts.append(_("favourites"))
    return f"-# {' · '.join(parts)}" if parts else ""


def _line(place: int, job: Job, *, quoted: bool) -> str:
    asked = f"> {inline(job.request.prompt, _PROMPT_SHOWN)}" if quoted else ""
    return "\n".join(part for part in (_headline(number(place), job, quoted=quoted), asked, _figures(job)) if part)


def _headline(what: str, job: Job, *, quoted: bool) -> str:
    named = [clip_name(job, quoted=quoted)] if job.order_size > 1 else []
    return " · ".join((bold(what), *named, *(["★"] if job.favourite else [])))


def _figures(job: Job) -> str:
    settings = f"{seconds(job.request.duration)} · {job.request.resolution.value} · {wording.cost_of(job)}"
    return f"-# {settings} · {wording.moment(job.created_at_ms)}"


def _poster(job: Job) -> Picture:
    return Picture(f"attachment://{poster_file(job)}", _("A frame of the finished clip"))
