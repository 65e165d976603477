"""Windows by the calendar of the configured time zone, and allowances by role."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.quota import Policy, Window, bounds_for, span_at

BERLIN = ZoneInfo("Europe/Berlin")


def ms(text, zone=BERLIN):
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("window", "now", "start", "end"),
    [
        (Window.DAY, "2026-06-15T23:59:59", "2026-06-15T00:00:00", "2026-06-16T00:00:00"),
        (Window.WEEK, "2026-06-21T12:00:00", "2026-06-15T00:00:00", "2026-06-22T00:00:00"),
        (Window.MONTH, "2026-12-31T12:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        (Window.MONTH, "2028-02-29T12:00:00", "2028-02-01T00:00:00", "2028-03-01T00:00:00"),
    ],
)
def test_a_window_runs_from_local_midnight_to_local_midnight(window, now, start, end):
    span = span_at(window, ms(now), BERLIN)
    assert (span.start_ms, span.end_ms) == (ms(start), ms(end))


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29T12:00:00", 23), ("2026-10-25T12:00:00", 25), ("2026-06-01T12:00:00", 24)]
)
def test_a_day_in_which_clocks_change_has_the_hours_it_has(day, hours):
    span = span_at(Window.DAY, ms(day), BERLIN)
    assert span.end_ms - span.start_ms == hours * 3_600_000


def test_the_best_of_a_members_roles_multiplies_the_allowance():
    policy = Policy(allowance=100, role_multipliers={1: 2.0, 2: 1.5, 3: 0.5})
    assert [policy.allowance_at(policy.multiplier_for(roles)) for roles in ((), (9,), (2,), (1, 2), (3,))] == [
        100,
        100,
        150,
        200,
        50,
    ]


def test_an_exempt_member_has_no_bounds_and_another_has_all_that_are_set():
    policy = Policy(allowance=100, exempt_members=frozenset({7}), guild_allowance=0, running_per_guild=4)
    exempt, member = bounds_for(policy, 7, 1.0, 0), bounds_for(policy, 8, 1.0, 0)
    assert (exempt.member_credits, exempt.member_running, exempt.guild_running) == (None, None, None)
    assert (member.member_credits, member.member_running, member.guild_running, member.guild_credits) == (100, 3, 4, None)
    assert (exempt.member_running_jobs, exempt.guild_running_jobs) == (None, None)
    assert (member.member_running_jobs, member.guild_running_jobs) == (12, None)
