"""A folder: each file is written elsewhere on the same disk, brought to it, and moved over the old one in one step.

A file and its compressed copies cannot be moved together. So the old copies go first, then comes the file, then the
new copies: who asks meanwhile is given the file itself, and never an old copy after a new file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from feeder.errors import FeederError
from feeder.outputs import copies

_TEMPORARY = ".tmp-"  # no published name begins with a dot, and feeder's own web server shows none that does
_AT_ONCE = 8  #: files a disk is asked to keep at the same time: it answers them together


class Disk:
    """The output folder, and nothing outside it."""

    def __init__(self, root: Path, *, compress: bool = True) -> None:
        self.root, self.compress = root, compress
        with _told(f"cannot write to {root}", "choose another place with --data"):
            root.mkdir(parents=True, exist_ok=True)

    def has(self, path: str, size: int) -> bool:
        """Whether the file is there with that many bytes, and its copies are, of the same moment; or none, if unwanted."""
        name = f"{self.root}/{path}"
        try:
            stat = os.stat(name)  # noqa: PTH116  asked of every file at every build, and twice as fast
        except OSError:
            return False
        wanted = stat.st_mtime_ns if self.compress else None
        packed = copies.KINDS if copies.worth(path, size) else ()
        return stat.st_size == size and all(_written(name + kind) == wanted for kind in packed)

    def read(self, path: str, size: int) -> bytes | None:
        """The file, when it is there with that many bytes."""
        try:
            body = self._inside(path).read_bytes()
        except OSError:
            return None
        return body if len(body) == size else None

    def put(self, files: Mapping[str, bytes]) -> None:
        """Replace files, in their order, each in one step, after all are on the disk. Raises FeederError.

        Killed anywhere, it leaves each file as it was or as it should be, and no copy that is not of the file beside it.
        Meant for some dozens of files at a time.
        """
        with _told(f"cannot write to {self.root}"), _desk(self.root) as desk:
            drafts = [desk / str(number) for number in range(len(files))]
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(self._draft, drafts, files, files.values()))
            for draft, path in zip(drafts, files, strict=True):
                target = self._inside(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                _place(draft, target)

    def _draft(self, draft: Path, path: str, body: bytes) -> None:
        """The file, and its copies with the same time: servers derive tags from it, and `has` compares it."""
        _keep(draft, body)
        if self.compress and copies.worth(path, len(body)):
            written = draft.stat().st_mtime_ns
            for kind, pack in copies.KINDS.items():
                _keep(_copy(draft, kind), pack(body), written=written)

    def _inside(self, path: str) -> Path:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts:
            raise ValueError(f"{path!r} is not inside the output")
        return self.root / parts

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files with their copies, and the folders they leave empty. Raises FeederError."""
        for path in paths:
            target = self._inside(path)
            with _told(f"cannot remove {target}"), suppress(FileNotFoundError, NotADirectoryError):
                _remove_copies(target)
                target.unlink()
            for folder in target.parents:
                if folder == self.root or not _remove_empty(folder):
                    break

    def sweep(self) -> None:
        """Remove what a killed run left half-written; not to be called while another run writes."""
        for draft in self.root.glob(f"{_TEMPORARY}*"):
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _told(what: str, hint: str = "") -> Iterator[None]:
    """A full or read-only disk in one line."""
    try:
        yield
    except OSError as error:
        raise FeederError(f"{what}: {error.strerror}" + (f"; {hint}" if hint else "")) from None


@contextmanager
def _desk(folder: Path) -> Iterator[Path]:
    """A temporary folder beside what will be replaced; what is not moved from there is removed in the end."""
    desk = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder))
    try:
        yield desk
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def _copy(path: Path, kind: str) -> Path:
    return path.with_name(path.name + kind)


def _written(name: str) -> int | None:
    """When a file was written, in nanoseconds; None when there is none."""
    try:
        return os.stat(name).st_mtime_ns  # noqa: PTH116  see `has`
    except OSError:
        return None


def _remove_copies(target: Path) -> None:
    for kind in copies.KINDS:
        _copy(target, kind).unlink(missing_ok=True)


def _place(draft: Path, target: Path) -> None:
    """Old copies away, the file, its new copies: see above."""
    _remove_copies(target)
    draft.replace(target)
    for kind in copies.KINDS:
        with suppress(FileNotFoundError):
            _copy(draft, kind).replace(_copy(target, kind))


def _keep(path: Path, body: bytes, mode: int = 0o644, written: int | None = None) -> None:
    """Write a new file, as of the moment `written` (ns), and wait until the disk has it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        if written is not None:
            os.utime(file.fileno(), ns=(written, written))
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), mode)


def _remove_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def private(folder: Path) -> None:
    """Make a folder for its owner alone, unless it is there. Raises FeederError."""
    with _told(f"cannot write to {folder}", "choose another place with --data"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write(target: Path, body: bytes, mode: int = 0o644) -> None:
    """Replace a file in one step. Raises FeederError when the disk is full or the place is read-only."""
    with _told(f"cannot write {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _desk(target.parent) as desk:
            _keep(desk / "0", body, mode)
            (desk / "0").replace(target)
