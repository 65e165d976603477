"""Turns rows into the domain's frozen values and back, by column names. Used by the stores."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from bot.detail import detail_of
from bot.domain.job import Address, Failure, Job, State, Way
from bot.domain.order import Order, OrderKind
from bot.domain.post import jump_link
from bot.domain.request import Request, request_of
from bot.errors import UnreadableJob
from bot.ports import Entry, LedgerEntry, NewOrder
from bot.storage.database import Row

_ADDRESS: Final = (
    "guild_id",
    "channel_id",
    "locale",
    "member_locale",
    "private",
)
_REASONS_MOST: Final = 3
_REASON_CHARACTERS: Final = 120


def job_of(row: Row, request: Request | None = None) -> Job:
    """The job of a row. A caller that has the job's `request` passes it, which saves parsing it again: it never changes.

    Raises `UnreadableJob` for a row that this version can't read: written by another version, or damaged.
    """
    try:
        return _job_of(row, request)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableJob(row["id"], _why(error)) from error


def _why(error: Exception) -> str:
    """The reason in a few words, without the value, which may be a member's prompt."""
    if isinstance(error, ValidationError):
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"request.{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found[:_REASONS_MOST])
    return str(error)[:_REASON_CHARACTERS]


def _job_of(row: Row, request: Request | None) -> Job:
    _whole(row)
    failure: str | None = row["failure"]
    return Job(
        id=row["id"],
        order_id=row["order_id"],
        position=row["position"],
        member_id=row["member_id"],
        state=State(row["state"]),
        fence=row["fence"],
        request=request or request_of(row["request"]),
        seed=row["seed"],
        address=_address_of(row),
        provider=row["provider"],
        cost=row["cost"],
        created_at_ms=row["created_at_ms"],
        updated_at_ms=row["updated_at_ms"],
        tries=row["tries"],
        provider_reference=row["provider_reference"],
        submitted_at_ms=row["submitted_at_ms"],
        generated_at_ms=row["generated_at_ms"],
        ended_at_ms=row["ended_at_ms"],
        charged=row["charged"],
        discard=bool(row["discard"]),
        failure=None if failure is None else Failure(failure),
        failure_detail=None if row["failure_detail"] is None else detail_of(row["failure_detail"]),
        parent_id=row["parent_id"],
        left_after=row["left_after"],
        resets_at_ms=row["resets_at_ms"],
        upload_limit_tried=row["upload_limit_tried"],
        not_before_ms=row["not_before_ms"],
        troubled_since_ms=row["troubled_since_ms"],
        starts=row["starts"],
        discarded_by=row["discarded_by"],
        unposted_at_ms=row["unposted_at_ms"],
        posting_fence=row["posting_fence"],
        reduced_to=row["reduced_to"],
        bar_percent=row["bar_percent"],
        told_percent=row["told_percent"],
        turn=row["turn"],
        order_size=row["order_size"],
        used_job_id=row["used_job_id"],
        order_prompt=row["order_prompt"],
        take=row["take"],
        variant=row["variant"],
        favourite=bool(row["favourite"]),
        card_rev=row["card_rev"],
        progress_rev=row["progress_rev"] or 0,
        elsewhere=bool(row["elsewhere"]),
    )


def _whole(row: Row) -> None:
    """Raises `ValueError` for a value of bytes, which is damaged text: no column of these tables is of bytes."""
    if bytes in map(type, row.values()):
        broken = ", ".join(name for name, value in row.items() if isinstance(value, bytes))
        raise ValueError(f"{broken}: no UTF-8")


def _address_of(row: Row) -> Address:
    way: str | None = row["way"]
    return Address(
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        **_answer_of(row["answer"]),
        locale=row["locale"],
        member_locale=row["member_locale"],
        private=bool(row["private"]),
        in_place=bool(row["in_place"]),
        card_id=row["card_id"],
        thread_id=row["thread_id"],
        progress_id=row["progress_id"],
        result_id=row["result_id"],
        result_url=_link_of(row),
        way=None if way is None else Way(way),
        clip_channel_id=row["clip_channel_id"],
    )


def _answer_of(stored: str | None) -> dict[str, Any]:
    """The fields of `Address` that the part `answer` of `jobs.sql` has: none where no interaction asked for the job, and only
    `asked_id` where what was asked is forgotten.
    """
    if stored is None:
        return {}
    asked_id, *rest = stored.split(" ", 4)
    if not rest:
        return {"asked_id": int(asked_id)}
    application_id, token_expires_at_ms, upload_limit, token = rest
    return {
        "asked_id": int(asked_id),
        "application_id": int(application_id),
        "token": token,
        "token_expires_at_ms": int(token_expires_at_ms),
        "upload_limit": int(upload_limit),
    }


def _link_of(row: Row) -> str | None:
    """The link to the posted clip; None where it is not there, "" for an answer that only its member can see."""
    if row["result_id"] is None:
        return None
    if row["way"] == Way.ANSWER and row["private"]:
        return ""
    return jump_link(None if row["way"] == Way.DIRECT else row["guild_id"], row["clip_channel_id"], row["result_id"])


def address_columns_of(address: Address) -> dict[str, Any]:
    """The columns of `jobs` that say where its messages are to be; where each is stands in `posts`, and what answers the
    interaction in `asked`.
    """
    return {name: getattr(address, name) for name in _ADDRESS}


def order_of(row: Row) -> Order:
    return Order(
        id=row["id"],
        source=row["source"],
        kind=OrderKind(row["kind"]),
        size=row["size"],
        member_id=row["member_id"],
        guild_id=row["guild_id"],
        parent_job_id=row["parent_job_id"],
        private=bool(row["private"]),
        locale=row["locale"],
        created_at_ms=row["created_at_ms"],
        used_job_id=row["used_job_id"],
        prompt=row["prompt"],
        ended_at_ms=row["ended_at_ms"],
    )


def order_columns_of(new: NewOrder) -> dict[str, Any]:
    """The statement parameters of a new order; `at_ms` is when it was created."""
    return {
        "id": new.id,
        "source": new.source,
        "kind": new.kind,
        "size": len(new.jobs),
        "member_id": new.member_id,
        "guild_id": new.address.guild_id,
        "parent_job_id": new.parent_job_id,
        "private": new.address.private,
        "locale": new.address.locale,
        "prompt": new.prompt,
        "at_ms": new.created_at_ms,
    }


def job_columns_of(new: NewOrder) -> list[dict[str, Any]]:
    """The statement parameters of each job of a new order, with the address."""
    address = address_columns_of(new.address)
    return [
        {
            **address,
            "id": job.id,
            "order_id": new.id,
            "position": position,
            "state": State.QUEUED,
            "request": job.request.model_dump_json(),
            "kind": job.request.kind,
            "resolution": job.request.resolution,
            "duration": job.request.duration,
            "seed": job.seed,
            "take": job.take,
            "variant": job.variant,
            "provider": job.provider,
            "cost": job.cost,
            "fence": new.fence,
            "at_ms": new.created_at_ms,
        }
        for position, job in enumerate(new.jobs)
    ]


def entry_of(row: Row) -> LedgerEntry:
    """Raises `ValueError` for a row that this version can't read."""
    _whole(row)
    return LedgerEntry(
        id=row["id"],
        job_id=row["job_id"],
        member_id=row["member_id"],
        guild_id=row["guild_id"],
        entry=Entry(row["entry"]),
        credits=row["credits"],
        at_ms=row["at_ms"],
        counts_at_ms=row["counts_at_ms"],
        note=row["note"],
    )
