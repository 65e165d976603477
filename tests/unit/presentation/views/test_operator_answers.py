"""What an operator reads as the answer to `happyhorse job end` and `happyhorse job retry`."""

from typing import get_args

import pytest

from bot.detail import said
from bot.operator_answer import (
    About,
    AnotherTry,
    AtProvider,
    Booked,
    Bound,
    CancelAsked,
    ClipExists,
    Ended,
    GoesOn,
    MayBeBilled,
    NoProvider,
    NothingLeft,
    NothingToRetry,
    NotReadable,
    OfJob,
    Over,
    Remark,
    Report,
    ReportCode,
    Said,
    Silent,
    Stored,
    WaitsForOwner,
    Word,
)
from bot.ports import OperatorAnswer
from bot.presentation.views.operator_answers import text_of, text_of_report

BOUNDS = (Bound("guild_allowance", 90, 5, 900), Bound("guild_running", 1, 0, 9), Bound("running", 1, 1, 3))
REPORT = Report(ReportCode.FOUND, "scenario", searched=True, reference="run-1")
SAYS = {
    Stored("As it was."): "As it was.",
    Said(Word.SAY_YES): "Say --yes to book it.",
    OfJob(About.NO_SUCH, "ab"): "There is no job ab.",
    AtProvider("ab", "delivering", "scenario", "run-1", posting=True): (
        "Job ab is delivering: it is with scenario as run-1 and may be billed there, while its member is not charged."
        " Its clip may be posted already. Say --yes to end it all the same."
    ),
    AtProvider("ab", "submitting", "scenario", None, posting=False): (
        "Job ab is submitting: it is with scenario and may be billed there, while its member is not charged."
        " Say --yes to end it all the same."
    ),
    NotReadable("ab", "locale: no UTF-8", ending=True): (
        "Job ab can't be read by this version (locale: no UTF-8), and may be billed at a provider. Say --yes to end it all the"
        " same; its credits go back, and its messages stay as they are."
    ),
    NotReadable("ab", "odd", ending=False): "Job ab can't be read by this version (odd): install the version that wrote it.",
    Ended("ab", 30, 7): "Job ab has ended; its 30 credits are back with member 7.",
    Ended("ab", 1, 7): "Job ab has ended; its 1 credit is back with member 7.",
    CancelAsked("scenario", agreed=False): "scenario was asked to cancel it and did not.",
    MayBeBilled("scenario", "seed 42"): "It may be billed at scenario as seed 42.",
    Over("ab", "done", 30): "Job ab is over already: done, 30 credits charged.",
    NothingToRetry("ab", "done"): ("Job ab is done: there is nothing to try again. Its member has buttons for another clip."),
    WaitsForOwner("ab", 30): (
        "Job ab is made and waits until its owner has it posted (Post it here in /jobs), which charges its 30 credits. Left"
        " alone, it ends uncharged."
    ),
    GoesOn("ab", "queued", 30): "Job ab goes on now (queued), under the 30 credits reserved for it.",
    NoProvider("ab", "scenario"): "scenario is not configured here, so job ab can't be made again.",
    AnotherTry("ab", 7, 30, REPORT): (
        "Another try of job ab costs member 7 30 credits. Of this one: scenario has its clip as run-1."
    ),
    ClipExists("run-1"): (
        "Nothing was booked: the clip exists. Take it from the provider as run-1 and hand it to the member; another would be"
        " billed again."
    ),
    NothingLeft(7, BOUNDS): (
        "Nothing was booked: the server has 5 credits left of 900 (quota.guild_allowance). the server has 9 clips under way,"
        " and 9 is the limit; wait for one to end. the member has 2 clips under way, and 3 is the limit; wait for one to end."
    ),
    NothingLeft(7, (Bound("allowance", 90, 20, 900),)): (
        "Nothing was booked: the member has 20 left (happyhorse quota grant 70 --member 7)."
    ),
    Booked("ab", 371, 30, 7): "Booked as job ab (371); 30 credits of member 7 are reserved.",
    Booked("ab", 371, 1, 7): "Booked as job ab (371); 1 credit of member 7 is reserved.",
    Silent(30, "ab"): (
        "The bot has not answered within 30 s. The request stands: the bot takes it up when it can, also after a restart within"
        " the hour. happyhorse job show ab says what came of it."
    ),
}


@pytest.mark.parametrize(("remark", "text"), SAYS.items(), ids=lambda value: type(value).__name__)
def test_each_remark_is_a_sentence_with_its_figures(remark, text):
    assert text_of(OperatorAnswer(done=True, remarks=(remark,))) == text


def test_every_kind_of_remark_and_every_code_has_its_words():
    assert {type(remark) for remark in SAYS} == set(get_args(Remark))
    coded = [*map(Said, Word), *(OfJob(about, "ab") for about in About)]
    texts = [text_of(OperatorAnswer(done=False, remarks=(remark,))) for remark in coded]
    assert all(text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts)


def test_the_remarks_of_an_answer_follow_each_other():
    answer = OperatorAnswer(done=True, remarks=(Ended("ab", 30, 7), Said(Word.NO_BOT)))
    assert text_of(answer) == (
        "Job ab has ended; its 30 credits are back with member 7. No bot is running: what is left to do follows when it starts."
    )


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (Report(ReportCode.NOTHING_SENT), "nothing was sent to the provider"),
        (Report(ReportCode.NO_ANSWER, "scenario", seconds=20), "scenario can't be asked now: no answer within 20 s"),
        (
            Report(ReportCode.TROUBLE, "scenario", detail=said("500: oops")),
            "scenario can't be asked now: 500: oops",
        ),
        (
            Report(ReportCode.STATUS, "scenario", reference="run-1", phase="running", percent=40),
            "scenario says of run-1: running, 40 %",
        ),
        (
            Report(ReportCode.STATUS, "scenario", reference="run-1", phase="failed", detail=said("no {braces}"), billed=True),
            "scenario says of run-1: failed, no {braces}, billed",
        ),
    ],
)
def test_what_a_provider_says_of_a_job_is_worded(report, text):
    assert text_of_report(report) == text
