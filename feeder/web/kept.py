"""Published files as they were read last, ready to be sent, so that an answer costs a look at the file's time.

What is kept is bounded in bytes; the files used least go first.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from feeder.outputs import copies
from feeder.web.wishes import IDENTITY

Headers = list[tuple[bytes, bytes]]
ENCODINGS = {".br": "br", ".gz": "gzip"}  #: of the copies beside a file, the smallest first
_ROOM = 32 << 20  #: bytes kept in all
_LARGE = 4 << 20  #: bytes; a larger file is read for each answer
_OWN = 2000  #: bytes that an entry takes besides its bodies


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file, with everything that does not depend on who asks."""

    path: Path
    status: int
    mark: tuple[int, int, int]  #: time, size and inode of the file when it was read
    lacks: tuple[str, ...]  #: files that were not there and would change the answer
    modified: float
    tags: frozenset[str]  #: of the file in each encoding, and in any
    bodies: Mapping[str, bytes]  #: by encoding
    offered: tuple[str, ...]  #: the encodings but the plain one, the smallest first
    headers: Mapping[str, Headers]  #: by encoding
    unchanged: Headers  #: of a 304

    @property
    def weight(self) -> int:
        return _OWN + sum(map(len, self.bodies.values()))

    def is_fresh(self) -> bool:
        """Whether the file is still the one that was read."""
        return _mark(self.path) == self.mark and not any(map(os.path.exists, self.lacks))


def read(
    path: Path,
    *,
    status: int,
    common: Mapping[str, str],
    lacks: tuple[str, ...],
    change: Callable[[bytes], bytes] | None,
) -> Kept:
    """The file as it is now, and the copies that are of the same moment. `change` alters it on its way. Raises OSError."""
    with path.open("rb") as file:
        stat = os.fstat(file.fileno())
        plain = file.read()
    packed = {} if change else _copies(path, stat.st_mtime_ns)
    missing = [f"{path}{kind}" for kind, name in ENCODINGS.items() if path.suffix in copies.TEXT and name not in packed]
    bodies = {**packed, IDENTITY: change(plain) if change else plain}
    tag = hashlib.sha256(bodies[IDENTITY]).hexdigest()[:32]
    shared = {**common, "Last-Modified": formatdate(stat.st_mtime, usegmt=True)}
    return Kept(
        path=path,
        status=status,
        mark=(stat.st_mtime_ns, stat.st_size, stat.st_ino),
        lacks=(*lacks, *(() if change else missing)),
        modified=stat.st_mtime,
        tags=frozenset(_tag(tag, name) for name in (IDENTITY, *ENCODINGS.values())),
        bodies=bodies,
        offered=tuple(packed),
        headers={name: raw(_described(shared, name, body, tag)) for name, body in bodies.items()},
        unchanged=raw({**shared, "ETag": _tag(tag, IDENTITY)}),
    )


def _copies(path: Path, written: int) -> dict[str, bytes]:
    found = {}
    for kind, name in ENCODINGS.items():
        try:
            with Path(f"{path}{kind}").open("rb") as file:
                if os.fstat(file.fileno()).st_mtime_ns == written:
                    found[name] = file.read()
        except OSError:
            continue
    return found


def _described(shared: Mapping[str, str], name: str, body: bytes, tag: str) -> dict[str, str]:
    """A packed form is another representation and has a tag of its own (RFC 9110, 8.8.3.3)."""
    encoded = {} if name == IDENTITY else {"Content-Encoding": name}
    return {**shared, **encoded, "ETag": _tag(tag, name), "Content-Length": str(len(body))}


def _tag(tag: str, name: str) -> str:
    return f'"{tag}"' if name == IDENTITY else f'"{tag}-{name}"'


def raw(headers: Mapping[str, str]) -> Headers:
    """Headers as the server sends them."""
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)  # noqa: PTH116  once for each answer
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class Shelf:
    """What is kept, by what was asked for."""

    def __init__(self, room: int = _ROOM) -> None:
        self.room, self.taken = room, 0
        self.kept: OrderedDict[tuple[str, bool], Kept] = OrderedDict()

    def get(self, asked: tuple[str, bool]) -> Kept | None:
        """What is kept and still as it was read."""
        found = self.kept.get(asked)
        if found is None:
            return None
        if found.is_fresh():
            self.kept.move_to_end(asked)
            return found
        self._drop(asked)
        return None

    def put(self, asked: tuple[str, bool], kept: Kept) -> None:
        """Keep it, unless it would push out too much else."""
        self._drop(asked)
        if kept.weight > _LARGE:
            return
        self.kept[asked] = kept
        self.taken += kept.weight
        while self.taken > self.room:
            self._drop(next(iter(self.kept)))

    def _drop(self, asked: tuple[str, bool]) -> None:
        gone = self.kept.pop(asked, None)
        self.taken -= gone.weight if gone else 0
