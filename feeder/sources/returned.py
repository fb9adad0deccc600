"""The mailbox to which messages come back: a maildir, or an mbox file. Nothing is taken out of either."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from pathlib import Path


def maildir(path: Path, most: int) -> Iterator[bytes]:
    """What is not marked as read yet, `most` octets of each; marked when the next is asked for. Raises OSError."""
    for folder in (path / "new", path / "cur"):
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            name, _, flags = file.name.partition(":2,")
            if "S" in flags or not file.is_file():
                continue
            with file.open("rb") as stream:
                yield stream.read(most)
            (path / "cur").mkdir(exist_ok=True)
            file.replace(path / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")


def facts(path: Path) -> str:
    """What changes when a message is added to an mbox file; "" when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def mbox(path: Path, most: int) -> Iterator[bytes]:
    """Every message of a file, locked meanwhile, lest half a message is read. Raises OSError, mailbox.Error."""
    box = mailbox.mbox(path, create=False)
    box.lock()
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)[:most]
    finally:
        box.unlock()
        box.close()
