"""What was fetched, byte for byte, so that a better reader can read it again. Each body is kept once, under its SHA-256.

raw = Raw(data / "raw")
name = raw.put(body)        the name stands in the store; putting the same bytes again only says that they are still used
raw.get(name)               None when it was pruned, or when the disk gives other bytes
raw.prune(before)           those that nobody put since
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

_NAME = re.compile("[0-9a-f]{64}")
_TEMPORARY = ".tmp-"


class Raw:
    """A folder of packed bodies, for its owner's eyes only: it may hold what was taken back."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, body: bytes) -> str:
        """Keep a body; its name. Raises OSError. Killed anywhere, it leaves a whole file or none."""
        name = hashlib.sha256(body).hexdigest()
        path = self._path(name)
        try:
            os.utime(path)  # still used
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, zlib.compress(body))
        return name

    def get(self, name: str) -> bytes | None:
        """The body, when it is there and is what its name says."""
        try:
            body = zlib.decompress(self._path(name).read_bytes())
        except (OSError, zlib.error):
            return None
        return body if hashlib.sha256(body).hexdigest() == name else None

    def touch(self, name: str) -> None:
        """Say that a body is still used, if it is there."""
        with contextlib.suppress(OSError):
            os.utime(self._path(name))

    def prune(self, before: datetime) -> int:
        """Remove what was last put before a moment, and what a killed run left; returns how many bodies that were."""
        removed = 0
        for path in list(self._files()):
            try:
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += not path.name.startswith(_TEMPORARY)
            except FileNotFoundError:  # somebody else was quicker
                continue
        return removed

    def _files(self) -> Iterator[Path]:
        return (path for path in self.root.glob("[0-9a-f][0-9a-f]/*") if path.is_file())

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no SHA-256")
        return self.root / name[:2] / name[2:]


def _write(path: Path, data: bytes) -> None:
    """Elsewhere in the same folder first, then moved in one step; mkstemp gives the owner alone the right to read."""
    number, draft = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
