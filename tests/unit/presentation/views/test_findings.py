"""Every finding of a provider's check has a text."""

import pytest

from bot.detail import said
from bot.ports import Check, Difference, FindingCode, ProviderFinding, Severity
from bot.presentation.views.findings import worded

CHANGED = (
    Difference("seed"),
    Difference("duration", "max", 10, 15),
    Difference("resolution", missing=("720P", "1080P")),
)
EXAMPLES = [
    (Check.KEY, FindingCode.FINE, (), "Scenario key: accepted"),
    (Check.DRY_RUN, FindingCode.FINE, (3, 42.0), "Scenario dry run: 3 s at 720P cost 42 creative units"),
    (Check.LIMITS, FindingCode.FINE, (), "Limits of Happy Horse 1.1: as this bot knows them"),
    (Check.CEILING, FindingCode.FINE, (5, "pro"), "Scenario clips at a time: 5 on plan pro"),
    (Check.RENDERER, FindingCode.FINE, (2,), "preview: renders here, 2 at a time, free of charge"),
    (Check.KEY, FindingCode.REFUSED, ("401: no",), "Scenario key: 401: no"),
    (Check.CEILING, FindingCode.UNREACHED, ("timeout",), "Scenario clips at a time: timeout"),
    (Check.DRY_RUN, FindingCode.UNPRICED, (), "Scenario dry run: answered without a price"),
    (
        Check.LIMITS,
        FindingCode.CHANGED,
        (),
        (
            "Limits of Happy Horse 1.1: no input seed; duration max is 10 there and 15 here; resolution 720P, 1080P is not"
            " offered any more"
        ),
    ),
    (Check.CEILING, FindingCode.NOT_ASKED, (), "Scenario clips at a time: not known"),
    (Check.CEILING, FindingCode.NOT_SAID, ("pro",), "Scenario clips at a time: not said for plan pro"),
    (Check.RENDERER, FindingCode.CLOSED, ("data", "Permission denied"), "preview: cannot write to data: Permission denied"),
]


def test_every_check_and_every_code_has_its_words():
    assert {check for check, *_ in EXAMPLES} == set(Check)
    assert {code for _, code, *_ in EXAMPLES} == set(FindingCode)


@pytest.mark.parametrize(("check", "code", "figures", "line"), EXAMPLES)
def test_a_finding_says_what_was_found_and_what_to_do(check, code, figures, line):
    detail = said(str(figures[0])) if figures else None
    found = worded(ProviderFinding(check, code, Severity.ERROR, figures, "Happy Horse 1.1", CHANGED, detail))
    assert f"{found.subject}: {found.found}" == line
    assert bool(found.remedy) == (code is not FindingCode.FINE)
