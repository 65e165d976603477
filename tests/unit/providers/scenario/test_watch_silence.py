"""An id to which the vendor never answers delays the question about all clips only by seconds. In virtual time."""

import asyncio

import httpx

from bot.ports import Phase
from bot.providers.scenario import Account, ScenarioProvider
from tests.fakes import ManualClock
from tests.unit.providers.scenario.test_watch import by_reference
from tests.virtual_time import played


class SilentAboutOne(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        if request.url.path.endswith("/silent"):
            await asyncio.sleep(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("", request=request)
        if request.url.path.endswith("/jobs"):
            return httpx.Response(200, json={"jobs": []}, request=request)
        reference = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json={"job": {"jobId": reference, "status": "success"}}, request=request)


def test_a_silent_id_holds_a_look_back_for_seconds_and_not_for_its_repeats():
    async def look():
        loop = asyncio.get_running_loop()
        async with (
            httpx.AsyncClient(transport=SilentAboutOne()) as http,
            ScenarioProvider(Account("k", "s"), ManualClock(), http=http) as provider,
        ):
            began = loop.time()
            return await provider.statuses(["silent", "well"]), loop.time() - began

    told, seconds = played(look())
    assert by_reference(told)["well"].phase is Phase.SUCCEEDED
    assert seconds <= 25
