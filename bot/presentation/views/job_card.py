"""The job card, which answers the command: what was asked for, what it costs, how far it is.

`CardEdits` draws it as that answer; where the operator asked for the clip, `Announcer` first posts it as a message of the bot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.clip import Kind
from bot.domain.coach.tips import tips
from bot.domain.job import HOLDS_A_SLOT, Job, State
from bot.presentation.views import outcomes, unposted, wording
from bot.presentation.views.buttons import Press, job_button, link_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import clean, inline, width
from bot.presentation.views.layout import AnyButton, Page, Picture, paragraph
from bot.presentation.views.progress_text import accent, progress_buttons
from bot.presentation.views.tips import sentence
from bot.presentation.views.translations import N_, _, ngettext, number

PROMPT_SHOWN: Final = 200
TIPS_SHOWN: Final = 2
_LATE: Final = N_("-# If it takes over 15 minutes, it comes by direct message.")
"""On a private card, which can be edited only while its interaction's token is valid."""
_BY_OPERATOR: Final = N_("-# The people who run the bot are having this clip made again for you.")
POSTER_FILE: Final = "poster.jpg"


def picture_file(place: int) -> str:
    """The name of a thumbnail among the card's files: that of reference picture number `place`, from 1."""
    return f"picture{place}.jpg"


def headline(job: Job) -> str:
    """The card's headline for an unfinished job. It changes only a few times."""
    if job.state in HOLDS_A_SLOT:
        return wording.making(job)
    return wording.state(State.QUEUED if job.state is State.QUEUED else State.DELIVERING)


def poster_file(job: Job) -> str:
    """The name of the clip's poster among the files of its card. On the card of several clips each poster has its own name."""
    return f"poster{job.position + 1}.jpg" if job.on_board else POSTER_FILE


def pictures_shown(job: Job, *, ended: bool | None = None) -> int:
    """How many thumbnails the card has. After the end it has room for only one small picture. `ended`: all clips have ended
    that the card shows.
    """
    count = len(job.request.references)
    over = job.ended if ended is None else ended
    return 0 if (over and count > 1) or job.hides_prompt else count


def card(
    job: Job,
    *,
    pictures: int = 0,
    poster: bool = False,
    progress: str | None = None,
    quoted: bool = True,
    told: bool = False,
) -> Page:
    """`pictures` thumbnails and the `poster` must be attached to the message. `progress` is shown if there is no thread.

    Without a thread the clip itself is right below the card, so no poster is shown. `quoted`: with the member's own words.
    `told`: the people who run the bot have been told.
    """
    quoted = quoted and not job.hides_prompt
    if job.ended:
        return _ended_card(job, pictures=pictures, poster=poster, quoted=quoted, told=told)
    if job.state is State.UNPOSTED:
        page = unposted.page_of(job).line()
        _asked_for(page, job, pictures, quoted=quoted)
        return page.buttons(_whole_prompt(job, quoted=quoted))
    page = Page(accent(job.state))
    if progress is None:
        # Translators: behind the headline of a clip's card.
        where = _("progress is in the thread")
        page.text(f"**{headline(job)}**" if job.address.in_place else f"**{headline(job)}** · {where}")
    else:
        page.text(progress)
    if job.address.by_operator:
        page.text(_(_BY_OPERATOR))
    if job.address.private:
        page.text(_(_LATE))
    page.line()
    _asked_for(page, job, pictures, quoted=quoted)
    show_tips(page, job)
    return page.buttons(*(progress_buttons(job) if progress is not None else ()), _whole_prompt(job, quoted=quoted))


def _ended_card(job: Job, *, pictures: int, poster: bool, quoted: bool, told: bool) -> Page:
    ending = outcomes.ending(job, told=told)
    page = Page(ending.accent)
    failed = job.state is not State.DONE
    page.text(f"**{ending.headline}**", paragraph(ending.sentence, ending.charge if failed else ""))
    if poster and not job.address.in_place and job.address.result_id is not None:
        page.gallery([Picture(f"attachment://{POSTER_FILE}", _("A frame of the finished clip"))])
    page.line()
    _asked_for(page, job, pictures, quoted=quoted)
    if failed:
        page.text(outcomes.job_code_line(job))
    steps = (job_button(step, job.id) for step in ending.next_steps)
    return page.buttons(watch_button(job), *steps, _whole_prompt(job, quoted=quoted))


def watch_button(job: Job) -> AnyButton | None:
    """A link button to the clip's message; None if the message has no link."""
    url = job.address.result_url if job.state is State.DONE else None
    # Translators: a button that is a link.
    return link_button(_("Watch the clip"), url) if url else None


def show_tips(page: Page, job: Job) -> None:
    """What would make the clip better, as small lines."""
    # Translators: {tip} is a sentence; "-# " makes a line small.
    tip_line = _("-# Tip: {tip}")
    page.text(*(tip_line.format(tip=sentence(tip)) for tip in tips(job.request)[:TIPS_SHOWN]))


def _asked_for(page: Page, job: Job, pictures: int, *, quoted: bool) -> None:
    cost = "" if wording.given_back(job) else wording.cost_of(job)
    figures = (wording.seed_of(job), cost, wording.quota_after(job) if job.address.private else "")
    ask_for(page, job, job.request.prompt if quoted else "", pictures, figures)


def ask_for(page: Page, job: Job, prompt: str, pictures: int, figures: Sequence[str]) -> None:
    """What was asked for, with so many thumbnails. `prompt` is "" where it is not to be shown; empty `figures` are left out."""
    asked = wording.settings_line(job.request)
    if prompt:
        asked = f"{asked}\n> {inline(prompt, PROMPT_SHOWN)}"
    shown = [Picture(f"attachment://{picture_file(place)}", _describe(job, place)) for place in range(1, pictures + 1)]
    if len(shown) == 1:
        page.beside(asked, shown[0])
    else:
        page.text(asked).gallery(shown)
    page.text(_about_pictures(job), " · ".join(figure for figure in figures if figure))


def _whole_prompt(job: Job, *, quoted: bool) -> Press | None:
    """A button for the whole prompt, if the card has only part of it."""
    if job.hides_prompt or (quoted and width(clean(job.request.prompt)) <= PROMPT_SHOWN):
        return None
    return job_button(Action.PROMPT, job.id)


def _about_pictures(job: Job) -> str:
    request = job.request
    if not request.references or job.ended:
        return ""
    about = _still(job) if request.kind is Kind.IMAGE else _characters(len(request.references))
    if not any(each.animated for each in request.references):
        return about
    moving = _("Only the first frame of a moving picture is used.")
    return f"{about} {moving}"


def _still(job: Job) -> str:
    # Translators: "-# " makes a line small. {size} is width × height.
    shape = _("-# Your still decides the shape of the frame: {size} pixels.")
    return shape.format(size=wording.frame_of(job.request))


def _characters(last: int) -> str:
    if last == 1:
        return _("-# 1 picture: `character1`.")
    if last == 2:
        return _("-# 2 pictures: `character1` and `character2`, in this order.")
    # Translators: more than two, at most nine. "-# " makes a line small.
    named = ngettext(
        "-# {count} picture: `character1` to `character{last}`, in this order.",
        "-# {count} pictures: `character1` to `character{last}`, in this order.",
        last,
    )
    return named.format(count=number(last), last=last)


def _describe(job: Job, place: int) -> str:
    """The description of a picture for screen readers."""
    return _("The still that the clip starts from") if job.request.kind is Kind.IMAGE else f"character{place}"
