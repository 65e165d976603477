"""The page of /help: what the bot does, what clips cost, and examples to press. `cogs/help.py` shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.domain import limits
from bot.domain.clip import RESOLUTION_DEFAULT, Resolution
from bot.domain.price import Prices
from bot.domain.quota import Window
from bot.presentation.views import layout, wording
from bot.presentation.views.buttons import example_buttons
from bot.presentation.views.durations import usual_length
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import _, ngettext, number

_NO_IDS: Final[Mapping[str, int]] = {}


def help_page(
    prices: Prices,
    window: Window,
    allowance: int | None,
    *,
    preview: bool,
    preview_prices: Prices | None = None,
    previews_first: bool = False,
    command_ids: Mapping[str, int] = _NO_IDS,
) -> Page:
    """`allowance` is the member's credits in each window, None without a limit. `preview`: all clips are previews.

    `preview_prices` are the prices of previews, if members may choose them. `previews_first`: a member who chooses nothing
    gets one. A command with an id in `command_ids` can be pressed.
    """

    def command(path: str) -> str:
        known = command_ids.get(path.partition(" ")[0])
        return f"`/{path}`" if known is None else f"</{path}:{known}>"

    # Translators: {least} to {most} seconds.
    about = _("Write what is seen and what is heard. A clip of {least} to {most} seconds comes back, usually within minutes.")
    view = Page(layout.BLUE).text(
        f"### {_headline()}",
        about.format(least=number(limits.DURATION_MIN_SECONDS), most=number(limits.DURATION_MAX_SECONDS)),
    )
    view.text(*_command_lines(command))
    view.text(
        *_cost_lines(prices, window, allowance, preview=preview), *_preview_lines(preview_prices, previews_first=previews_first)
    )
    view.line().text(_("Press one to try it; you can change everything first:"))
    return view.buttons(*example_buttons())


def _headline() -> str:
    return _("Clips with picture and sound")


def _command_lines(command: Callable[[str], str]) -> list[str]:
    """Lines that each begin with a command; `command` makes it pressable."""
    # Translators: {command} is what a member types, such as `/video text`; so in the next ones.
    text = _("{command} from words alone")
    image = _("{command} from a still that starts to move")
    characters = _("{command} with up to 9 people or things from your pictures: `character1`, `character2`, …")
    studio = _("{command} characters in a form, good on a phone")
    # Translators: "Animate this image" is a command, which stays English. "Apps" is an entry of Discord's menu.
    animate = _("**Animate this image** on any picture: hold or right-click the message, then Apps")
    jobs = _("{command} what is on its way")
    clips = _("{command} what you made, to browse and search")
    quota = _("{command} what you may still spend")
    return [
        text.format(command=command("video text")),
        image.format(command=command("video image")),
        characters.format(command=command("video characters")),
        studio.format(command=command("video studio")),
        animate,
        clips.format(command=command("clips")),
        f"{jobs.format(command=command('jobs'))} · {quota.format(command=command('quota'))}",
    ]


def _preview_lines(preview_prices: Prices | None, *, previews_first: bool) -> list[str]:
    if preview_prices is None:
        return []
    match previews_first, preview_prices.usual() > 0:
        case True, True:
            # Translators: `make` is an option's name. {length} is such as "5 s", {cost} "25 credits".
            told = _("Without the option `make` a clip is a preview, and {length} of that cost {cost} at {resolution}.")
        case True, False:
            told = _("Without the option `make` a clip is a preview, and that is free.")
        case False, True:
            # Translators: `make` is an option's name. {length} is such as "5 s", {cost} "25 credits".
            told = _("A preview of {length}, by the option `make`, costs {cost} at {resolution}.")
        case _:
            told = _("A preview of {length}, by the option `make`, is free.")
    cost = wording.credits_of(preview_prices.usual())
    return [told.format(length=usual_length(), cost=cost, resolution=RESOLUTION_DEFAULT.value)]


def _cost_lines(prices: Prices, window: Window, allowance: int | None, *, preview: bool) -> list[str]:
    usual = prices.usual()
    lines: list[str] = []
    if preview and usual:
        lines.append(_("Clips are previews for now, drawn on this machine; real ones come once a video service is set up."))
    elif preview:
        lines.append(
            _("Clips are free previews for now, drawn on this machine; real ones come once a video service is set up.")
        )
    if usual:
        lines += [_usual_cost(prices), _allowance(window, allowance)]
    elif not preview:
        lines.append(_("Clips are free here."))
    return lines


def _usual_cost(prices: Prices) -> str:
    full, small = prices.usual(), prices.usual(Resolution.P720)
    # Translators: {length} is such as "5 s", {resolution} is 1080P and {smaller} 720P, {less} a number of credits or "free".
    costs = ngettext(
        "A {length} clip costs {count} credit at {resolution}, {less} at {smaller}.",
        "A {length} clip costs {count} credits at {resolution}, {less} at {smaller}.",
        full,
    )
    return costs.format(
        length=usual_length(),
        count=number(full),
        resolution=RESOLUTION_DEFAULT.value,
        less=number(small) if small else wording.free(),
        smaller=Resolution.P720.value,
    )


def _allowance(window: Window, allowance: int | None) -> str:
    failed = _("A clip that fails costs nothing.")
    if allowance is None:
        unlimited = _("You have no limit.")
        return f"{unlimited} {failed}"
    # Translators: {often} is "a day", "a week" or "a month".
    gets = ngettext("You get {count} credit {often}.", "You get {count} credits {often}.", allowance)
    return f"{gets.format(count=number(allowance), often=wording.each(window))} {failed}"
