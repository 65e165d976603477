"""Waits and repeats: the vendor's Retry-After is obeyed, and requests that can't succeed are not repeated."""

import asyncio
import contextlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import httpx
import pytest
from aiohttp import web

from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
    SubmitOutcomeUnknown,
)
from bot.providers.scenario import Account, Pace, ScenarioProvider
from bot.providers.scenario.errors import from_answer, retry_after

YEAR = 366 * 86_400


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("-1", 0),
        ("soon", None),
        (None, None),
        ("nan", None),
        ("inf", YEAR),
        ("-inf", 0),
        ("1e999", YEAR),
        ("2592000", 2_592_000),
        ("9" * 400, YEAR),
        ("Mon, 99 Foo 99999 99:99:99 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 +99999999999", None),
    ],
)
def test_retry_after_in_seconds(header, wait):
    assert retry_after(httpx.Response(429, headers={"Retry-After": header} if header else {})) == wait


def test_retry_after_as_a_date():
    moment = (datetime.now(UTC) + timedelta(seconds=30)).replace(microsecond=0)
    wait = retry_after(httpx.Response(429, headers={"Retry-After": format_datetime(moment, usegmt=True)}))
    assert (moment - datetime.now(UTC)).total_seconds() <= wait <= 30


@pytest.mark.parametrize("ours_is_off", [timedelta(0), timedelta(days=-3), timedelta(hours=5)])
def test_a_date_counts_from_the_answers_own_date_whatever_our_clock_says(ours_is_off):
    theirs = (datetime.now(UTC) + ours_is_off).replace(microsecond=0)
    headers = {
        name: format_datetime(at, usegmt=True)
        for name, at in (("Date", theirs), ("Retry-After", theirs + timedelta(seconds=40)))
    }
    assert retry_after(httpx.Response(429, headers=headers)) == 40


async def test_a_safe_call_waits_as_told_and_then_goes_through(served, provider, clock):
    served.faults.add([{"what": "rate_limit", "seconds": 7, "times": 2}])
    assert await provider.availability.capacity() == 4
    assert clock.slept == [7, 7]


async def test_a_wait_that_is_too_long_is_left_to_the_caller(served, provider, clock):
    served.faults.add([{"what": "rate_limit", "seconds": 3600}])
    with pytest.raises(ProviderBusy) as caught:
        await provider.availability.capacity()
    assert (caught.value.retry_after, clock.slept) == (3600, [])


async def test_backoff_is_jittered_grows_and_ends(served, provider, clock):
    served.faults.add([{"what": "status", "status": 503}])
    with pytest.raises(ProviderUnavailable):
        await provider.availability.capacity()
    assert len(served.paths()) == Pace().tries
    assert all(0 <= wait <= 0.5 * 2**n for n, wait in enumerate(clock.slept))


async def test_a_503_that_names_its_time_is_waited_for(served, provider, clock):
    answers = [httpx.Response(503, headers={"Retry-After": "42"}), httpx.Response(200, json={"limits": {}})]
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answers.pop(0))) as http:
        provider = ScenarioProvider(Account("k", "s", team_id="t"), clock, http=http)
        assert await provider.availability.capacity() is None
    assert clock.slept == [42]


async def test_an_answer_that_trickles_in_for_ever_is_given_up(clock, submission):
    answering = []

    async def trickle(reader, writer):
        answering.append(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b" ")
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1), 0.02)
        writer.close()

    async with await asyncio.start_server(trickle, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        account = Account("k", "s", base_url=f"http://127.0.0.1:{port}", team_id="t")
        async with ScenarioProvider(account, clock, pace=Pace(whole=0.2, tries=2)) as provider, asyncio.timeout(20):
            with pytest.raises(ProviderUnavailable):
                await provider.availability.capacity()
            with pytest.raises(SubmitOutcomeUnknown):
                await provider.submit(submission())
        await asyncio.wait(answering)


@pytest.mark.parametrize(
    ("details", "ceiling"),
    [
        ({"actionName": "parallelCustomJobs", "actionLimit": 4}, 4),
        ({"actionName": "apiRequestsPerSecond", "actionLimit": 1}, None),
        ({"actionName": "assetsUpload", "actionLimit": 1}, None),
        ({"actionLimit": 1}, None),
        ({}, None),
        (None, None),
    ],
)
def test_only_the_limit_of_clips_in_flight_is_a_ceiling(account, details, ceiling):
    busy = from_answer(httpx.Response(429, json={"error": "Too Many Requests", "details": details}), account)
    assert (type(busy), busy.ceiling) == (ProviderBusy, ceiling)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, {"reason": "Model model_x is not available on your plan"}, "model_closed"),
        (403, {"reason": "Not on your plan", "details": {"modelId": "model_x"}}, "model_closed"),
        (403, {"reason": "Not enough creative units"}, "403"),
        (401, {"reason": "No model without a key"}, "401"),
        (402, {"reason": "Payment required for this model"}, "402"),
    ],
)
def test_a_403_that_names_a_model_is_about_that_model_alone(account, status, body, code):
    error = from_answer(httpx.Response(status, json=body), account)
    assert (type(error), error.code) == (ProviderMisconfigured, code)


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (401, "flagged key", ProviderMisconfigured),
        (403, "This model is prohibited on plan Free", ProviderMisconfigured),
        (403, "The prompt was flagged by our content policy", ModerationRefused),
        (400, "prohibited content", ModerationRefused),
    ],
)
def test_a_key_or_plan_is_not_taken_for_a_safety_check(account, status, reason, error):
    assert type(from_answer(httpx.Response(status, json={"reason": reason}), account)) is error


