"""A folder of articles: `.md`, `.txt`, `.html`, each with an optional side file of the same name and `.toml`.

A scan of files that did not change costs their stat calls only. Names that begin with a dot or an underscore, but Jekyll's
`_posts`, and links that lead out of the folder, are left alone.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from feeder import image_metadata, images
from feeder.articles import limits, pictures, reader
from feeder.errors import ArticleError
from feeder.errors import FolderError as FolderError  # those who read a folder meet it here
from feeder.model import Article, Enclosure, Source, SourceError
from feeder.sources.look import Found as Found
from feeder.sources.look import Look

SIZE_LIMIT = 8 * 1024 * 1024  #: bytes of one article
PATH_LIMIT = 1_000  #: bytes of a path within the folder; stores keep it in an index
_TOO_LARGE = "is larger than 8 MB, the most that feeder reads"
_CUT = "\u2026/"  #: in the key of a path that was cut
_UNDESCRIBED = "the image {!r} in the text has no description for those who do not see it; write its alternative text"


def look(source: Source, salt: str, zone: ZoneInfo) -> Look:
    """What the folder holds now, and which folder it is: where a disk was not mounted there is another, empty one.

    Raises FolderError.
    """
    try:
        found = list(scan(source, salt))
        it = _root(source).stat()
    except OSError as error:
        raise FolderError(f"the source {source.key!r} cannot be read: {error.strerror}") from None
    place = f"{it.st_dev}:{it.st_ino}"
    return Look(found=found, read=lambda key: read(source, key, zone), place=place, whole=True)


def scan(source: Source, salt: str) -> Iterator[Found]:
    """Every article's file in the order of its path. `salt` stands for the program: another one reads everything again.

    Raises FolderError when the folder, or one in it, cannot be read: its articles are not gone, they are unseen.
    """
    root = _root(source)
    files = sorted(_files(root))
    side_files = {path.with_suffix(""): found for path, found in files if path.suffix == ".toml"}
    pictures = _mark(*(found for path, found in files if path.suffix.lower() in images.TYPES))
    for path, found in files:
        if path.suffix.lower() in reader.SUFFIXES:
            side = side_files.get(path.with_suffix("")) if side_files else None
            own = _mark(*([found, side] if side else [found]))
            stamp = hashlib.sha256((own + pictures + salt).encode()).hexdigest()[:32]
            yield Found(key=_key(path, root), stamp=stamp, mark=own)


def is_as_found(source: Source, one: Found) -> bool:
    """Whether a file that was read is still the one that was found; if not, somebody is writing it, and what was read is a part.

    A file that is gone is as it was: the next look forgets it.
    """
    root = _root(source)
    path = root / one.key
    own = [found for each in (path, path.with_suffix(".toml")) if (found := _stat(each, root))]
    return not own or _mark(*own) == one.mark


def _key(path: Path, root: Path) -> str:
    """The path within the folder; bytes of a name that are no UTF-8 are spelled out, and a path without end is cut."""
    whole = os.fsencode(path.relative_to(root))
    key = whole.decode("utf-8", "backslashreplace").replace(os.sep, "/")
    if len(key.encode()) <= PATH_LIMIT:
        return key
    return f"{key[: PATH_LIMIT // 8]}{_CUT}{hashlib.sha256(whole).hexdigest()[:16]}"


def _root(source: Source) -> Path:
    if source.path is None or not source.path.is_dir():
        raise FolderError(
            f"the source {source.key!r} has no folder {source.path}; make it, or correct path in feeder.toml"
        )
    return source.path.resolve()


def _mark(*stats: os.stat_result) -> str:
    return "".join(f"{one.st_mtime_ns}:{one.st_size}:{one.st_ino};" for one in stats)


def _files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for folder, names, files in os.walk(root, onerror=_unseen):
        names[:] = sorted(name for name in names if name[0] not in "._" or name == reader.POSTS)
        for name in files:
            path = Path(folder, name)
            if name[0] not in "._" and (found := _stat(path, root)):
                yield path, found


def _unseen(error: OSError) -> None:
    raise FolderError(f"the folder {error.filename} cannot be read: {error.strerror}; let feeder read it")


def _stat(path: Path, root: Path) -> os.stat_result | None:
    """None for what is no file, for a link that leads nowhere or out of the folder, for a file that went this moment."""
    try:
        found = path.lstat()  # one call for a plain file
        if stat.S_ISLNK(found.st_mode):
            found = path.stat()
            if not path.resolve().is_relative_to(root):
                return None
    except (OSError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def read(source: Source, key: str, zone: ZoneInfo) -> Article | SourceError:
    """The article in one file, or what is wrong with it."""
    root = _root(source)
    try:
        if "\\x" in key and not (root / key).is_file():
            raise ArticleError("its name is not UTF-8; rename the file", field="file name")
        if _CUT in key and not (root / key).is_file():
            raise ArticleError(f"its path is longer than {PATH_LIMIT:,} bytes; move the file", field="file name")
        return read_file(root / key, root, source=source.key, zone=zone)
    except ArticleError as error:
        reason = limits.told(error.reason)
        return SourceError(source=source.key, key=key, line=error.line, field=error.field, reason=reason)


def read_file(path: Path, root: Path, *, source: str, zone: ZoneInfo) -> Article:
    """The article in a file; `root` is the folder its images may be in. Raises ArticleError."""
    if _stat(path, root) is None and (path.exists() or path.is_symlink()):  # it was one when it was found
        raise ArticleError("is no file of this folder any more", field="file")
    side = path.with_suffix(".toml")
    article = reader.read(
        _bytes(path),
        PurePosixPath(_key(path, root)),
        source=source,
        zone=zone,
        side=_bytes(side) if _stat(side, root) else None,
    )
    return _illustrated(article, path.parent, root)


def _illustrated(article: Article, folder: Path, root: Path) -> Article:
    """The article with its pictures opened. Without one it is still an article."""
    opened, problems, dropped = list[Enclosure](), list(article.problems), list(article.dropped)
    for enclosure in article.enclosures:
        try:
            made = _opened(enclosure, folder, root)
        except ArticleError as error:
            problems.append(f"the image {enclosure.origin!r} {error.reason}; it was left out")
            continue
        if made.inside and pictures.is_dot(made):
            dropped.append(pictures.dropped(made.origin, "a picture of one pixel, which shows nothing"))
        else:
            opened.append(made)
    shown = pictures.arranged(opened)
    problems += [_UNDESCRIBED.format(one.origin) for one in shown if one.inside and not one.alt]
    return replace(article, enclosures=shown, problems=tuple(problems), dropped=tuple(dropped))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ArticleError(_TOO_LARGE, field="size")
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)  # it may have grown since
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror}", field="file") from None
    if len(data) > SIZE_LIMIT:
        raise ArticleError(_TOO_LARGE, field="size")
    return data


def _opened(enclosure: Enclosure, folder: Path, root: Path) -> Enclosure:
    """The image with type, length, size in pixels and the address it will be published at, which moves with its bytes."""
    path = _picture(enclosure.origin, folder, root)
    data = _bytes(path)
    suffix = images.suffix(data)
    if not suffix:
        raise ArticleError("is not a JPEG, PNG, GIF or WebP", field="image")
    try:
        data = image_metadata.strip(data)
    except ValueError as error:
        raise ArticleError(f"cannot be cleaned of its metadata: {error}", field="image") from None
    width, height = images.size(data)
    return replace(
        enclosure,
        path=f"media/{hashlib.sha256(data).hexdigest()[:16]}{suffix}",
        type=images.TYPES[suffix],
        length=len(data),
        width=width,
        height=height,
        origin=path.relative_to(root).as_posix(),
    )


def _picture(origin: str, folder: Path, root: Path) -> Path:
    """The file an article names, beside it or in the source's folder: the site's other files are not for publication."""
    if pictures.is_remote(origin):
        raise ArticleError(
            "is on another server, and feeder fetches none: put a copy beside the article", field="image"
        )
    for base in (folder, root):
        path = base / origin.lstrip("/")
        try:
            if _stat(path, root) and path.resolve().is_relative_to(root):
                return path.resolve()
        except OSError:  # a name too long, say
            continue
    raise ArticleError("is not in the source's folder", field="image")
