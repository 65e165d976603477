"""Secrets never stand in the log, whichever code logs them."""

import logging

import pytest

from bot.ops.log import Redaction


@pytest.mark.parametrize(
    "text",
    [
        "token is s3cret-bot-token",
        "https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEy/messages/@original",
        "POST /interactions/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEy/callback",
        "https://cdn.test/a.mp4?Expires=1&Signature=aW50ZXJhY3Rpb246",
        "https://cdn.test/a.png?ex=1&is=2&hm=aW50ZXJhY3Rpb246",
    ],
)
def test_secrets_tokens_and_signatures_are_taken_out(text):
    line = Redaction(["s3cret-bot-token", ""]).format(logging.LogRecord("x", logging.INFO, "", 0, "%s", (text,), None))
    assert "s3cret" not in line
    assert "aW50ZXJhY3Rpb246" not in line


def test_a_traceback_is_redacted_too():
    error = RuntimeError("refused s3cret-bot-token")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "broke", (), (RuntimeError, error, None))
    line = Redaction(["s3cret-bot-token"]).format(record)
    assert "RuntimeError: refused" in line
    assert "s3cret" not in line
