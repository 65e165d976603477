"""What a member reads when a cap would be crossed."""

from bot.errors import QuotaRefused
from bot.presentation.views import quota_refusal
from bot.presentation.views.wording import Counted
from bot.problem import Crossed
from tests.factories import NOW_MS
from tests.unit.presentation.views.discord_rules import text_of


async def test_every_quota_reason_reads_differently():
    reasons = ("allowance", "running", "running_jobs", "guild_allowance", "guild_running", "guild_running_jobs")
    pages = [quota_refusal.quota_page(QuotaRefused((Crossed(reason, 90, 10, 300, NOW_MS),)), 5, "today") for reason in reasons]
    assert len({text_of(page) for page in pages}) == len(reasons)
    assert "costs 90 credits; you have 10 of 300 left today" in text_of(pages[0])
    together = quota_refusal.quota_page(
        QuotaRefused(tuple(Crossed(reason, 90, 10, 300, NOW_MS) for reason in reasons)), 5, "today"
    )
    assert all(text_of(page).split("\n")[1] in text_of(together) for page in pages)


async def test_an_order_of_more_clips_than_fit_is_told_how_many_would():
    def told(reason, left):
        return text_of(quota_refusal.quota_page(QuotaRefused((Crossed(reason, 4, left, 12),)), 5, "today"))

    assert "You asked for 4 clips, and 1 would fit now. 12 at a time is the limit here." in told("running_jobs", 1)
    assert "and 3 would fit now. 12 at a time is the limit of this server." in told("guild_running_jobs", 3)
    assert "You have 12 clips on the way, and 12 at a time is the limit here." in told("running_jobs", 0)
    assert "12 clips at a time is the limit of this server." in told("guild_running_jobs", 0)


async def test_requests_that_still_run_are_counted_as_requests_however_many_clips_each_has():
    def told(reason, limit, counted=Counted.CLIPS):
        crossed = (Crossed(reason, 1, 0, limit),)
        return text_of(quota_refusal.quota_page(QuotaRefused(crossed), 5, "today", counted=counted))

    several = "Your 3 requests are still running, and 3 at a time is the limit here. Wait for one to finish, or cancel one in"
    assert several in told("running", 3)
    one = "Your request is still running, and 1 at a time is the limit here. Wait for it to finish, or cancel it in"
    assert one in told("running", 1)
    assert "Your 2 requests for previews are still running" in told("running", 2, Counted.PREVIEWS)
    assert "Your 2 requests for real clips are still running" in told("running", 2, Counted.REAL)
    assert "**This server is busy**\n3 requests at a time is the limit of this server." in told("guild_running", 3)
    assert "12 clips at a time is the limit of this server." in told("guild_running_jobs", 12)


async def test_what_costs_less_is_named_where_there_is_such_and_who_can_give_more():
    refused = QuotaRefused((Crossed("allowance", 90, 50, 300),))
    told = text_of(quota_refusal.quota_page(refused, 5, "today", cheaper="A shorter clip costs less."))
    assert "you have 50 of 300 left today. A shorter clip costs less. The people who run the bot can give you more." in told
    assert "less" not in text_of(quota_refusal.quota_page(refused, 5, "today"))
