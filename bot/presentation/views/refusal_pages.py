"""Pages for a request that was refused before a job was made: it has problems, or the provider or operator takes none now.

`interactions.booking` shows them. Each says that nothing was charged, and has a button that brings back what was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.clip import Kind
from bot.domain.job import PREVIEW
from bot.errors import KindClosed, NotOffered, Paused, RequestRefused
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import Press, example_buttons
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import inline, one_line, width
from bot.presentation.views.layout import Page, bold
from bot.presentation.views.problems import words_of
from bot.presentation.views.translations import N_, _, listed, ngettext, number
from bot.problem import Problem

_PROBLEMS_TEXT: Final = 3000
"""Characters for problems in one message; the rest is for headline and examples."""
GIVEN_CHARACTERS: Final = 80
"""How much of what a member typed is shown."""
_FIELD_CHARACTERS: Final = 40
_WHY_CHARACTERS: Final = 300
_WAYS: Final = {
    # Translators: behind "clips", in a list; so the next two.
    Kind.TEXT: N_("from text"),
    Kind.IMAGE: N_("from a still"),
    Kind.CHARACTERS: N_("with characters"),
}
"""How clips of each kind are made."""


def refused_page(
    refused: RequestRefused,
    draft_id: int | None,
    *,
    newcomer: bool = False,
    form_holds: int | None = None,
    quoted: bool = True,
) -> Page:
    """Lists every problem, with a button that brings back what was typed. A `newcomer` gets examples to press too.

    `draft_id` None: what was typed could not be stored. `form_holds` is set if the prompt is too long for a form. In both cases
    the caller must send the whole prompt after this page (`copy_pages`). `quoted`: with what was given.
    """
    count = len(refused.problems)
    headline = _("One thing to change")
    if count > 1:
        # Translators: {count} is at least 2.
        headline = ngettext("{count} thing to change", "{count} things to change", count).format(count=number(count))
    longer = ""
    if form_holds is not None and draft_id is not None:
        longer = ngettext(
            "The form holds {count} character, so your whole prompt follows, to copy.",
            "The form holds {count} characters, so your whole prompt follows, to copy.",
            form_holds,
        ).format(count=number(form_holds))
    view = Page(layout.RED).text(bold(headline), f"{nothing_sent()} {kept_note(draft_id)}", longer)
    view.text("\n\n".join(_lines(refused.problems, quoted=quoted)))
    view.buttons(back_button(draft_id))
    if newcomer:
        view.line().text(_("Or start from an example:")).buttons(*example_buttons())
    return view


def closed_page(closed: KindClosed, draft_id: int | None, *, told: bool = False) -> Page:
    """Says that the provider takes no clips of this kind for now, and which it takes. `told`: the operators were told."""
    takes = [_(way) for kind, way in _WAYS.items() if kind not in closed.kinds]
    refused = [_(way) for kind, way in _WAYS.items() if kind in closed.kinds]
    # Translators: {ways} is such as "from text or with characters".
    takes_none = _("The video service takes no clips {ways} from this bot right now.").format(ways=listed(refused, either=True))
    sentences = [takes_none, wording.operators_know(told=told)]
    if takes:
        # Translators: {ways} is such as "from text and with characters".
        sentences.append(_("Clips {ways} work.").format(ways=listed(takes)))
    return (
        Page(layout.AMBER)
        .text(bold(_("Closed for the moment")), " ".join(sentences), f"{nothing_charged()} {kept_note(draft_id)}")
        .buttons(back_button(draft_id))
    )


def not_offered_page(other: NotOffered, draft_id: int | None) -> Page:
    """Says that the wanted provider is not offered now. The form shows the other one's price; sending it books the clip."""
    match other.provider == PREVIEW, other.cost > 0:
        case True, True if other.clips > 1:
            why = _("Real clips are not made here any more. As previews all of them cost {cost}.")
        case True, True:
            why = _("Real clips are not made here any more. As a preview it costs {cost}.")
        case True, False:
            why = _("Real clips are not made here any more. As a preview it is free.")
        case False, True if other.clips > 1:
            why = _("Previews are not made here any more. As real clips all of them cost {cost}.")
        case False, True:
            why = _("Previews are not made here any more. As a real clip it costs {cost}.")
        case _:
            why = _("Previews are not made here any more. As a real clip it is free.")
    headline = _("It would be a preview now") if other.provider == PREVIEW else _("It would be a real clip now")
    # Translators: "Edit and try again" is a button.
    what = _("To have it made all the same, press Edit and try again, and send the form.")
    return (
        Page(layout.AMBER)
        .text(
            bold(headline),
            why.format(cost=wording.credits_of(other.cost)),
            f"{nothing_sent()} {lost_note() if draft_id is None else what}",
        )
        .buttons(back_button(draft_id))
    )


