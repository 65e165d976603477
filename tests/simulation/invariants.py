"""The rules that must hold after every seed, whatever faults struck. Each has a name, so that a mutant can name its rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from bot.detail import DetailCode
from tests.simulation import answering, leftovers, ordering
from tests.simulation.building import GIVE_UP_MINUTES
from tests.simulation.showing import given_up, shows_its_end

if TYPE_CHECKING:
    from tests.simulation.lives import Life
    from tests.simulation.vendor.jobs import VendorJob
    from tests.simulation.world import World

Row = dict[str, Any]
_OUR_FAULT: Final = (DetailCode.PROCESS_DIED, "asset of an image was not found")
"""Allowed ends as our own fault: a job that broke process after process, a picture that the provider forgot twice."""
_NO_REASON: Final = frozenset({"ours", "provider", "operator", "timeout", "discord"})
"""Failures with which a made clip must not end, since all faults here are temporary."""

_WRITTEN_MS: Final = 15_000
"""A booking is written at most so long after the time in it."""
_GIVEN_UP_MS: Final = 2 * GIVE_UP_MINUTES * 60_000
"""A hanging clip must be given up at most so long after the bot began to watch it: its time limit, and some unanswered
questions about it."""
_LATELY_MS: Final = 60_000
"""If a clip was first listed so shortly before its job ended, or before a retry was booked, the search may have missed it."""


@dataclass(frozen=True)
class Violation:
    """`rule` is the name of the broken rule; `about` says what was found, for the reader of the trace."""

    rule: str
    about: str


@dataclass(frozen=True)
class Case:
    """One job as in the database, with what the provider and Discord know of it.

    `clips` were started for it and are held by no other job. `held` is the clip that it holds; two equal lost submits may have
    each other's clips.
    `requests` are what operators asked about it, `tries` the jobs that were booked for that.
    """

    world: World
    job: Row
    clips: list[VendorJob]
    held: VendorJob | None
    ledger: list[Row]
    requests: list[Row]
    tries: list[Row]

    @property
    def ended(self) -> bool:
        return self.job["ended_at_ms"] is not None

    @property
    def done(self) -> bool:
        return self.job["state"] == "done"

    @property
    def failed(self) -> bool:
        return self.job["state"] == "failed"

    @property
    def billed(self) -> list[VendorJob]:
        """The job's clips that the operator pays for."""
        return [clip for clip in ([self.held] if self.held else self.clips) if clip.billed(self.world.now_ms)]

    @property
    def posts(self) -> set[int]:
        return self.world.discord.posts.clips[self.job["id"]]

    @property
    def readable_posts(self) -> set[int]:
        """The posts in places that the bot can read."""
        places = self.world.discord.places
        return {each for each in self.posts if places.is_open(places.channel_of(each))}

    @property
    def stopped(self) -> bool:
        """Whether the operator ended it, after being told what that may cost. Its clip may be posted already."""
        return self.job["failure"] == "stopped"

    @property
    def unreadable(self) -> bool:
        """Whether it may be posted in a place that can't be read any more. Then it is free and is not posted again."""
        return self.job["failure"] == "doubtful"

    @property
    def told(self) -> bool:
        """Whether the operator was told of it, by its code or its clip's reference, unasked or in the answer to a request."""
        names = [base36(self.job["id"]), *(clip.id for clip in self.billed)]
        answers = [row["answer"] for row in self.requests if row["answer"] is not None]
        return any(name in text for text in (*self.world.operator, *answers) for name in names)

    def __str__(self) -> str:
        job = self.job
        return (
            f"job {job['id']} {job['state']} charged {job['charged']} of {job['cost']}, {len(self.clips)} clips, "
            f"{len(self.billed)} billed, {len(self.posts)} posts, failure {job['failure']} {job['failure_detail']!r}, "
            f"discard {job['discard']}, ledger {[(row['entry'], row['credits']) for row in self.ledger]}"
        )


def _settled(case: Case) -> bool:
    closing = ["settle" if case.job["charged"] else "release"] if case.ended else []
    return [row["entry"] for row in case.ledger] == ["reserve", *closing]


def _summed(case: Case) -> bool:
    return not case.ended or sum(row["credits"] for row in case.ledger) == -case.job["charged"]


def _as_asked(case: Case) -> bool:
    return case.held is not None and asked_for(case.job) == asked_of(case.held)


def _not_lost(case: Case) -> bool:
    made = case.held is not None and case.held.end(case.world.now_ms) == "success"
    made = made and not (case.held is not None and case.held.no_clip)
    without_place = case.job["unposted_at_ms"] is not None
    return not (made and case.failed and case.job["failure"] in _NO_REASON) or without_place or _untold(case)


def _passes(case: Case) -> bool:
    """A temporary failure ends no job, since it must be tried again."""
    job = case.job
    ours = case.failed and job["failure"] == "ours" and job["unposted_at_ms"] is None
    detail = job["failure_detail"] or ""
    return not ours or any(each in detail for each in _OUR_FAULT) or _of_the_one(case)


