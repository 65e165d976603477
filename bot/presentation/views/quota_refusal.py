"""The page for a request that would exceed a cap: of credits, or of requests or clips at a time, of a member or a server.

`interactions.booking` shows it. The page of /quota is in `quota_page`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.errors import QuotaRefused
from bot.presentation.views import layout, wording
from bot.presentation.views.layout import Page, bold, paragraph
from bot.presentation.views.refusal_pages import back_button, kept_note, nothing_charged
from bot.presentation.views.translations import N_, _, ngettext, number
from bot.presentation.views.wording import Counted
from bot.problem import Crossed

_HEADLINES: Final = {
    "allowance": N_("Not enough credits"),
    "running": N_("You have enough running"),
    "guild_allowance": N_("This server has used its credits"),
    "guild_running": N_("This server is busy"),
    "running_jobs": N_("Too many clips at a time"),
    "guild_running_jobs": N_("Too many clips at a time"),
}
_OTHER_HEADLINE: Final = N_("Not now")


def quota_page(
    refused: QuotaRefused,
    draft_id: int | None,
    window: str,
    *,
    cheaper: str = "",
    counted: Counted = Counted.CLIPS,
    costs: Sequence[int] = (),
) -> Page:
    """Names every cap that would be exceeded. `window` is a text of `wording.window`.

    `draft_id` None: what was typed could not be stored. `cheaper` is a sentence about a cheaper clip, or "". `counted` is a
    name for the clips of which too many are running. `costs` is the price of each clip that was asked for, if it is known.
    """
    view = Page(layout.AMBER)
    for bound in refused.crossed:
        headline = _(_HEADLINES.get(bound.reason, _OTHER_HEADLINE))
        view.text(bold(headline), _sentences(bound, window, cheaper, counted, costs))
    kept = kept_note(draft_id, unread=refused.unread)
    return view.text(f"{nothing_charged()} {kept}").buttons(back_button(draft_id))


def _sentences(bound: Crossed, window: str, cheaper: str, counted: Counted, prices: Sequence[int]) -> str:
    match bound.reason:
        case "allowance" | "guild_allowance" if len(prices) > 1:
            return _several(bound, window, cheaper, prices)
        case "allowance":
            # Translators: {count} is the price, {left} and {limit} are credits, {window} is such as "this week".
            costs = ngettext(
                "This clip costs {count} credit; you have {left} of {limit} left {window}.",
                "This clip costs {count} credits; you have {left} of {limit} left {window}.",
                bound.needed,
            )
            more = _("The people who run the bot can give you more.")
            return paragraph(_filled(costs, bound, window), _resets(bound), cheaper, more)
        case "running_jobs" if bound.left > 0:
            # Translators: {limit} is how many clips at a time a member may have.
            rest = _("{limit} at a time is the limit here. Ask for fewer, or wait for one to finish.")
            return paragraph(_fit(bound, counted), rest.format(limit=number(bound.limit)))
        case "guild_running_jobs" if bound.left > 0:
            # Translators: {limit} is how many clips at a time a server may have.
            rest = _("{limit} at a time is the limit of this server. Ask for fewer, or try again in a few minutes.")
            return paragraph(_fit(bound, counted), rest.format(limit=number(bound.limit)))
        case "running":
            return _requests(bound.limit, counted).format(count=number(bound.limit), limit=number(bound.limit))
        case "running_jobs":
            return _running(bound.limit, counted).format(count=number(bound.limit), limit=number(bound.limit))
        case "guild_allowance":
            # Translators: {count} is the price, {left} and {limit} are credits, {window} is such as "this week".
            costs = ngettext(
                "This clip costs {count} credit; the server has {left} of {limit} left {window}.",
                "This clip costs {count} credits; the server has {left} of {limit} left {window}.",
                bound.needed,
            )
            return paragraph(_filled(costs, bound, window), _resets(bound))
        case "guild_running_jobs":
            return _server_limit(bound.limit, counted).format(count=number(bound.limit))
        case _:
            return _server_requests(bound.limit, counted).format(count=number(bound.limit))


def _several(bound: Crossed, window: str, cheaper: str, prices: Sequence[int]) -> str:
    """As `_sentences`, about the credits for more than one clip."""
    if bound.reason == "allowance":
        # Translators: {clips} is at least 2, {count} their price in all; {left} and {limit} are credits, {window} is such as
        # "this week".
        in_all = ngettext(
            "These {clips} clips cost {count} credit; you have {left} of {limit} left {window}.",
            "These {clips} clips cost {count} credits; you have {left} of {limit} left {window}.",
            bound.needed,
        )
        rest = paragraph(cheaper, _("The people who run the bot can give you more."))
    else:
        # Translators: {clips} is at least 2, {count} their price in all; {left} and {limit} are credits, {window} is such as
        # "this week".
        in_all = ngettext(
            "These {clips} clips cost {count} credit; the server has {left} of {limit} left {window}.",
            "These {clips} clips cost {count} credits; the server has {left} of {limit} left {window}.",
            bound.needed,
        )
        rest = ""
    return paragraph(_filled(in_all, bound, window, len(prices)), _affordable(bound, prices), _resets(bound), rest)


def _filled(text: str, bound: Crossed, window: str, clips: int = 1) -> str:
    left = number(max(bound.left, 0))
    return text.format(count=number(bound.needed), left=left, limit=number(bound.limit), window=window, clips=number(clips))


def _affordable(bound: Crossed, costs: Sequence[int]) -> str:
    """How many of the clips the credits that are left pay for; "" if for none."""
    fit = max(bound.left, 0) // max(*costs, 1)
    # Translators: {count} of the clips that were asked for.
    of_them = ngettext("{count} of them would fit.", "{count} of them would fit.", fit)
    return of_them.format(count=number(fit)) if fit else ""


def _resets(bound: Crossed) -> str:
    if bound.resets_at_ms is None:
        return ""
    # Translators: what is left of the credits. {moment} is such as "in 5 hours".
    return _("It resets {moment}.").format(moment=wording.moment(bound.resets_at_ms))


def _requests(count: int, counted: Counted) -> str:
    # Translators: in all of these, a request is what was asked for at once, one clip or several; {limit} is how many requests
    # at a time a member may have.
    match counted:
        case Counted.CLIPS:
            return ngettext(
                "Your request is still running, and {limit} at a time is the limit here. Wait for it to finish, or cancel it in"
                " `/jobs`.",
                "Your {count} requests are still running, and {limit} at a time is the limit here. Wait for one to finish, or"
                " cancel one in `/jobs`.",
                count,
            )
        case Counted.PREVIEWS:
            return ngettext(
                "Your request for previews is still running, and {limit} at a time is the limit here. Wait for it to finish, or"
                " cancel it in `/jobs`.",
                "Your {count} requests for previews are still running, and {limit} at a time is the limit here. Wait for one to"
                " finish, or cancel one in `/jobs`.",
                count,
            )
        case Counted.REAL:
            return ngettext(
                "Your request for real clips is still running, and {limit} at a time is the limit here. Wait for it to finish,"
                " or cancel it in `/jobs`.",
                "Your {count} requests for real clips are still running, and {limit} at a time is the limit here. Wait for one"
                " to finish, or cancel one in `/jobs`.",
                count,
            )


def _running(count: int, counted: Counted) -> str:
    # Translators: in all of these, {limit} is how many clips at a time a member may have.
    match counted:
        case Counted.CLIPS:
            return ngettext(
                "You have {count} clip on the way, and {limit} at a time is the limit here. Wait for one to finish, or cancel"
                " one in `/jobs`.",
                "You have {count} clips on the way, and {limit} at a time is the limit here. Wait for one to finish, or cancel"
                " one in `/jobs`.",
                count,
            )
        case Counted.PREVIEWS:
            return ngettext(
                "You have {count} preview on the way, and {limit} at a time is the limit here. Wait for one to finish, or"
                " cancel one in `/jobs`.",
                "You have {count} previews on the way, and {limit} at a time is the limit here. Wait for one to finish, or"
                " cancel one in `/jobs`.",
                count,
            )
        case Counted.REAL:
            return ngettext(
                "You have {count} real clip on the way, and {limit} at a time is the limit here. Wait for one to finish, or"
                " cancel one in `/jobs`.",
                "You have {count} real clips on the way, and {limit} at a time is the limit here. Wait for one to finish, or"
                " cancel one in `/jobs`.",
                count,
            )


def _fit(bound: Crossed, counted: Counted) -> str:
    # Translators: in all of these, {asked} is how many clips were asked for, at least 2, and {fit} is how many would fit.
    match counted:
        case Counted.CLIPS:
            text = _("You asked for {asked} clips, and {fit} would fit now.")
        case Counted.PREVIEWS:
            text = _("You asked for {asked} previews, and {fit} would fit now.")
        case Counted.REAL:
            text = _("You asked for {asked} real clips, and {fit} would fit now.")
    return text.format(asked=number(bound.needed), fit=number(bound.left))


def _server_limit(count: int, counted: Counted) -> str:
    match counted:
        case Counted.CLIPS:
            return ngettext(
                "{count} clip at a time is the limit of this server. Try again in a few minutes.",
                "{count} clips at a time is the limit of this server. Try again in a few minutes.",
                count,
            )
        case Counted.PREVIEWS:
            return ngettext(
                "{count} preview at a time is the limit of this server. Try again in a few minutes.",
                "{count} previews at a time is the limit of this server. Try again in a few minutes.",
                count,
            )
        case Counted.REAL:
            return ngettext(
                "{count} real clip at a time is the limit of this server. Try again in a few minutes.",
                "{count} real clips at a time is the limit of this server. Try again in a few minutes.",
                count,
            )


def _server_requests(count: int, counted: Counted) -> str:
    # Translators: in all of these, a request is what was asked for at once, one clip or several.
    match counted:
        case Counted.CLIPS:
            return ngettext(
                "{count} request at a time is the limit of this server. Try again in a few minutes.",
                "{count} requests at a time is the limit of this server. Try again in a few minutes.",
                count,
            )
        case Counted.PREVIEWS:
            return ngettext(
                "{count} request for previews at a time is the limit of this server. Try again in a few minutes.",
                "{count} requests for previews at a time is the limit of this server. Try again in a few minutes.",
                count,
            )
        case Counted.REAL:
            return ngettext(
                "{count} request for real clips at a time is the limit of this server. Try again in a few minutes.",
                "{count} requests for real clips at a time is the limit of this server. Try again in a few minutes.",
                count,
            )
