"""Sandboxes for tests: `local.py` in the test's own event loop, `thread.py` in a thread, `process.py` as users run it."""
