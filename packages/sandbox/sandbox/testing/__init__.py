"""Sandboxes for tests: `local.py` runs one in the test's own process, `process.py` one as users run it."""
