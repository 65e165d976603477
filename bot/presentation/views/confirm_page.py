"""The private pages about the confirmation of an order of several clips: one asks for it, with the price, one says what was
booked then, and one that it was confirmed before. `interactions.booking`, `interactions.confirmed` and the handler of *Confirm*
show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.job import Job
from bot.domain.takes import OneClip
from bot.errors import NotConfirmed
from bot.presentation.views import layout, wording
from bot.presentation.views.board_words import board_link, together, total_cost
from bot.presentation.views.buttons import Press
from bot.presentation.views.clip_names import counted_clips
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import inline
from bot.presentation.views.job_card import PROMPT_SHOWN
from bot.presentation.views.layout import Page, bold, paragraph
from bot.presentation.views.translations import _, ngettext, number

_VARIANT_CHARACTERS: Final = 60
"""How much is shown of what tells one prompt from the others. Six of them, escaped, fit a message easily."""


def confirm_page(
    asked: NotConfirmed, prompt: str, clips: Sequence[OneClip], draft_id: int, window: str, *, quoted: bool = True
) -> Page:
    """Names the price of each clip and of all, and what would be left. `prompt` is what was typed, `window` a text of
    `wording.window`.

    `quoted`: with the member's own words, by which the clips differ.
    """
    count = len(asked.costs)
    # Translators: {count} is at least 2.
    headline = ngettext("Make {count} clip?", "Make {count} clips?", count).format(count=number(count))
    # Translators: {count} is at least 2; {each} and {total} are prices such as "90 credits".
    price = ngettext("{count} clip at {each} each: {total}.", "{count} clips at {each} each: {total}.", count)
    each, total = wording.credits_of(max(asked.costs)), wording.credits_of(sum(asked.costs))
    page = Page(layout.BLUE).text(
        bold(headline),
        paragraph(price.format(count=number(count), each=each, total=total), _left(asked, window)),
        _before(asked),
    )
    if quoted:
        page.text(f"> {inline(prompt, PROMPT_SHOWN)}")
    page.text(_what_differs(clips, quoted=quoted))
    # Translators: "Confirm" is a button.
    page.text(_("Nothing is charged before you press Confirm."))
    return page.buttons(
        Press(Action.CONFIRM, str(draft_id)),
        # Translators: a button that opens a form with what was typed.
        Press(Action.DRAFT, str(draft_id), _("Edit"), plain=True),
    )


def booked_page(jobs: Sequence[Job]) -> Page:
    """Says what was ordered, in place of the question."""
    link = board_link(jobs[0])
    # Translators: clips that are being made, or were made.
    where = together(link) if link else _("`/jobs` shows how far they are.")
    ordered = " · ".join((counted_clips(jobs), total_cost(jobs)))
    # Translators: a headline: what was asked for is booked.
    return Page(layout.BLUE).text(bold(_("Ordered")), ordered, where)


def confirmed_page(job: Job) -> Page:
    """Says to whoever presses Confirm once more that the order is there. `job` is its first."""
    address = job.address
    # Translators: clips that are being made, or were made.
    where = _("`/jobs` shows how far they are.")
    if address.thread_id and not address.private:
        # Translators: {thread} is a link to it. Clips that are being made, or were made.
        where = _("They come in {thread}.").format(thread=f"<#{address.thread_id}>")
    text = paragraph(_("These clips were ordered with an earlier press; nothing was charged again."), where)
    return Page(layout.BLUE).text(bold(_("Already confirmed")), text)


def _left(asked: NotConfirmed, window: str) -> str:
    if asked.left is None:
        return ""
    # Translators: {window} is such as "this week".
    left = ngettext(
        "You would have {count} credit left {window}.", "You would have {count} credits left {window}.", max(asked.left, 0)
    )
    return left.format(count=number(max(asked.left, 0)), window=window)


def _before(asked: NotConfirmed) -> str:
    if asked.before is None:
        return ""
    # Translators: {price} is such as "360 credits".
    return _("The price has changed since you were asked; it was {price}.").format(price=wording.credits_of(asked.before))


def _what_differs(clips: Sequence[OneClip], *, quoted: bool) -> str:
    """How often each prompt is made, and by which words they differ."""
    takes = max(each.take for each in clips)
    variants = list(dict.fromkeys(each.variant for each in clips))
    if len(variants) == 1:
        return _("Each has a seed of its own.")
    words = ""
    if quoted:
        # Translators: stands for an empty choice, in a list of words.
        nothing = _("(nothing)")
        words = "\n".join(f"- {inline(each, _VARIANT_CHARACTERS) or nothing}" for each in variants)
    if takes > 1:
        # Translators: prompts that differ in some words, which follow in a list. {count} is at least 2.
        each_made = ngettext("{count} take of each of these:", "{count} takes of each of these:", takes)
        said = each_made.format(count=number(takes))
    else:
        said = _("One of each of these:")
    return f"{said}\n{words}" if words else _("They differ in the words between braces.")
