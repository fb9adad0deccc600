"""The walk for tests, in this process: a site of articles written on the spot, built step by step, each day later.

room = newsroom(folder, articles={"picket.en.md": "---\\ntitle: ...")   a site
build(store, room)                      sources -> store -> public; the clock stands at NOW
build(store, room, later=1)             the same one hour later
bytes_of(room.output)                   every published file, without the compressed copies
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli

from feeder import config
from feeder.jobs.build import Built
from feeder.jobs.build import build as build_job
from feeder.jobs.newsroom import Newsroom
from feeder.outputs import copies
from feeder.store import Store, open_store

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)  #: the Monday after the week of the sample site
TOML = 'base_url = "https://news.example.org"\n[[sources]]\npath = "articles"\n'
UNPACK: dict[str, Callable[[bytes], bytes]] = {".br": brotli.decompress, ".gz": gzip.decompress}


def newsroom(folder: Path, articles: Mapping[str, str] | None = None, **environ: str) -> Newsroom:
    """The site in `folder`, which is made when it is not there; `environ` are FEEDER_ settings in lower case."""
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    if not (folder / "feeder.toml").exists():
        (folder / "feeder.toml").write_text(TOML, encoding="utf-8")
    for name, text in (articles or {}).items():
        write(folder / "articles" / name, text)
    text = (folder / "feeder.toml").read_text(encoding="utf-8")
    settings = {f"FEEDER_{key.upper()}": value for key, value in environ.items()}
    return Newsroom(config=config.parse(text, settings, str), folder=folder.resolve(), data=folder.resolve() / "data")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def article(title: str, body: str = "", **fields: object) -> str:
    """A Markdown article with front matter."""
    matter = "".join(f"{key}: {value}\n" for key, value in {"title": title, **fields}.items())
    return f"---\n{matter}---\n\n{body or f'{title} in one sentence.'}\n"


def build(store: Store, room: Newsroom, later: float = 0) -> Built:
    """Build `later` hours after NOW."""
    return build_job(store, room, now=NOW + timedelta(hours=later), progress=silent)


def silent(what: str, done: int, total: int) -> None:
    """No progress bar."""


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the compressed copies of others."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in UNPACK)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def copies_of(folder: Path) -> dict[str, bytes]:
    """What every compressed copy below a folder says, unpacked."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in UNPACK)
    return {path.relative_to(folder).as_posix(): UNPACK[path.suffix](path.read_bytes()) for path in paths}


def wanted_copies(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the copies of these files should say."""
    worth = {name: body for name, body in files.items() if copies.worth(name, len(body))}
    return {name + kind: body for name, body in worth.items() for kind in UNPACK}


def times_of(folder: Path) -> dict[str, int]:
    """When each file below a folder was written, in nanoseconds."""
    return {name: (folder / name).stat().st_mtime_ns for name in bytes_of(folder)}


def build_apart(site: Path, title: str, data: Path | None = None) -> None:
    """A whole build as a process of its own does it: the site opened, the store opened, built, closed."""
    room = newsroom(site, title=title)
    room = replace(room, data=data) if data else room
    store = open_store(room.database_url)
    try:
        build(store, room)
    finally:
        store.close()
