"""The words for what `happyhorse doctor` found at a provider: what was checked, what was found, what to do about it.
`Finding` is a line of the whole report; `checkup` makes those about Discord, and the doctor calls `worded`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.ports import Check, Difference, FindingCode, ProviderFinding, Severity
from bot.presentation.views import details
from bot.presentation.views.translations import N_, _


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `remedy` is "" if all is fine."""

    subject: str
    severity: Severity
    found: str
    remedy: str = ""


_SUBJECTS: Final = {
    Check.KEY: N_("Scenario key"),
    Check.DRY_RUN: N_("Scenario dry run"),
    Check.LIMITS: N_("Limits of {model}"),
    Check.CEILING: N_("Scenario clips at a time"),
    Check.RENDERER: N_("preview"),
}
_REMEDIES: Final = {
    FindingCode.REFUSED: N_("Check the API key, its secret, and the plan and credit of the team."),
    FindingCode.UNREACHED: N_("Check the base URL and the network, then try again."),
    FindingCode.UNPRICED: N_("Look at what clips cost in the vendor's own pages."),
    FindingCode.CHANGED: N_("The model has changed: look for a newer version of the bot."),
    FindingCode.NOT_ASKED: N_("Set scenario.team_id, so that the bot knows your plan's limit."),
    FindingCode.NOT_SAID: N_("Set provider.parallel to what your plan allows."),
    FindingCode.CLOSED: N_("Give the bot a data folder that it may write to."),
}


def worded(finding: ProviderFinding) -> Finding:
    subject = _(_SUBJECTS[finding.check]).format(model=finding.model)
    remedy = _(_REMEDIES[finding.code]) if finding.code in _REMEDIES else ""
    return Finding(subject, finding.severity, _found(finding), remedy)


def _found(finding: ProviderFinding) -> str:
    figures = finding.figures
    match finding.code:
        case FindingCode.FINE:
            return _fine(finding)
        case FindingCode.REFUSED | FindingCode.UNREACHED:
            return details.text_of(finding.detail)
        case FindingCode.UNPRICED:
            return _("answered without a price")
        case FindingCode.CHANGED:
            return "; ".join(map(_difference, finding.differences))
        case FindingCode.NOT_ASKED:
            # Translators: how many clips the plan allows at a time.
            return _("not known")
        case FindingCode.NOT_SAID:
            # Translators: how many clips the plan allows at a time.
            return _("not said for plan {plan}").format(plan=figures[0])
        case FindingCode.CLOSED:
            return _("cannot write to {folder}: {error}").format(folder=figures[0], error=figures[1])


def _fine(finding: ProviderFinding) -> str:
    figures = finding.figures
    match finding.check:
        case Check.KEY:
            # Translators: the key.
            return _("accepted")
        case Check.DRY_RUN:
            # Translators: a clip of so many seconds.
            return _("{seconds} s at 720P cost {cost} creative units").format(seconds=figures[0], cost=f"{figures[1]:g}")
        case Check.LIMITS:
            # Translators: the limits of the model.
            return _("as this bot knows them")
        case Check.CEILING:
            # Translators: so many clips at a time.
            return _("{clips} on plan {plan}").format(clips=figures[0], plan=figures[1])
        case Check.RENDERER:
            # Translators: it draws previews.
            return _("renders here, {clips} at a time, free of charge").format(clips=figures[0])


def _difference(difference: Difference) -> str:
    if difference.bound:
        # Translators: {name} is an input of the model, {bound} "minimum" or "maximum".
        other = _("{name} {bound} is {theirs} there and {ours} here")
        theirs = f"{difference.theirs:g}"
        return other.format(name=difference.name, bound=difference.bound, theirs=theirs, ours=difference.ours)
    if difference.missing:
        # Translators: {name} is an input of the model, {values} what could be chosen for it.
        missing = _("{name} {values} is not offered any more")
        return missing.format(name=difference.name, values=", ".join(difference.missing))
    return _("no input {name}").format(name=difference.name)
