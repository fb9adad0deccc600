"""`maildir:FOLDER`: each message as a new one in a maildir, where any mail program can read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from feeder.transports import folder


class Maildir:
    """See above. The same name is the same file, so nothing is there twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, sender: str, to: str, message: bytes, *, name: str, before_end: Callable[[], None]) -> None:
        del sender, to
        tmp, new, cur = (self._path / part for part in ("tmp", "new", "cur"))
        with folder.told(self._path):
            for part in (self._path, tmp, new, cur):
                folder.private(part)
        folder.put(message, new / folder.checked(name).replace("/", "."), by_way_of=tmp, before_end=before_end)

    def close(self) -> None:
        """There is no connection."""
