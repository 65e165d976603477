"""The line in fair order, kept sorted while jobs join, are taken, end and are sent back."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_queue import Waiting, in_order
from bot.domain.job import State
from bot.engines import line
from tests.factories import a_job

MEMBERS = 4
PROVIDERS = ("scenario", "preview")
STEPS = st.tuples(
    st.sampled_from(["join", "join", "find under way", "take", "take", "send back", "serve", "end", "leave"]),
    st.integers(0, 99),
)


class Played:
    """A line, and beside it what it must know: who waits, who is under way, and each member's latest turn."""

    def __init__(self):
        self.line = line.FairLine()
        self.waiting, self.under_way, self.served = {}, {}, {}
        self.joined = self.turns = 0

    def step(self, what, chance):
        known = self.waiting if what in {"take", "leave"} else self.under_way
        job = list(known.values())[chance % len(known)] if known else None
        if what in {"join", "find under way"}:
            self.joined += 1
            # Every other job is woken late: an older one of its member may have joined before it, or a younger one.
            number = self.joined if chance % 2 else 1000 - self.joined
            job = a_job(number, State.QUEUED, member_id=chance % MEMBERS, provider=PROVIDERS[chance % 3 % 2], turn=self.turns)
            (self.line.join if what == "join" else self.line.started)(job)
            (self.waiting if what == "join" else self.under_way)[job.id] = job
        elif job is not None:
            getattr(self, what.replace(" ", "_"))(job)

    def take(self, job):
        self.line.take(next(each for each in self.line.in_order() if each.job_id == job.id))
        self.under_way[job.id] = self.waiting.pop(job.id)

    def leave(self, job):
        self.line.leave(job.id)
        del self.waiting[job.id]

    def send_back(self, job):
        self.line.join(job)
        self.waiting[job.id] = self.under_way.pop(job.id)

    def serve(self, job):
        self.turns += 1
        self.line.served(a_job(job.id, member_id=job.member_id, turn=self.turns))
        self.served[job.member_id] = self.turns

    def end(self, job):
        self.line.leave(job.id)
        del self.under_way[job.id]

    def expected(self):
        waiting = [Waiting(job.id, job.member_id, job.provider, job.turn - 0.5) for job in self.waiting.values()]
        running = Counter(job.member_id for job in self.under_way.values())
        return [rank.job_id for rank in in_order(waiting, running, self.served)]


@given(st.lists(STEPS, min_size=30, max_size=30))
def test_whatever_happens_the_line_stands_as_if_it_were_sorted_anew(steps):
    played = Played()
    for what, chance in steps:
        played.step(what, chance)
        expected = played.expected()
        assert [each.job_id for each in played.line.in_order()] == expected
        before = Counter()
        for job_id in expected:
            provider = played.waiting[job_id].provider
            before[provider] += 1
            assert played.line.position(job_id) == before[provider]


def test_a_long_line_is_not_sorted_again_for_each_job_that_joins_it_or_is_taken(monkeypatch):
    sorts = []
    monkeypatch.setattr(line, "in_order", lambda *arguments: sorts.append(1) or in_order(*arguments))
    waits = line.FairLine()
    for number in range(1, 101):
        waits.join(a_job(number, State.QUEUED, member_id=number % 7))
        assert waits.position(number) is not None
    for _ in range(50):
        waits.take(next(waits.in_order()))
    assert len(sorts) == 1
