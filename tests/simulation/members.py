"""Simulated members and moderators: they call the use cases that commands and buttons call."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.domain.clip import Kind, RawClip
from bot.domain.job import Address, Failure, Job
from bot.errors import HappyHorseError, StorageError
from bot.ports import Outcome
from bot.presentation.interactions.asked import Pressed, settle
from bot.presentation.views.custom_ids import Action
from bot.services.clip_input import Attached, ClipInput
from tests.simulation import commands, operators
from tests.simulation.discord.places import CHANNELS, GUILD, MODERATOR, THREAD
from tests.simulation.discord.records import Answer, Message
from tests.simulation.plan import Wish
from tests.simulation.world import EPOCH_MS

if TYPE_CHECKING:
    from bot.app import Application
    from tests.simulation.lives import Life

_LATE_SECONDS: Final = 5.0
"""A member who found no bot running asks again within this time after its start."""
_SEEN_WITHIN_SECONDS: Final = 0.3
_PATIENCE_SECONDS: Final = 450.0
"""A member waits so long for a clip to reach a state, and then acts anyway."""
_REPEATS: Final = {"again": "again", "final": "final", "retry": "same"}


class Members:
    """The members during one life. When it ends, they give up what they were doing."""

    def __init__(self, life: Life, app: Application) -> None:
        self._life = life
        self._world = life.world
        self._app = app
        self._dice = life.world.chance.of("members' pace")
        self._tasks: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Starts every wish at its time, if the bot is connected then."""
        wishes = self._world.plan.wishes
        await self._app.client.online.wait()
        while wishes:
            wish = wishes[0]
            due = EPOCH_MS + wish.at_ms - self._world.now_ms
            await asyncio.sleep(due / 1000 if due > 0 else self._dice.random() * _LATE_SECONDS)
            if not wishes or wishes[0] is not wish:
                # The process beside this one was given it.
                continue
            self._begin(self._wish(wishes.pop(0)))

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    def stop(self) -> list[asyncio.Task[None]]:
        for task in self._tasks:
            task.cancel()
        return list(self._tasks)

    def _begin(self, doing) -> None:
        task = asyncio.create_task(doing, name="member")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wish(self, wish: Wish) -> None:
        interaction, answer = self._world.discord.answers.ask(wish.member, wish.channel, private=wish.private)
        await asyncio.sleep(self._dice.uniform(0.05, 1.5))
        self._app.client.discord_time.seen(interaction)
        seed = 77 if wish.prompt.startswith("Just the same") else None
        clip_input = ClipInput(
            id=interaction,
            member_id=wish.member,
            role_ids=frozenset(),
            raw=RawClip(wish.kind, wish.prompt, wish.duration, wish.resolution, seed=seed, takes=wish.takes),
            private=wish.private,
            attached=tuple(_attached(wish.kind, place, number) for place, number in enumerate(wish.pictures, 1)),
        )
        job = await commands.give(self._app, wish, answer, clip_input) or await self._confirm(wish, answer, interaction)
        if job is None:
            return
        self._begin(self._operate(wish, job.id))
        clips = await self._of_order(job)
        for when, whim in wish.whims:
            job = clips[0] if len(clips) == 1 else self._world.chance.of("several").choice(clips)
            await self._until(when, job.id)
            self._life.world.note(f"{whim} {job.id}")
            with suppress(HappyHorseError):
                if whim == "dismiss":
                    answer.message.deleted = True
                else:
                    await self._act(whim, job, wish)

    async def _of_order(self, job: Job) -> list[Job]:
        with suppress(StorageError):
            return list(await self._app.client.use_cases.dependencies.jobs.of_order(job.order_id))
        return [job]

    async def _confirm(self, wish: Wish, answer: Answer, draft_id: int) -> Job | None:
        """Confirms the price if the member is asked to: `wish.presses` times at nearly the same time. The order's first job."""
        page = answer.message
        if f"{commands.CONFIRM}{draft_id}" not in page.custom_ids:
            return None
        presses = [self._press_confirm(wish, page, draft_id) for _ in range(wish.presses)]
        await asyncio.gather(*presses)
        with suppress(StorageError):
            job = await self._app.client.use_cases.repeat.confirmed_before(draft_id, wish.member)
            self._world.faults.struck["members: several clips are ordered"] += job is not None
            return job
        return None

    async def _press_confirm(self, wish: Wish, page: Message, draft_id: int) -> None:
        await asyncio.sleep(self._world.chance.of("several").uniform(0.5, 2))
        interaction, answer = self._world.discord.answers.ask(wish.member, wish.channel, private=wish.private)
        await commands.confirm(self._app, wish, answer, interaction, page, draft_id)

    async def _operate(self, wish: Wish, job_id: int) -> None:
        for when, whim in wish.operators:
            await self._until(when, job_id)
            self._life.world.note(f"{whim} {job_id}")
            with suppress(StorageError):
                await operators.ask(self._world, self._app, whim, job_id)

    async def _until(self, when: int | str, job_id: int) -> None:
        if isinstance(when, int):
            await asyncio.sleep(when / 1000)
            return
        await self._life.states.reached(job_id, when, _PATIENCE_SECONDS)
        await asyncio.sleep(self._dice.random() * _SEEN_WITHIN_SECONDS)

    async def _place(self, clip_input: ClipInput, address: Address) -> Job | None:
        """Books a job as the commands do. What was typed is kept if the database could not be written."""
        request = self._app.client.use_cases.request
        try:
            return await request.book(clip_input, address)
        except StorageError:
            with suppress(StorageError):
                await request.keep(clip_input)
            return None
        except HappyHorseError:
            return None

    def _address(self, wish: Wish, answer: Answer, interaction: int) -> Address:
        return Address(
            guild_id=GUILD if wish.guild else None,
            channel_id=wish.channel,
            asked_id=interaction,
            application_id=1,
            token=answer.token,
            token_expires_at_ms=answer.expires_ms,
            upload_limit=answer.upload_limit,
            private=wish.private,
            in_place=wish.private or not (wish.threaded and wish.guild) or wish.channel == THREAD,
            card_id=answer.message.id if self._dice.random() < 0.8 else None,
        )

    async def _act(self, whim: str, job: Job, wish: Wish) -> None:
        use_cases = self._app.client.use_cases
        moderated = whim.startswith("moderator's ")
        who = MODERATOR if moderated else job.member_id
        match whim.removeprefix("moderator's "):
            case "cancel":
                await use_cases.cancel.cancel(job.id, who, moderator=moderated)
            case "discard" | "keep" as choice:
                await use_cases.cancel.discard(job.id, who, moderator=moderated, wanted=choice == "keep")
            case "list":
                await use_cases.find.of_member(job.member_id)
            case "link":
                await use_cases.find.link(job.id)
            case "post it here":
                await self._post_here(job.id, wish)
            case "delete":
                current = await use_cases.find.job(job.id)
                if current.address.result_id is not None:
                    await self._app.notifier.posted_clips.delete(current)
            case again if again in _REPEATS:
                await self._repeat(_REPEATS[again], job, wish)
            case of_order:
                await self._act_on_order(of_order, job, wish)

    async def _act_on_order(self, whim: str, job: Job, wish: Wish) -> None:
        match whim:
            case "cancel all":
                await self._app.client.use_cases.cancel.cancel_all(job.id, job.member_id, moderator=False)
            case "use":
                changed, used = await self._app.client.use_cases.use.use(job.id, job.member_id, moderator=False)
                if changed:
                    await self._app.notifier.posted_clips.show(used)
            case _:
                await self._more_takes(job, wish)

    async def _post_here(self, job_id: int, wish: Wish) -> None:
        """Has the clip posted in another place, as the button does."""
        use_cases, notifier = self._app.client.use_cases, self._app.notifier
        unposted = await use_cases.post.waiting(job_id, wish.member)
        if unposted is None:
            return
        channel = self._dice.choice((*CHANNELS, wish.channel))
        interaction, answer = self._world.discord.answers.interact(wish.member, channel, private=wish.private)
        if unposted.may_be_posted and await notifier.find_post(unposted) is not None:
            use_cases.post.wake(unposted)
            return
        here = replace(wish, channel=channel, guild=channel in (*CHANNELS, THREAD))
        press = await commands.write_down(self._app, here, answer, interaction, Pressed(Action.POST, str(job_id)))
        # Settled before the work: a later life would go on with an open press only once its client is ready, which a simulated
        # client never is.
        await settle(press, Outcome.ANSWERED)
        posting = await use_cases.post.here(unposted, self._address(here, answer, interaction))
        if posting is not None:
            self._world.faults.count("members: post it here")
            if unposted.failure is Failure.DOUBTFUL:
                # Whether it was posted before can't be known any more, so an earlier post does not count.
                self._world.discord.posts.clips[job_id].clear()
            notifier.follow(posting.id)
            use_cases.post.wake(posting)
            await notifier.posted_clips.posted_elsewhere(unposted, posting)

    async def _more_takes(self, job: Job, wish: Wish) -> None:
        make = self._app.client.use_cases.repeat.more_takes
        interaction, answer = self._world.discord.answers.ask(wish.member, wish.channel, private=wish.private)
        clip_input = await make(job.id, id=interaction, member_id=job.member_id, role_ids=frozenset())
        if await commands.give(self._app, wish, answer, clip_input) is None:
            await self._confirm(wish, answer, interaction)

    async def _repeat(self, how: str, job: Job, wish: Wish) -> None:
        interaction, answer = self._world.discord.answers.interact(wish.member, wish.channel, private=wish.private)
        make = getattr(self._app.client.use_cases.repeat, how)
        clip_input = await make(job.id, id=interaction, member_id=job.member_id, role_ids=frozenset())
        press = await commands.write_down(self._app, wish, answer, interaction, clip_input)
        await self._place(clip_input, self._address(wish, answer, interaction))
        await settle(press, Outcome.ANSWERED)


class FakeAttachments:
    """Implements `Attachments`: members' pictures by URL."""

    async def read(self, url: str, max_bytes: int) -> bytes:
        await asyncio.sleep(0.1)
        return picture(int(url.rpartition("/")[2]))


def picture(number: int) -> bytes:
    """The bytes of a picture. Even numbers are large enough to be uploaded in parts; see the limit that `tuning` sets."""
    return f"picture {number} ".encode() * (200 if number % 2 == 0 else 2)


def picture_number(data: bytes) -> int:
    """The number that `picture` was given."""
    return int(data.split(b" ", 2)[1])


def _attached(kind: Kind, place: int, number: int) -> Attached:
    field = "image" if kind is Kind.IMAGE else f"character{place}"
    return Attached(field, f"https://cdn.discordapp.com/{number}", "picture.png", len(picture(number)))
