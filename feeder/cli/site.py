"""What commands share: the options --site and --data, the opened newsroom, the progress bar, the clock."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from feeder.cli.progress import Progress as Progress
from feeder.cli.progress import progress as progress
from feeder.cli.progress import silent as silent
from feeder.errors import ConfigError

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])
CONFIG = "feeder.toml"


def options(command: Command) -> Command:
    """--site and --data, which may stand before the command's name or after it; the latter wins."""

    @functools.wraps(command)
    def wrapped(site: str | None, data: str | None, **rest: Any) -> Any:
        context = click.get_current_context()
        before = context.find_root().obj or {}
        context.obj = {"site": site or before.get("site"), "data": data or before.get("data")}
        return command(**rest)

    named = click.option("--site", metavar="DIR", help="The site's folder, with feeder.toml (default: this folder).")(
        wrapped
    )
    placed = click.option("--data", metavar="DIR", help="Where feeder writes (default: the site's data folder).")(named)
    return cast(Command, placed)


def chosen() -> dict[str, str | None]:
    """--site and --data of the running command."""
    found: dict[str, str | None] = click.get_current_context().obj
    return found


def newsroom() -> Newsroom:
    """The site of the running command. Raises ConfigError."""
    folder = Path(chosen()["site"] or ".").resolve()
    return open_newsroom(folder)


def open_newsroom(folder: Path) -> Newsroom:
    from feeder import config
    from feeder.jobs.newsroom import Newsroom

    data = Path(chosen()["data"] or os.environ.get("FEEDER_DATA") or folder / "data").resolve()
    environ = {name: value for name, value in os.environ.items() if name != "FEEDER_DATA"}
    return Newsroom(config=config.parse(configuration(folder), environ, _secret), folder=folder, data=data)


def configuration(folder: Path) -> str:
    """The text of feeder.toml. Raises ConfigError."""
    if folder.name == CONFIG and folder.is_file():
        raise ConfigError(f"--site names a folder, not the file in it: --site {folder.parent}")
    try:
        return (folder / CONFIG).read_text(encoding="utf-8-sig")  # some editors on Windows write a mark in front
    except FileNotFoundError:
        hint = "name the site with --site, or make one with: feeder init DIR"
        raise ConfigError(f"there is no {CONFIG} in {folder}; {hint}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{folder / CONFIG} is not written in UTF-8; save it again in UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{folder / CONFIG} cannot be read: {error.strerror}") from None


def _secret(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"the secret file {path} is not written in UTF-8") from None
    except OSError as error:
        raise ConfigError(f"the secret file {path} cannot be read: {error.strerror}") from None


@contextmanager
def opened(room: Newsroom) -> Iterator[Store]:
    """The newsroom's store, closed at the end."""
    from feeder.store import open_store

    store = open_store(room.database_url)
    try:
        yield store
    finally:
        store.close()


def now() -> datetime:
    """The clock, read here and passed on; whole seconds, as feeds write them."""
    return datetime.now(UTC).replace(microsecond=0)


def moment() -> datetime:
    """The clock to the microsecond, for what is shorter than a second."""
    return datetime.now(UTC)


def has_store(room: Newsroom) -> bool:
    """Whether there is a store to look into; asking must not make one."""
    from feeder.config import sqlite_path

    path = sqlite_path(room.database_url)
    return path is None or path.is_file()


def reason(error: OSError) -> str:
    """What the operating system refused, in one line: "/srv/data: Permission denied"."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)


def note(text: str) -> None:
    """A line for the person at the terminal; of a program that keeps a log, a line of that."""
    from feeder.cli import logs

    if logs.started():
        logging.getLogger("feeder").info("%s", text)
    else:
        click.echo(text, err=True)
