"""Where templates and catalogs are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_PARTS = {".py", ".toml", ".tsv", ".j2", ".css", ".js", ".json", ".po", ".mo"}


@functools.cache
def folder(name: str) -> Path:
    """The folder `templates` or `translations`. Raises FileNotFoundError when the installation is damaged."""
    for base in (PACKAGE / "_data", PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"feeder's own folder {name!r} is missing; install feeder again")


def fingerprint() -> str:
    """A hash of feeder itself: code, profiles, gazetteer, templates, catalogs. What is made by another feeder is made again."""
    return hashlib.sha256((_program() + _texts()).encode()).hexdigest()[:32]


def refresh() -> None:
    """Templates and catalogs have changed while feeder runs; the code that runs is the one that was started."""
    _texts.cache_clear()


@functools.cache
def _program() -> str:
    return _hash(PACKAGE)


@functools.cache
def _texts() -> str:
    return _hash(folder("templates"), folder("translations"))


def _hash(*bases: Path) -> str:
    found = hashlib.sha256()
    for base in bases:
        for path in sorted(base.rglob("*")):
            if path.suffix in _PARTS and path.is_file():
                found.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
