"""The page of /help: the bot in one look, with what clips cost and examples to press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.domain.clip import RESOLUTION_DEFAULT, Resolution
from bot.domain.price import Prices
from bot.domain.quota import Window
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import example_buttons
from bot.presentation.views.layout import Page

_NO_IDS: Final[Mapping[str, int]] = {}


def help_page(
    prices: Prices,
    window: Window,
    allowance: int | None,
    *,
    preview: bool,
    drafts: Prices | None = None,
    draws_first: bool = False,
    command_ids: Mapping[str, int] = _NO_IDS,
) -> Page:
    """`allowance` is what this member has in each window, None without a limit; `preview` says that clips are previews.

    `drafts` is what a preview costs where members may choose one; `draws_first`: who chooses nothing gets one. A press
    on a command whose id at Discord is known begins it.
    """

    def command(path: str) -> str:
        known = command_ids.get(path.partition(" ")[0])
        return f"`/{path}`" if known is None else f"</{path}:{known}>"

    view = Page(layout.BLUE).text(
        "### Clips with picture and sound",
        f"Write what is seen and what is heard. A clip of {wording.LENGTHS} seconds comes back, usually within minutes.",
    )
    view.text(
        f"{command('video text')} from words alone",
        f"{command('video image')} from a still that starts to move",
        f"{command('video characters')} with up to 9 people or things from your pictures: `character1`, `character2`, …",
        f"{command('video studio')} characters in a form, good on a phone",
        "**Animate this image** on any picture: hold or right-click the message, then Apps",
        f"{command('jobs')} what is on its way · {command('quota')} what you may still spend",
    )
    view.text(*_cost_lines(prices, window, allowance, preview=preview), *_draft_lines(drafts, draws_first=draws_first))
    view.line().text("Press one to try it; you can change everything first:")
    return view.buttons(*example_buttons())


def _draft_lines(drafts: Prices | None, *, draws_first: bool) -> list[str]:
    if drafts is None:
        return []
    cost = drafts.usual()
    if draws_first:
        length = wording.USUAL_LENGTH
        told = f"{length} of that cost {wording.credits_of(cost)} at {RESOLUTION_DEFAULT}" if cost else "that is free"
        return [f"Without the option `make` a clip is a preview, and {told}."]
    told = f"costs {wording.credits_of(cost)} at {RESOLUTION_DEFAULT}" if cost else "is free"
    return [f"A preview of {wording.USUAL_LENGTH}, by the option `make`, {told}."]


def _cost_lines(prices: Prices, window: Window, allowance: int | None, *, preview: bool) -> list[str]:
    usual = prices.usual()
    kind = "free previews" if not usual else "previews"
    lines = (
        [f"Clips are {kind} for now, drawn on this machine; real ones come once a video service is set up."] if preview else []
    )
    if usual:
        costs = f"{wording.credits_of(usual)} at {RESOLUTION_DEFAULT}"
        try_out = f"{wording.more_credits(prices.usual(Resolution.P720))} at {Resolution.P720}"
        lines.append(f"A {wording.USUAL_LENGTH} clip costs {costs}, {try_out}.")
        has = "have no limit" if allowance is None else f"get {wording.count(allowance, 'credit')} {wording.EACH[window]}"
        lines.append(f"You {has}. A clip that fails costs nothing.")
    elif not preview:
        lines.append("Clips are free here.")
    return lines
