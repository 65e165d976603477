"""Answers that are not proper JSON: everything that can be read in them counts."""

import json

import pytest
from aiohttp import web

from bot.detail import said
from bot.errors import ModerationRefused
from bot.ports import Lost, Phase
from tests.unit.providers.scenario.test_odd_answers import a_record

IMPROPER = {
    "half a character": rb'"a kite \ud83e"',
    "the other half": rb'"\udd8b a kite"',
    "a byte that is no UTF-8": b'"a kite \xf0\x9f"',
    "a bare line break": b'"a\nkite"',
    "a number without end": b"9" * 5000,
}


@pytest.mark.parametrize("text", IMPROPER.values(), ids=IMPROPER)
async def test_a_text_of_somebody_else_that_is_no_proper_json_hides_no_end(vendor, strange, text):
    body = json.dumps({"jobs": [a_record("stranger", metadata={"input": {"prompt": "TEXT"}}), a_record("job_good")]})
    vendor.answering = lambda _: web.Response(body=body.encode().replace(b'"TEXT"', text), content_type="application/json")
    (told,) = await strange.statuses(["job_good"])
    assert told.phase is Phase.SUCCEEDED


async def test_a_byte_order_mark_spoils_no_answer(vendor, strange):
    body = b"\xef\xbb\xbf" + json.dumps({"job": a_record("job_good")}).encode()
    vendor.answering = lambda _: web.Response(body=body, content_type="application/json")
    assert (await strange.status("job_good")).phase is Phase.SUCCEEDED


async def test_half_a_character_in_a_prompt_hides_no_lost_submit(vendor, strange, submission, clock):
    ours = a_record("job_ours", metadata={"input": {"prompt": "a red kite, wind", "seed": 7}})
    body = json.dumps({"jobs": [a_record("stranger", metadata={"input": {"prompt": "\ud83e"}}), ours]})
    vendor.answering = lambda _: web.Response(text=body, content_type="application/json")
    assert await strange.find([Lost(submission(job_id=5), clock.now_ms())], set()) == {5: "job_ours"}


async def test_half_a_character_of_ours_is_told_as_a_question_mark(vendor, strange):
    body = json.dumps({"job": a_record("job_good", status="failure", metadata={"error": "no \ud83e"})})
    vendor.answering = lambda _: web.Response(text=body, content_type="application/json")
    assert (await strange.status("job_good")).detail == said("no ?")


async def test_a_refusal_that_is_no_proper_json_still_says_why(vendor, strange, submission):
    vendor.answering = lambda _: web.Response(
        status=400, text='{"reason": "flagged by the safety filter: \\ud83e"}', content_type="application/json"
    )
    with pytest.raises(ModerationRefused):
        await strange.submit(submission())
