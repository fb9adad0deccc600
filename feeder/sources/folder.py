"""A folder of articles: `.md`, `.txt`, `.html`, each with an optional side file of the same name and `.toml`.

A scan of files that did not change costs their stat calls only. Names that begin with a dot or an underscore, and
links that lead out of the folder, are left alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from feeder import images
from feeder.articles import reader
from feeder.errors import ArticleError, FeederError
from feeder.model import Article, Enclosure, Source, SourceError

SIZE_LIMIT = 8 * 1024 * 1024  #: bytes of one article


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article's file and the stamp of all that it is made from."""

    key: str  #: path relative to the folder, with "/"
    stamp: str


class FolderError(FeederError):
    """The folder of a source cannot be read at all."""


def scan(source: Source, salt: str) -> Iterator[Found]:
    """Every article's file in the order of its path. `salt` stands for the program: another one reads everything again.

    Raises FolderError when the folder is not there.
    """
    root = _root(source)
    files = {path: path.stat() for path in _files(root)}
    side_files = {path.with_suffix(""): stat for path, stat in files.items() if path.suffix == ".toml"}
    pictures = _mark(*(stat for path, stat in files.items() if path.suffix.lower() in images.TYPES))
    for path, stat in sorted(files.items()):
        if path.suffix.lower() in reader.SUFFIXES:
            side = side_files.get(path.with_suffix(""))
            stamp = _mark(stat, *([side] if side else [])) + pictures + salt
            key = path.relative_to(root).as_posix()
            yield Found(key=key, stamp=hashlib.sha256(stamp.encode()).hexdigest()[:32])


def _root(source: Source) -> Path:
    if source.path is None or not source.path.is_dir():
        raise FolderError(
            f"the source {source.key!r} has no folder {source.path}; make it, or correct path in feeder.toml"
        )
    return source.path.resolve()


def _mark(*stats: os.stat_result) -> str:
    return "".join(f"{stat.st_mtime_ns}:{stat.st_size}:{stat.st_ino};" for stat in stats)


def _files(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name[0] not in "._")
        for name in files:
            path = Path(folder, name)
            if (
                name[0] not in "._"
                and (not path.is_symlink() or path.resolve().is_relative_to(root))
                and path.is_file()
            ):
                yield path


def read(source: Source, key: str, zone: ZoneInfo) -> Article | SourceError:
    """The article in one file, or what is wrong with it."""
    root = _root(source)
    try:
        return read_file(root / key, root, source=source.key, zone=zone)
    except ArticleError as error:
        return SourceError(source=source.key, key=key, line=error.line, field=error.field, reason=error.reason)


def read_file(path: Path, root: Path, *, source: str, zone: ZoneInfo) -> Article:
    """The article in a file; `root` is the folder its images may be in. Raises ArticleError."""
    side = path.with_suffix(".toml")
    article = reader.read(
        _bytes(path),
        PurePosixPath(path.relative_to(root).as_posix()),
        source=source,
        zone=zone,
        side=_bytes(side) if side.is_file() else None,
    )
    problems = list(article.problems)
    enclosures = []
    for enclosure in article.enclosures:
        try:
            enclosures.append(_opened(enclosure, path.parent, root))
        except ArticleError as error:
            problems.append(error.reason)  # a story without its picture is still a story
    return replace(article, enclosures=tuple(enclosures), problems=tuple(problems))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ArticleError("is larger than 8 MB; an article is not, so this is another kind of file", field="size")
        return path.read_bytes()
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror}", field="file") from None


def _opened(enclosure: Enclosure, folder: Path, root: Path) -> Enclosure:
    """The image with type, length, size in pixels and the address it will be published at, which moves with its bytes."""
    path = (folder / enclosure.origin).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise ArticleError(
            f"the image {enclosure.origin!r} is not in the source's folder; it was left out", field="image"
        )
    if path.suffix.lower() not in images.TYPES:
        raise ArticleError(
            f"the image {enclosure.origin!r} is not a JPEG, PNG, GIF or WebP; it was left out", field="image"
        )
    data = _bytes(path)
    width, height = images.size(data)
    return replace(
        enclosure,
        path=f"media/{hashlib.sha256(data).hexdigest()[:16]}{path.suffix.lower()}",
        type=images.TYPES[path.suffix.lower()],
        length=len(data),
        width=width,
        height=height,
        origin=path.relative_to(root).as_posix(),
    )