async def test_a_request_that_can_not_succeed_is_not_repeated(served, provider):
    served.faults.add([{"what": "status", "status": 403}])
    with pytest.raises(ProviderMisconfigured):
        await provider.availability.capacity()
    assert len(served.paths()) == 1


async def test_a_cut_connection_keeps_its_cause(served, provider):
    served.faults.add([{"what": "reset"}])
    with pytest.raises(ProviderUnavailable) as caught:
        await provider.availability.capacity()
    assert isinstance(caught.value.__cause__, httpx.TransportError)


def test_the_vendors_words_stay_on_one_line_and_move_no_cursor(account):
    error = from_answer(
        httpx.Response(400, json={"reason": "No\x1b[2J such\u202e clip\nERROR bot: all is lost" + "x" * 900}), account
    )
    assert str(error).startswith("400: No [2J such  clip ERROR bot: all is lost")
    assert str(error).isprintable()
    assert len(str(error)) < 400


@pytest.mark.parametrize("name", ["a\nline", "x" * 501])
def test_an_impossible_name_of_a_limit_is_not_told(account, name):
    body = {"reason": "Too many", "details": {"actionName": name, "actionLimit": 4}}
    busy = from_answer(httpx.Response(429, json=body), account)
    assert (str(busy), busy.ceiling) == ("429: Too many", None)


@pytest.mark.parametrize(
    "written", ["{secret}", "{key}", "Basic {basic}", "Basic {cut}", "https://a/b?Signature={secret}", "q={quoted}"]
)
def test_an_echo_of_our_credentials_stands_in_no_error(written):
    account = Account("the key/1", "the secret+2")
    basic = b64encode(b"the key/1:the secret+2").decode()
    said = written.format(
        secret=account.secret, key=account.key, basic=basic, cut=basic[:20], quoted=quote(account.secret, safe="")
    )
    for before in ("", "x" * 290 + " ", "x" * 3990 + " "):
        error = from_answer(httpx.Response(400, json={"reason": before + said}), account)
        assert not any(each in str(error) for each in (account.secret, account.key, basic, "%2B2", basic[:8]))
        assert len(str(error)) < 320


def test_megabytes_of_words_are_cut_before_they_are_looked_through(account):
    error = from_answer(httpx.Response(400, json={"reason": "http://" * 1_000_000}), account)
    assert len(str(error)) < 320


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:9/submit", "file:///nowhere/secret.txt", "http://[::1", "https://xn--/"]
)
@pytest.mark.parametrize("status", [302, 307])
async def test_a_redirect_of_a_submit_is_not_followed_and_its_outcome_unknown(vendor, strange, submission, status, location):
    vendor.answering = lambda _: web.Response(status=status, headers={"Location": location})
    with pytest.raises(SubmitOutcomeUnknown):
        await strange.submit(submission())
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, "x", SubmitOutcomeUnknown),
        (599, "x", SubmitOutcomeUnknown),
        (200, "<html>hello</html>", SubmitOutcomeUnknown),
        (200, "", SubmitOutcomeUnknown),
        (200, "[1, 2]", SubmitOutcomeUnknown),
        (200, '{"job": {}}', SubmitOutcomeUnknown),
        (400, "<html>bad</html>" * 1000, ProviderRejected),
        (451, '{"error": "x"}', ProviderRejected),
        (429, "x", ProviderBusy),
    ],
)
async def test_what_an_odd_answer_to_a_submit_means(vendor, strange, submission, status, body, error):
    vendor.answering = lambda _: web.Response(text=body, status=status)
    with pytest.raises(error):
        await strange.submit(submission())
    assert len(vendor.asked) == 1


async def test_a_token_without_end_ends_the_paging(vendor, strange):
    job = {"jobId": "job_x", "status": "success"}
    vendor.answering = lambda _: web.json_response({"jobs": [job], "nextPaginationToken": "t" * 1_000_000})
    assert [told.reference for told in await strange.statuses(["job_x"])] == ["job_x"]
