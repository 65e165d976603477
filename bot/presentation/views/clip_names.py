"""What the clips of an order of several are called. The board, its clips' messages, /clips and the
buttons that name one call it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.job import Job
from bot.presentation.views.escaping import inline, one_line
from bot.presentation.views.translations import _, ngettext, number

_WORDS_SHOWN: Final = 40
"""How much is shown of the words that tell one alternative from the others; a line of a phone has about as many characters."""


def clip_name(job: Job, *, quoted: bool = True) -> str:
    """`Take 2`, `rain` or `rain, take 2`, safe to show in a text. `quoted`: with the member's own words."""
    return _named(job, inline, quoted=quoted)


def plain_name(job: Job, *, quoted: bool = True) -> str:
    """The same for a button's label, where markdown has no effect."""
    return _named(job, one_line, quoted=quoted)


def _named(job: Job, shown: Callable[[str, int], str], *, quoted: bool) -> str:
    words = shown(job.variant, _WORDS_SHOWN) if quoted and not job.hides_prompt else ""
    if words and job.take:
        # Translators: the name of a clip. {words} are the member's, such as "rain".
        return _("{words}, take {number}").format(words=words, number=number(job.take))
    if words:
        return words
    if job.take and not job.variant:
        # Translators: the name of a clip: one of several that were made of the same prompt.
        return _("Take {number}").format(number=number(job.take))
    # Translators: the name of a clip of an order of several.
    return _("Clip {number}").format(number=number(job.position + 1))


def counted_clips(jobs: Sequence[Job]) -> str:
    """`4 takes`; `6 clips` where alternatives made them."""
    count = number(len(jobs))
    if all(each.take and not each.variant for each in jobs):
        return ngettext("{count} take", "{count} takes", len(jobs)).format(count=count)
    return ngettext("{count} clip", "{count} clips", len(jobs)).format(count=count)
