"""One embedded PostgreSQL for each process that runs tests; whoever asks for a database finds it empty.

Under pytest-xdist each worker has a server to itself: some statements look at all sessions of a server, and would meet
those of other workers' tests.
"""

import functools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import Cells, open_pool
from manyeyes.runtime import context as runtime_context
from manyeyes.runtime.context import Context, open_context, prepare_database_at
from manyeyes.server.application import running
from manyeyes.settings import Settings
from manyeyes.values import response_signing
from support.action_stage import Stage, set_stage
from support.databases import EmptiedDatabase, MakeDatabase, make_database
from support.in_process_client import Client
from support.kept_children import KeptUnfolding
from support.real_server import copy_data, run

# No deadline: nothing may depend on how fast a machine is. Few examples, drawn anew in every run.
hypothesis.settings.register_profile("manyeyes", deadline=None, max_examples=30)
hypothesis.settings.load_profile("manyeyes")
TEMPLATE = "migrated"
HEAVY = (("browser", "clients", "node"), ("faults", "long"))  # marks of tests that take long, the heaviest last
MOST_WORKERS = 8  # each has a PostgreSQL and a browser


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return the number of cores; 0 (this process alone) where files, or words of few tests, are named."""
    is_small = config.option.keyword or all(Path(place.split("::")[0]).is_file() for place in config.args)
    return 0 if is_small else min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files that take long come first, as those that kill processes do, then those with browsers and clients.

    The last ones are then short, and no worker waits for another's long one.
    """
    weights: dict[Path, int] = {}
    for item in items:
        found = [weight for weight, marks in enumerate(HEAVY, 1) if any(map(item.get_closest_marker, marks))]
        weights[item.path] = max(weights.get(item.path, 0), *found, 0)
    items.sort(key=lambda item: -weights[item.path])


@pytest.fixture(scope="session", autouse=True)
def keys_are_read_once() -> Iterator[None]:
    """Keep every private key that was read: reading one tests its primes, 40 ms each time.

    Nearly every test reads the same one.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(load_der_private_key)
        patch.setattr(response_signing, "load_der_private_key", once)
        yield


@pytest.fixture(scope="session", autouse=True)
async def decoders_are_kept() -> AsyncIterator[None]:
    """Let all contexts of a run share the process that decodes pictures; those who try what it does open their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime_context, "RecogniserPool", KeptUnfolding)
        yield
    for lane in KeptUnfolding.kept.values():
        await lane.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the DSN of a real server for the whole run; nothing is in the database that it names."""
    embedded = Embedded(tmp_path_factory.mktemp("postgres"), settings={"fsync": "off"})  # no crash is to be survived
    try:
        yield embedded.start()
    finally:
        embedded.stop()


@pytest.fixture(scope="session")
async def create_database(server: str) -> MakeDatabase:
    """Return a function: ``await create_database("name")`` makes a migrated database and returns its DSN.

    It copies a template.
    """
    await prepare_database_at(await make_database(server, TEMPLATE))
    return functools.partial(make_database, server, template=TEMPLATE)


@pytest.fixture(scope="session")
async def main_database(create_database: MakeDatabase) -> AsyncIterator[EmptiedDatabase]:
    """Yield the database of most tests, which `dsn` empties."""
    found = EmptiedDatabase(await create_database("first_cell"))
    yield found
    await found.close()


@pytest.fixture(scope="session")
async def other_database(server: str) -> AsyncIterator[EmptiedDatabase]:
    """Yield the database of a second cell, which knows no first one."""
    found = EmptiedDatabase(await make_database(server, "second_cell"))
    await found.prepare([2])
    yield found
    await found.close()


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory as a first start leaves it; no server runs on it, it is there to be copied."""
    data = tmp_path_factory.mktemp("first-start") / "data"
    made = run(data, "db", "migrate")
    assert made.returncode == 0, made.stderr
    return data


@pytest.fixture
def data(first_start: Path, tmp_path: Path) -> Path:
    """Return a test's own data directory, as after a first start."""
    return copy_data(first_start, tmp_path / "data")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a data directory of the test's own; what is answered on a screen counts at once."""
    return Settings(data=tmp_path, undo_seconds=0)


@pytest.fixture
async def dsn(main_database: EmptiedDatabase) -> str:
    """Return the DSN of the prepared database, emptied."""
    return await main_database.emptied()


@pytest.fixture
async def context(dsn: str, settings: Settings) -> AsyncIterator[Context]:
    """Yield a context on one cell whose periodic jobs do not run: a test runs what it is about."""
    context = await open_context(settings, dsn)
    yield context
    await context.close()


@pytest.fixture
async def stage(context: Context) -> Stage:
    """Return a cell whose clock only the test moves, for playing actions without what drives them."""
    return await set_stage(context.cells.directory)


@pytest.fixture
async def client(dsn: str, settings: Settings) -> AsyncIterator[Client]:
    """Yield an HTTP client of the whole application with its periodic jobs; ``client.context`` is behind it."""
    context = await open_context(settings, dsn)
    async with running(context) as application, Client(context, application) as found:
        yield found


@pytest.fixture
async def two_databases(dsn: str, other_database: EmptiedDatabase, settings: Settings) -> AsyncIterator[Context]:
    """Yield a context whose two cells are in two separate databases: whatever crosses cells fails."""
    first, second = await open_pool(dsn, size=4), await open_pool(await other_database.emptied(), size=4)
    context = await open_context(settings, dsn, cells=Cells(first, {1: first, 2: second}))
    yield context
    await context.close()
