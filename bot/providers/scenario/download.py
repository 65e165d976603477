"""The finished clip: its signed link, fresh each time, and its bytes into a file without holding them in memory."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from bot.errors import ClipMissing, ClipUnavailable, ModerationRefused, ProviderError, ProviderUnavailable
from bot.ports import ClipLink, Clock, Phase
from bot.providers.scenario import bodies, errors, mapping
from bot.providers.scenario.client import Client, is_missing, segment
from bot.providers.scenario.wire import AssetAnswer, JobAnswer

TOO_LARGE: Final = "too_large"
"""Code of a `ClipUnavailable` for a clip past the cap."""
_OVER: Final = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED})
_REDIRECTS: Final = 3
_ODD_REDIRECT: Final = "the link to the clip leads to one that can't be read"
_ODD_LOCATION: Final = (bodies.ODD_REDIRECT, "Invalid URL in location header")
"""httpx reads where a redirect leads also where nobody asked it to follow; its own word for it is the second."""
_EXPIRES_DIGITS: Final = 10
"""Seconds since 1970 have ten digits until the year 2286."""


async def fresh_link(client: Client, reference: str) -> str:
    """A fresh link to the clip. What else the vendor says of the file is not asked for: its bytes tell.

    Raises `ProviderUnavailable` where the job runs or can't be read yet, `ClipMissing` where it is over and shows no clip (its
    asset may be late by minutes), `ModerationRefused` where the job itself says that the safety check took it.
    """
    try:
        job = (await client.repeat(JobAnswer, "GET", f"/jobs/{segment(reference)}")).job
    except ProviderError as error:
        if is_missing(error):
            raise ProviderUnavailable(error.detail, code=error.code) from error
        raise
    if job.job_id != reference:
        raise ProviderUnavailable("the answer is about another job")
    phase = mapping.phase(job.status)
    if phase in _OVER and mapping.refused_in_the_end(job):
        raise ModerationRefused(errors.clean(mapping.words_of(job), client.account))
    if phase is not Phase.SUCCEEDED or not job.about.asset_ids:
        said = errors.clean(f"the job is {job.status} and has no clip", client.account)
        raise ClipMissing(said) if phase in _OVER else ProviderUnavailable(said)
    try:
        clip = (await client.repeat(AssetAnswer, "GET", f"/assets/{segment(job.about.asset_ids[0])}")).asset
    except ProviderError as error:
        if is_missing(error):
            raise ClipMissing(error.detail, code=error.code) from error
        raise
    if clip is None or clip.url is None:
        raise ClipMissing("the clip has no link")
    return client.link(clip.url)


async def link(client: Client, reference: str) -> ClipLink:
    url = await fresh_link(client, reference)
    return ClipLink(url, _expires_ms(httpx.URL(url)))


async def fetch(client: Client, clock: Clock, reference: str, target: Path, max_bytes: int) -> None:
    """Streams the clip into `target`. A broken connection starts again with a fresh link; no half file stays behind.

    Raises `ClipUnavailable` for what another try won't mend, `ProviderUnavailable` for what it may.
    """
    whole = False
    try:
        async with asyncio.timeout(client.pace.download):
            for tried in range(1, client.pace.tries + 1):
                url = await fresh_link(client, reference)
                try:
                    await _attempt(client, url, target, max_bytes)
                except ProviderUnavailable:
                    if tried == client.pace.tries:
                        raise
                    await clock.sleep(client.pace.backoff * tried)
                else:
                    whole = True
                    return
    except TimeoutError as error:
        raise ProviderUnavailable(f"the download took longer than {client.pace.download:g} s") from error
    finally:
        if not whole:
            await asyncio.to_thread(target.unlink, missing_ok=True)


async def _attempt(client: Client, url: str, target: Path, max_bytes: int) -> None:
    try:
        reply = await _opened(client, url)
        try:
            await _save(reply, target, max_bytes)
        finally:
            await reply.aclose()
    except httpx.RequestError as failure:
        raise errors.from_failure(failure, client.account) from failure


async def _opened(client: Client, url: str) -> httpx.Response:
    """The answer that has the bytes. Every hop is checked as the link itself is."""
    for _ in range(_REDIRECTS):
        try:
            reply = await client.stream(url)
        except httpx.RemoteProtocolError as error:
            if not str(error).startswith(_ODD_LOCATION):
                raise
            raise ClipUnavailable(_ODD_REDIRECT) from error
        if reply.status_code == HTTPStatus.OK:
            return reply
        await reply.aclose()
        if not reply.has_redirect_location:
            # 403 and 404 mostly mean an expired link: the next attempt asks for a fresh one.
            raise ProviderUnavailable("the link to the clip does not answer", code=str(reply.status_code))
        try:
            url = str(httpx.URL(url).join(reply.headers["Location"]))
        except (httpx.InvalidURL, ValueError) as error:
            raise ClipUnavailable(_ODD_REDIRECT) from error
    raise ClipUnavailable("the link to the clip only leads to other links")


async def _save(reply: httpx.Response, target: Path, max_bytes: int) -> None:
    expected = int(reply.headers.get("Content-Length", "-1"))
    if expected > max_bytes:
        raise ClipUnavailable(f"{expected} bytes, more than {max_bytes}", code=TOO_LARGE)
    got = 0
    file = await asyncio.to_thread(target.open, "wb")
    try:
        async for chunk in bodies.pieces(reply):
            got += len(chunk)
            if max(got, reply.num_bytes_downloaded) > max_bytes:
                raise ClipUnavailable(f"more than {max_bytes} bytes", code=TOO_LARGE)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
    # What came over the wire: a server that packs clips all the same counts the packed bytes.
    arrived = reply.num_bytes_downloaded
    if got == 0 or expected not in {-1, arrived}:
        raise ProviderUnavailable(f"{arrived} of {expected} bytes arrived")


def _expires_ms(url: httpx.URL) -> int | None:
    """When a signed link ends, from its `Expires` (epoch seconds); None where it does not say so in sane figures."""
    text = url.params.get("Expires", "")
    return int(text) * 1000 if text.isdecimal() and len(text) <= _EXPIRES_DIGITS else None
