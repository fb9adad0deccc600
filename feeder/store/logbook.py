"""What the data folder remembers of sending, beside the store, so that a store that is older than it is found out.

    sending/mark          which store sent last, and how far its count was
    sending/TOKEN.log     of a process that sends: each delivery, before the end of its message left

A backup that is put back knows nothing of what was sent since, and would send it again. The count in the store grows
with everything that is claimed and is written to `mark`, on the disk, before anything is sent: a store whose count is
lower was put back. Within one claim the log tells: it has a delivery that the store still calls queued.

A log is locked by its process as long as that lives, and removed when it ends well. So a log that can be locked is of a
process that was killed, and what that had in hand is free at once, not only when its lease is over. Where the system has
no such locks (Windows) the lease decides.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from feeder.errors import StoreError

_WIDTH = 20  #: digits of the count, so that a new mark takes the place of the old one byte for byte


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A store, and a state that it has at least reached."""

    store: str  #: its id, by chance
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What a process that was killed had noted."""

    token: str
    noted: frozenset[tuple[int, str]]  #: delivery and owner, as the store knows them


class Logbook:
    """The folder `sending` of a data folder, for one process that sends."""

    def __init__(self, folder: Path, token: str) -> None:
        self.folder, self.token = folder, token
        self._mark, self._log = folder / "mark", folder / f"{token}.log"
        self._file = -1

    def open(self) -> None:
        """Begin a log. Raises StoreError when the folder cannot be written to."""
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._log.with_suffix(".new")  # locked before it has its name: nobody may take it for a dead one's
            self._file = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            _lock(self._file, wait=True)
            draft.rename(self._log)

    def note(self, delivery: int, owner: str) -> None:
        """The store knows that this delivery is being sent. A process may be killed at once after it, not the machine."""
        os.write(self._file, f"{delivery} {owner}\n".encode("ascii"))

    def close(self) -> None:
        """All is settled, and the mark says so."""
        if self._file >= 0:
            with _told(self.folder):
                self._log.unlink(missing_ok=True)
        self.let_go()

    def let_go(self) -> None:
        """The log is as that of a process that was killed: whoever looks next puts in order what we left."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    # --- the mark ---

    def mark(self) -> Mark | None:
        """What was written last; None when there is nothing, or nothing one can read."""
        with suppress(FileNotFoundError), _told(self.folder):
            return _read(self._mark.read_bytes())
        return None

    def advance(self, mark: Mark, *, anew: bool = False) -> None:
        """Put a mark on the disk, unless another process has put a later one there. `anew`: whatever is there."""
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self._mark, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                _lock(file, wait=True)
                known = _read(os.pread(file, 200, 0))
                if anew or known is None or (known.store == mark.store and known.count < mark.count):
                    line = f"{mark.store} {mark.count:0{_WIDTH}}\n".encode("ascii")
                    os.pwrite(file, line, 0)
                    os.ftruncate(file, len(line))
                    os.fsync(file)
            finally:
                os.close(file)

    # --- those who were killed ---

    @contextmanager
    def dead(self) -> Iterator[list[Log]]:
        """The logs of processes that are no more; while they are looked at nobody else can. In the end they are gone."""
        held: list[tuple[int, Path]] = []
        try:
            with _told(self.folder):
                held = list(self._abandoned())
                found = [Log(token=path.stem, noted=_noted(path)) for _, path in held]
            yield found
            for _, path in held:
                path.unlink(missing_ok=True)
        finally:
            for file, _ in held:
                os.close(file)

    def _abandoned(self) -> Iterator[tuple[int, Path]]:
        if sys.platform == "win32":
            return
        for path in sorted(self.folder.glob("*.log")):
            if path == self._log:
                continue
            with suppress(FileNotFoundError):
                file = os.open(path, os.O_RDWR)
                if _lock(file, wait=False) and path.exists():  # else somebody has just done it
                    yield file, path
                else:
                    os.close(file)


def _read(line: bytes) -> Mark | None:
    store, _, count = line.decode("ascii", "replace").strip().partition(" ")
    return Mark(store=store, count=int(count)) if store and len(count) == _WIDTH and count.isdigit() else None


def _noted(path: Path) -> frozenset[tuple[int, str]]:
    lines = (line.split() for line in path.read_text(encoding="ascii", errors="replace").splitlines())
    return frozenset((int(words[0]), words[1]) for words in lines if len(words) == 2 and words[0].isdigit())


def _lock(file: int, *, wait: bool) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(
            f"nothing can be sent: {folder} cannot be used: {error.strerror}; feeder notes there what it sends"
        ) from None