def _untold(case: Case) -> bool:
    """Whether the provider does not report this clip for so long that the bot need not know that it was made."""
    names = case.world.single_trouble.names
    return _of_the_one(case) and any(each.startswith(("id ", "record ")) for each in names)


def _of_the_one(case: Case) -> bool:
    """Whether it is a job of the one member with trouble, which lasts long enough for the job to be given up."""
    return case.job["member_id"] == case.world.single_trouble.member


def _given_up(case: Case) -> bool:
    """A hanging clip is given up in time, whatever the listings do. Checked where one process lives all the time."""
    hung = case.held is not None and case.held.outcome == "stuck"
    if not (hung and case.failed):
        return True
    took_ms = case.job["ended_at_ms"] - case.world.watching.parked_ms.get(case.job["id"], case.job["ended_at_ms"])
    late = case.world.kind.listing_down and took_ms > _GIVEN_UP_MS
    return case.job["failure"] == "stopped" or (case.job["failure"] == "timeout" and not late)


def _carried_out(case: Case) -> bool:
    """Each request is answered, and no retry is booked beside a job that goes on or is done."""
    tries = sorted(case.tries, key=lambda row: row["created_at_ms"])
    over = all(
        one["ended_at_ms"] is not None and one["state"] != "done" and one["ended_at_ms"] < other["created_at_ms"] + _WRITTEN_MS
        for one, other in pairwise(tries)
    )
    return over and all(row["answered_at_ms"] is not None for row in case.requests)


def _not_there(case: Case) -> bool:
    """If the job's clip is not known, a retry is booked only after the clip was searched for."""
    if case.job["provider_reference"] is not None or case.job["submitted_at_ms"] is None:
        return True
    held = {row["provider_reference"] for row in _rows(case.world, "SELECT provider_reference FROM jobs")}
    sought = asked_for(case.job)
    there = [clip for clip in case.world.vendor.jobs.values() if clip.id not in held and asked_of(clip) == sought]
    return not any(
        len(seen) == 1 and seen[0].for_job == case.job["id"]
        for seen in ([clip for clip in there if clip.listed_from_ms < row["created_at_ms"] - _LATELY_MS] for row in case.tries)
    )


RULES: Final[Mapping[str, Callable[[Case], bool]]] = {
    "nobody waits for ever": lambda case: case.ended,
    "posted at most once": lambda case: len(case.posts) <= 1,
    "done means posted": lambda case: not case.done or bool(case.posts),
    "posted means done": lambda case: not case.readable_posts or case.done or case.stopped or case.unreadable,
    "done means charged": lambda case: not case.done or case.job["charged"] == case.job["cost"],
    "done means made as asked": lambda case: not case.done or _as_asked(case),
    "charged only for what was posted or billed": lambda case: (
        not case.job["charged"] or case.done or (case.job["state"] == "cancelled" and bool(case.billed))
    ),
    "a moderator's word costs its member nothing": lambda case: (
        case.done or not case.job["charged"] or case.job["discarded_by"] in {None, case.job["member_id"]}
    ),
    "billed and not charged is told to the operator": lambda case: (
        not (case.ended and case.billed) or bool(case.job["charged"]) or case.told
    ),
    "one reserve, one end of it": _settled,
    "the ledger's sum is what was charged": _summed,
    "what was thrown away is not posted": lambda case: not (case.posts and case.job["discard"]),
    "what is posted is whole": lambda case: case.job["id"] not in case.world.discord.posts.broken_clips,
    "what is posted plays everywhere": lambda case: case.job["id"] not in case.world.discord.posts.odd_clips,
    "a blocked title costs no thread": lambda case: (
        not (case.job["in_place"] and case.job["card_id"] in case.world.discord.threads.titles_refused)
    ),
    "what can be posted as a file is no link": lambda case: (
        case.job["id"] not in case.world.discord.posts.links or case.job["id"] in case.world.unfit
    ),
    "a clip that was made is not lost": _not_lost,
    "a clip that hangs is given up": _given_up,
    "trouble that passes ends no job": _passes,
    "what lacks something is told to the operator": lambda case: (
        not (case.done and case.held is not None and case.held.lacks) or case.told
    ),
    "a refused key, plan or balance ends nothing within minutes": lambda case: (
        not (case.failed and case.job["failure"] == "operator") or _of_the_one(case)
    ),
    "an operator's request is carried out once": _carried_out,
    "a clip that exists is not made again": _not_there,
    "every end is shown": lambda case: not case.ended or (bool(case.job["shown"]) and shows_its_end(case.world, case.job)),
}
"""The rules for each job by name: functions that say whether the rule holds."""


