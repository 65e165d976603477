"""While Discord has not taken the first answer to a command yet, the work on jobs waits: 0.2 s at most."""

import asyncio

from bot import first_answers
from tests.fixtures.running_bot import PATIENCE_SECONDS, ask, running_bot
from tests.sandbox_process import sandbox_here

CALLBACK = {
    "at": "discord",
    "method": "POST",
    "path": "/interactions/*/*/callback",
    "what": "hold",
    "name": "callback",
    "times": 1,
}


async def test_jobs_wait_while_a_command_is_not_answered_and_go_on_when_it_is(tmp_path, monkeypatch):
    # So long that no work goes on before the answer is there.
    monkeypatch.setattr(first_answers, "LONGEST_SECONDS", 10 * PATIENCE_SECONDS)
    async with sandbox_here() as here, running_bot(here, tmp_path, monkeypatch) as app:
        await here.post("/faults", faults=[CALLBACK])
        await ask(here)
        await here.wait(PATIENCE_SECONDS, held="callback")
        answers = app.client.first_answers
        work = asyncio.create_task(answers.go_first())
        await asyncio.sleep(0)
        assert not work.done()
        await here.post("/release", name="callback")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await work
        assert app.engine._first_answers is app.notifier.requests._first_answers is answers
