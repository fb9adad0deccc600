"""feeder explain"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeder.cli import site

if TYPE_CHECKING:
    from feeder.cli.screen import Screen
    from feeder.jobs.newsroom import Newsroom
    from feeder.store import Store


@click.command("explain")
@site.options
@click.argument("what", metavar="PATH-or-STORY")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(what: str, as_json: bool) -> None:
    """Show what was read from an article, and why. Changes nothing."""
    from feeder.jobs import explain

    path = Path(what)
    room = _room(path)
    store = _store(room)
    try:
        if path.is_file():
            found = explain.of_file(path.resolve(), room, store, site.now())
        else:
            found = explain.of_story(what, room, store or _missing(what), site.now())
    finally:
        if store:
            store.close()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        from feeder.cli.explain_layout import layout

        click.echo(layout(found, _screen()), nl=False, color=_colors())


def _room(path: Path) -> Newsroom:
    """The site named, or the one the file lies in, or a plain one: any file on disk can be explained."""
    from feeder.config import Config, SourceConfig
    from feeder.jobs.newsroom import Newsroom

    if site.chosen()["site"]:
        return site.newsroom()
    here = path.resolve() if path.is_file() else Path.cwd()
    for folder in (*here.parents, Path.cwd()):
        if (folder / site.CONFIG).is_file():
            return site.open_newsroom(folder)
    nowhere = Config(base_url="https://news.example.org", sources=(SourceConfig(path="."),))
    return Newsroom(config=nowhere, folder=here.parent, data=here.parent / "data")


def _store(room: Newsroom) -> Store | None:
    """The site's store, when it has one that is of this version: explaining makes none and brings none forward."""
    from feeder.config import sqlite_path

    if (path := sqlite_path(room.database_url)) and not path.is_file():
        return None
    # an article of no site is spared the database, which takes a tenth of a second
    from feeder.store import open_to_look

    store = open_to_look(room.database_url)
    if store is None:
        how = "feeder build" if path else "feeder migrate"
        site.note(f"The store is of an older feeder and stays so; {how} brings it up to date. Explained without it.")
    return store


def _missing(what: str) -> Store:
    from feeder.errors import NotFound

    raise NotFound(f"there is no file {what!r}, and no store to look for a story of that name; run feeder build first")


def _screen() -> Screen:
    """What stdout is written on."""
    from feeder.cli.screen import Screen

    return Screen(width=shutil.get_terminal_size().columns, encoding=sys.stdout.encoding or "utf-8")


def _colors() -> bool | None:
    """None: on a terminal, and on nothing else. See no-color.org."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None