def of(world: World, lasts: Sequence[Life]) -> list[Violation]:
    """All broken rules. `lasts` are the lives that ran to the end: one, or two where two run all the time."""
    jobs = _rows(world, "SELECT * FROM whole_jobs ORDER BY id")
    found = [
        Violation(rule, str(case))
        for case in (_case(world, job) for job in jobs)
        for rule, holds in RULES.items()
        if not holds(case)
    ]
    found += [Violation(rule, about) for rule, about in ordering.broken(world, jobs)]
    found += _submits(world, jobs)
    found += _told_apart(world, jobs)
    found += [Violation("who is unwanted stands in no line", each) for each in world.watching.unwanted]
    found += [Violation("the line is fair", each) for each in world.watching.unfair]
    found += [Violation("who lost a job leaves it alone", each) for each in world.meddled]
    found += [Violation("nothing is uploaded in vain", each) for each in world.discord.limits.hopeless]
    found += [Violation("what was too large is not sent again", each) for each in world.discord.limits.again]
    rule = "nobody waits with room" if world.single_trouble.member is None else "one member's trouble is nobody else's"
    found += [Violation(rule, each) for each in world.waits.too_long()]
    found += [Violation("the operator is told once", each) for each in world.telling.twice]
    found += [Violation("nothing is unforeseen", each) for each in world.stumbles]
    found += [Violation("what is not shown is tried again", each) for each in given_up(world)]
    found += [Violation("no command ends in nothing", each) for each in answering.unanswered(world)]
    found += [Violation("a member is told once that nothing was begun", each) for each in answering.told_twice(world)]
    for last in lasts:
        slots = 0 if last.app is None else last.app.engine.slots("scenario")
        # A last life that ended before it had logged in has not asked how many clips the provider takes.
        if slots < world.vendor.ceiling and last.runs_jobs:
            found.append(Violation("no other limit takes slots away", f"{slots} of {world.vendor.ceiling}"))
        found += [Violation("nothing is left behind", each) for each in leftovers.of(world, last)]
    if lasts[-1].crashed:
        found.append(Violation("a life goes on", "the last ones ended by themselves"))
    return found


def _case(world: World, job: Row) -> Case:
    ledger = _rows(world, "SELECT * FROM ledger WHERE job_id = :id ORDER BY id", id=job["id"])
    requests = _rows(world, "SELECT * FROM operator_requests WHERE job_id = :id ORDER BY id", id=job["id"])
    tries = _rows(world, "SELECT * FROM whole_jobs WHERE parent_id = :id AND answer IS NULL ORDER BY id", id=job["id"])
    held = world.vendor.jobs.get(job["provider_reference"] or "")
    world.faults.struck["operators: another try is booked"] += len(tries)
    others = {row["provider_reference"] for row in _rows(world, "SELECT * FROM jobs WHERE id <> :id", id=job["id"])}
    clips = [clip for clip in world.vendor.of(job["id"]) if clip.id not in others]
    return Case(world, job, clips, held, ledger, requests, tries)


def _submits(world: World, jobs: list[Row]) -> Iterator[Violation]:
    """There are no more clips than jobs. Equal requests are counted together, since they may have each other's clips."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for job in jobs:
        alike.setdefault(asked_for(job), []).append(job["id"])
    for ids in alike.values():
        clips = [clip.id for each in ids for clip in world.vendor.of(each)]
        if len(clips) > len(ids):
            yield Violation("submitted at most once", f"jobs {ids} have clips {clips}")


def _told_apart(world: World, jobs: list[Row]) -> Iterator[Violation]:
    """Equal submits with lost answers get a clip each, if clips are listed for them and no other jobs look the same."""
    if any("metadata" in clip.odd for clip in world.vendor.jobs.values()):
        # A record without its inputs may belong to any job.
        return
    alike: dict[tuple[object, ...], list[Row]] = {}
    for job in jobs:
        alike.setdefault(asked_for(job)[:2], []).append(job)
    held = {job["provider_reference"] for job in jobs}
    for group in alike.values():
        without = [job for job in group if job["submitted_at_ms"] is not None and job["provider_reference"] is None]
        if len({job["request"] for job in group}) > 1 or any(job["state"] != "unknown" for job in without) or not without:
            continue
        by_ms = min(job["ended_at_ms"] for job in without) - _LATELY_MS
        clips = [clip for clip in world.vendor.jobs.values() if asked_of(clip) == asked_for(group[0])]
        free = [clip.id for clip in clips if clip.id not in held and clip.listed_from_ms < by_ms]
        if 0 < len(free) <= len(without):
            yield Violation("equal submits get a clip each", f"jobs {[job['id'] for job in without]} and clips {free}")


def asked_for(job: Row) -> tuple[object, ...]:
    """The values by which a job and its clip are matched."""
    request = json.loads(job["request"])
    return (request["prompt"], job["seed"], request["duration"], request["resolution"])


def asked_of(clip: VendorJob) -> tuple[object, ...]:
    """The same values of a clip."""
    return tuple(clip.inputs.get(name) for name in ("prompt", "seed", "duration", "resolution"))


def _rows(world: World, sql: str, **parameters: object) -> list[Row]:
    cursor = world.books.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def base36(number: int) -> str:
    """A job's id as the operator reads it."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits
