"""The table of figures, and whether a figure meets its goal."""

import json

import pytest

from bench.figures import as_json, percentile, row, table


@pytest.mark.parametrize(
    ("value", "bounds", "met"),
    [
        (99.9, {"at_most": 100}, True),
        (100.1, {"at_most": 100}, False),
        (0.5, {"at_least": 0.5}, True),
        (0.49, {"at_least": 0.5}, False),
        (100.04, {"at_most": 100, "digits": 1}, False),
        (0.4996, {"at_least": 0.5, "digits": 2}, False),
        (7, {}, None),
    ],
)
def test_a_figure_is_judged_by_its_bound_as_measured_and_only_told_without_one(value, bounds, met):
    assert row("a", value, "ms", **bounds)["met"] is met


@pytest.mark.parametrize(("digits", "shown"), [(None, 12.3456), (2, 12.35), (0, 12)])
def test_a_figure_is_rounded_to_be_shown(digits, shown):
    assert row("a", 12.3456, "ms", digits)["value"] == shown


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        (range(1, 101), 0.99, 99),
        (range(1, 101), 0.5, 50),
        ([3, 1, 2], 0.99, 3),
        ([5], 0.5, 5),
        ([], 0.99, 0),
    ],
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values, share, found):
    assert percentile(list(values), share) == found


def test_the_table_names_the_command_and_shows_a_missed_goal_loudly():
    shown = table([{**row("ack: p99", 120.0, "ms", at_most=100), "command": "python -m bench ack"}])
    assert shown.splitlines()[2].split() == ["ack:", "p99", "120", "ms", "<=", "100", "NO", "python", "-m", "bench", "ack"]


def test_the_json_holds_the_five_agreed_keys():
    [told] = json.loads(as_json([{**row("ack: p99", 20.5, "ms", at_most=100), "command": "python -m bench ack"}]))
    assert told == {"name": "ack: p99", "value": 20.5, "unit": "ms", "goal": "<= 100", "met": True}
