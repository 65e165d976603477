"""Downloads what was made: gets a fresh signed link to a file and streams its bytes. `ScenarioProvider` calls it."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from bot.detail import Detail, DetailCode
from bot.errors import ClipMissing, ClipUnavailable, ModerationRefused, ProviderError, ProviderUnavailable
from bot.ports import PHASES_OVER, ClipLink, Clock, Phase
from bot.providers.scenario import bodies, errors, mapping
from bot.providers.scenario.client import Client, is_missing, segment
from bot.providers.scenario.wire import AssetAnswer, JobAnswer

TOO_LARGE: Final = "too_large"
"""Code of a `ClipUnavailable` for a clip of more than `max_bytes`."""
_REDIRECTS: Final = 3
_ODD_LOCATION: Final = (bodies.ODD_REDIRECT, "Invalid URL in location header")
"""Texts of the errors for a bad `Location`: our own, and the one of httpx, which parses it even if it does not follow it."""
_EXPIRES_DIGITS: Final = 10
"""Seconds since 1970 have ten digits until the year 2286."""


async def fresh_link(client: Client, reference: str, position: int) -> tuple[str, int]:
    """A fresh signed link to the file with this number in the job's list, and how many files that has. Nothing else is read
    of the vendor's record of the file.

    Raises `ProviderUnavailable` where the job still runs or can't be read now, `ClipMissing` where it has ended and shows no
    such file (which may appear minutes later), `ModerationRefused` where the job says that the safety check removed it.
    """
    try:
        job = (await client.repeat(JobAnswer, "GET", f"/jobs/{segment(reference)}")).job
    except ProviderError as error:
        if is_missing(error):
            raise ProviderUnavailable(error.detail, code=error.code) from error
        raise
    if job.job_id != reference:
        raise ProviderUnavailable(Detail(DetailCode.OTHER_JOB))
    phase = mapping.phase(job.status)
    if phase in PHASES_OVER and mapping.refused_in_the_end(job):
        raise ModerationRefused(errors.clean(mapping.words_of(job), client.account))
    files = job.about.asset_ids or ()
    if phase is not Phase.SUCCEEDED or position >= len(files):
        none = Detail(DetailCode.NO_CLIP, (errors.clean(str(job.status), client.account),))
        raise ClipMissing(none) if phase in PHASES_OVER else ProviderUnavailable(none)
    try:
        file = (await client.repeat(AssetAnswer, "GET", f"/assets/{segment(files[position])}")).asset
    except ProviderError as error:
        if is_missing(error):
            raise ClipMissing(error.detail, code=error.code) from error
        raise
    if file is None or file.url is None:
        raise ClipMissing(Detail(DetailCode.NO_LINK))
    return client.link(file.url), len(files)


async def link(client: Client, reference: str, position: int) -> ClipLink:
    url, _ = await fresh_link(client, reference, position)
    return ClipLink(url, _expires_ms(httpx.URL(url)))


async def fetch(client: Client, clock: Clock, reference: str, position: int, target: Path, max_bytes: int) -> int:
    """Streams the file into `target`. After a broken connection it starts again with a fresh link; no half file is left.
    Returns how many files the job has.

    Raises `ClipUnavailable` where another try won't help, `ProviderUnavailable` where it may, and the errors of `fresh_link`.
    """
    whole = False
    try:
        async with asyncio.timeout(client.pace.download):
            for tried in range(1, client.pace.tries + 1):
                url, count = await fresh_link(client, reference, position)
                try:
                    await _attempt(client, url, target, max_bytes)
                except ProviderUnavailable:
                    if tried == client.pace.tries:
                        raise
                    await clock.sleep(client.pace.backoff * tried)
                else:
                    whole = True
                    return count
    except TimeoutError as error:
        raise ProviderUnavailable(Detail(DetailCode.DOWNLOAD_SLOW, (client.pace.download,))) from error
    finally:
        if not whole:
            await asyncio.to_thread(target.unlink, missing_ok=True)
    raise AssertionError("the last try returns or raises")


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
    """Follows up to three redirects; the answer that has the bytes. Every address is checked as the link itself is."""
    for _ in range(_REDIRECTS):
        try:
            reply = await client.stream(url)
        except httpx.RemoteProtocolError as error:
            if not str(error).startswith(_ODD_LOCATION):
                raise
            raise ClipUnavailable(Detail(DetailCode.ODD_REDIRECT)) from error
        if reply.status_code == HTTPStatus.OK:
            return reply
        await reply.aclose()
        if not reply.has_redirect_location:
            # 403 and 404 mostly mean an expired link: the next try asks for a fresh one.
            raise ProviderUnavailable(Detail(DetailCode.LINK_SILENT), code=str(reply.status_code))
        try:
            url = str(httpx.URL(url).join(reply.headers["Location"]))
        except (httpx.InvalidURL, ValueError) as error:
            raise ClipUnavailable(Detail(DetailCode.ODD_REDIRECT)) from error
    raise ClipUnavailable(Detail(DetailCode.LINK_ONLY_LEADS_ON))


async def _save(reply: httpx.Response, target: Path, max_bytes: int) -> None:
    expected = int(reply.headers.get("Content-Length", "-1"))
    if expected > max_bytes:
        raise ClipUnavailable(Detail(DetailCode.LARGER, (expected, max_bytes)), code=TOO_LARGE)
    got = 0
    file = await asyncio.to_thread(target.open, "wb")
    try:
        async for chunk in bodies.pieces(reply):
            got += len(chunk)
            if max(got, reply.num_bytes_downloaded) > max_bytes:
                raise ClipUnavailable(Detail(DetailCode.LARGER_THAN, (max_bytes,)), code=TOO_LARGE)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
    # Compared with the bytes as they arrived: if a server compresses, although we did not ask for it, its Content-Length is
    # the number of compressed bytes.
    arrived = reply.num_bytes_downloaded
    if got == 0 or expected not in {-1, arrived}:
        raise ProviderUnavailable(Detail(DetailCode.DOWNLOAD_CUT, (arrived, expected)))


def _expires_ms(url: httpx.URL) -> int | None:
    """When a signed link expires, in epoch milliseconds, from its `Expires` (epoch seconds); None without a plausible value."""
    text = url.params.get("Expires", "")
    return int(text) * 1000 if text.isdecimal() and len(text) <= _EXPIRES_DIGITS else None
