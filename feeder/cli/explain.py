"""feeder explain"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feeder.cli import site

if TYPE_CHECKING:
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
            found = explain.of_file(path.resolve(), room, store)
        else:
            found = explain.of_story(what, room, store or _missing(what))
    finally:
        if store:
            store.close()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for one in found.get("articles", [found]):
            click.echo(layout(one))


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
    """The site's store, when it has one: explaining makes none."""
    from feeder.store import open_store

    if room.database_url.startswith("sqlite:///") and not Path(room.database_url.removeprefix("sqlite:///")).is_file():
        return None
    return open_store(room.database_url)


def _missing(what: str) -> Store:
    from feeder.errors import NotFound

    raise NotFound(f"there is no file {what!r}, and no store to look for a story of that name; run feeder build first")


def layout(found: dict[str, Any]) -> str:
    """The account for a terminal: fields, text, what was dropped, the entries."""
    parts = [_heading(found), *_fields(found)]
    parts += [click.style("\nText", bold=True), *(f"  {text}" for text in found["paragraphs"])]
    for title, lines in (
        ("Notices", found["notices"]),
        ("Related", [one["title"] for one in found["related"]]),
        ("Places", [_place(one) for one in found["places"]]),
        ("Problems", found["problems"]),
    ):
        parts += [click.style(f"\n{title}", bold=True), *(f"  {line}" for line in lines)] if lines else []
    if found["dropped"]:
        parts.append(click.style("\nLeft out", bold=True))
        parts += [
            click.style(f"  {one['line']:>4}  {one['text']}  ({one['reason']})", dim=True) for one in found["dropped"]
        ]
    if found["entries"]:
        parts += [
            click.style("\nEntries", bold=True),
            *(_entry(locale, one) for locale, one in found["entries"].items()),
        ]
    parts += [_where(found)] if found["feeds"] else []
    return "\n".join(parts) + "\n"


def _heading(found: dict[str, Any]) -> str:
    return click.style(found["title"] or found["path"], bold=True)


def _fields(found: dict[str, Any]) -> list[str]:
    dateline = (
        found["dateline"] and f"{found['dateline']['text'].strip()}  ({found['dateline']['place'] or 'unknown place'})"
    )
    rows = [(name, found[name]) for name in ("path", "story", "language", "deck", "publisher")]
    rows += [("authors", ", ".join(found["authors"])), ("dateline", dateline)]
    rows += [
        (name.replace("_", " "), found[name])
        for name in ("published", "first_seen", "updated", "event_date", "caption")
    ]
    return [f"  {name:<11} {value}" for name, value in rows if value]


def _place(one: dict[str, Any]) -> str:
    names = " · ".join(one["names"].values())
    why = (
        "stated by the editor"
        if one["stated"]
        else ", ".join(f"{surface} ×{n}" for surface, n in one["surfaces"].items())
    )
    return f"{one['id']:<22} {names}  ({why})"


def _entry(locale: str, one: dict[str, Any]) -> str:
    first = f"  {locale}  {one['title']}" + (f"  [{one['label']}]" if one["label"] else "")
    second = " · ".join(part for part in (one["dateline"], one["date"], ", ".join(one["places"])) if part)
    return f"{first}\n      {second}\n      {one['url']}"


def _where(found: dict[str, Any]) -> str:
    lines = [click.style("\nFeeds and issues", bold=True)]
    for one in (*found["feeds"], *found["issues"]):
        name = one.get("feed") or one.get("issue") or ""
        lines.append(f"  {name:<40} {'yes' if one['in'] else 'no: ' + one['why']}" if name else f"  {one['why']}")
    return "\n".join(lines)
