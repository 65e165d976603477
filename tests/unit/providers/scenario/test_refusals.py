"""Waits and repeats: what the vendor asks for is obeyed, what helps nothing is not repeated."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from bot.errors import ProviderBusy, ProviderMisconfigured, ProviderUnavailable
from bot.providers.scenario import Pace
from bot.providers.scenario.refusals import retry_after


@pytest.mark.parametrize(("header", "wait"), [("3", 3), ("0.5", 0.5), ("-1", 0), ("soon", None), (None, None)])
def test_retry_after_in_seconds(header, wait):
    assert retry_after(httpx.Response(429, headers={"Retry-After": header} if header else {})) == wait


def test_retry_after_as_a_date():
    header = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < retry_after(httpx.Response(429, headers={"Retry-After": header})) <= 30


async def test_a_safe_call_waits_as_told_and_then_goes_through(served, provider, clock):
    served.faults.add([{"what": "rate_limit", "seconds": 7, "times": 2}])
    assert await provider.capacity() == 4
    assert clock.slept == [7, 7]


async def test_a_wait_that_is_too_long_is_left_to_the_caller(served, provider, clock):
    served.faults.add([{"what": "rate_limit", "seconds": 3600}])
    with pytest.raises(ProviderBusy) as caught:
        await provider.capacity()
    assert (caught.value.retry_after, clock.slept) == (3600, [])


async def test_backoff_is_jittered_grows_and_ends(served, provider, clock):
    served.faults.add([{"what": "status", "status": 503}])
    with pytest.raises(ProviderUnavailable):
        await provider.capacity()
    assert len(served.paths()) == Pace().tries
    assert all(0 <= wait <= 0.5 * 2**n for n, wait in enumerate(clock.slept))


async def test_what_a_repeat_cannot_mend_is_not_repeated(served, provider):
    served.faults.add([{"what": "status", "status": 403}])
    with pytest.raises(ProviderMisconfigured):
        await provider.capacity()
    assert len(served.paths()) == 1


async def test_a_cut_connection_keeps_its_cause(served, provider):
    served.faults.add([{"what": "reset"}])
    with pytest.raises(ProviderUnavailable) as caught:
        await provider.capacity()
    assert isinstance(caught.value.__cause__, httpx.TransportError)
