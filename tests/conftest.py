"""Settings for every test: Hypothesis makes the same examples in every run and has no time limit for each, the command line
speaks English whatever the language of the shell, certificates are read once, and garbage collections leave alone what stays
until the end.
"""

import gc
import os
import ssl
from functools import cache
from itertools import count

import pytest
from hypothesis import settings

os.environ["LANGUAGE"] = "en"

# Each HTTP client reads the certificates of all authorities, which takes longer than most tests do. No test speaks TLS.
ssl.create_default_context = cache(ssl.create_default_context)

settings.register_profile("the same everywhere", deadline=None, derandomize=True)
settings.load_profile("the same everywhere")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Modules and collected tests stay: looking through them for garbage again and again takes some of each test's time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def new_postgres_database():
    """Opens another empty database of this process's PostgreSQL server each time."""
    # Only where a test asks for it: importing it takes longer than most tests.
    from tests import postgres

    numbers = count(1)
    with postgres.server() as server:
        yield lambda: postgres.new_database(server, f"books_{next(numbers)}")


@pytest.fixture(scope="session")
def shared_postgres_books(new_postgres_database):
    from tests import postgres

    with new_postgres_database() as address, postgres.books(address) as books:
        yield books


@pytest.fixture
def postgres_books(shared_postgres_books) -> str:
    """The address of a PostgreSQL database with the bot's tables and no rows in them."""
    shared_postgres_books.empty()
    return shared_postgres_books.address
