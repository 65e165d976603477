"""What `happyhorse doctor` found, in words: what was looked at, what was found, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.ports import Check, Difference, FindingCode, ProviderFinding, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One line; `remedy` is "" where all is fine."""

    subject: str
    severity: Severity
    found: str
    remedy: str = ""


_SUBJECTS: Final = {
    Check.KEY: "Scenario key",
    Check.DRY_RUN: "Scenario dry run",
    Check.LIMITS: "Limits of {model}",
    Check.CEILING: "Scenario clips at a time",
    Check.RENDERER: "preview",
}
_REMEDIES: Final = {
    FindingCode.REFUSED: "Check the API key, its secret, and the plan and credit of the team.",
    FindingCode.UNREACHED: "Check the base URL and the network, then try again.",
    FindingCode.UNPRICED: "Look at what clips cost in the vendor's own pages.",
    FindingCode.CHANGED: "The model has changed: look for a newer version of the bot.",
    FindingCode.NOT_ASKED: "Set scenario.team_id, so that the bot knows your plan's limit.",
    FindingCode.NOT_SAID: "Set provider.parallel to what your plan allows.",
    FindingCode.CLOSED: "Give the bot a data folder that it may write to.",
}


def worded(finding: ProviderFinding) -> Finding:
    subject = _SUBJECTS[finding.check].format(model=finding.model)
    return Finding(subject, finding.severity, _found(finding), _REMEDIES.get(finding.code, ""))


def _found(finding: ProviderFinding) -> str:
    figures = finding.figures
    match finding.code:
        case FindingCode.FINE:
            return _fine(finding)
        case FindingCode.REFUSED | FindingCode.UNREACHED:
            return str(figures[0])
        case FindingCode.UNPRICED:
            return "answered without a price"
        case FindingCode.CHANGED:
            return "; ".join(map(_difference, finding.differences))
        case FindingCode.NOT_ASKED:
            return "not known"
        case FindingCode.NOT_SAID:
            return f"not said for plan {figures[0]}"
        case FindingCode.CLOSED:
            return f"cannot write to {figures[0]}: {figures[1]}"


def _fine(finding: ProviderFinding) -> str:
    figures = finding.figures
    match finding.check:
        case Check.KEY:
            return "accepted"
        case Check.DRY_RUN:
            return f"{figures[0]} s at 720P cost {figures[1]:g} creative units"
        case Check.LIMITS:
            return "as this bot knows them"
        case Check.CEILING:
            return f"{figures[0]} on plan {figures[1]}"
        case Check.RENDERER:
            return f"renders here, {figures[0]} at a time, free of charge"


def _difference(difference: Difference) -> str:
    if difference.bound:
        return f"{difference.name} {difference.bound} is {difference.theirs:g} there and {difference.ours} here"
    if difference.missing:
        return f"{difference.name} {', '.join(difference.missing)} is not offered any more"
    return f"no input {difference.name}"
