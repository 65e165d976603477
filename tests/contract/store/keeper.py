"""A store and the folder of kept clips beside it."""

import asyncio

from bot.domain.job import State
from bot.ports import OutputKind
from bot.storage.clip_files import ClipFiles
from tests.factories import NOW_MS, a_new_order, book
from tests.fakes import ManualClock
from tests.waiting import until


class Keeper:
    """A store and the folder beside it. `again` is the next process on both."""

    def __init__(self, storage, folder, limit=1000):
        self.storage, self.folder, self.limit = storage, folder, limit
        self.clock = ManualClock(NOW_MS)
        self.told = []
        self.again()

    def again(self, limit=None):
        self.limit = self.limit if limit is None else limit
        self.files = ClipFiles(self.storage.database, self.folder / "clips", self.limit, self.clock)

    async def under_way(self, number, member_id=7):
        job = await book(self.storage, a_new_order(number, member_id=member_id))
        for state in (State.PREPARING, State.SUBMITTING, State.GENERATING, State.FETCHING, State.FITTING, State.DELIVERING):
            job = await self.storage.transitions.advance(job, state, self.clock.now)
        return job

    async def posted(self, number, content=b"clip", poster=b"poster", member_id=7):
        """Makes a job whose clip is posted and kept. Returns the kept files, () if the folder took none."""
        job = await self.under_way(number, member_id)
        working = self.folder / f"{number}.mp4"
        working.write_bytes(content)
        outputs = await self.files.keep(job.id, working, poster)
        await self.storage.transitions.end(job, State.DONE, self.clock.now, charged=job.cost, outputs=outputs)
        self.files.settled(job.id, stays=True)
        working.unlink()
        return outputs

    async def content(self, number, kind=OutputKind.CLIP):
        file = await self.files.output(number, kind)
        return None if file is None else file.path.read_bytes()

    def there(self):
        return sorted(path.read_bytes() for path in (self.folder / "clips").iterdir())

    async def tell(self, notice):
        self.told.append(notice)

    async def running(self, done):
        """Runs the folder's background work, `ClipFiles.run`, until `done()` is true."""
        task = asyncio.create_task(self.files.run(self.tell))
        try:
            await until(done)
        finally:
            task.cancel()
            await asyncio.wait([task])
