"""Faults of the CDN; and its requests are recorded without the signatures that would let others read the files."""

import asyncio
import io

from sandbox.testing.local import local_sandbox

PICTURE = b"\x89PNG, or so it says"


def attached(here):
    """The link to what a member attached to a command, as the bot gets it."""
    return here.state.files.url(here.state.files.add("look.png", "image/png", io.BytesIO(PICTURE), None))


async def fetched(here, url):
    async with here.http.get(url) as answer:
        return answer.status, await answer.read()


async def test_a_fault_of_the_cdn_strikes_its_files_and_nothing_else():
    async with local_sandbox(openapi=False) as here:
        url = attached(here)
        await here.post("/faults", faults=[{"at": "cdn", "what": "status", "status": 503, "times": 1}])
        await here.rest("GET", "/users/@me")
        assert (await fetched(here, url))[0] == 503
        assert await fetched(here, url) == (200, PICTURE)


async def test_a_held_file_is_given_once_it_is_released():
    async with local_sandbox(openapi=False) as here:
        url = attached(here)
        hold = {"at": "cdn", "path": "/ephemeral-attachments/**", "what": "hold", "name": "file"}
        await here.post("/faults", faults=[hold])
        asked = asyncio.create_task(fetched(here, url))
        assert await here.wait(held="file")
        await here.post("/release", name="file")
        assert await asked == (200, PICTURE)


async def test_a_request_is_on_record_under_its_own_source_without_signature():
    async with local_sandbox(openapi=False) as here:
        url = attached(here)
        await fetched(here, url)
        (seen,) = (await here.get("/requests", source="cdn"))["requests"]
        assert (seen["method"], seen["status"]) == ("GET", 200)
        assert seen["path"].startswith("/ephemeral-attachments/")
        assert seen["request"]["query"]["hm"] == "***"
