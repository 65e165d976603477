"""Sandboxes for tests: `local.py` in the test's own event loop, `thread.py` in a thread, `process.py` as users run it.

`scenario.py` serves Scenario's double alone.
"""
