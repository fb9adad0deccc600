"""What tests share: the stores they run on, the sample site, how thorough to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import postgres
import pytest
from doors import sample
from walk import newsroom

from feeder.jobs.newsroom import Newsroom
from feeder.store import Store, open_store

hypothesis.settings.register_profile("feeder", deadline=None, print_blob=True)
hypothesis.settings.load_profile("feeder")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the fault tests at full count")


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether to run a fault test at full count."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server, started when the first test asks for it."""
    with postgres.server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine that a store runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database without tables."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'feeder.db'}"
    running: postgres.Server = request.getfixturevalue("server")
    return running.empty()


@pytest.fixture
def url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a store that is ready for use."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'store' / 'feeder.db'}"
        return
    running: postgres.Server = request.getfixturevalue("server")
    with running.migrated() as made:
        yield made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store, once in SQLite and once in PostgreSQL."""
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the sample site, not yet built."""
    return sample(tmp_path)


@pytest.fixture
def room(site: Path) -> Newsroom:
    """The sample site, opened; its store is SQLite in its data folder."""
    return newsroom(site)