def paused_page(paused: Paused, draft_id: int | None) -> Page:
    """Says that the operator has paused new clips. `draft_id` as in `refused_page`."""
    match paused.here, paused.until_ms is not None:
        case True, True:
            takes_none = _("The people who run the bot take no new clips in this server until {moment}.")
        case True, False:
            takes_none = _("The people who run the bot take no new clips in this server.")
        case False, True:
            takes_none = _("The people who run the bot take no new clips until {moment}.")
        case _:
            takes_none = _("The people who run the bot take no new clips.")
    takes_none = takes_none.format(moment=wording.moment(paused.until_ms or 0, "f"))
    others = _("Clips that are on the way go on.")
    return (
        Page(layout.AMBER)
        .text(
            bold(_("Paused for now")),
            f"{takes_none} {others}",
            f"> {inline(paused.why, _WHY_CHARACTERS)}" if paused.why else "",
            f"{nothing_charged()} {kept_note(draft_id, unread=paused.unread)}",
        )
        .buttons(back_button(draft_id))
    )


def nothing_charged() -> str:
    return _("Nothing was charged.")


def nothing_sent() -> str:
    return _("Nothing was sent and nothing was charged.")


def kept_note(draft_id: int | None, *, unread: bool = False) -> str:
    """Says what became of what was typed. `unread`: its pictures were not read, so they are not stored."""
    if draft_id is None:
        return lost_note()
    kept = _("What you typed is kept.")
    return f"{kept} {attach_again()}" if unread else kept


def attach_again() -> str:
    return _("The pictures have to be attached again.")


def lost_note() -> str:
    return _("What you typed could not be kept, so it follows, to copy.")


def back_button(draft_id: int | None) -> Press | None:
    return None if draft_id is None else Press(Action.DRAFT, str(draft_id))


def _lines(problems: Sequence[Problem], *, quoted: bool) -> list[str]:
    lines: list[str] = []
    room = _PROBLEMS_TEXT
    for place, problem in enumerate(problems):
        line = _line(problem, quoted=quoted)
        if width(line) > room:
            rest = len(problems) - place
            more = ngettext("And {count} more problem of this kind.", "And {count} more problems of this kind.", rest)
            lines.append(more.format(count=number(rest)))
            break
        room -= width(line) + 2
        lines.append(line)
    return lines


def _line(problem: Problem, *, quoted: bool) -> str:
    words = words_of(problem)
    match quoted, words.missing:
        case True, False:
            # Translators: {field} is what the form calls it, such as "Length". {given} and {allowed} are such as "99" and
            # "3 to 15 whole seconds".
            said = _("**{field}**: given {given}, allowed {allowed}.")
        case True, True:
            # Translators: {given} and {allowed} are such as "no picture" and "one still picture".
            said = _("**{field}**: given {given}, needed {allowed}.")
        case False, False:
            said = _("**{field}**: allowed {allowed}.")
        case _:
            said = _("**{field}**: needed {allowed}.")
    field, given = one_line(wording.field(problem.field), _FIELD_CHARACTERS), inline(words.given, GIVEN_CHARACTERS)
    return f"{said.format(field=field, given=given, allowed=words.allowed)}\n{words.remedy}"
