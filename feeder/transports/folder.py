"""`file:FOLDER`: each message as ISSUE/NAME.eml, to be looked at; written whole or not at all, for the owner's eyes only."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from feeder.errors import Unreachable

_NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Folder:
    """See above. The same name is the same file, so nothing is there twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, sender: str, to: str, message: bytes, *, name: str, before_end: Callable[[], None]) -> None:
        del sender, to
        path = self._folder / f"{checked(name)}.eml"
        with told(self._folder):
            private(self._folder)
            private(path.parent)
        put(message, path, by_way_of=path.parent, before_end=before_end)

    def close(self) -> None:
        """There is no connection."""


def checked(name: str) -> str:
    """A delivery's name as a file's. It is ours, so another one is a mistake in the program."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a delivery: {name!r}")
    return name


def put(message: bytes, path: Path, *, by_way_of: Path, before_end: Callable[[], None]) -> None:
    """Write a file into the folder `by_way_of`, and move it to its place when it is whole."""
    waiting = by_way_of / f".{path.name}.{os.getpid()}"
    try:
        with told(by_way_of):
            _write(waiting, message)
        before_end()
        with told(path.parent):
            waiting.replace(path)
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """What the disk does not let us do, in one line."""
    try:
        yield
    except OSError as error:
        raise Unreachable(f"cannot write into {folder}: {error.strerror or error}") from None


def private(folder: Path) -> None:
    """A folder that its owner alone can read; one that is there already stays as it is."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def forget(folder: Path, name: str) -> int:
    """Remove what was written for one subscriber, whose opaque name is part of the files'; how many. Raises OSError."""
    found = [path for path in folder.rglob("*.eml") if name in path.name]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def forget_before(folder: Path, pattern: str, moment: float) -> None:
    """Remove the files of a pattern that were written before then, in seconds since 1970. Raises OSError."""
    for path in folder.glob(pattern):
        if path.stat().st_mtime < moment:
            path.unlink(missing_ok=True)
