"""When a restarted bot counts as having resumed its work."""

from bench.resume import LIFE, signs


def asked(at_ms, method, path, answer=None, **query):
    return {"at_ms": at_ms, "method": method, "path": path, "request": {"query": query}, "response": answer}


def test_a_listing_counts_when_its_last_page_was_answered():
    seen = signs(
        [
            asked(1, "GET", "/jobs", {"jobs": [], "nextPaginationToken": "more"}, status="success"),
            asked(2, "GET", "/jobs", {"jobs": []}, status="success"),
            asked(3, "GET", "/jobs", {"jobs": []}, status="success"),
        ]
    )
    assert seen == {"asked for success": 2}


def test_all_signs_of_life_are_told_apart():
    seen = signs(
        [
            *(asked(1, "GET", "/jobs", {"jobs": []}, status=status) for status in ("success", "failure", "canceled")),
            asked(2, "GET", "/jobs", {"jobs": []}, createdAfter="2026-11-23"),
            asked(3, "POST", "/generate/custom/model"),
            asked(4, "GET", "/files/asset_1"),
            asked(5, "GET", "/assets/asset_1"),
        ]
    )
    assert seen.keys() == LIFE - {"looked at a file"}, "that one is seen in the bot's process"
