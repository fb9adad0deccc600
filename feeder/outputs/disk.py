"""A folder: each file is written beside its place, brought to the disk, and moved over the old one in one step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from feeder.errors import FeederError

_TEMPORARY = ".tmp-"


class Disk:
    """The output folder, and nothing outside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FeederError(f"cannot write to {root}: {error.strerror}; choose another place with --data") from None

    def has(self, path: str, size: int) -> bool:
        """Whether the file is there with that many bytes."""
        try:
            return (self.root / path).stat().st_size == size
        except OSError:
            return False

    def put(self, path: str, body: bytes) -> None:
        write(self.root / path, body)

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files, and the folders they leave empty."""
        for path in paths:
            target = self.root / path
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self.root or not _remove_empty(folder):
                    break

    def sweep(self) -> None:
        """Remove what a killed run left behind half-written."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                if name.startswith(_TEMPORARY):
                    Path(folder, name).unlink(missing_ok=True)


def _remove_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def write(target: Path, body: bytes, mode: int = 0o644) -> None:
    """Replace a file in one step. Raises FeederError when the disk is full or the place is read-only."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=target.parent)
    except OSError as error:
        raise FeederError(f"cannot write {target}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        Path(name).replace(target)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise FeederError(f"cannot write {target}: {error.strerror}") from None
