"""Makes valid domain values for tests. A test gives only the fields that it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from bot.domain.clip import Aspect, ClipRequest, Kind, RawClip, ReferenceImage, Resolution
from bot.domain.job import Address, Job, State
from bot.domain.order import OrderKind, by_interaction
from bot.domain.quota import Bounds, Span
from bot.errors import StorageError
from bot.ports import Asked, AskedKind, NewJob, NewOrder, Submission
from bot.storage import Storage
from bot.storage_problem import StorageCode, StorageProblem

NOW_MS: Final = 1_780_000_000_000
DAY_MS: Final = 86_400_000
TODAY: Final = Span(NOW_MS - NOW_MS % DAY_MS, NOW_MS - NOW_MS % DAY_MS + DAY_MS)
NO_BOUNDS: Final = Bounds(TODAY, None, None, None, None)


def storage_error(said: str) -> StorageError:
    """What the stores raise when SQLite says this."""
    return StorageError(StorageProblem(StorageCode.FAILED, "happyhorse.db", said))


def a_reference_image(number: int = 1, **changes: Any) -> ReferenceImage:
    """An image whose hash is `number` in hex."""
    return ReferenceImage(**{"sha256": f"{number:064x}", "width": 1024, "height": 1024, **changes})


def a_request(kind: Kind = Kind.TEXT, **changes: Any) -> ClipRequest:
    images = {Kind.TEXT: 0, Kind.IMAGE: 1, Kind.CHARACTERS: 2}[kind]
    values = {
        "kind": kind,
        "prompt": "A red kite over a quiet harbour, wind and far gulls.",
        "references": tuple(a_reference_image(number) for number in range(1, images + 1)),
    }
    return ClipRequest(**{**values, **changes})


def checked(kind: str, prompt: str, references: tuple[ReferenceImage, ...] = (), **options: Any) -> ClipRequest:
    """The request for what a member typed. Raises `RequestRefused`."""
    return ClipRequest.check(RawClip(Kind(kind), prompt, **options), references)


def an_address(**changes: Any) -> Address:
    address = Address(
        guild_id=20,
        channel_id=30,
        asked_id=1,
        application_id=1,
        token="interaction-token",
        token_expires_at_ms=NOW_MS + 900_000,
        upload_limit=10 * 1024 * 1024,
    )
    return replace(address, **changes)


def an_unasked_address(**changes: Any) -> Address:
    """The address of a job that no interaction asked for."""
    return replace(Address(guild_id=20, channel_id=30), **changes)


def a_new_job(job_id: int = 1, **changes: Any) -> NewJob:
    return replace(NewJob(id=job_id, request=a_request(), seed=42, provider="preview", cost=30), **changes)


def a_new_order(job_id: int = 1, **changes: Any) -> NewOrder:
    """An order of one job with the same id, asked for by an interaction of that id. `changes` are fields of the order or that
    job.
    """
    of_job = {name: changes.pop(name) for name in ("request", "seed", "provider", "cost") if name in changes}
    order = NewOrder(
        id=job_id,
        source=by_interaction(job_id),
        kind=OrderKind.CLIP,
        member_id=7,
        address=an_address(asked_id=job_id),
        created_at_ms=NOW_MS,
        jobs=(a_new_job(job_id, **of_job),),
    )
    return replace(order, **changes)


def what_was_asked(address: Address, member_id: int = 7, **changes: Any) -> Asked:
    """What the interaction of this address asked for, as it is written down before it is answered."""
    assert address.asked_id is not None
    asked = Asked(
        id=address.asked_id,
        member_id=member_id,
        kind=AskedKind.CLIP,
        payload="",
        application_id=address.application_id,
        guild_id=address.guild_id,
        channel_id=address.channel_id,
        token=address.token,
        token_expires_at_ms=address.token_expires_at_ms,
        upload_limit=address.upload_limit,
        locale=address.member_locale,
        guild_locale=address.locale,
        private=address.private,
        at_ms=address.token_expires_at_ms - 900_000,
    )
    return replace(asked, **changes)


async def book(storage: Storage, new: NewOrder, bounds: Bounds = NO_BOUNDS) -> Job | None:
    """Books an order of one job, after what was asked for is written down. The job, or None where an order of this source was
    there already.
    """
    if new.address.asked_id is not None:
        await storage.asked.add(what_was_asked(new.address, new.member_id))
    booking = await storage.bookings.create(new, bounds)
    return booking.jobs[0] if booking.new else None


async def jobs_of(storage: Storage, member_id: int = 7) -> list[Job]:
    """The jobs of a member's orders, in the order of `JobReader.of_member`."""
    return [job for jobs in await storage.jobs.of_member(member_id, 99) for job in jobs]


def a_job(job_id: int = 1, state: State = State.QUEUED, **changes: Any) -> Job:
    """A job as the store returns it, for tests without a store."""
    job = Job(
        id=job_id,
        order_id=job_id,
        position=0,
        member_id=7,
        state=state,
        fence=0,
        request=a_request(),
        seed=42,
        address=an_address(),
        provider="preview",
        cost=30,
        created_at_ms=NOW_MS,
        updated_at_ms=NOW_MS,
    )
    return replace(job, **changes)


def a_submission(job_id: int = 1, **changes: Any) -> Submission:
    """What a provider gets for 3 s of text to video in 720P. `changes` are fields of it or of its request, not checked."""
    own: dict[str, Any] = {"seed": 7, "images": (), "frame": (1280, 720)}
    own |= {name: changes.pop(name) for name in own.keys() & changes.keys()}
    if "aspect" in changes:
        changes["aspect"] = Aspect(changes["aspect"])
    request = a_request(
        changes.get("kind", Kind.TEXT),
        prompt="A slow push-in on a lighthouse, waves and gulls",
        duration=3,
        resolution=Resolution.P720,
    )
    return Submission(job_id, **own, request=request.model_copy(update=changes))


def bounds(**caps: int | None) -> Bounds:
    """Bounds for today with these caps, by field name, and no others."""
    return replace(NO_BOUNDS, **caps)
