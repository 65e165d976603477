"""Every notice to operators has a text."""

from typing import get_args

import pytest

from bot import notice as n
from bot.detail import Detail, DetailCode, said
from bot.notice import JobNotice, Notice, Part
from bot.presentation.views.notices import sentence

EXAMPLES = {
    n.PartDied(Part.CAPACITY, "KeyError", "scenario"): (
        "A part of the bot stopped by a fault of ours: the question how many clips scenario takes (KeyError, see the log). It"
        " starts again by itself. If the log shows it stopping again and again, restart the bot and report the fault."
    ),
    n.KeyRefused("scenario", Part.WATCHER, 2, Detail(DetailCode.SAID, ("revoked",), "401")): (
        "scenario refuses our key, watching 2 clips stands still (401: revoked): look at its key, plan and balance. All goes on"
        " by itself once they are good."
    ),
    n.KeyRefused("scenario", Part.LOST_SUBMITS, 1, said("401")): (
        "scenario refuses our key, the search for 1 lost submit stands still (401): look at its key, plan and balance. All goes"
        " on by itself once they are good."
    ),
    n.LongWait("scenario", Part.WATCHER, 2_592_000.0, 300.0): (
        "scenario asks to be left alone for 2,592,000 s; the watching of clips is tried every 5 minutes all the same."
    ),
    n.Refused("scenario", None, said("no credit")): (
        "scenario refuses clips (no credit): look at its key, plan and balance. What waits goes on by itself within"
        " minutes, and"
        " what waits for a day ends uncharged."
    ),
    n.Refused("scenario", frozenset({"text", "image"}), said("closed")): (
        "scenario refuses clips from image and text (closed): look at its key, plan and balance. What waits goes on by itself"
        " within minutes, and what waits for a day ends uncharged. Other clips go on."
    ),
    n.OutOfReach("scenario", said("timeout")): (
        "scenario is out of reach (timeout). Clips wait, and end uncharged after a day."
    ),
    n.TakesAgain("scenario", None): "scenario takes clips again; what waited goes on by itself.",
    n.Rejected("abc", "scenario", said("no")): (
        "Job abc: scenario rejected it (no). Nothing was started, nobody was charged. Until a clip is taken this is not told"
        " again; where all are rejected, `happyhorse doctor` may say why."
    ),
    n.Unfound("abc", "scenario", 7, another=False): (
        "Job abc: the answer to its submit at scenario was lost and its clip can't be told apart there (seed 7). It may have"
        " been billed; the member was refunded."
    ),
    n.TakenAfterEnd("abc", "scenario", "run-1"): (
        "Job abc had ended when scenario took its clip as run-1: it may be billed there; the member was not charged."
    ),
    n.Unpaid("abc", "scenario", "run-1", billed=False, cancelled=False, moderated=False, said=said("NSFW")): (
        "Job abc failed at scenario (NSFW) and may be billed there as run-1; the member was not charged."
    ),
    n.Unpaid("abc", "scenario", "run-1", billed=True, cancelled=True, moderated=True, said=None): (
        "Job abc was cancelled at scenario (for a moderator) and was billed there as run-1; the member was not charged."
    ),
    n.ThrownAway("abc", "scenario", "run-1"): (
        "Job abc: a moderator had the clip thrown away. It was billed at scenario as run-1; the member was not charged."
    ),
    n.CameOtherwise("abc", "scenario", "run-1", 3.04, 5, (640, 360), "1080P", silent=True, free=True): (
        "Job abc: the clip came 3.0 s long instead of 5 s and 640 x 360 instead of 1080P and without sound from scenario"
        " (run-1). It is posted all the same, and its member does not pay for it (quota.not_as_asked)."
    ),
    n.NotFetched("abc", "scenario", "run-1", said("gone")): (
        "Job abc: the finished clip can't be fetched from scenario (run-1): gone. The member was not charged."
    ),
    n.FetchTakesLong("abc", "scenario", "run-1"): (
        "Job abc: the finished clip (run-1) does not come from scenario; the log says why. It is tried for about six hours. Its"
        " member is charged only if it comes."
    ),
    n.NotPosted("abc", "run-1", said("413")): (
        "Job abc: the clip is made (run-1) but can't be posted: 413. Its owner can have it posted elsewhere for three days, and"
        " is charged then and not before."
    ),
    n.NeverPosted("abc", "scenario", "run-1", said("413"), billed=True): (
        "Job abc: its owner has not had the clip posted in three days, so it ended (413). It was billed at scenario as"
        " run-1. The"
        " member was not charged."
    ),
    n.Broke("abc", "scenario", "fetching", "KeyError", "run-1"): (
        "Job abc broke in fetching by a fault of ours (KeyError, see the log). It may be billed at scenario (run-1); the member"
        " was not charged."
    ),
    n.GivenUp("abc", "preview", "fitting", 5, None): (
        "Job abc is not run any more: the bot broke off 5 times while it was in fitting, see the log. The member was"
        " not charged."
    ),
    n.Unreadable(("abc",)): (
        "Job abc can't be read by this version of the bot and stays as it is, with the credits reserved for it. happyhorse job"
        " show abc says why. Install the version that wrote it, or: happyhorse job end abc --yes."
    ),
    n.Unreadable(tuple("abcdefghijkl")): (
        "12 jobs (a, b, c, d, e, f, g, h, i, j and 2 more) can't be read by this version of the bot and stay as they are, with"
        " the credits reserved for them. happyhorse job show a says why. Install the version that wrote them, or:"
        " happyhorse job"
        " end a --yes."
    ),
    n.ProviderMissing(("abc",), over=False): (
        "1 paid clip waits for a provider that is not configured any more (abc). Configure it again and restart, and"
        " it goes on."
    ),
    n.ProviderMissing(("abc", "def"), over=True): (
        "2 clips end for want of a provider that is not configured any more (abc, def). Their members are not charged."
    ),
    n.CommandsRefused("50035"): "Discord refuses the bot's commands, and the earlier ones stay: 50035",
    n.ClipsNotKept("data/clips", "Permission denied"): (
        "Finished clips can't be kept in data/clips: Permission denied. They are posted all the same, and Fresh link asks the"
        " provider for them. Make room on that disk, or give the bot's user the right to write there."
    ),
}


def test_every_notice_has_its_words():
    assert {type(each) for each in EXAMPLES} == set(get_args(Notice))
    assert set(get_args(JobNotice)) < set(get_args(Notice))


@pytest.mark.parametrize("notice", EXAMPLES, ids=lambda notice: type(notice).__name__)
def test_a_notice_says_what_happened_and_who_pays(notice):
    assert sentence(notice) == EXAMPLES[notice]


@pytest.mark.parametrize("part", Part)
def test_every_part_has_a_name(part):
    assert sentence(n.PartDied(part, "KeyError"))
    assert sentence(n.LongWait("scenario", part, 600.0, 300.0))
