"""What a bend may not say: one sentence that tells what to change."""

import pytest

from sandbox.scenario.bend_fields import BadBend, checked


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        (5, "a bend is an object, not 5"),
        ({"colour": "red", "status": 500}, "has no 'colour'; it may have method, path"),
        ({}, "changes nothing; give one of set"),
        ({"path": "/jobs", "times": 1}, "changes nothing"),
        ({"set": ["job"]}, "'set' must be an object of paths"),
        ({"set": {"job..a": 1}}, "'set' must be an object of paths"),
        ({"raw": {"job.progress": 1}}, "'raw' must be an object of paths and JSON as text"),
        ({"drop": "job"}, "'drop' must be a list of paths"),
        ({"status": 199}, "'status' must be a whole number from 200 to 599"),
        ({"status": True}, "'status' must be a whole number"),
        ({"times": 0, "status": 500}, "'times' must be a whole number from 1"),
        ({"size": 2**40}, "'size' must be a whole number from 0 to 4294967296"),
        ({"size": 1, "endless": True}, "not both"),
        ({"fill": "a", "text": ""}, "'fill' needs a 'size'"),
        ({"coding": "br"}, "'coding' must be one of gzip, deflate"),
        ({"piece_seconds": -1}, "'piece_seconds' must be a number from 0"),
        ({"headers": {"Bad name": "x"}}, "'Bad name' is none"),
        ({"headers": {"X": "a\r\nY: b"}}, "'X' has another value"),
        ({"headers": {"Content-Length": "long"}}, "Content-Length is a number"),
        ({"headers": {"Transfer-Encoding": "x"}}, "'Transfer-Encoding' is none"),
        ({"text": "a", "body": {}}, "give one of body and text"),
        ({"effect": False, "status": 500}, "needs a body of its own"),
        ({"effect": False, "text": "", "job": "job_1"}, "is about no job"),
        ({"state": "done", "status": 500}, "'state' must be one of running, success"),
        ({"date_seconds": "late"}, "'date_seconds' must be a number"),
    ],
)
def test_a_bend_that_cannot_be_is_one_sentence(spec, word):
    with pytest.raises(BadBend) as told:
        checked(spec)
    assert word in str(told.value)
    assert "\n" not in str(told.value)


def test_a_field_that_is_null_is_absent():
    assert checked({"method": "get", "path": None, "status": 500}) == {"method": "GET", "status": 500}
    assert checked({"set": {"job.metadata": None}}) == {"set": {"job.metadata": None}}
