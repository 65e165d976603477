"""First answers go before other work, and stop none of it for long."""

import asyncio
from contextlib import suppress

from bot.first_answers import LONGEST_SECONDS, FirstAnswers
from tests.virtual_time import played


def test_work_waits_until_the_answer_is_there_and_goes_on_in_its_order():
    async def story():
        answers, done = FirstAnswers(), []

        async def work(name):
            await answers.go_first()
            done.append(name)

        await work("nothing due")
        with answers.due():
            tasks = [asyncio.create_task(work(name)) for name in ("first", "second", "third")]
            await asyncio.sleep(LONGEST_SECONDS / 2)
            done.append("answered")
        await asyncio.gather(*tasks)
        assert done == ["nothing due", "answered", "first", "second", "third"]

    played(story())


def test_an_answer_that_falls_due_passes_the_work_that_still_waits():
    async def story():
        answers, done, begun = FirstAnswers(), [], asyncio.Event()

        async def work(name):
            await answers.go_first()
            done.append(name)
            begun.set()

        with answers.due():
            tasks = [asyncio.create_task(work(name)) for name in range(50)]
            await asyncio.sleep(0)
        await begun.wait()
        with answers.due():
            went_on = len(done)
            await asyncio.sleep(LONGEST_SECONDS / 2)
            # Perhaps one was let go in the very turn in which the answer fell due.
            assert len(done) <= went_on + 1 < 50
        await asyncio.gather(*tasks)
        assert done == list(range(50))

    played(story())


def test_work_goes_on_after_its_longest_wait_though_answers_stay_due():
    async def story():
        answers, now = FirstAnswers(), asyncio.get_running_loop().time
        began = now()
        with answers.due():
            await asyncio.gather(*(answers.go_first() for _ in range(20)))
            assert LONGEST_SECONDS <= now() - began < 1.5 * LONGEST_SECONDS

    played(story())


def test_work_that_is_cancelled_while_it_waits_holds_nobody_up():
    async def story():
        answers = FirstAnswers()
        with answers.due():
            gone, stays = (asyncio.create_task(answers.go_first()) for _ in range(2))
            await asyncio.sleep(0)
            gone.cancel()
        await stays
        assert gone.cancelled()

    played(story())


def test_a_failed_answer_is_due_no_longer():
    async def story():
        answers, began = FirstAnswers(), asyncio.get_running_loop().time()
        with suppress(TimeoutError), answers.due():
            raise TimeoutError
        await answers.go_first()
        assert asyncio.get_running_loop().time() == began

    played(story())
